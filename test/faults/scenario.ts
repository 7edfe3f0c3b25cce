/** A small practice of three firms with a user's own work around it, and the refresh that is made to fail. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { CommandContext, CommandResult, Flags } from '../../src/commands/context.ts';
import { thisProcess } from '../../src/store/transaction/process-identity.ts';
import { cleanEnv } from '../environment.ts';

/** Whether the whole of each table is run, or a part that fits CI. */
export const full = process.env.SCEND_FAULTS === 'full';

export const slugs = ['alder_dental', 'birch_law', 'cedar_homes'] as const;

const library = `---
schema: scend/ticket-library@1
---
# Ticket library

## 1. Lead Response (SYSTEM 1)

### 1.1 Capture

- **T1.1.1**: Build the intake form
  - Hours: 4
- **T1.1.2**: Route new leads
  - Depends on: T1.1.1
  - Hours: 3
- **T1.1.3**: Alert the team
  - Hours: 2
`;

/** Enough of a roadmap for every generated part to have its place; short, as it is read a thousand times. */
const roadmap = `# {{firm_name}} — Roadmap

${[
  'Executive Summary',
  'Diagnostic Analysis',
  'GHL Architecture',
  'Pilot Scope',
  'Implementation Sprints',
  'GHL Configuration',
  'Workflow SOPs',
  'Metrics Dashboard',
  'Appendix',
]
  .map((title, i) => `## ${i + 1}. ${title}\n\nWords about it.\n`)
  .join('\n')}`;

export interface Practice {
  readonly dir: string;
  readonly env: Record<string, string>;
}

let processes = 0;

/** Runs a command in this process, as a process of its own number would. */
export async function runCommand(
  { dir, env }: Practice,
  name: string,
  args: readonly string[],
  flags: Flags,
): Promise<CommandResult> {
  const { command } = (await import(`../../src/commands/${name}.ts`)) as {
    command: { run: (context: CommandContext) => Promise<CommandResult> };
  };
  processes += 1;
  return command.run({
    cwd: dir,
    env: { ...env, CI: '1' },
    now: new Date('2026-03-20T09:00:00Z'),
    args,
    flags,
    prompter: null,
    newId: () => '6f6b8b1e-36a4-4e2c-9c38-08a9a6a0c1de',
    // No process has such a number, so that each counts as dead when it has ended.
    process: { ...thisProcess(), pid: 5_000_000 + processes, started: String(processes), host: hostname() },
  });
}

export function git({ dir, env }: Practice, ...args: string[]): string {
  return execFileSync('git', args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
}

/** Makes the practice: three firms with a pack each, ticks to be refreshed, and other work under way. */
export async function build(dir: string, firms: readonly string[] = slugs): Promise<Practice> {
  const practice = { dir, env: cleanEnv(dirname(dir), { SCEND_TODAY: '2026-03-20' }) };
  mkdirSync(dir, { recursive: true });
  await must(runCommand(practice, 'init', ['.'], {}));
  for (const name of ['.vscode', 'schemas']) rmSync(join(dir, name), { recursive: true });
  writeFileSync(join(dir, 'templates/ticket-library.md'), library);
  writeFileSync(join(dir, 'templates/roadmap.md'), roadmap);
  git(practice, 'init', '-q', '-b', 'main', '--template=');
  git(practice, 'config', 'core.autocrlf', 'false');
  git(practice, 'config', 'gc.auto', '0');
  writeFileSync(join(dir, 'notes.md'), 'first\n');
  writeFileSync(join(dir, 'plan.md'), 'first\n');
  git(practice, 'add', '-A');
  git(practice, 'commit', '-q', '-m', 'Start');
  for (const slug of firms) {
    const flags = { name: slug, industry: 'legal', 'team-size': '5', target: ['nps=60'] };
    await must(runCommand(practice, 'firm-add', [slug], flags));
    await must(runCommand(practice, 'pack-create', [], { firm: slug, systems: ['1.1'] }));
    const pack = join(dir, `firms/${slug}/ticket-pack.md`);
    writeFileSync(pack, readFileSync(pack, 'utf8').replace('- [ ] T1.1.1', '- [x] T1.1.1'));
  }
  writeFileSync(join(dir, 'notes.md'), 'staged\n');
  git(practice, 'add', 'notes.md');
  writeFileSync(join(dir, 'plan.md'), 'changed\n');
  writeFileSync(join(dir, 'draft.md'), 'untracked\n');
  return practice;
}

async function must(promise: Promise<CommandResult>): Promise<void> {
  const result = await promise;
  if (result.exitCode !== 0) throw new Error(JSON.stringify(result, null, 1));
}

/** The command under test. */
export function refresh(practice: Practice): Promise<CommandResult> {
  return runCommand(practice, 'refresh', [], { all: true });
}

/** A copy of a practice in another folder. */
export function copyOf(practice: Practice, dir: string): Practice {
  cpSync(practice.dir, dir, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  return { ...practice, dir };
}

/** Everything that must be the same after any number of failures: files, index and history, without ids of time. */
export interface Facts {
  readonly files: Readonly<Record<string, string>>;
  readonly status: string;
  readonly log: string;
  readonly tree: string;
}

export function factsOf(practice: Practice): Facts {
  return {
    files: filesBelow(practice.dir),
    status: statusOf(practice),
    log: git(practice, 'log', '--format=%s'),
    tree: git(practice, 'rev-parse', 'HEAD^{tree}'),
  };
}

export function statusOf(practice: Practice): string {
  return git(practice, 'status', '--porcelain', '--untracked-files=all');
}

/** Throws what Git finds wrong in the repository. */
export function fsck(practice: Practice): void {
  const found = git(practice, 'fsck', '--strict', '--no-dangling', '--no-progress');
  if (found.trim() !== '') throw new Error(found);
}

export function filesBelow(dir: string, folder = dir): Record<string, string> {
  const all: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === '.git') continue;
    if (entry.isDirectory()) Object.assign(all, filesBelow(dir, path));
    else
      all[path.slice(dir.length + 1)] = entry.isSymbolicLink()
        ? readlinkSync(path)
        : readFileSync(path, 'utf8');
  }
  return all;
}
