import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { ioError, isAbsent } from '../errno.ts';
import { parseBool } from './config.ts';
import type { Env } from './environment.ts';
import { refusal } from './refusal.ts';

export interface Found {
  /** The directory that holds `.git`; null when the search ended in a Git directory itself. */
  readonly top: string | null;
  readonly gitDir: string;
  readonly commonDir: string;
}

/** Looks for the repository around a directory the way Git does; null when there is none. */
export async function findRepository(startDir: string, env: Env): Promise<Found | null> {
  const start = await realpath(startDir).catch((error: unknown) => {
    throw ioError(error, 'read', startDir);
  });
  const ceilings = await ceilingsOf(env);
  const across = parseBool(env.GIT_DISCOVERY_ACROSS_FILESYSTEM ?? '') === true;
  const device = (await stat(start)).dev;
  for (let dir = start; ; dir = dirname(dir)) {
    if (dir !== start && (ceilings.has(dir) || (!across && (await stat(dir)).dev !== device))) return null;
    const gitDir = await gitDirOf(dir);
    if (gitDir !== null) return { top: dir, gitDir, commonDir: await commonDirOf(gitDir) };
    if (await isGitDir(dir)) return { top: null, gitDir: dir, commonDir: await commonDirOf(dir) };
    if (dirname(dir) === dir) return null;
  }
}

async function ceilingsOf(env: Env): Promise<ReadonlySet<string>> {
  const listed = (env.GIT_CEILING_DIRECTORIES ?? '').split(delimiter).filter((dir) => isAbsolute(dir));
  return new Set(await Promise.all(listed.map((dir) => realpath(dir).catch(() => dir))));
}

async function gitDirOf(dir: string): Promise<string | null> {
  const path = join(dir, '.git');
  const stats = await stat(path).catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw ioError(error, 'read', path);
  });
  if (stats === null) return null;
  if (stats.isDirectory()) return (await isGitDir(path)) ? realpath(path) : null;
  return stats.isFile() ? linkedGitDir(path) : null;
}

async function linkedGitDir(path: string): Promise<string> {
  const [, target] = /^gitdir: ([^\0]+?)[\r\n]*$/.exec(await readFile(path, 'utf8')) ?? [];
  const gitDir = target === undefined ? null : resolve(dirname(path), target);
  if (gitDir !== null && (await isGitDir(gitDir))) return realpath(gitDir);
  throw refusal(
    'git/bad-git-file',
    `${path} does not lead to a Git directory`,
    'The repository or submodule it belongs to was moved: try `git worktree repair`, or clone again.',
    { path },
  );
}

async function commonDirOf(gitDir: string): Promise<string> {
  const text = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => null);
  return text === null ? gitDir : realpath(resolve(gitDir, text.replace(/[\r\n]+$/, '')));
}

async function isGitDir(dir: string): Promise<boolean> {
  try {
    const common = await commonDirOf(dir);
    const head = await lstat(join(dir, 'HEAD'));
    const parts = await Promise.all([stat(join(common, 'objects')), stat(join(common, 'refs'))]);
    return (head.isFile() || head.isSymbolicLink()) && parts.every((part) => part.isDirectory());
  } catch {
    return false;
  }
}
