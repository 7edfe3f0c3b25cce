import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { errnoOf, ioError, ShortWrite } from './errno.ts';

/** What the names of files begin with that `writeFileAtomic` makes ready. */
export const TEMPORARY = '.scend-tmp-';

/** What directories answer to fsync on platforms that cannot do it. */
const NO_DIRECTORY_SYNC = new Set(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'EBADF', 'ENOTSUP', 'ENOSYS']);

/**
 * Replaces or creates a file so that a reader, a crash or a full disk leaves either the old bytes or the
 * new ones; on the disk when it returns. For files of the engine's own: what people edit is replaced by
 * `swapIn`. Throws `io/<errno>`.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const directory = dirname(path);
  const temporary = temporaryIn(directory, TEMPORARY);
  try {
    await writeNewFile(temporary, bytes, 0o666);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw ioError(error, 'write', path);
  }
  await syncDirectory(directory);
}

/** A name in the directory that no other process will choose. */
export function temporaryIn(directory: string, prefix: string): string {
  return join(directory, `${prefix}${randomBytes(6).toString('hex')}`);
}

/**
 * Creates a file that must not exist yet and brings its bytes to the disk; `exactMode` overrides the
 * umask. A failure leaves the file for the caller to remove.
 */
export async function writeNewFile(
  path: string,
  bytes: Uint8Array,
  mode: number,
  exactMode: number | null = null,
): Promise<void> {
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  try {
    await writeAll(handle, bytes);
    if (exactMode !== null) await handle.chmod(exactMode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes all bytes at the file's position, however few each call takes; throws what `ioError` names a file for. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);
    if (bytesWritten === 0) throw new ShortWrite(`the disk took only ${done} of ${bytes.length} bytes`);
    done += bytesWritten;
  }
}

/** Brings a directory's entries to the disk; does nothing where the platform cannot. */
export async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!NO_DIRECTORY_SYNC.has(errnoOf(error) ?? '')) throw ioError(error, 'write', directory);
  }
}

/** Brings to the disk what the folders that lead from `top` to a path hold, `top` included. */
export async function syncFoldersUpTo(top: string, path: string): Promise<void> {
  const folder = dirname(path);
  if (folder !== top && !folder.startsWith(join(top, sep))) return;
  await syncDirectory(folder);
  await syncFoldersUpTo(top, folder);
}
