/** How a disturbed refresh of one firm ended, and what must hold then. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import type { CommandResult } from '../../src/commands/context.ts';
import { ScendError } from '../../src/domain/error.ts';
import { exitCodeOf } from '../../src/domain/exit-code.ts';
import type { Ran } from './fs-shim.ts';
import { build, type Facts, factsOf, fsck, git, type Practice, refresh } from './scenario.ts';

export const slug = 'alder_dental';
export const pack = `firms/${slug}/ticket-pack.md`;

/** One firm; of its two ticks one is committed already, so that history is asked for its date. */
export async function buildOne(dir: string): Promise<Practice> {
  const built = await build(dir, [slug]);
  const day = { GIT_AUTHOR_DATE: '2026-03-12T10:00:00Z', GIT_COMMITTER_DATE: '2026-03-12T10:00:00Z' };
  git({ ...built, env: { ...built.env, ...day } }, 'commit', '-q', '-m', 'Tick', '--', pack);
  const path = join(built.dir, pack);
  writeFileSync(path, readFileSync(path, 'utf8').replace('- [ ] T1.1.2', '- [x] T1.1.2'));
  // Else Git's own reading would write the index anew between a failure and the next run.
  return { ...built, env: { ...built.env, GIT_OPTIONAL_LOCKS: '0' } };
}

export interface Outcome {
  readonly exitCode: number;
  readonly error: unknown;
}

export function outcomeOf({ end }: Ran<CommandResult>): Outcome {
  if (end.kind === 'killed') throw new Error('nothing was to be killed');
  if (end.kind === 'threw') return { exitCode: exitCodeOf(end.error), error: end.error };
  return { exitCode: end.value.exitCode, error: end.value.error ?? null };
}

/** A failure of the disk is told as what it is, with the name of a file. */
export function assertTold({ exitCode, error }: Outcome): void {
  if (!(error instanceof ScendError)) throw error;
  assert.is(exitCode, 5, error.stack);
  const { path } = error.data;
  const named = typeof path === 'string' && path !== '' && error.message.includes(basename(path));
  assert.ok(named, error.message);
}

/**
 * After a failure nothing of the user's is lost or changed, and under every name lies what lay there or what is
 * to lie there, whole. Where nothing could be restored (`stuck`), it waits beside its name for the next run.
 */
export function assertKept(practice: Practice, before: Facts, expected: Facts, stuck: boolean): void {
  fsck(practice);
  const now = factsOf(practice);
  const others = (status: string) => status.split('\n').filter((line) => !line.slice(3).startsWith('firms/'));
  assert.equal(others(now.status), others(before.status));
  const left = Object.keys(now.files).filter((path) => basename(path).startsWith('.scend-'));
  const recorded = readdirSync(join(practice.dir, '.git/scend')).includes('journal.json');
  assert.ok(stuck || recorded || left.length === 0, `left: ${left}`);
  for (const [path, text] of Object.entries(before.files)) {
    const found = now.files[path];
    if (found === text || (found !== undefined && found === expected.files[path])) continue;
    const waits = left.some((one) => dirname(one) === dirname(path) && now.files[one] === text);
    const what = found === undefined ? 'gone' : 'changed';
    assert.ok(found === undefined && stuck && recorded && waits, `${path} is ${what}`);
  }
  for (const [path, text] of Object.entries(now.files)) {
    if (path in before.files || left.includes(path)) continue;
    assert.is(text, expected.files[path], path);
  }
}

/** The next run ends as the first would have, and leaves nothing temporary. */
export async function assertNext(practice: Practice, expected: Facts): Promise<void> {
  const again = await refresh(practice);
  assert.is(
    again.exitCode,
    0,
    `the next run: ${again.notes.join('\n')} ${JSON.stringify(again.diagnostics)}`,
  );
  assert.equal(factsOf(practice), expected);
  fsck(practice);
  const names = readdirSync(join(practice.dir, '.git'), { recursive: true }).map(String);
  // A record of the run lock under its first name is left for ten seconds, as it may be one that comes to be.
  const left = names.filter((name) => /\.lock$|held-|\.scend-|journal/.test(name));
  assert.equal(left, []);
}

/** A failed assertion in one text. */
export function told(error: unknown): string {
  const { details, message, stack } = error as Error & { details?: string };
  return details ? `${message} ${details}` : String(stack ?? error);
}
