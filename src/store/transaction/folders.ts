import { lstat, mkdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { ScendError } from '../../domain/error.ts';
import { syncDirectory } from '../atomic.ts';
import { ifPresent, ioError, isAbsent } from '../errno.ts';
import { unsafePath } from './change.ts';

/** Makes the folders of paths below a root, on the disk when it returns; refuses links on the way. */
export async function makeFolders(root: string, paths: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  for (const path of paths) {
    const parts = dirname(path)
      .split('/')
      .filter((one) => one !== '.');
    for (let length = 1; length <= parts.length; length += 1) {
      const folder = join(root, ...parts.slice(0, length));
      if (seen.has(folder)) continue;
      seen.add(folder);
      await makeFolder(folder, path);
    }
  }
}

async function makeFolder(folder: string, path: string): Promise<void> {
  try {
    if (!(await lstat(folder)).isDirectory()) throw unsafePath(path);
    return;
  } catch (error) {
    if (!isAbsent(error)) throw error instanceof ScendError ? error : ioError(error, 'read', path);
  }
  await mkdir(folder).catch((error) => {
    throw ioError(error, 'make the folder of', path);
  });
  await syncDirectory(dirname(folder));
}

/** Brings the names in the folders of these files to the disk, each folder once. */
export async function syncFolders(files: readonly string[]): Promise<void> {
  for (const folder of new Set(files.map(dirname))) await syncDirectory(folder);
}

/**
 * The same for the folders that a run which was cut short may have made: with all that lead to them from `top`,
 * as far as they are there.
 */
export async function syncFoldersFrom(top: string, files: readonly string[]): Promise<void> {
  const folders = new Set<string>();
  for (const file of files) {
    const parts = relative(top, dirname(file)).split(sep);
    for (let length = 0; length <= parts.length; length += 1) {
      folders.add(join(top, ...parts.slice(0, length)));
    }
  }
  for (const folder of folders) {
    if (await ifPresent(lstat(folder), folder)) await syncDirectory(folder);
  }
}
