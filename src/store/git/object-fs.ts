import { lstat, readdir, readFile, readlink, rename, stat, unlink, utimes } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { syncDirectory, temporaryIn, writeNewFile } from '../atomic.ts';
import { errnoOf, ioError, isAbsent } from '../errno.ts';
import type { Repository } from './repository.ts';
import { applySharing, makeSharedDirectory } from './shared-mode.ts';

const OBJECT = /^objects\/[0-9a-f]{2}\/[0-9a-f]{38}$/;
const OBJECT_DIRECTORY = /^objects\/[0-9a-f]{2}$/;

/**
 * The file system that isomorphic-git gets: it reads what it likes and may create loose objects, which are
 * written in one step and brought to the disk. Any other write is a bug and throws.
 */
export function objectFs(repo: Repository) {
  const inside = (path: string) => relative(repo.commonDir, path).split(sep).join('/');
  const forbidden = (verb: string) => async (path: string) => {
    throw new Error(`isomorphic-git tried to ${verb} ${inside(path)}`);
  };
  return {
    promises: {
      readFile: async (path: string, options?: object) => readFile(path, options),
      readdir: async (path: string) => readdir(path),
      readlink: async (path: string) => readlink(path),
      lstat: async (path: string) => lstat(path),
      stat: async (path: string) => stat(path).catch(asAbsent),
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

/** Makes an object that is used again look new, so that a prune at this moment leaves it, as Git does. */
export async function freshenObject(repo: Repository, oid: string): Promise<void> {
  const present = new Date();
  const path = join(repo.commonDir, 'objects', oid.slice(0, 2), oid.slice(2));
  // It may be in a pack, or belong to another user.
  await utimes(path, present, present).catch(() => {});
}

/** isomorphic-git prints any other failure of stat to the console; the write that follows reports it. */
function asAbsent(error: unknown): never {
  throw isAbsent(error) ? error : Object.assign(new Error('absent'), { code: 'ENOENT' });
}

async function writeLoose(repo: Repository, path: string, bytes: Uint8Array): Promise<void> {
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
    // Windows does not replace a read-only file: another process wrote the same object first.
    if (errnoOf(error) === 'EPERM' && (await stat(path).catch(() => null))) return;
    throw ioError(error, 'write', path);
  }
  await syncDirectory(directory);
  await syncDirectory(join(directory, '..'));
}
