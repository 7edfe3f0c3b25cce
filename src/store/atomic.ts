import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ScendError } from '../domain/error.ts';
import { errnoOf, ioError } from './errno.ts';

/** What directories answer to fsync on platforms that cannot do it. */
const NO_DIRECTORY_SYNC = new Set(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'EBADF', 'ENOTSUP', 'ENOSYS']);

export interface AtomicOptions {
  /** Permission bits of a new file, subject to the umask; an existing file keeps its own. */
  readonly mode?: number;
  /** The bytes that must be there just before the file is replaced; null: nothing may be there. */
  readonly expect?: Uint8Array | null;
}

/**
 * Replaces or creates a file so that a reader, a crash or a full disk leaves either the old bytes or the
 * new ones. Throws `io/changed-underneath` when `expect` no longer holds, and `io/<errno>` otherwise.
 */
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array,
  options: AtomicOptions = {},
): Promise<void> {
  const existing = await regularFile(path);
  const directory = dirname(path);
  const temporary = temporaryIn(directory, '.scend-tmp-');
  try {
    await writeNewFile(temporary, bytes, options.mode ?? 0o666, existing && existing.mode & 0o7777);
    if (options.expect !== undefined) await expectBytes(path, options.expect);
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

/** Writes all bytes at the file's position, however few each call takes. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);
    if (bytesWritten === 0) {
      throw new ScendError(
        'io/short-write',
        `the disk took only ${done} of ${bytes.length} bytes`,
        'Check that the disk is not full, then run the command again.',
      );
    }
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

async function regularFile(path: string): Promise<Stats | null> {
  let stats: Stats;
  try {
    stats = await lstat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw ioError(error, 'write', path);
  }
  if (stats.isFile()) return stats;
  throw new ScendError(
    'io/not-a-file',
    `${path} is not a plain file`,
    'Move the directory, link or device that lies there out of the way.',
    { path },
  );
}

async function expectBytes(path: string, expected: Uint8Array | null): Promise<void> {
  const present = (await regularFile(path)) === null ? null : await readFile(path);
  const same = present === null || expected === null ? present === expected : present.equals(expected);
  if (same) return;
  throw new ScendError(
    'io/changed-underneath',
    `${path} was changed while the command ran`,
    'Nothing was overwritten: look at the change, then run the command again.',
    { path },
  );
}
