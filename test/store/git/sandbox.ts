/** Real repositories in a temporary folder, away from the machine's own Git configuration. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ScendError } from '../../../src/domain/error.ts';
import type { CommitResult } from '../../../src/store/git/backend.ts';
import { commitPaths, preflight } from '../../../src/store/git/commit.ts';
import { treeEntryAt } from '../../../src/store/git/objects.ts';
import { readHead } from '../../../src/store/git/refs.ts';
import { openRepository, type Repository } from '../../../src/store/git/repository.ts';
import { withTempDir } from '../../harness.ts';

export type Env = Record<string, string | undefined>;
export type Files = Readonly<Record<string, string | Uint8Array | null>>;

export const NOW = new Date('2026-02-03T04:05:06Z');

export interface Sandbox {
  /** The temporary folder, its real path. */
  readonly root: string;
  /** A repository in it. */
  readonly top: string;
  readonly env: Env;
  /** Runs Git in the repository, or in `cwd`, and returns what it prints. */
  readonly git: (args: readonly string[], cwd?: string, env?: Env) => string;
}

export function baseEnv(home: string): Env {
  return {
    PATH: process.env.PATH,
    HOME: home,
    TZ: process.env.TZ,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Bo',
    GIT_COMMITTER_EMAIL: 'bo@example.org',
    GIT_AUTHOR_DATE: '@1770091506 +0000',
    GIT_COMMITTER_DATE: '@1770091506 +0000',
  };
}

/** Runs `body` with a repository on branch main, whose first commit holds `files` (none: unborn). */
export async function withRepo(
  files: Files | null,
  body: (sandbox: Sandbox) => void | Promise<void>,
): Promise<void> {
  await withTempDir(async (dir) => {
    const root = realpathSync(dir);
    const env = baseEnv(root);
    const top = join(root, 'repo');
    mkdirSync(top);
    const git = (args: readonly string[], cwd = top, other: Env = env) => runGit(args, cwd, other);
    git(['init', '-q', '-b', 'main']);
    if (files !== null) {
      put(top, files);
      git(['add', '-A']);
      git(['commit', '-q', '--allow-empty', '-m', 'start']);
    }
    await body({ root, top, env, git });
  });
}

export function runGit(args: readonly string[], cwd: string, env: Env): string {
  const options = {
    cwd,
    env,
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
  };
  return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], options).toString('utf8');
}

/** Whether the Git command succeeds. */
export function gitWorks(args: readonly string[], cwd: string, env: Env): boolean {
  return spawnSync('git', args, { cwd, env, stdio: 'ignore' }).status === 0;
}

/** Writes files (null: removes them) below a directory. */
export function put(top: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const full = join(top, path);
    if (content === null) rmSync(full, { force: true });
    else {
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, content);
    }
  }
}

export async function openAt(dir: string, env: Env): Promise<Repository> {
  const repo = await openRepository(dir, env);
  if (repo === null) throw new Error(`no repository at ${dir}`);
  return repo;
}

export interface CommitOptions {
  readonly message?: string;
  readonly author?: string;
  readonly now?: Date;
  readonly lockTimeout?: number;
  /** Whether to write the files to the work tree first (the default), as a transaction would. */
  readonly write?: boolean;
}

/** Commits files as they are based on HEAD. */
export async function commit(
  repo: Repository,
  files: Files,
  options: CommitOptions = {},
): Promise<CommitResult> {
  // A broken HEAD is the commit's own to report.
  const oid = await readHead(repo).then(
    (head) => head.oid,
    () => null,
  );
  const wanted = [];
  for (const [path, content] of Object.entries(files)) {
    const base = oid === null ? null : ((await treeEntryAt(repo, oid, path))?.oid ?? null);
    wanted.push({ path, bytes: typeof content === 'string' ? Buffer.from(content) : content, base });
  }
  if (options.write !== false) put(repo.top, files);
  const { message = 'a change', now = NOW, author, lockTimeout } = options;
  return commitPaths(repo, { files: wanted, message, now, author, lockTimeout });
}

/** The code and text of the ScendError that the promise rejects with. */
export async function refusalOf(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; hint: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ScendError) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('expected a refusal');
}

/** Asserts that both preflight and commit refuse, and that nothing below the directories changes. */
export async function bothRefuse(
  repo: Repository,
  files: Files,
  watched: readonly string[],
): Promise<string> {
  const before = watched.map(fingerprint).join();
  const early = await refusalOf(preflight(repo, Object.keys(files)));
  const late = await refusalOf(commit(repo, files, { write: false }));
  if (early.code !== late.code) throw new Error(`preflight says ${early.code}, commit ${late.code}`);
  if (early.hint === '' || early.message === '') throw new Error(`${early.code} has no text`);
  if (watched.map(fingerprint).join() !== before) throw new Error(`${early.code}: something was written`);
  return early.code;
}

/** A digest of every name, kind, mode and content below a directory. */
export function fingerprint(dir: string): string {
  const hash = createHash('sha1');
  const walk = (path: string) => {
    const stats = lstatSync(path);
    hash.update(`${path} ${stats.mode}\n`);
    if (stats.isSymbolicLink()) hash.update(readlinkSync(path));
    else if (stats.isFile()) hash.update(readFileSync(path));
    else if (stats.isDirectory()) for (const name of readdirSync(path).sort()) walk(join(path, name));
  };
  walk(dir);
  return hash.digest('hex');
}

/** What Git says of index and work tree; without the branch's commit. */
export function status(git: Sandbox['git'], cwd?: string): string {
  return git(['status', '--porcelain=v2', '--untracked-files=all', '--ignored'], cwd);
}

/** A copy of the sandbox's repository, for native Git to do the same in. */
export function twin(top: string): string {
  const copy = `${top}-twin`;
  cpSync(top, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  return copy;
}

/** Commits the same files with native Git and returns the new commit's id. */
export function nativeCommit(git: Sandbox['git'], cwd: string, files: Files, message = 'a change'): string {
  put(cwd, files);
  const added = Object.keys(files).filter((path) => files[path] !== null);
  if (added.length > 0) git(['--literal-pathspecs', 'add', '-f', '--', ...added], cwd);
  git(['--literal-pathspecs', 'commit', '-q', '-m', message, '--only', '--', ...Object.keys(files)], cwd);
  return git(['rev-parse', 'HEAD'], cwd).trim();
}

/** Fails when the repository has any fault Git can find. */
export function fsck(git: Sandbox['git'], cwd?: string): void {
  const found = git(['fsck', '--strict', '--no-dangling', '--no-progress'], cwd);
  if (found.trim() !== '') throw new Error(found);
}
