import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import { type Stamp, stampOf } from './cache/stamp.ts';
import { errnoOf, ioError, isAbsent } from './errno.ts';

export type ReadResult =
  | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly stamp?: Stamp }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly diagnostics: Diagnostic[] };

/** A root with the folders in it that are known to be plain, so that each is looked at once. */
export interface Reading {
  readonly root: string;
  readonly folders: Set<string>;
}

type FolderFault = 'missing' | { readonly why: string };

/**
 * Reads a file below a root. No component of the path may be a link and the file must be a plain one, so that
 * nothing outside the root is ever read. I/O failures throw `io/…`. Synchronous, as a call that goes through the
 * thread pool costs several times as much.
 */
export function readPlain(reading: Reading, path: string, limit: number): ReadResult {
  const fault = faultAbove(reading, path);
  if (fault === 'missing') return { kind: 'missing' };
  if (fault) return refused(path, fault.why);
  try {
    const handle = openPlain(join(reading.root, path), path);
    if (typeof handle !== 'number') return handle;
    try {
      const stats = fstatSync(handle);
      if (!stats.isFile()) return refused(path, `${path} is not a plain file`);
      if (stats.size > limit) {
        const message = `${path} has ${stats.size} bytes; at most ${limit} are read`;
        return { kind: 'refused', diagnostics: [diagnose('file/too-large', { file: path }, message)] };
      }
      return { kind: 'file', bytes: readWhole(handle, stats.size), stamp: stampOf(stats) };
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (isAbsent(error)) return { kind: 'missing' };
    throw ioError(error, 'read', path);
  }
}

/** Opens without following a link and without waiting for the other end of a pipe. */
function openPlain(full: string, path: string): number | ReadResult {
  // Where the system cannot refuse a link by itself, it is looked at first.
  if (constants.O_NOFOLLOW === undefined && lstatSync(full).isSymbolicLink())
    return refused(path, `${path} is a symbolic link`);
  try {
    return openSync(full, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ELOOP') return refused(path, `${path} is a symbolic link`);
    // A socket cannot be opened at all.
    if (code === 'ENXIO') return refused(path, `${path} is not a plain file`);
    throw error;
  }
}

/** All that is in the file, also when it grew or shrank since its size was asked for. */
function readWhole(handle: number, size: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(size + 1);
  let length = 0;
  for (;;) {
    const count = readSync(handle, bytes, length, bytes.length - length, null);
    if (count === 0) return bytes.subarray(0, length);
    length += count;
    if (length === bytes.length) return Buffer.concat([bytes, readFileSync(handle)]);
  }
}

function refused(file: string, message: string): ReadResult {
  return { kind: 'refused', diagnostics: [diagnose('file/unsafe-path', { file }, message)] };
}

/** What is wrong with the folders that a path lies in: the first one that is a link or no folder. */
function faultAbove(reading: Reading, path: string): FolderFault | null {
  const end = path.lastIndexOf('/');
  if (end < 0) return null;
  const folder = path.slice(0, end);
  if (reading.folders.has(folder)) return null;
  const fault = faultAbove(reading, folder) ?? folderFault(reading.root, folder);
  if (fault === null) reading.folders.add(folder);
  return fault;
}

function folderFault(root: string, folder: string): FolderFault | null {
  try {
    const stats = lstatSync(join(root, folder), { throwIfNoEntry: false });
    if (!stats) return 'missing';
    if (stats.isSymbolicLink()) return { why: `${folder} is a symbolic link` };
    return stats.isDirectory() ? null : { why: `${folder} is not a plain folder` };
  } catch (error) {
    if (isAbsent(error)) return 'missing';
    throw ioError(error, 'read', folder);
  }
}
