import { execFile } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import type { Env } from '../environment.ts';

/** Installed Git. */
export interface InstalledGit {
  readonly program: string;
  /** As it says itself: `2.39.5`, `2.45.1.windows.1`. */
  readonly version: string;
  readonly major: number;
  readonly minor: number;
}

/** By the value of PATH. */
const known = new Map<string, Promise<InstalledGit | null>>();

/** The Git that the environment's PATH leads to; null when there is none that runs. */
export function findGit(env: Env): Promise<InstalledGit | null> {
  const path = pathOf(env);
  const found = known.get(path) ?? lookFor(path, env);
  known.set(path, found);
  return found;
}

/** Whether it is of this version or newer. */
export function isAtLeast(git: InstalledGit, major: number, minor: number): boolean {
  return git.major > major || (git.major === major && git.minor >= minor);
}

async function lookFor(path: string, env: Env): Promise<InstalledGit | null> {
  const name = platform() === 'win32' ? 'git.exe' : 'git';
  // A relative directory would let whoever wrote the workspace choose the program.
  for (const directory of path.split(delimiter).filter((one) => isAbsolute(one))) {
    const program = join(directory, name);
    const found = (await isProgram(program)) ? await ask(program, env) : null;
    if (found !== null) return found;
  }
  return null;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function ask(program: string, env: Env): Promise<InstalledGit | null> {
  try {
    const options = { env: { ...env, LC_ALL: 'C' }, timeout: 20_000, windowsHide: true };
    const { stdout } = await promisify(execFile)(program, ['version'], options);
    const found = /^git version ((\d+)\.(\d+)[\w.-]*)/.exec(stdout);
    return found && { program, version: found[1]!, major: Number(found[2]), minor: Number(found[3]) };
  } catch {
    // What macOS has in its place until its tools are installed ends here.
    return null;
  }
}

function pathOf(env: Env): string {
  if (env.PATH !== undefined || platform() !== 'win32') return env.PATH ?? '';
  return Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
}
