/** What must hold after any failure, whatever failed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { linkAlike } from './disk-tree.ts';
import { copyOf, type Facts, factsOf, fsck, type Practice, refresh, statusOf } from './scenario.ts';

/** Runs `body` with a copy of a practice, made below `root` and removed afterwards. */
export async function withCopy<T>(
  root: string,
  of: Practice,
  body: (practice: Practice) => Promise<T>,
): Promise<T> {
  const practice = copyOf(of, mkdtempSync(join(root, 'case-')));
  // A lock that was left is known by its second name.
  linkAlike(of.dir, practice.dir);
  try {
    return await body(practice);
  } finally {
    rmSync(practice.dir, { recursive: true, force: true });
  }
}

/** At any moment: Git finds nothing wrong, and nothing but the run's own files has changed. Changes nothing. */
export function assertSound(practice: Practice, where: string): void {
  fsck(practice);
  // Without it, Git would write the index anew, and the next run would not find what the failure left.
  const onlooker = { ...practice, env: { ...practice.env, GIT_OPTIONAL_LOCKS: '0' } };
  const lines = statusOf(onlooker).split('\n').filter(Boolean);
  const others = lines.filter((line) => !line.slice(3).startsWith('firms/'));
  assert.equal(others, ['M  notes.md', ' M plan.md', '?? draft.md'], where);
}

/** The command, run again, ends as it would have ended undisturbed. */
export async function assertCompletes(practice: Practice, expected: Facts, where: string): Promise<void> {
  const result = await refresh(practice);
  assert.is(result.exitCode, 0, `${where}: ${JSON.stringify(result.error)} ${result.notes.join('\n')}`);
  assert.equal(factsOf(practice), expected, where);
  fsck(practice);
}
