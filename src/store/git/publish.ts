import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AttributeSource, cleanBytes } from './attributes.ts';
import { halfway } from './backend.ts';
import { type GitIndex, type IndexChange, makeEntry, renderIndex, spliceIndex } from './index-file.ts';
import { NO_STAT, smudgeRacy, statBytes } from './index-stat.ts';
import { indexPath, readIndex } from './index-store.ts';
import { type InspectedFile, refuseStaged } from './inspect.ts';
import { commitLock, fillLock, releaseLock, takeLock } from './lock-file.ts';
import { hashObject } from './objects.ts';
import type { PreparedCommit } from './prepare.ts';
import { sameHead, updateHead } from './ref-update.ts';
import { readHead } from './refs.ts';
import { plainMode } from './refuse-paths.ts';
import type { Repository } from './repository.ts';
import { applySharing } from './shared-mode.ts';
import { toName } from './tree.ts';

/**
 * Puts a prepared commit on its branch: first the index, then the reflog, then the ref, so that a crash in
 * between leaves the change staged and never reversed; a failure there is `halfway`. When HEAD has moved, the commit is made anew by
 * `renew` while the lock is held: others who commit wait for it, so a busy repository cannot starve this one.
 * `moved`, with nothing changed, when somebody moved the ref without taking the lock.
 */
export async function publishCommit(
  repo: Repository,
  first: PreparedCommit,
  renew: () => Promise<PreparedCommit | null>,
  timeout: number | undefined,
): Promise<PreparedCommit | 'unchanged' | 'moved'> {
  const lock = await takeLock(repo, indexPath(repo), timeout);
  try {
    const prepared = sameHead(await readHead(repo), first.head) ? first : await renew();
    if (prepared === null) return 'unchanged';
    await fillLock(lock, renderIndex(await newIndex(repo, prepared)));
    await applySharing(repo, lock.path);
    const { head, oid, committer, message } = prepared;
    const done = await updateHead(repo, {
      expected: head,
      line: { before: head.oid, after: oid, who: committer, message },
      timeout,
      beforeMove: () => commitLock(lock),
    });
    return done ? prepared : 'moved';
  } catch (error) {
    // It has taken the place of the index by now.
    throw lock.state === 'gone' ? halfway(error) : error;
  } finally {
    await releaseLock(lock);
  }
}

async function newIndex(repo: Repository, { files }: PreparedCommit): Promise<GitIndex> {
  const { index, seconds } = await readIndex(repo);
  for (const file of files) refuseStaged(index, file);
  const source = { repo, index, pending: new Map() };
  const changes: IndexChange[] = [];
  for (const file of files) changes.push(await indexChange(source, file));
  return spliceIndex(await smudgeRacy(repo, index, seconds), changes);
}

async function indexChange(source: AttributeSource, { path, after }: InspectedFile): Promise<IndexChange> {
  const name = toName(path);
  if (!after) return { name, entry: null };
  const stat = await statOfContent(source, path, after.oid);
  return { name, entry: makeEntry(name, plainMode(after.mode), after.oid, stat) };
}

/** The file data of the file on disk if it holds the blob; else none, and Git will look for itself. */
async function statOfContent(source: AttributeSource, path: string, oid: string): Promise<Buffer> {
  const full = join(source.repo.top, path);
  try {
    const stats = await lstat(full, { bigint: true });
    if (!stats.isFile()) return NO_STAT;
    const clean = await cleanBytes(source, path, await readFile(full));
    const again = statBytes(await lstat(full, { bigint: true }));
    return hashObject('blob', clean) === oid && again.equals(statBytes(stats)) ? again : NO_STAT;
  } catch {
    return NO_STAT;
  }
}
