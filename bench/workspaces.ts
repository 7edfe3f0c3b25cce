/** Workspaces to measure in, made once and kept in the system's temporary directory. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { generate, generatorVersion } from './generate.ts';
import { gitEnv } from './import-history.ts';

const kept = join(tmpdir(), `scend-bench-v${generatorVersion}`);

export interface Kept {
  readonly dir: string;
  readonly slugs: readonly string[];
}

/** The same content as other programs want it; made where one of them needs it. */
export type Form = 'backlog' | 'csv' | 'json';

async function keep(name: string, make: (dir: string) => void | Promise<void>): Promise<string> {
  const dir = join(kept, name);
  if (existsSync(dir)) return dir;
  const making = `${dir}.${process.pid}.making`;
  removeUnfinished();
  mkdirSync(making, { recursive: true });
  await make(making);
  renameSync(making, dir);
  return dir;
}

/** What runs that were stopped left half made. */
function removeUnfinished(): void {
  for (const name of existsSync(kept) ? readdirSync(kept) : []) {
    const pid = Number(/\.(\d+)\.making$/.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isAlive(pid)) rmSync(join(kept, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A workspace of so many firms, committed, with a history, and as it was made whatever was done to it before. */
export async function workspace(firms: number, words: number, tell: (text: string) => void): Promise<Kept> {
  const history = Math.min(2000, 20 + firms);
  const dir = await keep(`${firms}x${words}`, async (making) => {
    tell(`making a workspace of ${firms} firms`);
    await generate(making, { firms, words, git: true, history });
    gitIn(making, 'tag', 'made');
  });
  await restore(dir);
  return { dir, slugs: readdirSync(join(dir, 'firms')).sort() };
}

/** One firm whose pack holds so many tickets, in sprints of a hundred. */
export async function packWorkspace(tickets: number): Promise<Kept> {
  const dir = await keep(`pack-${tickets}`, async (making) => {
    await generate(making, { firms: 1, words: 3000, git: true, history: 0 });
    const [slug = ''] = readdirSync(join(making, 'firms'));
    const file = join(making, `firms/${slug}/ticket-pack.md`);
    const text = readFileSync(file, 'utf8');
    const head = text.slice(0, text.indexOf('\nsprints:'));
    const lines = [head, 'sprints: []', '---', '# A large pack', ''];
    for (let n = 0; n < tickets; n += 1) {
      const [sprint, place] = [Math.floor(n / 100) + 1, n % 100];
      if (place === 0) lines.push(`## Sprint ${sprint} — Part ${sprint}`, '');
      const done = sprint * 200 < tickets / 50;
      lines.push(
        `- [${done ? 'x' : ' '}] T${sprint}.${Math.floor(place / 10) + 1}.${(place % 10) + 1} – Set up part ${n}`,
      );
      lines.push(`  - Status: ${done ? 'done' : 'not_started'}`, '  - Estimate: 2h');
      if (place === 99) lines.push('');
    }
    writeFileSync(file, `${lines.join('\n').trimEnd()}\n`);
    gitIn(making, 'commit', '-q', '-a', '-m', 'A large pack');
    gitIn(making, 'tag', 'made');
  });
  await restore(dir);
  return { dir, slugs: readdirSync(join(dir, 'firms')) };
}

function gitIn(dir: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: dir, env: gitEnv(dir), encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** Puts everything back as it was made, caches away, and the index settled: no file is as young as it. */
export async function restore(dir: string): Promise<void> {
  rmSync(join(dir, '.scend'), { recursive: true, force: true });
  const moved = gitIn(dir, 'rev-parse', 'HEAD') !== gitIn(dir, 'rev-parse', 'made^{commit}');
  if (!moved && gitIn(dir, 'status', '--porcelain') === '') return;
  gitIn(dir, 'reset', '-q', '--hard', 'made');
  gitIn(dir, 'clean', '-fdqx');
  if (moved) {
    gitIn(dir, 'reflog', 'expire', '--expire=now', '--all');
    gitIn(dir, 'prune', '--expire=now');
  }
  await sleep(1100);
  gitIn(dir, 'update-index', '-q', '--refresh', '--force-write-index');
}

/** The paths that differ from the last commit, by firm. */
export function changedPaths(dir: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of gitIn(dir, 'status', '--porcelain', '-z', '-uall').split('\0')) {
    const path = line.slice(3);
    const slug = /^firms\/([^/]+)\//.exec(path)?.[1];
    if (slug) found.set(slug, [...(found.get(slug) ?? []), path]);
  }
  return found;
}

/** A workspace's content in another form, made from its files. */
export function formOf(form: Form, dir: string): Promise<string> {
  return keep(`${basename(dir)}-${form}`, (making) => {
    if (form === 'backlog') makeBacklog(dir, making);
    else if (form === 'csv') makeCsv(dir, making);
    else makeJson(dir, making);
  });
}

const yamlOf = (file: string) => parse(readFileSync(file, 'utf8'), { schema: 'core' });

/** Every ticket as a task of Backlog.md, without looking at branches or remotes. */
function makeBacklog(dir: string, making: string): void {
  const tasks = join(making, 'backlog/tasks');
  mkdirSync(tasks, { recursive: true });
  const config = [
    'project_name: "bench"',
    'default_status: "To Do"',
    'statuses: ["To Do", "In Progress", "Done"]',
    'date_format: yyyy-mm-dd',
    'remote_operations: false',
    'check_active_branches: false',
    'filesystem_only: true',
    'task_prefix: "task"',
  ];
  writeFileSync(join(making, 'backlog/config.yml'), `${config.join('\n')}\n`);
  let number = 0;
  for (const slug of readdirSync(join(dir, 'firms'))) {
    const pack = readFileSync(join(dir, 'firms', slug, 'ticket-pack.md'), 'utf8');
    for (const [, box, title] of pack.matchAll(/^- \[([ x])\] \S+ – (.*)$/gm)) {
      number += 1;
      const status = box === 'x' ? 'Done' : 'To Do';
      const front = `---\nid: TASK-${number}\ntitle: ${JSON.stringify(title)}\nstatus: ${status}\nassignee: []\ncreated_date: '2026-01-05 09:00'\nlabels: [${slug}]\ndependencies: []\nordinal: ${number * 1000}\n---\n`;
      writeFileSync(join(tasks, `task-${number} - ticket.md`), `${front}\n## Description\n\n${title}\n`);
    }
  }
}

/** A row for each metric of each outcome. */
function makeCsv(dir: string, making: string): void {
  const rows = ['firm,industry,team_size,version,label,status,metric,delta,roi'];
  for (const slug of readdirSync(join(dir, 'firms'))) {
    const firm = yamlOf(join(dir, 'firms', slug, 'firm.yaml'));
    const outcomes = join(dir, 'firms', slug, 'outcomes');
    for (const name of readdirSync(outcomes)) {
      const one = yamlOf(join(outcomes, name));
      for (const [metric, delta] of Object.entries(one.deltas))
        rows.push(
          [
            slug,
            firm.industry,
            firm.team_size,
            one.roadmap_version,
            one.target_label,
            one.status,
            metric,
            delta,
            one.realized_roi_12_months_estimate.net_roi_percent,
          ].join(','),
        );
    }
  }
  writeFileSync(join(making, 'outcomes.csv'), `${rows.join('\n')}\n`);
}

/** Every YAML file as JSON, in a folder for each kind. */
function makeJson(dir: string, making: string): void {
  const kinds: Record<string, string> = {
    'firm.yaml': 'firm',
    'recommendations.yaml': 'recommendations',
    'rollup.yaml': 'rollup',
    snapshots: 'snapshot',
    outcomes: 'outcome',
  };
  for (const kind of Object.values(kinds)) mkdirSync(join(making, kind));
  for (const slug of readdirSync(join(dir, 'firms'))) {
    const folder = join(dir, 'firms', slug);
    for (const [name, kind] of Object.entries(kinds)) {
      const files = name.endsWith('.yaml')
        ? [name]
        : readdirSync(join(folder, name)).map((one) => `${name}/${one}`);
      for (const file of files) {
        const text = JSON.stringify(yamlOf(join(folder, file)));
        writeFileSync(join(making, kind, `${slug}_${basename(file, '.yaml')}.json`), text);
      }
    }
  }
}
