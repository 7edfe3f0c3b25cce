import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ScendError } from '../../domain/error.ts';
import { syncFoldersUpTo } from '../atomic.ts';
import { ifPresent } from '../errno.ts';
import { commitLock, fillLock, type Lock, releaseLock, removeLock, takeLock } from './lock-file.ts';
import { refuseRefConflict, removeEmptyDirectories } from './ref-paths.ts';
import { appendReflog, closeReflog, cutReflog, openReflog, type Reflog, type ReflogLine } from './reflog.ts';
import { type Head, readHead } from './refs.ts';
import type { Repository } from './repository.ts';
import { applySharing, makeSharedDirectory } from './shared-mode.ts';

export interface RefUpdate {
  /** What HEAD was when the new commit was made; anything else by now leaves the ref alone. */
  readonly expected: Head;
  readonly line: ReflogLine;
  readonly timeout?: number | undefined;
  /** Runs once the ref is locked, checked and ready, just before it moves. */
  readonly beforeMove: () => Promise<void>;
}

/**
 * Moves the branch that HEAD names by compare-and-swap, with Git's own locks, and logs it. False, with
 * nothing changed, when HEAD is no longer what was expected.
 */
export async function updateHead(repo: Repository, update: RefUpdate): Promise<boolean> {
  const { expected, timeout } = update;
  const target = join(repo.commonDir, expected.ref);
  let headLock: Lock | null = null;
  let refLock: Lock | null = null;
  try {
    headLock = await takeLock(repo, join(repo.gitDir, 'HEAD'), timeout);
    refLock = await lockRef(repo, target, timeout);
    if (!sameHead(await readHead(repo), expected)) return false;
    if (expected.oid === null) await refuseRefConflict(repo, expected.ref);
    await fillLock(refLock, Buffer.from(`${update.line.after}\n`));
    await applySharing(repo, refLock.path);
    await moveLogged(repo, update, refLock);
    await removeLock(headLock);
    return true;
  } finally {
    await releaseLock(refLock);
    await releaseLock(headLock);
  }
}

/** Brings a ref to the disk that a killed run has moved; those that are not files of their own are there. */
export async function syncRef(repo: Repository, ref: string): Promise<void> {
  const path = join(repo.commonDir, ref);
  if (await ifPresent(lstat(path), path)) await syncFoldersUpTo(join(repo.commonDir, 'refs/heads'), path);
}

/** Whether two readings of HEAD name the same ref at the same commit. */
export function sameHead(a: Head, b: Head): boolean {
  return a.ref === b.ref && a.oid === b.oid && a.detached === b.detached;
}

/** `git pack-refs` removes an empty directory just when the lock is about to be made in it. */
async function lockRef(
  repo: Repository,
  target: string,
  timeout: number | undefined,
  tries = 5,
): Promise<Lock> {
  await makeSharedDirectory(repo, dirname(target));
  try {
    return await takeLock(repo, target, timeout);
  } catch (error) {
    const gone = error instanceof ScendError && error.data.errno === 'ENOENT';
    if (!gone || tries === 1) throw error;
    return lockRef(repo, target, timeout, tries - 1);
  }
}

async function moveLogged(
  repo: Repository,
  { expected, line, beforeMove }: RefUpdate,
  refLock: Lock,
): Promise<void> {
  const logs: Reflog[] = [];
  try {
    // Opened first: what can fail should fail before anything has moved.
    for (const ref of ['HEAD', expected.ref]) {
      const log = await openReflog(repo, ref);
      if (log) logs.push(log);
    }
    await removeEmptyDirectories(refLock.target);
    await beforeMove();
    await logAndMove(logs, line, refLock);
    // The folder of the ref may be as new as the ref.
    await syncFoldersUpTo(join(repo.commonDir, 'refs/heads'), dirname(refLock.target));
  } finally {
    for (const log of logs) await closeReflog(log);
  }
}

/** The logs first; they tell nothing of a move that fails. */
async function logAndMove(logs: readonly Reflog[], line: ReflogLine, refLock: Lock): Promise<void> {
  try {
    for (const log of logs) await appendReflog(log, line);
    await commitLock(refLock);
  } catch (error) {
    if (refLock.state !== 'gone') for (const log of logs) await cutReflog(log);
    throw error;
  }
}
