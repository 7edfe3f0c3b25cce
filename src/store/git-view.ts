import { realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { ScendError } from '../domain/error.ts';
import { listTreeAt, readBlobAt, treeEntryAt } from './git/objects.ts';
import { type Head, readHead } from './git/refs.ts';
import { openRepository, type Repository } from './git/repository.ts';

/** A workspace's view of the repository around it, as of one HEAD. */
export interface GitView {
  readonly repo: Repository;
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
  const prefix = relative(repo.top, await realpath(root))
    .split(sep)
    .join('/');
  const head = await readHead(repo);
  return {
    repo,
    head,
    branch: head.detached ? null : head.ref.replace(/^refs\/heads\//, ''),
    toRepo: (path) => (prefix === '' ? path : `${prefix}/${path}`),
  };
}

/** Bytes of a workspace file in HEAD; null where HEAD has none. */
export async function readAtHead(git: GitView | null, path: string): Promise<Uint8Array | null> {
  if (!git || git.head.oid === null) return null;
  return readBlobAt(git.repo, git.head.oid, git.toRepo(path));
}

/** Blob id of a workspace file in HEAD; null where HEAD has none. */
export async function oidAtHead(git: GitView, path: string): Promise<string | null> {
  if (git.head.oid === null) return null;
  return (await treeEntryAt(git.repo, git.head.oid, git.toRepo(path)))?.oid ?? null;
}

/** File names of a workspace folder in HEAD. */
export async function listAtHead(git: GitView | null, path: string): Promise<string[]> {
  if (!git || git.head.oid === null) return [];
  const entries = await listTreeAt(git.repo, git.head.oid, git.toRepo(path));
  return entries.filter((one) => one.mode.startsWith('100')).map((one) => one.name);
}

/** True for an error that only says that Git's part cannot be done. */
export function isGitRefusal(error: unknown): error is ScendError {
  return error instanceof ScendError && error.code.startsWith('git/');
}
