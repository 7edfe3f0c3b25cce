import { lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ScendError } from '../domain/error.ts';
import { hiddenCharacters } from '../domain/text.ts';
import { writeFileAtomic } from './atomic.ts';
import { ioError, isAbsent } from './errno.ts';
import { readInside } from './files.ts';
import { commitPaths, preflight } from './git/commit.ts';
import { type GitView, oidAtHead, readAtHead } from './git-view.ts';
import type { Workspace } from './workspace.ts';

/** One file to be written. */
export interface FileChange {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  /** What was read and built upon; null when the file was not there. */
  readonly before: Uint8Array | null;
  readonly after: Uint8Array;
  /** `fresh`: a version that nobody may have edited yet; a different uncommitted file in its place is refused. */
  readonly role: 'edit' | 'derived' | 'fresh';
  /** The file a new version grew out of, to show the two side by side. */
  readonly against?: { readonly path: string; readonly bytes: Uint8Array };
}

/** Everything that one commit will hold, decided before anything is written. */
export interface WritePlan {
  readonly firm: string | null;
  readonly changes: readonly FileChange[];
  readonly message: string;
}

export interface Applied {
  readonly firm: string | null;
  /** Paths whose bytes changed. */
  readonly written: readonly string[];
  readonly commit: { readonly oid: string; readonly branch: string } | null;
  /** Why nothing was committed; null when something was, or nothing had to be. */
  readonly notCommitted: string | null;
}

const limit = 64 * 1_048_576;

/** A change from what lies on disk to `after`; null when they are the same and HEAD agrees. */
export async function changeTo(
  workspace: Workspace,
  path: string,
  after: Uint8Array,
  role: FileChange['role'],
): Promise<FileChange | null> {
  const read = await readInside(workspace.root, path, limit);
  if (read.kind === 'refused') throw unsafe(path);
  const before = read.kind === 'file' ? read.bytes : null;
  const head = await readAtHead(workspace.git, path);
  if (before && same(before, after)) {
    // Written by a run that did not get to its commit: still to be committed.
    return workspace.git && !(head && same(head, after)) ? { path, before, after, role } : null;
  }
  if (role === 'fresh' && before && !(head && same(head, before))) {
    throw new ScendError(
      'git/would-overwrite',
      `${path} is there already and is not committed`,
      'Commit it, or move it away, then run the command again; nothing was overwritten.',
      { path },
    );
  }
  return { path, before, after, role };
}

/** True when two byte arrays hold the same. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/**
 * Writes a plan's files, each only if nobody changed it since it was read, and commits exactly these. A
 * commit that would be refused is refused before anything is written.
 */
export async function applyPlan(
  workspace: Workspace,
  plan: WritePlan,
  options: { readonly commit: boolean; readonly author: string | null },
): Promise<Applied> {
  const { changes } = plan;
  const differs = changes.filter((one) => !(one.before && same(one.before, one.after)));
  const author = options.author ?? undefined;
  const git = options.commit ? gitFor(workspace) : null;
  if (git && changes.length > 0) {
    const bytes = new Map(changes.map((one) => [git.toRepo(one.path), one.after]));
    await preflight(git.repo, [...bytes.keys()], { author, bytes });
  }
  for (const one of differs) await ensureFolder(workspace.root, one.path);
  for (const one of differs)
    await writeFileAtomic(join(workspace.root, one.path), one.after, { expect: one.before });
  const done = { firm: plan.firm, written: differs.map((one) => one.path) };
  if (!git || changes.length === 0) {
    return {
      ...done,
      commit: null,
      notCommitted: changes.length === 0 ? null : whyNot(workspace, options.commit),
    };
  }
  const files = await Promise.all(
    changes.map(async (one) => ({
      path: git.toRepo(one.path),
      bytes: one.after,
      base: await oidAtHead(git, one.path),
    })),
  );
  const request = { files, message: cleanMessage(plan.message), author, now: workspace.now };
  const result = await commitPaths(git.repo, request).catch((error) => {
    throw done.written.length > 0 && error instanceof ScendError ? writtenOnly(error) : error;
  });
  const commit = result.kind === 'committed' ? { oid: result.oid, branch: result.branch } : null;
  return { ...done, commit, notCommitted: commit ? null : 'nothing differs from the last commit' };
}

/** The commit was refused at the last moment: what is on disk is whole, and the next run commits it. */
function writtenOnly(error: ScendError): ScendError {
  const message = `the files are written, but not committed: ${error.message}`;
  return new ScendError(
    error.code,
    message,
    `${error.hint} The same command completes the commit.`,
    error.data,
  );
}

/** Titles come from files: no control character or direction mark of theirs reaches the log. */
function cleanMessage(message: string): string {
  return message.replace(hiddenCharacters, (one) => (one === '\n' ? one : ' '));
}

function gitFor(workspace: Workspace): GitView | null {
  if (workspace.gitProblem) throw workspace.gitProblem;
  return workspace.git;
}

function whyNot(workspace: Workspace, wanted: boolean): string {
  if (!wanted) return 'as asked (--no-commit)';
  return workspace.git ? '' : 'this folder is not in a Git repository';
}

function unsafe(path: string): ScendError {
  return new ScendError(
    'io/unsafe-path',
    `${path} leads over a link or a special file`,
    'Put a plain file or folder in its place.',
    { path },
  );
}

/** Makes the folder of a path, refusing links on the way. */
async function ensureFolder(root: string, path: string): Promise<void> {
  const parts = dirname(path)
    .split('/')
    .filter((one) => one !== '.');
  let folder = root;
  for (const part of parts) {
    folder = join(folder, part);
    try {
      if (!(await lstat(folder)).isDirectory()) throw unsafe(path);
    } catch (error) {
      if (!isAbsent(error)) throw error instanceof ScendError ? error : ioError(error, 'read', path);
      await mkdir(folder).catch((fault) => {
        throw ioError(fault, 'make the folder of', path);
      });
    }
  }
}
