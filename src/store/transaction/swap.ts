import { randomBytes } from 'node:crypto';
import { link, lstat, readFile, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ScendError } from '../../domain/error.ts';
import { syncDirectory, writeNewFile } from '../atomic.ts';
import { errnoOf, ioError, isAbsent } from '../errno.ts';
import { digestOf } from './journal.ts';

/** One file to be replaced, created or removed. Digests are those of `digestOf`. */
export interface Swap {
  /** Absolute. */
  readonly path: string;
  /** What must be there; null: nothing may be there. */
  readonly old: string | null;
  /** What is to be there; null: nothing. */
  readonly new: string | null;
  /** Beside the target, so that a rename suffices. */
  readonly temporary: {
    /** Where the new content is made ready. */
    readonly fresh: string;
    /** Where the old file waits until the transaction ends. */
    readonly spare: string;
    /** Where a file is looked at that may be somebody's. */
    readonly taken: string;
  };
}

/** How a file stands after a transaction was cut short: as before, as it was to be, or as somebody made it. */
export type FileState = 'old' | 'new' | 'other';

export interface Settled {
  readonly state: FileState;
  /** Files with what somebody saved, left beside the target. */
  readonly kept: readonly string[];
}

/** What file systems without hard links answer to link(2). */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** The temporary names of a transaction's n-th file. */
export function temporariesOf(path: string, id: string, n: number): Swap['temporary'] {
  const stem = join(dirname(path), `.scend-${id}-${n}`);
  return { fresh: `${stem}.new`, spare: `${stem}.old`, taken: `${stem}.now` };
}

/**
 * Puts the new bytes (null: nothing) in place of the old ones and keeps the old file as `spare`. Never overwrites: the file
 * that is there is moved aside, which takes it whole even when an editor saved a moment ago, looked at, and
 * only if it is the expected one the new file is linked to the name, which fails when an editor has made a new
 * file there meanwhile. (To compare and then rename over the target loses what is saved in between.) Throws
 * `io/changed-underneath`, and `io/…`; `swapBack` then restores what can be restored.
 */
export async function swapIn(swap: Swap, bytes: Uint8Array | null): Promise<void> {
  const { path, old, temporary } = swap;
  const mode = await modeOf(path);
  if ((mode === null) !== (old === null)) throw changed(path);
  try {
    if (bytes !== null) await writeNewFile(temporary.fresh, bytes, 0o666, mode);
    if (old !== null) {
      await rename(path, temporary.spare);
      if (digestOf(await readFile(temporary.spare)) !== old) throw changed(path);
    }
    if (bytes !== null) await place(temporary.fresh, path);
  } catch (error) {
    // Removed, or made, by somebody in between.
    if (isAbsent(error) || errnoOf(error) === 'EEXIST') throw changed(path);
    throw ioError(error, 'write', path);
  }
}

/** Creates a file, on the disk when it returns; throws `io/changed-underneath` when something has the name. */
export async function createFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporariesOf(path, randomBytes(6).toString('hex'), 0);
  const swap = { path, old: null, new: digestOf(bytes), temporary };
  try {
    await swapIn(swap, bytes);
  } finally {
    await remove(temporary.fresh);
  }
  await syncDirectory(dirname(path));
}

/**
 * Undoes what `swapIn` did or left half-done; what somebody else saved since then stays. Says what was kept
 * beside it. Throws `io/…`, and leaves the temporary files for `tidy`.
 */
export async function swapBack(swap: Swap): Promise<readonly string[]> {
  const { path, old, temporary } = swap;
  try {
    // First, as on a full disk even a name may need what it takes up.
    await remove(temporary.fresh);
    const moved = old === null || (await exists(temporary.spare));
    if (moved && (await take(path, temporary.taken))) await settleTaken(swap);
    await settleSpare(swap);
    return await keptOf(swap);
  } catch (error) {
    throw ioError(error, 'restore', path);
  }
}

/** Ends a swap that went well: as `tidy`, but a file that somebody has removed since stays removed. */
export async function finish(swap: Swap): Promise<Settled> {
  const { old, temporary, path } = swap;
  if (old === null) return { state: 'new', kept: [] };
  try {
    if ((await digestAt(temporary.spare)) !== old) return tidy(swap);
    await remove(temporary.spare);
    return { state: 'new', kept: [] };
  } catch (error) {
    throw ioError(error, 'write', path);
  }
}

