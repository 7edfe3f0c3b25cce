/** What the tests of the native backend share: commits through it, and comparisons with what Git does itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { CommitResult } from '../../../src/store/git/backend.ts';
import { native } from '../../../src/store/git/native/native-commit.ts';
import { nativeReader } from '../../../src/store/git/native/native-reader.ts';
import type { Repository } from '../../../src/store/git/repository.ts';
import {
  type CommitOptions,
  type Files,
  fingerprint,
  fsck,
  NOW,
  nativeCommit,
  openAt,
  put,
  refusalOf,
  type Sandbox,
  status,
  twin,
} from './sandbox.ts';

/** Commits files as they are based on HEAD, through the native backend. */
export async function commit(
  repo: Repository,
  files: Files,
  options: CommitOptions = {},
): Promise<CommitResult> {
  const reader = nativeReader(repo);
  const { oid } = await reader.readHead();
  const wanted = [];
  for (const [path, content] of Object.entries(files)) {
    const base = oid === null ? null : ((await reader.entryAt(oid, path))?.oid ?? null);
    wanted.push({ path, bytes: typeof content === 'string' ? Buffer.from(content) : content, base });
  }
  if (options.write !== false) put(repo.top, files);
  const { message = 'a change', now = NOW, author, lockTimeout } = options;
  return native.commitPaths(repo, { files: wanted, message, now, author, lockTimeout });
}

/** The same, and the id of the commit that must come of it. */
export async function committed(repo: Repository, files: Files, options?: CommitOptions): Promise<string> {
  const result = await commit(repo, files, options);
  if (result.kind !== 'committed') throw new Error(result.kind);
  return result.oid;
}

/** What Git shows of index, history and log. */
export function facts(git: Sandbox['git'], top: string) {
  return {
    head: git(['rev-parse', 'HEAD'], top),
    status: status(git, top),
    index: git(['ls-files', '-s', '-v'], top),
    log: git(['reflog', 'show', '--format=%H %gd %gs', 'HEAD'], top),
  };
}

/** Commits through the backend and, in a copy, with `git add` and `git commit --only`; both must look the same. */
export async function compare({ git, env }: Sandbox, top: string, files: Files): Promise<void> {
  const other = twin(top);
  nativeCommit(git, other, files);
  await committed(await openAt(top, env), files);
  assert.equal(facts(git, top), facts(git, other));
  fsck(git, top);
}

/** Asserts that preflight and commit refuse with one code, and that nothing below the root is written. */
export async function bothRefuse(sandbox: Sandbox, repo: Repository, files: Files): Promise<string> {
  const before = fingerprint(sandbox.root);
  const early = await refusalOf(native.preflight(repo, Object.keys(files)));
  const late = await refusalOf(commit(repo, files, { write: false }));
  assert.is(early.code, late.code);
  assert.ok(early.message !== '' && early.hint !== '');
  assert.is(fingerprint(sandbox.root), before);
  return early.code;
}

/** Index and branch, which a refusal must leave alone. */
export function indexAndHead({ git, top }: Sandbox): readonly string[] {
  const index = readFileSync(join(top, '.git', 'index')).toString('hex');
  return [index, git(['rev-parse', 'HEAD']), git(['for-each-ref']), git(['reflog'])];
}
