import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError } from '../errno.ts';

/** The text of HEAD: `ref: refs/heads/main` or an object id; an old HEAD that is a link reads the same. */
export async function readHeadText(gitDir: string): Promise<string> {
  const path = join(gitDir, 'HEAD');
  try {
    if ((await lstat(path)).isSymbolicLink()) {
      const target = await readlink(path);
      if (target.startsWith('refs/')) return `ref: ${target}`;
    }
    return (await readFile(path, 'utf8')).trimEnd();
  } catch (error) {
    throw ioError(error, 'read', path);
  }
}

/** The ref that HEAD names, or null when HEAD holds a commit id or anything else. */
export async function readSymbolicHead(gitDir: string): Promise<string | null> {
  return /^ref:\s*(\S.*)$/.exec(await readHeadText(gitDir))?.[1] ?? null;
}