/**
 * Takes away the temporary files of a swap that came to its end or was cut short anywhere, and tells how the
 * file stands. Nobody's content is lost: what a program saved into the old file while it waited comes back in
 * place of the new content; where the name holds a third content by then, it stays beside it and is named in
 * `kept`.
 */
export async function tidy(swap: Swap): Promise<Settled> {
  const { path, temporary } = swap;
  try {
    await remove(temporary.fresh);
    await settleTaken(swap);
    if (!(await isRemoved(swap))) await settleSpare(swap);
    const digest = await digestAt(path);
    const state = digest === swap.new ? 'new' : digest === swap.old ? 'old' : 'other';
    return { state, kept: await keptOf(swap) };
  } catch (error) {
    throw ioError(error, 'restore', path);
  }
}

/** Whether a removal has come so far that only the waiting file is to be dropped, which it then is. */
async function isRemoved({ path, old, new: ours, temporary }: Swap): Promise<boolean> {
  if (ours !== null || (await digestAt(temporary.spare)) !== old || (await exists(path))) return false;
  await remove(temporary.spare);
  return true;
}

async function keptOf({ temporary: { taken, spare } }: Swap): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const path of [taken, spare]) if (await exists(path)) kept.push(path);
  return kept;
}

/** Brings the old file back where its name is free, and drops it where it is not needed any more. */
async function settleSpare(swap: Swap): Promise<void> {
  const { path, old, temporary } = swap;
  const digest = await digestAt(temporary.spare);
  if (digest === null) return;
  if (digest !== old && (await digestAt(path)) === swap.new) {
    // Saved into the old file by a program that had it open: newer than ours in its author's eyes.
    await take(path, temporary.taken);
    await settleTaken(swap);
  }
  if (!(await placeOrKeep(temporary.spare, path)) && digest === old) await remove(temporary.spare);
}

/** What was taken away is dropped if it is the new content, and given back if it is somebody's. */
async function settleTaken({ path, new: ours, temporary: { taken } }: Swap): Promise<void> {
  if ((await digestAt(taken)) === ours) await remove(taken);
  else await placeOrKeep(taken, path);
}

/** Moves a file out of its name; false when there is none, or something waits under the other name already. */
async function take(from: string, to: string): Promise<boolean> {
  if (await exists(to)) return false;
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** Gives a file its name if nothing has that name; false when something else has, and the file stays. */
async function placeOrKeep(from: string, to: string): Promise<boolean> {
  try {
    await place(from, to);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    if (errnoOf(error) !== 'EEXIST') throw error;
    // The same content twice, as when a run ended between the two steps of this.
    if ((await digestAt(from)) === (await digestAt(to))) await remove(from);
    return false;
  }
}

/** Gives a file its name; fails with EEXIST when something has that name. */
async function place(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!NO_LINKS.has(errnoOf(error) ?? '')) throw error;
    if (await exists(to)) throw Object.assign(new Error(`${basename(to)} exists`), { code: 'EEXIST' });
    await rename(from, to);
    return;
  }
  await remove(from);
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch((error) => {
    if (!isAbsent(error)) throw error;
  });
}

async function digestAt(path: string): Promise<string | null> {
  return readFile(path).then(digestOf, (error) => {
    if (isAbsent(error)) return null;
    throw error;
  });
}

async function modeOf(path: string): Promise<number | null> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw ioError(error, 'write', path);
  });
  if (stats === null || stats.isFile()) return stats && stats.mode & 0o7777;
  throw new ScendError(
    'io/not-a-file',
    `${path} is not a plain file`,
    'Move the directory, link or device that lies there out of the way.',
    { path },
  );
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error) => {
      if (isAbsent(error)) return false;
      throw error;
    },
  );
}

/** The refusal of a file that is not what was read. */
export function changed(path: string): ScendError {
  return new ScendError(
    'io/changed-underneath',
    `${path} was changed while the command ran`,
    'Nothing was overwritten: look at the change, then run the command again.',
    { path },
  );
}
