import { spawn } from 'node:child_process';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError } from '../../errno.ts';
import type { Env } from '../environment.ts';
import { refusal } from '../refusal.ts';
import type { Repository } from '../repository.ts';
import { findGit, isAtLeast } from './find-git.ts';
import { firstLines, gitCall } from './git-command.ts';
import type { NAMED_HOOKS } from './native-inspect.ts';

/** How much of what a hook says is passed on. */
const MAX_LINES = 20;

export interface HookCall {
  readonly name: (typeof NAMED_HOOKS)[number];
  readonly args?: readonly string[];
  /** The index the hook sees and may change. */
  readonly indexFile: string;
  /** Added to the caller's environment. */
  readonly env: Env;
  /** Where its output is kept while it runs. */
  readonly dir: string;
}

/**
 * Runs a hook the way `git commit` does, if the repository has it. Throws `git/hook-refused` with what it said
 * when it fails.
 */
export async function runHook(repo: Repository, call: HookCall): Promise<void> {
  const found = await findGit(repo.env);
  // An older one is let through only where there is none to run.
  if (found === null || !isAtLeast(found, 2, 36)) return;
  const path = join(call.dir, `${call.name}.out`);
  // Not a pipe: what a hook leaves running would keep it open.
  const output = await open(path, 'w+');
  try {
    if ((await finished(repo, call, output)) === 0) return;
    throw hookRefused(call.name, await readFile(path, 'utf8'));
  } finally {
    await output.close();
  }
}

/** A hook that forbade the commit, with what it said. */
export function hookRefused(name: string, output: string): Error {
  const said = firstLines(output, MAX_LINES);
  return refusal(
    'git/hook-refused',
    `the ${name} hook refused the commit${said === '' ? '' : `:\n${said}`}`,
    'The files are written and not committed: put right what the hook names, then run the command again, or commit them with Git.',
    { hook: name, output: said },
  );
}

async function finished(repo: Repository, call: HookCall, output: FileHandle): Promise<number> {
  // The caller's language and prompts: hooks are the caller's own programs.
  const { LANGUAGE, GIT_TERMINAL_PROMPT } = repo.env;
  const mine = { GIT_INDEX_FILE: call.indexFile, GIT_EDITOR: ':', LANGUAGE, GIT_TERMINAL_PROMPT };
  const { program, env } = await gitCall(repo, { foreign: true, env: { ...call.env, ...mine } });
  const args = ['hook', 'run', '--ignore-missing', call.name, '--', ...(call.args ?? [])];
  const stdio = ['ignore' as const, output.fd, output.fd];
  const child = spawn(program, args, { cwd: repo.top, env, stdio, windowsHide: true });
  return new Promise((done, fail) => {
    child.on('error', (error) => fail(ioError(error, 'run', program)));
    child.on('exit', (code) => done(code ?? -1));
  });
}
