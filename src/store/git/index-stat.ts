import type { BigIntStats } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { isAbsent } from '../errno.ts';
import {
  entryMode,
  entryOid,
  entrySize,
  entryTime,
  type IndexEntry,
  MTIME,
  SIZE,
  smudgeEntry,
} from './index-entry.ts';
import type { GitIndex } from './index-file.ts';
import { hashObject } from './objects.ts';
import type { Repository } from './repository.ts';
import { isRegular } from './tree.ts';

/** The file data that makes Git look at the content. */
export const NO_STAT = Buffer.alloc(40);

/** Entries whose content is compared while the index is locked; more are marked for Git to compare. */
const MAX_COMPARED = 200;

/** The first 40 bytes of an index entry for a file, times in nanoseconds, everything cut to 32 bits. */
export function statBytes(stats: BigIntStats): Buffer {
  const bytes = Buffer.alloc(40);
  // Git on Windows sees no device, inode or owner.
  const unix = platform() !== 'win32';
  const fields: readonly [number, bigint][] = [
    [0, stats.ctimeNs / 1_000_000_000n],
    [4, stats.ctimeNs % 1_000_000_000n],
    [8, stats.mtimeNs / 1_000_000_000n],
    [12, stats.mtimeNs % 1_000_000_000n],
    [16, unix ? stats.dev : 0n],
    [20, unix ? stats.ino : 0n],
    [28, unix ? stats.uid : 0n],
    [32, unix ? stats.gid : 0n],
    [36, stats.size],
  ];
  for (const [at, value] of fields) bytes.writeUInt32BE(Number(BigInt.asUintN(32, value)), at);
  return bytes;
}

/**
 * The index with those entries smudged that only the old index's time marks as doubtful: files changed in
 * the second it was written, which the new index's later time would let Git take for clean.
 */
export async function smudgeRacy(repo: Repository, index: GitIndex, indexSeconds: number): Promise<GitIndex> {
  if (indexSeconds === 0) return index;
  const smudged = new Map<IndexEntry, IndexEntry>();
  for (const [compared, entry] of index.entries.filter((one) => isRacy(one, indexSeconds)).entries()) {
    const compare = compared < MAX_COMPARED && isRegular({ mode: entryMode(entry) });
    if (!compare || !(await isSettled(repo, entry))) smudged.set(entry, smudgeEntry(entry));
  }
  if (smudged.size === 0) return index;
  return { ...index, entries: index.entries.map((entry) => smudged.get(entry) ?? entry) };
}

function isRacy(entry: IndexEntry, indexSeconds: number): boolean {
  return entryTime(entry) >= indexSeconds && entrySize(entry) > 0 && entryMode(entry) !== '160000';
}

/** Whether the file holds the entry's content, or differs in what every setting of Git's looks at. */
async function isSettled(repo: Repository, entry: IndexEntry): Promise<boolean> {
  const path = Buffer.concat([Buffer.from(`${repo.top}/`), Buffer.from(entry.name, 'latin1')]);
  try {
    const stats = await lstat(path, { bigint: true });
    const present = statBytes(stats);
    if (!stats.isFile() || present.readUInt32BE(MTIME) !== entryTime(entry)) return true;
    if (present.readUInt32BE(SIZE) !== entrySize(entry)) return true;
    return hashObject('blob', await readFile(path)) === entryOid(entry);
  } catch (error) {
    return isAbsent(error);
  }
}
