import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScendError } from '../../../domain/error.ts';
import { syncDirectory } from '../../atomic.ts';
import { halfway } from '../backend.ts';
import type { Env } from '../environment.ts';
import { LOCK_TIMEOUT } from '../lock-file.ts';
import { sameHead } from '../ref-update.ts';
import type { Head } from '../refs.ts';
import { refusal } from '../refusal.ts';
import type { Repository } from '../repository.ts';
import { endOf, gitCall, nativeFailed } from './git-command.ts';
import { hookRefused } from './hooks.ts';
import { readNativeHead } from './native-head.ts';
import { refConflict } from './native-inspect.ts';

export interface HeadMove {
  /** What HEAD was when the commit was made; anything else by now leaves the branch alone. */
  readonly expected: Head;
  readonly oid: string;
  /** "No object", as long as the repository's ids. */
  readonly zero: string;
  readonly message: string;
  /** The committer, for the log. */
  readonly env: Env;
  readonly timeout?: number | undefined;
  /** Runs once the branch is locked, checked and ready, just before it moves. */
  readonly beforeMove: () => Promise<void>;
}

const ARGS = ['update-ref', '--stdin'];

/**
 * Moves the branch that HEAD names by compare-and-swap, through Git, and logs it. False, with nothing changed,
 * when HEAD is no longer what was expected. Throws `git/locked`, `git/hook-refused` (reference-transaction) and
 * `git/ref-conflict`; what is `halfway` comes after the branch has moved, or may have.
 */
export async function moveHead(repo: Repository, move: HeadMove): Promise<boolean> {
  const { expected, timeout = LOCK_TIMEOUT } = move;
  let waited = 0;
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 250)) {
    const transaction = await begin(repo, move);
    try {
      if (await transaction.prepared) return await conclude(repo, move, transaction);
    } finally {
      // Without a `commit` before it, the end of the input takes everything back.
      await transaction.end();
    }
    if (!sameHead(await readNativeHead(repo), expected)) return false;
    const lock = lockIn(transaction.said());
    if (lock === null) throw refused(expected.ref, transaction.said());
    if (waited >= timeout) throw locked(lock);
    const next = pause * (0.5 + Math.random());
    await sleep(next);
    waited += next;
  }
}

interface Transaction {
  /** Whether everything is locked and checked; false: Git has given up, and says why. */
  readonly prepared: Promise<boolean>;
  readonly commit: () => Promise<number>;
  readonly end: () => Promise<number>;
  readonly said: () => string;
}

async function conclude(repo: Repository, move: HeadMove, transaction: Transaction): Promise<boolean> {
  const { expected, oid, beforeMove } = move;
  // It may name another branch by now, at the same commit.
  if (!sameHead(await readNativeHead(repo), expected)) return false;
  await beforeMove();
  if ((await transaction.commit()) !== 0) {
    const failed = nativeFailed(ARGS, transaction.said());
    const now = await readNativeHead(repo).catch(() => null);
    // It may have moved all the same: nobody knows.
    if (now === null) throw halfway(failed);
    if (now.oid !== oid) throw failed;
  }
  await syncRef(repo, expected.ref);
  return true;
}

/** Git brings the ref's file to the disk, and not its directory. */
async function syncRef(repo: Repository, ref: string): Promise<void> {
  await syncDirectory(dirname(join(repo.commonDir, ref))).catch((error: unknown) => {
    // Where refs are no files, there is none.
    const absent = error instanceof ScendError && /^ENO(?:ENT|TDIR)$/.test(String(error.data.errno));
    if (!absent) throw halfway(error);
  });
}

async function begin(repo: Repository, move: HeadMove): Promise<Transaction> {
  const { expected, oid, zero, message, env: who } = move;
  const call = await gitCall(repo, { foreign: true, durable: true, env: who });
  const action = expected.oid === null ? 'commit (initial)' : 'commit';
  // A command line has its limits; a subject that comes near them is none.
  const reason = `${action}: ${message.split('\n', 1)[0]!.slice(0, 5000)}`;
  const args = [...call.leading, 'update-ref', '-m', reason, '--stdin'];
  const child = spawn(call.program, args, { cwd: repo.top, env: call.env, windowsHide: true });
  child.stdin.write(`start\nupdate HEAD ${oid} ${expected.oid ?? zero}\nprepare\n`);
  return follow(child, call.program);
}

function follow(child: ChildProcessWithoutNullStreams, program: string): Transaction {
  let stdout = '';
  let stderr = '';
  child.stdin.on('error', () => {});
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const ended = endOf(child, program, true);
  const answered = new Promise<void>((done) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('latin1');
      if (stdout.includes('prepare: ok\n')) done();
    });
  });
  const end = (input = '') => {
    child.stdin.end(input);
    return ended;
  };
  return {
    prepared: Promise.race([answered.then(() => true), ended.then(() => false)]),
    commit: () => end('commit\n'),
    end,
    said: () => stderr,
  };
}

/** The lock that Git says was in its way; where refs are no files, it does not name one. */
function lockIn(said: string): string | null {
  const file = /Unable to create '([^'\n]+\.lock)': File exists/.exec(said)?.[1];
  return file ?? (/cannot lock references|data is locked/.test(said) ? 'a lock on its branches' : null);
}

function refused(ref: string, said: string): Error {
  if (/aborted by (?:the reference-transaction )?hook/.test(said)) {
    const words = said.split('\n').filter((line) => !/^fatal: .*aborted by/.test(line));
    return hookRefused('reference-transaction', words.join('\n'));
  }
  const inTheWay = /'(refs\/[^']+)' exists; cannot create/.exec(said)?.[1];
  return inTheWay === undefined ? nativeFailed(ARGS, said) : refConflict(ref, inTheWay);
}

function locked(path: string): Error {
  return refusal(
    'git/locked',
    `another Git command is at work in this repository: ${path} exists`,
    `Wait for it to end. If none is running, a crashed one left it: remove ${path}.`,
    { path },
  );
}
