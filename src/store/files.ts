import { constants, type Dirent, readdirSync } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { ScendError } from '../domain/error.ts';
import { compareIds } from '../domain/ticket.ts';
import { decodeSource, type Source } from '../formats/source.ts';
import { digestOf } from './cache/digest.ts';
import { errnoOf, ioError, isAbsent } from './errno.ts';
import { type Reading, type ReadResult, readPlain } from './plain-file.ts';
import { createFile } from './transaction/swap.ts';

export type { ReadResult } from './plain-file.ts';

const mebibyte = 1_048_576;

/** Largest file of each sort that is read, in bytes. */
export const maxBytes = {
  yaml: mebibyte,
  json: 8 * mebibyte,
  markdown: 4 * mebibyte,
  part: 64 * mebibyte,
} as const;

/** A workspace's files by their path in it: those of the work tree, or those of a commit. */
export interface WorkspaceFiles {
  read(path: string, limit: number): Promise<ReadResult>;
  /** Names in a folder, sorted; none where it is missing. Links are `other`. */
  list(path: string): Promise<Listed[]>;
}

/** The files of the work tree. */
export function filesOnDisk(root: string): WorkspaceFiles {
  const reading: Reading = { root, folders: new Set() };
  return {
    read: async (path, limit) => readPlain(reading, path, limit),
    list: (path) => listInside(root, path),
  };
}

/** Reads one file of the workspace, with every folder above it looked at anew. Throws `io/…`. */
export async function readInside(root: string, path: string, limit: number): Promise<ReadResult> {
  return readPlain({ root, folders: new Set() }, path, limit);
}

/** Reads and decodes a file of the workspace; null with findings when it cannot be read, null alone when absent. */
export async function readSource(
  from: string | WorkspaceFiles,
  path: string,
  limit: number,
): Promise<{
  readonly source: Source | null;
  readonly bytes: Uint8Array | null;
  readonly diagnostics: Diagnostic[];
}> {
  const files = typeof from === 'string' ? filesOnDisk(from) : from;
  return decoded(await files.read(path, limit), path, limit, (bytes) => bytes.length);
}

/**
 * The same of a Markdown file's front matter alone, with the line that ends it: a text of fifteen thousand words
 * is not decoded for what its head says.
 */
export async function readFrontSource(
  files: WorkspaceFiles,
  path: string,
  limit: number,
): ReturnType<typeof readSource> {
  return decoded(await files.read(path, limit), path, limit, frontLength);
}

/** How many bytes of a file belong to its front matter, or all where that has no end. */
function frontLength(bytes: Uint8Array): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = text.indexOf('\n---', 3); at >= 0; at = text.indexOf('\n---', at + 1)) {
    const end = text.indexOf('\n', at + 1);
    if (end >= 0 && /^---[ \t]*\r?$/.test(text.toString('latin1', at + 1, end))) return end + 1;
  }
  return bytes.length;
}

function decoded(read: ReadResult, path: string, limit: number, lengthOf: (bytes: Uint8Array) => number) {
  if (read.kind === 'missing') return { source: null, bytes: null, diagnostics: [] };
  if (read.kind === 'refused') return { source: null, bytes: null, diagnostics: read.diagnostics };
  const { source, diagnostics } = decodeSource(path, read.bytes.subarray(0, lengthOf(read.bytes)), limit);
  return { source, bytes: read.bytes, diagnostics };
}

/** What tells a file's content from any other; empty where it cannot be read. */
export async function digestAt({ files }: { readonly files: WorkspaceFiles }, path: string): Promise<string> {
  const read = await files.read(path, maxBytes.part);
  return read.kind === 'file' ? digestOf(read.bytes) : '';
}

/** Bytes of a file by its absolute path; null where there is none. Throws `io/…`. */
export async function readOrNull(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw ioError(error, 'read', path);
  }
}

export interface Listed {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
}

function listed(entry: Dirent): Listed {
  return { name: entry.name, kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other' };
}

/** Names in a folder of the workspace, sorted; none where it is missing. Links are `other`. */
export async function listInside(root: string, path: string): Promise<Listed[]> {
  try {
    const entries = readdirSync(join(root, path), { withFileTypes: true });
    return entries.map(listed).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isAbsent(error)) return [];
    throw ioError(error, 'read', path);
  }
}

/**
 * Reads a file that a person named on the command line, anywhere on the machine. `name` is its path in the
 * workspace when it lies there, else as it was typed. `flag` is empty for an argument. Throws `usage/no-file`.
 */
export async function readNamed(
  root: string,
  cwd: string,
  typed: string,
  flag: string,
  limit: number = maxBytes.markdown,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const path = resolve(cwd, typed);
  const inside = relative(root, path);
  const outside = inside.startsWith('..') || isAbsolute(inside);
  const name = (outside ? typed : inside).split(sep).join('/');
  const hint = flag === '' ? 'Check the path.' : `Check the path after --${flag}.`;
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      const why = !stats.isFile()
        ? 'is not a plain file'
        : stats.size > limit
          ? `has ${stats.size} bytes; at most ${limit} are read`
          : null;
      if (why) throw new ScendError('usage/no-file', `${typed} ${why}`, hint);
      return { name, bytes: await handle.readFile() };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!isAbsent(error)) throw ioError(error, 'read', typed);
    throw new ScendError('usage/no-file', `there is no file ${typed}`, hint);
  }
}

/** Names of the files in a folder that a person named, sorted as people count; null where it is no folder. */
export async function listNamed(cwd: string, typed: string): Promise<Listed[] | null> {
  try {
    const entries = await readdir(resolve(cwd, typed), { withFileTypes: true });
    return entries.map(listed).sort((a, b) => compareIds(a.name, b.name));
  } catch (error) {
    if (isAbsent(error) || errnoOf(error) === 'ENOTDIR') return null;
    throw ioError(error, 'read', typed);
  }
}

/** Writes those of the files that are not there yet; says which were written and which were kept. */
export async function writeMissing(
  dir: string,
  files: readonly (readonly [path: string, bytes: Uint8Array])[],
  dryRun: boolean,
): Promise<{ readonly written: string[]; readonly kept: string[] }> {
  const written: string[] = [];
  const kept: string[] = [];
  for (const [path, bytes] of files) {
    const target = join(dir, path);
    const there = await lstat(target).then(
      () => true,
      (error) => {
        if (isAbsent(error)) return false;
        throw ioError(error, 'read', path);
      },
    );
    (there ? kept : written).push(path);
    if (there || dryRun) continue;
    await mkdir(dirname(target), { recursive: true }).catch((error) => {
      throw ioError(error, 'make the folder of', path);
    });
    await createFile(target, bytes);
  }
  return { written, kept };
}

/** Whether anything lies at a path of the workspace. */
export async function existsInside(root: string, path: string): Promise<boolean> {
  try {
    await lstat(join(root, path));
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw ioError(error, 'read', path);
  }
}
