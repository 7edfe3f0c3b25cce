import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as later } from 'node:timers';
import { ioError } from '../../errno.ts';
import type { Env } from '../environment.ts';
import { refusal } from '../refusal.ts';
import { REDIRECTIONS } from '../refuse-layout.ts';
import type { Repository } from '../repository.ts';
import { findGit, type InstalledGit, isAtLeast } from './find-git.ts';

export interface GitOptions {
  readonly input?: Uint8Array | string;
  /** Added to the caller's environment. */
  readonly env?: Env;
  /** It may start programs that are not Git's: hooks, filters, a signer. They keep the caller's language. */
  readonly foreign?: boolean;
  /** It writes, and what it wrote is to be on the disk when it ends. */
  readonly durable?: boolean;
}

export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** How much of what Git says is passed on. */
const MAX_LINES = 6;

/** How long output is waited for once a command has ended whose children may hold its pipes open. */
const DRAIN_TIME = 2000;

/** Runs Git at the repository's top and returns what it printed; throws `git/native-failed` when it fails. */
export async function git(
  repo: Repository,
  args: readonly string[],
  options: GitOptions = {},
): Promise<Buffer> {
  const output = await runGit(repo, args, options);
  if (output.code === 0) return output.stdout;
  throw nativeFailed(args, output.stderr);
}

/** The same, whatever its exit code; -1 when a signal ended it. Throws only when it cannot be started. */
export async function runGit(
  repo: Repository,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitOutput> {
  const { program, leading, env } = await gitCall(repo, options);
  const child = spawn(program, [...leading, ...args], { cwd: repo.top, env, windowsHide: true });
  // Git may end before it has read everything; its exit code tells.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await endOf(child, program, options.foreign);
  return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') };
}

/** Waits for a process and its output, and returns its exit code; `foreign` as in `GitOptions`. */
export async function endOf(child: ChildProcess, program: string, foreign = false): Promise<number> {
  const code = await new Promise<number>((done, fail) => {
    child.on('error', (error) => fail(ioError(error, 'run', program)));
    child.on('close', (status) => done(status ?? -1));
    // A hook may leave something running that keeps the pipes.
    if (foreign) child.on('exit', (status) => later(() => done(status ?? -1), DRAIN_TIME).unref());
  });
  child.stdout?.destroy();
  child.stderr?.destroy();
  return code;
}

/** What to start for a call of Git: program, arguments that come before the command, environment. */
export async function gitCall(repo: Repository, options: GitOptions = {}) {
  const found = await findGit(repo.env);
  if (found === null) {
    throw refusal('git/not-installed', 'Git is not installed, or not in PATH', 'Install Git.');
  }
  const leading = options.durable ? hardened(found) : [];
  return { program: found.program, leading, env: environment(repo.env, options) };
}

/** The failure of a Git command that should have worked. */
export function nativeFailed(args: readonly string[], stderr: string): Error {
  const command = `git ${args.slice(0, 4).join(' ')}${args.length > 4 ? ' …' : ''}`;
  const said = firstLines(stderr, MAX_LINES);
  return refusal(
    'git/native-failed',
    `${command} failed${said === '' ? '' : `: ${said}`}`,
    'Put right what Git says, then run the command again.',
    { command: args, stderr: said },
  );
}

/** The first lines of a program's output, without colours and other control characters. */
export function firstLines(output: string, count: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const plain = output.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\0-\x08\x0b-\x1f\x7f]/g, '');
  const lines = plain.split('\n').map((line) => line.trimEnd());
  const kept = lines.filter((line) => line !== '');
  return [...kept.slice(0, count), ...(kept.length > count ? ['…'] : [])].join('\n');
}

function environment(env: Env, { env: added, foreign, durable }: GitOptions): Env {
  // A commit is refused where these are set; a read is of the repository that was found.
  const cleared = Object.fromEntries(REDIRECTIONS.map((name) => [name, undefined]));
  const language = foreign ? { LANGUAGE: 'C' } : { LC_ALL: 'C' };
  const locks = durable || foreign ? {} : { GIT_OPTIONAL_LOCKS: '0' };
  return { ...env, ...cleared, ...language, ...locks, GIT_TERMINAL_PROMPT: '0', ...added };
}

/** Settings that have Git bring to the disk what it writes; its default leaves much of it to the system. */
function hardened(found: InstalledGit): readonly string[] {
  if (!isAtLeast(found, 2, 36)) return ['-c', 'core.fsyncObjectFiles=true'];
  return ['-c', 'core.fsync=added,reference', '-c', 'core.fsyncMethod=fsync'];
}
