import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError, isAbsent } from '../errno.ts';
import { entryFrom, entryMarks, entryMode, entryOid, findEntry, type GitIndex } from './index-file.ts';
import { readObject } from './objects.ts';
import { collision, foldName, prefixesOf } from './path-names.ts';
import { refusal } from './refusal.ts';
import type { Repository } from './repository.ts';
import { fromName, isRegular, isTree, parseTree, type TreeEntry, toName } from './tree.ts';

/** Mode and blob of a plain file, in HEAD, in the index or to be; null where there is none. */
export type FileState = { readonly mode: string; readonly oid: string } | null;

export function sameState(a: FileState, b: FileState): boolean {
  return a === null || b === null ? a === b : a.oid === b.oid && plainMode(a.mode) === plainMode(b.mode);
}

/** Old trees hold modes such as 100664. */
export function plainMode(mode: string): string {
  return (Number.parseInt(mode, 8) & 0o100) === 0 ? '100644' : '100755';
}

/** Refuses a path that is a link, or lies behind a link, a file or another repository, on disk. */
export async function refuseOnDisk(repo: Repository, path: string): Promise<void> {
  for (const prefix of prefixesOf(path)) {
    const stats = await lstatOrNull(join(repo.top, prefix));
    if (stats === null) return;
    if (stats.isSymbolicLink()) throw symlink(path, prefix);
    const target = prefix === path;
    if (target ? !stats.isFile() : !stats.isDirectory()) throw conflict(path, prefix);
    if (!target && (await lstatOrNull(join(repo.top, prefix, '.git'))) !== null)
      throw submodule(path, prefix);
  }
}

/**
 * The file of a path in HEAD's tree; refuses links, submodules and directories there, and, when the path is
 * to be `created`, a name beside it that differs only in case or composition.
 */
export function stateInTree(
  repo: Repository,
  rootOid: string | null,
  path: string,
  created: boolean,
): Promise<FileState> {
  return stateBelow(async (oid) => parseTree(await readObject(repo, oid, 'tree')), rootOid, path, created);
}

/** The same of trees that are read by the given function. */
export async function stateBelow(
  readTree: (oid: string) => Promise<readonly TreeEntry[]>,
  rootOid: string | null,
  path: string,
  created: boolean,
): Promise<FileState> {
  let entry: TreeEntry | null = rootOid === null ? null : { mode: '40000', name: '', oid: rootOid };
  for (const prefix of prefixesOf(path)) {
    if (entry === null) return null;
    const name: string = prefix.slice(prefix.lastIndexOf('/') + 1);
    const entries: readonly TreeEntry[] = await readTree(entry.oid);
    const next: TreeEntry | undefined = entries.find((child) => child.name === toName(name));
    if (next === undefined) {
      const twin = created && entries.find((child) => foldName(fromName(child.name)) === foldName(name));
      if (twin) throw collision(prefix, prefix.slice(0, -name.length) + fromName(twin.name));
      return null;
    }
    refuseKind(next.mode, path, prefix);
    if (prefix === path ? !isRegular(next) : !isTree(next)) throw conflict(path, prefix);
    entry = next;
  }
  return entry;
}

/** What an index says of one path. */
export interface EntryFacts {
  readonly mode: string;
  readonly oid: string;
  readonly stage: number;
  readonly assumeUnchanged: boolean;
  readonly skipWorktree: boolean;
  readonly intentToAdd: boolean;
}

/** An index, however it is read; names are bytes, one per character. */
export interface IndexLookup {
  /** The entry of a name, or null; that of a directory which a sparse index leaves out has a slash at its end. */
  readonly find: (name: string) => EntryFacts | null;
  /** Whether it has entries below the name. */
  readonly holdsBelow: (name: string) => boolean;
}

/** The file of a path in the index; refuses what Git is told to leave alone there, and what is unmerged. */
export function stateInIndex(index: GitIndex, path: string): FileState {
  return stateInLookup(lookupOf(index), path);
}

/** The same of an index that was read in another way. */
export function stateInLookup(index: IndexLookup, path: string): FileState {
  const name = toName(path);
  for (const prefix of prefixesOf(name).slice(0, -1)) {
    if (index.find(`${prefix}/`) !== null) throw leftOut(path, { native: false });
    const entry = index.find(prefix);
    if (entry === null) continue;
    refuseKind(entry.mode, path, fromName(prefix));
    throw conflict(path, fromName(prefix));
  }
  if (index.holdsBelow(name)) throw conflict(path, path);
  const found = index.find(name);
  if (found === null) return null;
  refuseKind(found.mode, path, path);
  refuseMarks(found, path);
  return found.intentToAdd ? null : { mode: found.mode, oid: found.oid };
}

function lookupOf(index: GitIndex): IndexLookup {
  return {
    find: (name) => {
      const entry = findEntry(index, name);
      if (entry === null) return null;
      return { mode: entryMode(entry), oid: entryOid(entry), stage: entry.stage, ...entryMarks(entry) };
    },
    holdsBelow: (name) => entryFrom(index, `${name}/`)?.name.startsWith(`${name}/`) ?? false,
  };
}

/** What the user has staged for a path and a commit would lose. */
export function stagedRefusal(path: string): Error {
  return refusal(
    'git/staged',
    `${path} has staged changes of your own`,
    `Commit them first (git commit), or take them back out: git restore --staged -- ${path}`,
    { path },
  );
}

function refuseMarks({ stage, skipWorktree, assumeUnchanged }: EntryFacts, path: string): void {
  if (stage !== 0) {
    throw refusal(
      'git/unmerged',
      `${path} has merge conflicts that are not resolved`,
      'Resolve them, then: git add',
      { path },
    );
  }
  if (skipWorktree) throw leftOut(path, {});
  if (!assumeUnchanged) return;
  throw refusal(
    'git/assume-unchanged',
    `Git is told to assume that ${path} does not change`,
    `Undo that: git update-index --no-assume-unchanged -- ${path}`,
    { path },
  );
}

function leftOut(path: string, data: { readonly native?: false }): Error {
  return refusal(
    'git/skip-worktree',
    `Git is told to leave ${path} out of the work tree`,
    `Take it back in: git sparse-checkout add, or git update-index --no-skip-worktree -- ${path}`,
    { path, ...data },
  );
}

function refuseKind(mode: string, path: string, where: string): void {
  if (mode === '120000') throw symlink(path, where);
  if (mode === '160000') throw submodule(path, where);
}

async function lstatOrNull(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw ioError(error, 'read', path);
  }
}

function symlink(path: string, where: string): Error {
  return refusal(
    'git/symlink',
    `${where === path ? path : `${path} lies behind ${where}, which`} is a symbolic link`,
    'Replace the link by the file or directory it points to.',
    { path, where },
  );
}

function submodule(path: string, where: string): Error {
  return refusal(
    'git/submodule',
    `${path} belongs to another repository, ${where}`,
    `Run the command inside ${where}.`,
    { path, where },
  );
}

function conflict(path: string, where: string): Error {
  return refusal(
    'git/path-conflict',
    `${path} cannot be a file here: ${where} is ${where === path ? 'no plain file' : 'no directory'}`,
    'Rename or remove what is in the way first.',
    { path, where },
  );
}
