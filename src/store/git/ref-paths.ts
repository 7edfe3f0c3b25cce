import { readdir, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ifPresent } from '../errno.ts';
import { packedRefNames } from './refs.ts';
import { refusal } from './refusal.ts';
import type { Repository } from './repository.ts';

/** Removes a directory and those below it as far as they hold no files; never throws. */
export async function removeEmptyDirectories(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory()) await removeEmptyDirectories(join(path, entry.name));
  }
  await rmdir(path).catch(() => {});
}

/** Refuses a new ref whose name is a directory of another, or lies below another (`git/ref-conflict`). */
export async function refuseRefConflict(repo: Repository, ref: string): Promise<void> {
  const parts = ref.split('/');
  const above = parts.slice(2, -1).map((_, i) => parts.slice(0, i + 3).join('/'));
  const packed = await packedRefNames(repo);
  const inTheWay =
    packed.find((name) => name.startsWith(`${ref}/`) || above.includes(name)) ??
    (await firstLoose(repo, above)) ??
    ((await holdsFiles(join(repo.commonDir, ref))) ? `${ref}/…` : undefined);
  if (inTheWay === undefined) return;
  throw refusal(
    'git/ref-conflict',
    `the branch ${ref} cannot be created: ${inTheWay} exists`,
    'Check out another branch, or rename the one in the way: git branch -m <old> <new>',
    { ref, inTheWay },
  );
}

async function firstLoose(repo: Repository, refs: readonly string[]): Promise<string | undefined> {
  for (const ref of refs) {
    const path = join(repo.commonDir, ref);
    const stats = await ifPresent(stat(path), path);
    if (stats?.isFile()) return ref;
  }
  return undefined;
}

async function holdsFiles(directory: string): Promise<boolean> {
  const entries = await ifPresent(readdir(directory, { withFileTypes: true }), directory);
  for (const entry of entries ?? []) {
    if (!entry.isDirectory() || (await holdsFiles(join(directory, entry.name)))) return true;
  }
  return false;
}
