import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { ifPresent } from '../errno.ts';
import { findRepository } from './discover.ts';
import type { Env } from './environment.ts';

/**
 * The repository in a sub-folder of which a folder lies, or would lie if it were made: its top, and the folder's
 * path below it. Null at the top of a repository and outside of any.
 */
export async function repositoryAbove(
  dir: string,
  env: Env,
): Promise<{ readonly top: string; readonly folder: string } | null> {
  const full = await wouldBe(dir);
  const top = (await findRepository(full.there, env))?.top ?? null;
  if (top === null) return null;
  const folder = relative(top, full.path).split(sep).join('/');
  return folder === '' ? null : { top, folder };
}

/** The real path of a folder, and of the nearest one above it that is there. */
async function wouldBe(dir: string): Promise<{ readonly there: string; readonly path: string }> {
  const there = await ifPresent(realpath(dir), dir);
  if (there !== null || dirname(dir) === dir) return { there: there ?? dir, path: there ?? dir };
  const above = await wouldBe(dirname(dir));
  return { there: above.there, path: join(above.path, basename(dir)) };
}
