import { realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { ScendError } from '../domain/error.ts';
import { orIoError } from './errno.ts';
import { openReader } from './git/choose-backend.ts';
import type { GitReader } from './git/reader.ts';
import type { Head } from './git/refs.ts';
import { openRepository, type Repository } from './git/repository.ts';
import { isRegular } from './git/tree.ts';

/** A workspace's view of the repository around it, as of one HEAD. */
export interface GitView {
  readonly repo: Repository;
  readonly reader: GitReader;
  readonly head: Head;
  /** The branch's name, or null when detached. */
  readonly branch: string | null;
  /** Path in the repository of a path in the workspace. */
  readonly toRepo: (path: string) => string;
}

/** The repository around a workspace; null outside Git. A repository that cannot be read is an error of `git/…`. */
export async function viewGit(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<GitView | null> {
  const repo = await openRepository(root, env);
  if (!repo) return null;
  const prefix = relative(repo.top, await orIoError(realpath(root), 'read', root))
    .split(sep)
    .join('/');
  const reader = await openReader(repo);
  return atHead({ repo, reader, toRepo: (path) => (prefix === '' ? path : `${prefix}/${path}`) });
}

/** The same view as of where HEAD is now. */
export async function atHead(git: Pick<GitView, 'repo' | 'reader' | 'toRepo'>): Promise<GitView> {
  const head = await git.reader.readHead();
  return { ...git, head, branch: head.detached ? null : head.ref.replace(/^refs\/heads\//, '') };
}

/** Bytes of a workspace file in HEAD; null where HEAD has none (nothing, a directory, a link). */
export async function readAtHead(git: GitView | null, path: string): Promise<Uint8Array | null> {
  if (!git || git.head.oid === null) return null;
  const entry = await git.reader.entryAt(git.head.oid, git.toRepo(path));
  return entry && isRegular(entry) ? git.reader.blob(entry.oid) : null;
}

/** Blob id of a workspace file in HEAD; null where HEAD has none. */
export async function oidAtHead(git: GitView, path: string): Promise<string | null> {
  if (git.head.oid === null) return null;
  return (await git.reader.entryAt(git.head.oid, git.toRepo(path)))?.oid ?? null;
}

/** File names of a workspace folder in HEAD. */
export async function listAtHead(git: GitView | null, path: string): Promise<string[]> {
  if (!git || git.head.oid === null) return [];
  const entries = await git.reader.list(git.head.oid, git.toRepo(path));
  return entries.filter(isRegular).map((one) => one.name);
}

/** True for an error that only says that Git's part cannot be done. */
export function isGitRefusal(error: unknown): error is ScendError {
  return error instanceof ScendError && error.code.startsWith('git/');
}
