import { copyFile, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryIn } from '../../atomic.ts';
import { ioError, isAbsent } from '../../errno.ts';
import { indexPath } from '../index-store.ts';
import type { Repository } from '../repository.ts';
import { makeSharedDirectory } from '../shared-mode.ts';

const PREFIX = 'native-';

/** After this many milliseconds a directory is taken for the remains of a killed process. */
const OLD = 24 * 60 * 60 * 1000;

/** Runs `body` with a directory of its own inside the Git directory, and removes it afterwards. */
export async function withScratch<T>(repo: Repository, body: (dir: string) => Promise<T>): Promise<T> {
  const home = join(repo.gitDir, 'scend');
  const dir = temporaryIn(home, PREFIX);
  await removeOld(home);
  await makeSharedDirectory(repo, dir).catch((error: unknown) => {
    throw ioError(error, 'create', dir);
  });
  try {
    return await body(dir);
  } finally {
    await remove(dir);
  }
}

/**
 * Copies this work tree's index, false when there is none. The copy is dated as Git reads dates, in whole
 * seconds: entries that may have changed in the second of its writing stay doubtful to Git.
 */
export async function copyIndex(repo: Repository, to: string): Promise<boolean> {
  const path = indexPath(repo);
  try {
    const { mtimeMs } = await stat(path);
    await copyFile(path, to);
    const seconds = Math.floor(mtimeMs / 1000);
    await utimes(to, seconds, seconds);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw ioError(error, 'copy', path);
  }
}

async function removeOld(home: string): Promise<void> {
  const names = await readdir(home).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(PREFIX))) {
    const path = join(home, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > OLD) await remove(path);
  }
}

/** What cannot be removed is removed another time. */
async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
}
