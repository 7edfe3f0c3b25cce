import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, readlink, rename, stat, unlink, utimes } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { ScendError } from '../../domain/error.ts';
import { syncDirectory, temporaryIn, writeNewFile } from '../atomic.ts';
import { errnoOf, ioError, isAbsent } from '../errno.ts';
import type { Repository } from './repository.ts';
import { applySharing, makeSharedDirectory } from './shared-mode.ts';

const OBJECT = /^objects\/[0-9a-f]{2}\/[0-9a-f]{38}$/;
const OBJECT_DIRECTORY = /^objects\/[0-9a-f]{2}$/;

/** Files and directories that are not on the disk for certain yet. */
const unsettled = new WeakMap<Repository, Set<string>>();

/**
 * The file system that isomorphic-git gets: it reads what it likes and may create loose objects, which are
 * written in one step and brought to the disk, but for their names (`settleObjects`). Any other write is a
 * bug and throws. With `store`, another object directory is read in the place of the repository's own.
 */
export function objectFs(repo: Repository, store = join(repo.commonDir, 'objects')) {
  const inside = (path: string) => relative(repo.commonDir, path).split(sep).join('/');
  const real = (path: string) =>
    inside(path).startsWith('objects/') ? join(store, inside(path).slice('objects/'.length)) : path;
  const forbidden = (verb: string) => async (path: string) => {
    throw new Error(`isomorphic-git tried to ${verb} ${inside(path)}`);
  };
  return {
    promises: {
      readFile: async (path: string, options?: object) => readFile(real(path), options),
      readdir: async (path: string) => readdir(real(path)),
      readlink: async (path: string) => readlink(real(path)),
      lstat: async (path: string) => lstat(real(path)),
      stat: async (path: string) => stat(real(path)).catch(asAbsent),
      writeFile: async (path: string, bytes: Uint8Array) => {
        if (!OBJECT.test(inside(path))) return forbidden('write')(path);
        await writeLoose(repo, path, bytes);
      },
      mkdir: async (path: string) => {
        if (!OBJECT_DIRECTORY.test(inside(path))) return forbidden('create')(path);
        await makeSharedDirectory(repo, path);
      },
      unlink: forbidden('remove'),
      rmdir: forbidden('remove'),
      rm: forbidden('remove'),
      symlink: forbidden('link'),
    },
  };
}

/**
 * Makes an object that is used again look new, so that a prune at this moment leaves it, as Git does. False
 * where that cannot be done: another user's file, or a pack of what is to be pruned.
 */
export async function reuseObject(repo: Repository, path: string): Promise<boolean> {
  if (path.endsWith('.pack')) {
    if (existsSync(path.replace(/pack$/, 'mtimes'))) return false;
  } else {
    // Git does not sync such a file, and a run that was killed may not have got to its directory.
    unsettle(repo, path, dirname(path), dirname(dirname(path)));
  }
  const present = new Date();
  return utimes(path, present, present).then(
    () => true,
    () => false,
  );
}

/** Brings to the disk what is not there for certain of the objects written or used again so far. */
export async function settleObjects(repo: Repository): Promise<void> {
  const paths = unsettled.get(repo) ?? new Set();
  for (const path of [...paths]) {
    await syncDirectory(path).catch((error: unknown) => {
      // A `git gc` has put the objects into a pack, and removed the directory.
      if (!(error instanceof ScendError) || error.data.errno !== 'ENOENT') throw error;
    });
    paths.delete(path);
  }
}

function unsettle(repo: Repository, ...paths: readonly string[]): void {
  const all = unsettled.get(repo) ?? new Set();
  for (const path of paths) all.add(path);
  unsettled.set(repo, all);
}

/** isomorphic-git prints any other failure of stat to the console; the write that follows reports it. */
function asAbsent(error: unknown): never {
  throw isAbsent(error) ? error : Object.assign(new Error('absent'), { code: 'ENOENT' });
}

/** A `git gc` removes an empty directory just when an object is about to be made in it; Git tries again too. */
async function writeLoose(repo: Repository, path: string, bytes: Uint8Array, tries = 5): Promise<void> {
  try {
    await createLoose(repo, path, bytes);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && tries > 1) return writeLoose(repo, path, bytes, tries - 1);
    // Windows does not replace a read-only file: another process wrote the same object first.
    const written = errnoOf(error) === 'EPERM' && (await stat(path).catch(() => null)) !== null;
    if (!written) throw ioError(error, 'write', path);
  }
  unsettle(repo, dirname(path), dirname(dirname(path)));
}

async function createLoose(repo: Repository, path: string, bytes: Uint8Array): Promise<void> {
  const directory = dirname(path);
  // The name that `git gc` cleans up after.
  const temporary = temporaryIn(directory, 'tmp_obj_');
  try {
    await makeSharedDirectory(repo, directory);
    await writeNewFile(temporary, bytes, 0o444);
    await applySharing(repo, temporary);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}
