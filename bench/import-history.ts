/** Commits made by `git fast-import` while a workspace is written, so that a large one takes no memory. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Git's surroundings for everything measured: no configuration but the repository's, and two known people. */
export function gitEnv(home: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Bo',
    GIT_COMMITTER_EMAIL: 'bo@example.org',
  };
}

export interface History {
  /** Begins a commit, `place` minutes after the first one. */
  readonly commit: (message: string, place: number) => Promise<void>;
  readonly file: (path: string, text: string) => Promise<void>;
  /** Ends the last commit and settles the index: no file is as young as it. */
  readonly end: () => Promise<void>;
}

/** Starts a repository in a folder whose work tree is written at the same time. */
export function startImport(dir: string): History {
  const env = gitEnv(dir);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, env, stdio: 'inherit' });
  git('init', '-q', '-b', 'main');
  for (const [key, value] of Object.entries({
    'core.autocrlf': 'false',
    'gc.auto': '0',
    'maintenance.auto': 'false',
  }))
    git('config', key, value);
  const importer = spawn(
    'git',
    ['-c', 'pack.compression=1', 'fast-import', '--quiet', '--done', '--depth=4'],
    { cwd: dir, env, stdio: ['pipe', 'inherit', 'inherit'] },
  );
  const ended = once(importer, 'close');
  const put = async (text: string) => {
    if (!importer.stdin.write(text)) await once(importer.stdin, 'drain');
  };
  return {
    commit: (message, place) =>
      put(
        `commit refs/heads/main\ncommitter Bo <bo@example.org> ${1_767_600_000 + place * 60} +0000\n` +
          `data ${Buffer.byteLength(message)}\n${message}\n`,
      ),
    file: (path, text) => put(`M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`),
    end: async () => {
      importer.stdin.end('done\n');
      const [code] = await ended;
      if (code !== 0) throw new Error('git fast-import failed');
      git('reset', '-q');
      await sleep(1100);
      git('update-index', '-q', '--refresh', '--force-write-index');
    },
  };
}
