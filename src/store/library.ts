import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import { ScendError } from '../domain/error.ts';
import { type Library, parseLibrary } from '../formats/library.ts';
import { decodeSource } from '../formats/source.ts';
import { ioError, isAbsent } from './errno.ts';
import { maxBytes, readSource } from './files.ts';
import type { Workspace } from './workspace.ts';

export const libraryPath = 'templates/ticket-library.md';

/** Reads the workspace's ticket library; null when it has none. */
export async function loadLibrary(
  workspace: Workspace,
): Promise<{ readonly library: Library | null; readonly diagnostics: Diagnostic[] }> {
  const { source, diagnostics } = await readSource(workspace.root, libraryPath, maxBytes.markdown);
  if (!source || hasErrors(diagnostics)) return { library: null, diagnostics };
  const read = parseLibrary(source);
  return { library: read.library, diagnostics: [...diagnostics, ...read.diagnostics] };
}

/** Reads a library that a person named, anywhere on the machine. Throws `usage/no-file`. */
export async function loadLibraryAt(
  workspace: Workspace,
  cwd: string,
  file: string,
): Promise<{ readonly library: Library | null; readonly diagnostics: Diagnostic[] }> {
  const path = resolve(cwd, file);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (isAbsent(error))
      throw new ScendError('usage/no-file', `there is no file ${file}`, 'Check the path after --library.');
    throw ioError(error, 'read', file);
  }
  const inside = relative(workspace.root, path);
  const name = inside.startsWith('..') || isAbsolute(inside) ? file : inside;
  const { source, diagnostics } = decodeSource(name.split(sep).join('/'), bytes, maxBytes.markdown);
  if (!source || hasErrors(diagnostics)) return { library: null, diagnostics };
  const read = parseLibrary(source);
  return { library: read.library, diagnostics: [...diagnostics, ...read.diagnostics] };
}

/** Names of the systems by id; empty where there is no library. */
export async function systemNames(workspace: Workspace): Promise<ReadonlyMap<string, string>> {
  return (await loadLibrary(workspace)).library?.systems ?? new Map();
}
