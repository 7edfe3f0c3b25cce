import { unlinkSync } from 'node:fs';
import { type FileHandle, link, lstat, open, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { syncDirectory, temporaryIn, writeAll } from '../atomic.ts';
import { errnoOf, ifPresent, ioError, isAbsent } from '../errno.ts';
import { refusal } from './refusal.ts';
import type { Repository } from './repository.ts';

/** How long a lock is waited for, in milliseconds, unless told otherwise. */
export const LOCK_TIMEOUT = 10_000;

/** A lock in Git's own manner: the file `<target>.lock`, created by one process only, renamed to the target. */
export interface Lock {
  readonly target: string;
  readonly path: string;
  /** A second name of the same file, which proves whose lock it is; null where there can be none. */
  readonly claim: string | null;
  readonly handle: FileHandle;
  state: 'open' | 'closed' | 'gone';
}

const held = new Set<string>();

/** What the second names of locks begin with. */
const CLAIM = 'held-';

/** What file systems without hard links answer to link(2); EXDEV where the two lie on different ones. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

/** Removes the locks this process still holds; for a signal handler, hence synchronous. */
export function removeHeldLocks(): void {
  for (const path of held) {
    try {
      unlinkSync(path);
    } catch {
      // The process ends; whoever meets the lock is told what it is.
    }
  }
  held.clear();
}

/**
 * Takes the lock, waiting with growing pauses; throws `git/locked` when it stays taken. The lock file is made
 * under another name in the repository's `scend` directory first and then linked to its own, so that a later
 * run can tell a lock that a killed one left (`removeClaimedLocks`) from everybody else's.
 */
export async function takeLock(repo: Repository, target: string, timeout = LOCK_TIMEOUT): Promise<Lock> {
  const path = `${target}.lock`;
  const claimed = await claim(repo);
  let waited = 0;
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 250)) {
    try {
      const handle = claimed ? await linkTo(claimed, path) : await open(path, 'wx', 0o666);
      held.add(path);
      if (claimed) held.add(claimed.path);
      return { target, path, claim: claimed?.path ?? null, handle, state: 'open' };
    } catch (error) {
      // Windows answers EPERM for a lock that is just being removed.
      const taken = errnoOf(error) === 'EEXIST' || (errnoOf(error) === 'EPERM' && waited < 500);
      if (!taken || waited >= timeout) {
        await claimed?.handle.close().catch(() => {});
        if (claimed) await unlink(claimed.path).catch(() => {});
        throw taken ? lockedFor(path) : ioError(error, 'create', path);
      }
    }
    const next = pause * (0.5 + Math.random());
    await sleep(next);
    waited += next;
  }
}

/**
 * Removes the locks that killed runs left, known by their second name in the `scend` directory; only under the
 * run lock, when no other run can hold any. `refs` are those whose locks may be among them. Throws `io/…`.
 */
export async function removeClaimedLocks(
  repo: Repository,
  refs: readonly (string | undefined)[],
): Promise<void> {
  const directory = claimsOf(repo);
  const names = await readdir(directory).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw ioError(error, 'read', directory);
  });
  const claims = names.filter((name) => name.startsWith(CLAIM)).map((name) => join(directory, name));
  if (claims.length === 0) return;
  const shared = refs.flatMap((ref) => (ref ? [join(repo.commonDir, ref)] : []));
  const targets = [join(repo.gitDir, 'index'), join(repo.gitDir, 'HEAD'), ...shared];
  for (const path of claims) {
    for (const target of targets) await removeIfSame(`${target}.lock`, path);
  }
  // Those as well that the killed run had removed: without their proof they must not come back.
  for (const folder of new Set(targets.map(dirname))) {
    if (await ifPresent(lstat(folder), folder)) await syncDirectory(folder);
  }
  for (const path of claims) {
    await unlink(path).catch((error) => {
      if (!isAbsent(error)) throw ioError(error, 'remove', path);
    });
  }
}

/** Writes the new content and brings it to the disk; the lock stays. */
export async function fillLock(lock: Lock, bytes: Uint8Array): Promise<void> {
  try {
    await writeAll(lock.handle, bytes);
    await lock.handle.sync();
    await close(lock);
  } catch (error) {
    throw ioError(error, 'write', lock.path);
  }
}

/** Puts a filled lock in its target's place, on the disk when it returns. */
export async function commitLock(lock: Lock): Promise<void> {
  try {
    await rename(lock.path, lock.target);
  } catch (error) {
    throw ioError(error, 'write', lock.target);
  }
  lock.state = 'gone';
  try {
    await syncDirectory(dirname(lock.target));
  } finally {
    await forget(lock);
  }
}

/** Gives up what is left of a lock; never throws. One that cannot be removed is left to a later run. */
export async function releaseLock(lock: Lock | null): Promise<void> {
  await removeLock(lock).catch(() => {});
}

/** The same, but throws `io/…` where the lock stays; its second name stays too, so that a later run knows it. */
export async function removeLock(lock: Lock | null): Promise<void> {
  if (lock === null || lock.state === 'gone') return;
  await close(lock).catch(() => {});
  await unlink(lock.path).catch((error) => {
    if (!isAbsent(error)) throw ioError(error, 'remove', lock.path);
  });
  lock.state = 'gone';
  if (lock.claim !== null) await syncDirectory(dirname(lock.path)).catch(() => {});
  await forget(lock);
}

/** Its own name is gone first, on the disk too, as the claim is the proof of it. */
async function forget(lock: Lock): Promise<void> {
  held.delete(lock.path);
  if (lock.claim === null) return;
  await unlink(lock.claim).catch(() => {});
  held.delete(lock.claim);
}

function claimsOf(repo: Repository): string {
  return join(repo.gitDir, 'scend');
}

/** The file of a lock to be, under a name of its own; null where it cannot be made. */
async function claim(repo: Repository): Promise<{ path: string; handle: FileHandle } | null> {
  const directory = claimsOf(repo);
  const path = temporaryIn(directory, CLAIM);
  try {
    const handle = await open(path, 'wx', 0o666);
    // Before the lock is there: one that outlasts a loss of power must not do so without its proof.
    await syncDirectory(directory).catch(async (error) => {
      await handle.close();
      await unlink(path).catch(() => {});
      throw error;
    });
    return { path, handle };
  } catch (error) {
    // No transaction is under way that would have made the directory.
    if (isAbsent(error)) return null;
    throw ioError(error, 'create', path);
  }
}

async function linkTo(claimed: { path: string; handle: FileHandle }, path: string): Promise<FileHandle> {
  try {
    await link(claimed.path, path);
    return claimed.handle;
  } catch (error) {
    if (!NO_LINKS.has(errnoOf(error) ?? '')) throw error;
    const handle = await open(path, 'wx', 0o666);
    await claimed.handle.close();
    return handle;
  }
}

async function removeIfSame(lock: string, claimed: string): Promise<void> {
  const [one, other] = await Promise.all(
    [lock, claimed].map((path) => ifPresent(lstat(path, { bigint: true }), path)),
  );
  if (!one || !other || one.ino !== other.ino || one.dev !== other.dev) return;
  await unlink(lock).catch((error) => {
    if (!isAbsent(error)) throw ioError(error, 'remove', lock);
  });
}

async function close(lock: Lock): Promise<void> {
  if (lock.state !== 'open') return;
  lock.state = 'closed';
  await lock.handle.close();
}

function lockedFor(path: string): Error {
  return refusal(
    'git/locked',
    `another Git command is at work in this repository: ${path} exists`,
    `Wait for it to end. If none is running, a crashed one left it: remove ${path}.`,
    { path },
  );
}
