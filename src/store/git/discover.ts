import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { ScendError } from '../../domain/error.ts';
import { errnoOf, ifPresent, ioError, isAbsent, orIoError } from '../errno.ts';
import { parseBool } from './config.ts';
import type { Env } from './environment.ts';
import { refusal } from './refusal.ts';

/** What else a folder answers that holds names of Git's without being a Git directory. */
const NO_GIT_DIR = new Set(['EISDIR', 'ELOOP']);

export interface Found {
  /** The directory that holds `.git`; null when the search ended in a Git directory itself. */
  readonly top: string | null;
  readonly gitDir: string;
  readonly commonDir: string;
}

/** Looks for the repository around a directory the way Git does; null when there is none. */
export async function findRepository(startDir: string, env: Env): Promise<Found | null> {
  const start = await orIoError(realpath(startDir), 'read', startDir);
  const ceilings = await ceilingsOf(env);
  const across = parseBool(env.GIT_DISCOVERY_ACROSS_FILESYSTEM ?? '') === true;
  const device = await deviceOf(start);
  for (let dir = start; ; dir = dirname(dir)) {
    if (dir !== start && (ceilings.has(dir) || (!across && (await deviceOf(dir)) !== device))) return null;
    const gitDir = await gitDirOf(dir);
    if (gitDir !== null) return { top: dir, gitDir, commonDir: await commonDirOf(gitDir) };
    if (await isBare(dir, start)) return { top: null, gitDir: dir, commonDir: await commonDirOf(dir) };
    if (dirname(dir) === dir) return null;
  }
}

async function deviceOf(dir: string): Promise<number> {
  return (await orIoError(stat(dir), 'read', dir)).dev;
}

/** Folders further up may be closed to this user, and are then none of ours. */
async function isBare(dir: string, start: string): Promise<boolean> {
  return isGitDir(dir).catch((error: unknown) => {
    const closed = error instanceof ScendError && ['EACCES', 'EPERM'].includes(String(error.data.errno));
    if (closed && dir !== start) return false;
    throw error;
  });
}

async function ceilingsOf(env: Env): Promise<ReadonlySet<string>> {
  const listed = (env.GIT_CEILING_DIRECTORIES ?? '').split(delimiter).filter((dir) => isAbsolute(dir));
  return new Set(await Promise.all(listed.map((dir) => realpath(dir).catch(() => dir))));
}

async function gitDirOf(dir: string): Promise<string | null> {
  const path = join(dir, '.git');
  const stats = await ifPresent(stat(path), path);
  if (stats === null) return null;
  if (stats.isDirectory()) return (await isGitDir(path)) ? orIoError(realpath(path), 'read', path) : null;
  return stats.isFile() ? linkedGitDir(path) : null;
}

async function linkedGitDir(path: string): Promise<string> {
  const text = await orIoError(readFile(path, 'utf8'), 'read', path);
  const [, target] = /^gitdir: ([^\0]+?)[\r\n]*$/.exec(text) ?? [];
  const gitDir = target === undefined ? null : resolve(dirname(path), target);
  if (gitDir !== null && (await isGitDir(gitDir))) return orIoError(realpath(gitDir), 'read', gitDir);
  throw refusal(
    'git/bad-git-file',
    `${path} does not lead to a Git directory`,
    'The repository or submodule it belongs to was moved: try `git worktree repair`, or clone again.',
    { path },
  );
}

async function commonDirOf(gitDir: string): Promise<string> {
  const path = join(gitDir, 'commondir');
  const text = await ifPresent(readFile(path, 'utf8'), path);
  if (text === null) return gitDir;
  return realpath(resolve(gitDir, text.replace(/[\r\n]+$/, '')));
}

/** Whether it is laid out as a Git directory; what cannot be looked at throws, as it may well be one. */
async function isGitDir(dir: string): Promise<boolean> {
  try {
    const common = await commonDirOf(dir);
    const head = await lstat(join(dir, 'HEAD'));
    const parts = await Promise.all([stat(join(common, 'objects')), stat(join(common, 'refs'))]);
    return (head.isFile() || head.isSymbolicLink()) && parts.every((part) => part.isDirectory());
  } catch (error) {
    if (isAbsent(error) || NO_GIT_DIR.has(errnoOf(error) ?? '')) return false;
    throw ioError(error, 'read', dir);
  }
}
