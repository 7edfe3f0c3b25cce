import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSymbolicHead } from '../head.ts';
import type { Head } from '../refs.ts';
import { refusal } from '../refusal.ts';
import type { Repository } from '../repository.ts';
import { nativeFailed, runGit } from './git-command.ts';

/**
 * Where HEAD stands, as Git resolves it: a branch that is a symbolic ref counts as the one it stands for.
 * Throws `git/broken-ref`, and `git/native-failed` where Git does not read the repository.
 */
export async function readNativeHead(repo: Repository): Promise<Head> {
  const args = ['symbolic-ref', '-q', 'HEAD'];
  const named = await runGit(repo, args);
  if (named.code > 1 || named.code < 0) {
    const broken = /No such ref/.test(named.stderr) && (await readSymbolicHead(repo.gitDir));
    throw broken ? brokenRef(broken) : nativeFailed(args, named.stderr);
  }
  const oid = await resolve(repo, 'HEAD');
  if (named.code === 1) return { ref: 'HEAD', detached: true, oid };
  const ref = named.stdout.toString('utf8').trimEnd();
  // Git takes a branch whose file holds no id for one that does not exist.
  const torn = oid === null && (await lstat(join(repo.commonDir, ref)).catch(() => null))?.isFile();
  if (torn) throw brokenRef(ref);
  return { ref, detached: false, oid };
}

/** The id that a ref's name stands for, or null. */
export async function resolve(repo: Repository, name: string): Promise<string | null> {
  const args = ['rev-parse', '-q', '--verify', name];
  const { code, stdout, stderr } = await runGit(repo, args);
  if (code > 1 || code < 0) throw nativeFailed(args, stderr);
  return code === 0 ? stdout.toString('latin1').trim() : null;
}

function brokenRef(ref: string): Error {
  return refusal(
    'git/broken-ref',
    `${ref} holds no commit id`,
    `See where it last stood with: git reflog show ${ref}`,
    { ref },
  );
}
