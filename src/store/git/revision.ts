import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ioError, isAbsent } from '../errno.ts';
import type { GitView } from '../git-view.ts';
import { findGit } from './native/find-git.ts';
import { runGit } from './native/git-command.ts';
import { isSafeRef, packedRefNames, readRef } from './refs.ts';

type View = Pick<GitView, 'repo' | 'reader' | 'head'>;

/**
 * The commit that a revision names, or null. Installed Git knows all that may be written; without it branches,
 * tags that are no objects of their own, whole ids, HEAD, and `~2` or `^2` behind them are understood.
 */
export async function resolveRevision(git: View, text: string): Promise<string | null> {
  if (text === '' || text.startsWith('-') || /[\0-\x20\x7f]/.test(text)) return null;
  if ((await findGit(git.repo.env)) === null) return resolveAlone(git, text);
  const args = ['rev-parse', '-q', '--verify', `${text}^{commit}`];
  const { code, stdout } = await runGit(git.repo, args);
  const oid = stdout.toString('latin1').trim();
  return code === 0 && /^[0-9a-f]{40,64}$/.test(oid) ? oid : null;
}

/** The same without Git. */
export async function resolveAlone(git: View, text: string): Promise<string | null> {
  const [, name = '', steps = ''] = /^(.*?)((?:[~^]\d*)*)$/.exec(text) ?? [];
  let oid = await named(git, name);
  for (const [, sign, digits = ''] of steps.matchAll(/([~^])(\d*)/g)) {
    const count = digits === '' ? 1 : Number(digits);
    const times = sign === '~' ? count : count === 0 ? 0 : 1;
    for (let i = 0; oid !== null && i < times; i += 1) {
      const parents = (await git.reader.commit(oid))?.parents ?? [];
      oid = parents[sign === '~' ? 0 : count - 1] ?? null;
    }
  }
  return oid !== null && (await git.reader.commit(oid)) !== null ? oid : null;
}

async function named({ repo, head }: View, name: string): Promise<string | null> {
  if (name === 'HEAD' || name === '@') return head.oid;
  if (/^[0-9a-f]{40}$/.test(name)) return name;
  for (const start of ['', 'refs/', 'refs/tags/', 'refs/heads/', 'refs/remotes/']) {
    const ref = start + name;
    const oid = isSafeRef(ref) ? await readRef(repo, ref) : null;
    if (oid !== null) return oid;
  }
  return null;
}

/** Short names of branches and tags, and HEAD: what a misspelt revision may have meant. */
export async function revisionNames({ repo }: Pick<GitView, 'repo'>): Promise<string[]> {
  const names = [...(await packedRefNames(repo)), ...(await looseRefNames(repo.commonDir))];
  const short = names
    .filter((name) => /^refs\/(?:heads|tags|remotes)\//.test(name) && !name.endsWith('/HEAD'))
    .map((name) => name.replace(/^refs\/[a-z]+\//, ''));
  return ['HEAD', ...new Set(short)].sort();
}

async function looseRefNames(commonDir: string): Promise<string[]> {
  try {
    const entries = await readdir(join(commonDir, 'refs'), { recursive: true, withFileTypes: true });
    return entries
      .filter((one) => one.isFile())
      .map((one) => relative(commonDir, join(one.parentPath, one.name)).split(sep).join('/'));
  } catch (error) {
    if (isAbsent(error)) return [];
    throw ioError(error, 'list the refs of', commonDir);
  }
}
