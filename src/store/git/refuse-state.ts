import { access, constants, lstat } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { errnoOf, ifPresent, ioError, isAbsent } from '../errno.ts';
import { getBoolConfig, getConfig } from './config.ts';
import { settingPath } from './environment.ts';
import { refuseRefConflict } from './ref-paths.ts';
import { type Head, readRef } from './refs.ts';
import { refusal } from './refusal.ts';
import type { Check } from './refuse-layout.ts';
import type { Repository } from './repository.ts';

/** What Git leaves in its directory while it is in the middle of something; the first one found is named. */
const UNDER_WAY: readonly (readonly [file: string, command: string])[] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply/applying', 'am'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['sequencer', 'cherry-pick'],
  ['BISECT_LOG', 'bisect'],
];

/** What else a file answers that cannot be run. */
const NOT_EXECUTABLE = new Set(['EACCES', 'EPERM', 'ELOOP', 'ETXTBSY', 'EROFS']);

/** The hooks that `git commit` runs. */
const HOOKS = [
  'pre-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'reference-transaction',
  'post-index-change',
];

/** Refuses when Git is in the middle of something, or would run or sign what this backend cannot. */
export async function refuseState(repo: Repository, head: Head): Promise<void> {
  for (const check of stateChecks(repo, head)) await check();
}

/** Everything that `refuseState` looks at; without HEAD, what does not depend on it. */
export function stateChecks(repo: Repository, head: Head | null): readonly Check[] {
  return [
    () => refuseUnderWay(repo),
    ...(head ? headChecks(repo, head) : []),
    ...HOOKS.map((name) => () => refuseHook(repo, name)),
    () => refuseSigning(repo),
  ];
}

function headChecks(repo: Repository, head: Head): readonly Check[] {
  const { oid, ref } = head;
  return [
    () => refuseDetached(head),
    () => (oid === null ? refuseRefConflict(repo, ref) : refuseReplaced(repo, oid)),
  ];
}

/** Refuses while a merge, a rebase or the like is in progress (`git/merge-in-progress` …). */
export async function refuseUnderWay(repo: Repository): Promise<void> {
  for (const [file, command] of UNDER_WAY) {
    if (await exists(join(repo.gitDir, file))) throw underWay(repo, command);
  }
}

/** The refusal while the Git command is in progress. */
export function underWay({ top }: Repository, command: string): Error {
  const end =
    command === 'bisect' ? 'git bisect reset' : `git ${command} --continue, or git ${command} --abort`;
  return refusal(
    `git/${command}-in-progress`,
    `a ${command} is in progress in ${top}`,
    `End it first: ${end}`,
    { command },
  );
}

/** Refuses a HEAD that is on no branch (`git/detached-head`, `git/not-a-branch`). */
export function refuseDetached(head: Head): void {
  if (head.detached) {
    throw refusal(
      'git/detached-head',
      'HEAD is detached: a commit would be on no branch',
      'Check out a branch first: git switch <branch>, or git switch -c <new branch>',
      { oid: head.oid },
    );
  }
  if (head.ref.startsWith('refs/heads/')) return;
  throw refusal(
    'git/not-a-branch',
    `HEAD names ${head.ref}, which is no branch`,
    'Check out a branch first: git switch <branch>',
    { ref: head.ref },
  );
}

async function refuseReplaced(repo: Repository, oid: string): Promise<void> {
  if ((await readRef(repo, `refs/replace/${oid}`)) === null) return;
  throw refusal(
    'git/replaced-commit',
    `the commit ${oid} is replaced by another (git replace), and its files with it`,
    `Remove the replacement: git replace -d ${oid}`,
    { oid, native: true },
  );
}

/** Refuses a repository that has the hook, as a file or in its configuration (`git/hook`). */
export async function refuseHook(repo: Repository, name: string): Promise<void> {
  const configured = getConfig(repo.config, 'core.hooksPath');
  const directory = configured ? settingPath(configured, repo.top, repo.env) : join(repo.commonDir, 'hooks');
  const path = directory === null ? null : await executable(join(directory, name));
  if (path !== null) throw hookRefusal(name, path);
  const entry = repo.config.find(
    ({ key, value }) => key.startsWith('hook.') && key.endsWith('.event') && value === name,
  );
  if (entry !== undefined) throw hookRefusal(name, entry.origin);
}

function refuseSigning(repo: Repository): void {
  if (getBoolConfig(repo.config, 'commit.gpgSign') !== true) return;
  throw refusal(
    'git/signing',
    'commit.gpgSign asks for signed commits, which Scend cannot make by itself',
    'Commit with Git itself, or turn it off here: git config commit.gpgSign false',
    { native: true },
  );
}

function hookRefusal(name: string, path: string): Error {
  return refusal(
    'git/hook',
    `the repository has a ${name} hook (${path}), which only Git itself runs`,
    'Commit with Git itself, or take the hook away.',
    { hook: name, path, native: true },
  );
}

async function executable(path: string): Promise<string | null> {
  for (const candidate of platform() === 'win32' ? [path, `${path}.exe`] : [path]) {
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      (error: unknown) => {
        // Not executable, or on a file system where nothing is, or a link that leads nowhere.
        if (isAbsent(error) || NOT_EXECUTABLE.has(errnoOf(error) ?? '')) return false;
        throw ioError(error, 'read', candidate);
      },
    );
    if (found) return candidate;
  }
  return null;
}

async function exists(path: string): Promise<boolean> {
  return (await ifPresent(lstat(path), path)) !== null;
}
