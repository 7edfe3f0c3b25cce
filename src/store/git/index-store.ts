import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError, isAbsent } from '../errno.ts';
import { EMPTY_INDEX, type GitIndex, parseIndex } from './index-file.ts';
import type { Repository } from './repository.ts';

export interface StoredIndex {
  readonly index: GitIndex;
  /** When the file was written, in seconds; 0 when there is none. */
  readonly seconds: number;
}

export function indexPath(repo: Repository): string {
  return join(repo.gitDir, 'index');
}

/** Reads this work tree's index; an absent one is empty. */
export async function readIndex(repo: Repository): Promise<StoredIndex> {
  const path = indexPath(repo);
  try {
    const file = await open(path, 'r');
    try {
      const { mtimeMs } = await file.stat();
      return { index: parseIndex(await file.readFile()), seconds: Math.floor(mtimeMs / 1000) };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isAbsent(error)) return { index: EMPTY_INDEX, seconds: 0 };
    throw ioError(error, 'read', path);
  }
}
