import type { Stats } from 'node:fs';

/**
 * What tells that a file has not been touched: its size in bytes, the times of its last change of content and of
 * any change, in milliseconds, and its number on the disk. The second time cannot be set by a program.
 */
export type Stamp = readonly [size: number, modified: number, changed: number, inode: number];

export function stampOf(stats: Stats): Stamp {
  return [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino];
}

/** How coarse the times of a file system may be, in milliseconds; the coarsest counts in two seconds. */
const coarsest = 2_100;

/**
 * Whether a file could have been written again after it was read at `readAt` (by the clock of its file system)
 * without its stamp telling so.
 */
export function isRacy([, modified, changed]: Stamp, readAt: number): boolean {
  return Math.max(modified, changed) > readAt - coarsest;
}
