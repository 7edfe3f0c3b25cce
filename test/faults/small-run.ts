/** The smallest run that edits a file of the user's and makes two of its own, for tables of thousands. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { applyPlan } from '../../src/store/transaction/apply.ts';
import { editOf, type FileChange, generated } from '../../src/store/transaction/change.ts';
import { thisProcess } from '../../src/store/transaction/process-identity.ts';
import { withRun } from '../../src/store/transaction/run.ts';
import { openWorkspace } from '../../src/store/workspace.ts';
import { cleanEnv } from '../environment.ts';
import type { Practice } from './scenario.ts';

/** Edited by the user; the engine counts its lines and writes the number on top. */
export const list = 'list.md';
/** Made anew by each run. */
export const sum = 'sum.yaml';
/** New with each run. */
export const versionOf = (count: number) => `versions/v${count}.md`;

export function buildSmall(dir: string): Practice {
  const practice = { dir, env: cleanEnv(dirname(dir), { GIT_OPTIONAL_LOCKS: '0' }) };
  mkdirSync(join(dir, 'versions'), { recursive: true });
  writeFileSync(join(dir, 'scend.yaml'), 'schema: scend/workspace@1\n');
  writeFileSync(join(dir, list), '# List (0)\n- one\n');
  writeFileSync(join(dir, sum), 'count: 0\n');
  writeFileSync(join(dir, 'versions/v0.md'), '0\n');
  const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, env: practice.env });
  git('init', '-q', '-b', 'main', '--template=');
  git('config', 'core.autocrlf', 'false');
  git('add', '-A');
  git('commit', '-q', '-m', 'Start');
  writeFileSync(join(dir, list), '# List (0)\n- one\n- two\n');
  return practice;
}

/** What the engine makes of the list. */
export function counted(text: string): { readonly text: string; readonly count: number } {
  const count = text.match(/^- /gm)?.length ?? 0;
  return { text: text.replace(/^# List \(\d+\)$/m, `# List (${count})`), count };
}

let processes = 0;

export interface SmallRun {
  /** False when there was nothing to do. */
  readonly committed: boolean;
  readonly notes: readonly string[];
}

/** Between two steps of an editor the list may be gone; asking first and reading then would leave a moment between. */
function readListIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Reads the list, and writes and commits it with what is made from it. */
export async function runSmall({ dir, env }: Practice): Promise<SmallRun> {
  processes += 1;
  const process = { ...thisProcess(), pid: 6_000_000 + processes, started: '1', host: hostname() };
  const now = new Date('2026-03-20T09:00:00Z');
  const workspace = await openWorkspace({ cwd: dir, env, now, today: null, process });
  return withRun(workspace, async ({ workspace: present, notes }) => {
    const before = readListIfThere(join(dir, list));
    if (before === null) return { committed: false, notes };
    const { text, count } = counted(before.toString('utf8'));
    const changes = [
      await generated(present, versionOf(count), Buffer.from(`${count}\n`), 'fresh'),
      await generated(present, sum, Buffer.from(`count: ${count}\n`), 'derived'),
      await editOf(present, list, before, Buffer.from(text)),
    ].filter((one): one is FileChange => one !== null);
    const applied = await applyPlan(
      present,
      { firm: null, changes, message: `Count ${count}` },
      { commit: true, author: null },
    );
    return { committed: applied.commit !== null, notes: [...notes, ...applied.notes] };
  });
}
