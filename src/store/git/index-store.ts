import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError, isAbsent } from '../errno.ts';
import { getBoolConfig } from './config.ts';
import { EMPTY_INDEX, type GitIndex, parseIndex } from './index-file.ts';
import type { Repository } from './repository.ts';

export interface StoredIndex {
  readonly index: GitIndex;
  /** When the file was written, in seconds; 0 when there is none. */
  readonly seconds: number;
}

/** What was read last, so that the same bytes are not parsed twice. */
const last = new WeakMap<Repository, { readonly bytes: Buffer; readonly index: GitIndex }>();

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
      return { index: parse(repo, await file.readFile()), seconds: Math.floor(mtimeMs / 1000) };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isAbsent(error)) return { index: EMPTY_INDEX, seconds: 0 };
    throw ioError(error, 'read', path);
  }
}

function parse(repo: Repository, bytes: Buffer): GitIndex {
  const known = last.get(repo);
  if (known?.bytes.equals(bytes)) return known.index;
  const parsed = parseIndex(bytes);
  // A Git that knows nothing of it finds fault with zeros: they are kept, but never put in.
  const index = parsed.unhashed && !skipsHash(repo) ? { ...parsed, unhashed: false } : parsed;
  last.set(repo, { bytes, index });
  return index;
}

function skipsHash({ config }: Repository): boolean {
  return getBoolConfig(config, 'index.skipHash') ?? getBoolConfig(config, 'feature.manyFiles') ?? false;
}
