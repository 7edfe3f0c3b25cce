import { unlinkSync } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAll } from '../atomic.ts';
import { errnoOf, ioError } from '../errno.ts';
import { refusal } from './refusal.ts';

/** How long a lock is waited for, in milliseconds, unless told otherwise. */
export const LOCK_TIMEOUT = 10_000;

/** A lock in Git's own manner: the file `<target>.lock`, created by one process only, renamed to the target. */
export interface Lock {
  readonly target: string;
  readonly path: string;
  readonly handle: FileHandle;
  state: 'open' | 'closed' | 'gone';
}

const held = new Set<string>();

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

/** Takes the lock, waiting with growing pauses; throws `git/locked` when it stays taken. */
export async function takeLock(target: string, timeout = LOCK_TIMEOUT): Promise<Lock> {
  const path = `${target}.lock`;
  let waited = 0;
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 250)) {
    try {
      const handle = await open(path, 'wx', 0o666);
      held.add(path);
      return { target, path, handle, state: 'open' };
    } catch (error) {
      // Windows answers EPERM for a lock that is just being removed.
      const taken = errnoOf(error) === 'EEXIST' || (errnoOf(error) === 'EPERM' && waited < 500);
      if (!taken) throw ioError(error, 'create', path);
      if (waited >= timeout) throw lockedFor(path);
    }
    const next = pause * (0.5 + Math.random());
    await sleep(next);
    waited += next;
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

/** Puts a filled lock in its target's place. */
export async function commitLock(lock: Lock): Promise<void> {
  try {
    await rename(lock.path, lock.target);
  } catch (error) {
    throw ioError(error, 'write', lock.target);
  }
  lock.state = 'gone';
  held.delete(lock.path);
}

/** Gives up what is left of a lock; never throws. */
export async function releaseLock(lock: Lock | null): Promise<void> {
  if (lock === null || lock.state === 'gone') return;
  await close(lock).catch(() => {});
  await unlink(lock.path).catch(() => {});
  lock.state = 'gone';
  held.delete(lock.path);
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
