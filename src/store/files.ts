import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import { decodeSource, type Source } from '../formats/source.ts';
import { errnoOf, ioError, isAbsent } from './errno.ts';

const mebibyte = 1_048_576;

/** Largest file of each sort that is read, in bytes. */
export const maxBytes = { yaml: mebibyte, json: 8 * mebibyte, markdown: 4 * mebibyte } as const;

export type ReadResult =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly diagnostics: Diagnostic[] };

/**
 * Reads a file of the workspace. No component of the path may be a link and the file must be a plain one,
 * so that nothing outside the root is ever read. I/O failures throw `io/…`.
 */
export async function readInside(root: string, path: string, limit: number): Promise<ReadResult> {
  const unsafe = await unsafeComponent(root, path);
  if (unsafe === 'missing') return { kind: 'missing' };
  if (unsafe) return refused(path, unsafe);
  try {
    const handle = await open(
      join(root, path),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) return refused(path, `${path} is not a plain file`);
      if (stats.size > limit) {
        const message = `${path} has ${stats.size} bytes; at most ${limit} are read`;
        return { kind: 'refused', diagnostics: [diagnose('file/too-large', { file: path }, message)] };
      }
      return { kind: 'file', bytes: await handle.readFile() };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isAbsent(error)) return { kind: 'missing' };
    if (errnoOf(error) === 'ELOOP') return refused(path, `${path} is a symbolic link`);
    throw ioError(error, 'read', path);
  }
}

function refused(file: string, message: string): ReadResult {
  return { kind: 'refused', diagnostics: [diagnose('file/unsafe-path', { file }, message)] };
}

async function unsafeComponent(root: string, path: string): Promise<string | 'missing' | null> {
  const parts = path.split('/');
  for (let length = 1; length <= parts.length; length += 1) {
    const part = parts.slice(0, length).join('/');
    try {
      const stats = await lstat(join(root, part));
      if (stats.isSymbolicLink()) return `${part} is a symbolic link`;
      const last = length === parts.length;
      if (last ? !stats.isFile() : !stats.isDirectory())
        return `${part} is not a plain ${last ? 'file' : 'folder'}`;
    } catch (error) {
      if (isAbsent(error)) return 'missing';
      throw ioError(error, 'read', part);
    }
  }
  return null;
}

/** Reads and decodes a file of the workspace; null with findings when it cannot be read, null alone when absent. */
export async function readSource(
  root: string,
  path: string,
  limit: number,
): Promise<{
  readonly source: Source | null;
  readonly bytes: Uint8Array | null;
  readonly diagnostics: Diagnostic[];
}> {
  const read = await readInside(root, path, limit);
  if (read.kind === 'missing') return { source: null, bytes: null, diagnostics: [] };
  if (read.kind === 'refused') return { source: null, bytes: null, diagnostics: read.diagnostics };
  const { source, diagnostics } = decodeSource(path, read.bytes, limit);
  return { source, bytes: read.bytes, diagnostics };
}

export interface Listed {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
}

/** Names in a folder of the workspace, sorted; none where it is missing. Links are `other`. */
export async function listInside(root: string, path: string): Promise<Listed[]> {
  try {
    const entries = await readdir(join(root, path), { withFileTypes: true });
    return entries
      .map(
        (one): Listed => ({
          name: one.name,
          kind: one.isFile() ? 'file' : one.isDirectory() ? 'folder' : 'other',
        }),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isAbsent(error)) return [];
    throw ioError(error, 'read', path);
  }
}
