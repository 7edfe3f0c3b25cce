/** What is done before a run, and not measured. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './measure.ts';
import { changedPaths, restore } from './workspaces.ts';

export interface Place {
  readonly dir: string;
  /** The firm of this run. */
  readonly firm: string;
  readonly env: Readonly<Record<string, string>>;
}

export const steps = {
  /** Scend's cache is away; the system's page cache is warm, as it is in all runs. */
  cold: ({ dir }) => rmSync(join(dir, '.scend/cache'), { recursive: true, force: true }),
  tick: ({ dir, firm }) => tick(join(dir, `firms/${firm}/ticket-pack.md`)),
  status: (place) => scend(place, 'status'),
  restored: ({ dir }) => restore(dir),
  refreshed: (place) => listed(place, () => scend(place, 'refresh', '--firm', place.firm, '--no-commit')),
  refreshedAll: (place) => {
    scend(place, 'refresh', '--all', '--no-commit');
    const lists = place.env.LISTS ?? '';
    rmSync(lists, { recursive: true, force: true });
    mkdirSync(lists, { recursive: true });
    for (const [slug, paths] of changedPaths(place.dir)) writeFileSync(join(lists, slug), lines(paths));
  },
  synced: (place) =>
    listed(place, () => {
      tick(join(place.dir, `firms/${place.firm}/ticket-pack.md`));
      scend(place, 'sync', '--firm', place.firm, '--no-commit');
    }),
} satisfies Record<string, (place: Place) => void | Promise<void>>;

export type StepName = keyof typeof steps;

const lines = (paths: readonly string[]) => `${paths.join('\n')}\n`;

function listed({ dir, firm, env }: Place, change: () => void): void {
  change();
  writeFileSync(env.LIST ?? '', lines(changedPaths(dir).get(firm) ?? []));
}

function scend({ dir, env }: Place, ...args: string[]): void {
  const done = spawnSync(process.execPath, [join(root, 'dist/bin.js'), ...args], {
    cwd: dir,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(`scend ${args.join(' ')} exited ${done.status}\n${done.stderr}`);
}

/** The first ticket that nobody began is done. */
export function tick(file: string): void {
  const text = readFileSync(file, 'utf8');
  const ticked = text.replace(/^- \[ \] (.*\n {2}- Status: )not_started$/m, '- [x] $1done');
  if (ticked === text) throw new Error(`${file} has nothing to tick`);
  writeFileSync(file, ticked);
}
