import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import { type Library, parseLibrary } from '../formats/library.ts';
import { decodeSource } from '../formats/source.ts';
import { maxBytes, readNamed, readSource } from './files.ts';
import type { Workspace } from './workspace.ts';

export const libraryPath = 'templates/ticket-library.md';

/** Reads the workspace's ticket library; null when it has none. */
export async function loadLibrary(
  workspace: Workspace,
): Promise<{ readonly library: Library | null; readonly diagnostics: Diagnostic[] }> {
  const { source, diagnostics } = await readSource(workspace.files, libraryPath, maxBytes.markdown);
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
  const { name, bytes } = await readNamed(workspace.root, cwd, file, 'library');
  const { source, diagnostics } = decodeSource(name, bytes, maxBytes.markdown);
  if (!source || hasErrors(diagnostics)) return { library: null, diagnostics };
  const read = parseLibrary(source);
  return { library: read.library, diagnostics: [...diagnostics, ...read.diagnostics] };
}

/** Names of the systems by id; empty where there is no library. */
export async function systemNames(workspace: Workspace): Promise<ReadonlyMap<string, string>> {
  return (await loadLibrary(workspace)).library?.systems ?? new Map();
}
