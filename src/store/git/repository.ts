import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ifPresent } from '../errno.ts';
import { type GitConfig, getBoolConfig, getConfig } from './config.ts';
import { loadConfig, loadFormatConfig } from './config-files.ts';
import { findRepository } from './discover.ts';
import type { Env } from './environment.ts';
import { readSymbolicHead } from './head.ts';

/** A repository as it was found, with its configuration; nothing in it is refreshed later. */
export interface Repository {
  /** The real path of the work tree's top; that of the Git directory itself when bare. */
  readonly top: string;
  /** The real path of the Git directory of this work tree (HEAD, index). */
  readonly gitDir: string;
  /** The real path of the directory it shares with other work trees (objects, branches). */
  readonly commonDir: string;
  readonly bare: boolean;
  /** The branch HEAD named when the repository was opened, without `refs/heads/`; null when detached. */
  readonly branch: string | null;
  readonly config: GitConfig;
  /** The settings of the repository's own file that say how it is laid out (`extensions.*` …). */
  readonly format: GitConfig;
  /** Where `core.worktree` puts the work tree, when that is not `top`. */
  readonly elsewhere: string | null;
  readonly env: Env;
}

/**
 * Opens the repository around a directory, which may be a sub-directory of it, a linked worktree or a
 * submodule; null when there is none. Throws `git/bad-git-file` and `git/bad-config`.
 */
export async function openRepository(startDir: string, env: Env): Promise<Repository | null> {
  const found = await findRepository(startDir, env);
  if (found === null) return null;
  const { gitDir, commonDir } = found;
  const format = await loadFormatConfig(commonDir);
  const ref = await readSymbolicHead(gitDir);
  const branch = ref?.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null;
  const config = await loadConfig({ gitDir, commonDir, branch, env });
  // Git reads these two from the shared file only where that is also the work tree's own.
  const own = gitDir === commonDir || getBoolConfig(format, 'extensions.worktreeConfig') === true;
  const local = own ? config.filter(({ scope }) => scope === 'local' || scope === 'worktree') : [];
  const worktree = getConfig(local, 'core.worktree');
  const elsewhere = worktree ? resolve(gitDir, worktree) : null;
  const top = found.top ?? gitDir;
  return {
    top,
    gitDir,
    commonDir,
    bare: found.top === null || getBoolConfig(local, 'core.bare') === true,
    branch,
    config,
    format,
    elsewhere:
      elsewhere === null || ((await ifPresent(realpath(elsewhere), elsewhere)) ?? elsewhere) === top
        ? null
        : elsewhere,
    env,
  };
}
