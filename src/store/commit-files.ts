import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import { parseSettings } from '../formats/settings-file.ts';
import {
  listInside,
  maxBytes,
  type ReadResult,
  readInside,
  readSource,
  type WorkspaceFiles,
} from './files.ts';
import { hashObject } from './git/object-id.ts';
import { isRegular, isTree } from './git/tree.ts';
import type { GitView } from './git-view.ts';
import type { Workspace } from './workspace.ts';

/** The workspace's files as a commit holds them; what is no plain file there is refused as on the disk. */
export function filesAt(git: GitView, commit: string): WorkspaceFiles {
  return {
    read: async (path, limit): Promise<ReadResult> => {
      const entry = await git.reader.entryAt(commit, git.toRepo(path));
      if (!entry) return { kind: 'missing' };
      if (!isRegular(entry)) return refused('file/unsafe-path', path, `${path} is not a plain file`);
      const bytes = await git.reader.blob(entry.oid);
      if (bytes.length <= limit) return { kind: 'file', bytes };
      return refused('file/too-large', path, `${path} has ${bytes.length} bytes; at most ${limit} are read`);
    },
    list: async (path) => {
      const entries = await git.reader.list(commit, git.toRepo(path));
      return entries
        .map((one) => ({
          name: one.name,
          kind: isRegular(one) ? ('file' as const) : isTree(one) ? ('folder' as const) : ('other' as const),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

function refused(rule: 'file/unsafe-path' | 'file/too-large', file: string, message: string): ReadResult {
  return { kind: 'refused', diagnostics: [diagnose(rule, { file }, message)] };
}

/**
 * The workspace as it stood in a commit, with the settings of then. Where it had none that can be used, those
 * of now hold; what is wrong with them is told.
 */
export async function workspaceAt(
  workspace: Workspace,
  git: GitView,
  commit: string,
): Promise<{ readonly workspace: Workspace; readonly diagnostics: readonly Diagnostic[] }> {
  const files = filesAt(git, commit);
  const { source, diagnostics } = await readSource(files, 'scend.yaml', maxBytes.yaml);
  const read = source ? parseSettings(source) : null;
  const found = [...diagnostics, ...(read?.diagnostics ?? [])];
  return {
    workspace: {
      ...workspace,
      files,
      cache: null,
      settings: read?.value && !hasErrors(found) ? read.value : workspace.settings,
      git: { ...git, head: { ref: 'HEAD', detached: true, oid: commit }, branch: null },
    },
    diagnostics: found,
  };
}

/**
 * Whether a folder or file of the workspace is the same in a commit and in another one, or on the disk (null),
 * byte for byte; so nothing in it needs to be read twice. Ids of another hash than SHA-1 never match the disk.
 */
export async function isSameAt(
  { root, git }: { readonly root: string; readonly git: GitView },
  path: string,
  commit: string,
  other: string | null,
): Promise<boolean> {
  const entry = await git.reader.entryAt(commit, git.toRepo(path));
  if (other !== null) return entry?.oid === (await git.reader.entryAt(other, git.toRepo(path)))?.oid;
  if (!entry) return false;
  return isTree(entry) ? sameFolder({ root, git }, path, commit) : sameFile(root, path, entry.oid);
}

async function sameFolder(
  at: { readonly root: string; readonly git: GitView },
  path: string,
  commit: string,
): Promise<boolean> {
  const entries = await at.git.reader.list(commit, at.git.toRepo(path));
  const names = new Map(entries.map((one) => [one.name, one]));
  const listed = await listInside(at.root, path);
  if (listed.length !== entries.length) return false;
  for (const { name, kind } of listed) {
    const entry = names.get(name);
    const inside = `${path}/${name}`;
    const same =
      entry !== undefined &&
      (kind === 'folder'
        ? isTree(entry) && (await sameFolder(at, inside, commit))
        : kind === 'file' && isRegular(entry) && (await sameFile(at.root, inside, entry.oid)));
    if (!same) return false;
  }
  return true;
}

async function sameFile(root: string, path: string, oid: string): Promise<boolean> {
  const read = await readInside(root, path, maxBytes.part);
  return read.kind === 'file' && hashObject('blob', read.bytes) === oid;
}
