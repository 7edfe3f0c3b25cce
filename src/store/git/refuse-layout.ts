import { lstat } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { ifPresent } from '../errno.ts';
import { type GitConfig, getConfig } from './config.ts';
import { currentUid, settingPath } from './environment.ts';
import { objectDirectories } from './object-search.ts';
import { refusal } from './refusal.ts';
import type { Repository } from './repository.ts';

/** Variables that point Git elsewhere than where the repository was found. */
export const REDIRECTIONS = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
  'GIT_CONFIG_PARAMETERS',
];

/** Extensions that do not change what a commit writes. */
const HARMLESS = new Set([
  'noop',
  'noop-v1',
  'preciousobjects',
  'partialclone',
  'worktreeconfig',
  'relativeworktrees',
]);

/** Refuses a repository that is laid out or reached in a way that this backend does not write to. */
export async function refuseLayout(repo: Repository): Promise<void> {
  for (const check of [...reachChecks(repo), ...formatChecks(repo)]) await check();
}

/** One check; it throws its refusal. */
export type Check = () => void | Promise<void>;

/** Whether the repository may be written to from here at all, by whatever backend. */
export function reachChecks(repo: Repository): readonly Check[] {
  return [
    () => refuseEnvironment(repo),
    () => refusePlace(repo),
    async () => refuseForeignOwner(repo, await currentUid()),
  ];
}

/** Whether the repository's form is one that the embedded backend knows. */
export function formatChecks(repo: Repository): readonly Check[] {
  return [...readingChecks(repo), () => refuseAlternates(repo)];
}

/** Those of them that matter to reading too. */
export function readingChecks({ format }: Repository): readonly Check[] {
  const extensions = format.filter(({ key }) => key.startsWith('extensions.'));
  return [
    () => refuseVersion(format),
    ...extensions.map(
      ({ key, value }) =>
        () =>
          refuseExtension(key.slice('extensions.'.length), value ?? ''),
    ),
  ];
}

function refuseEnvironment({ env }: Repository): void {
  const variable = REDIRECTIONS.find((name) => (env[name] ?? '') !== '');
  if (variable === undefined) return;
  throw refusal(
    'git/environment',
    `${variable} is set, so Git would use another repository or index than the one found here`,
    `Unset ${variable}; a Git hook sets it, so do not commit from inside one.`,
    { variable },
  );
}

function refusePlace({ bare, elsewhere, top }: Repository): void {
  if (bare) {
    throw refusal(
      'git/bare',
      `${top} is a Git directory without a work tree`,
      'Work in a clone or in a linked worktree.',
      { top },
    );
  }
  if (elsewhere === null) return;
  throw refusal(
    'git/work-tree-elsewhere',
    `core.worktree puts the work tree of ${top} at ${elsewhere}`,
    'Run the command there, or remove the setting: git config --unset core.worktree',
    { top, elsewhere, native: true },
  );
}

/** Refuses a repository of another user that is not listed as safe; the superuser and Windows have no owner. */
export async function refuseForeignOwner(repo: Repository, uid: number | null): Promise<void> {
  if (uid === null || uid === 0 || platform() === 'win32') return;
  for (const path of [repo.top, join(repo.top, '.git'), repo.gitDir]) {
    const owner: number = (await ifPresent(lstat(path), path))?.uid ?? uid;
    if (owner === uid || isSafe(repo)) continue;
    throw refusal(
      'git/unsafe-directory',
      `${path} belongs to another user, so Git does not trust the repository`,
      `If you do: git config --global --add safe.directory ${repo.top}`,
      { path, owner },
    );
  }
}

/** Whether the user's or the machine's own configuration lists the repository as safe. */
function isSafe({ config, top, env }: Repository): boolean {
  let safe = false;
  for (const { key, value, scope } of config) {
    if (key !== 'safe.directory' || scope === 'local' || scope === 'worktree') continue;
    const path = value === null || value === '' ? null : settingPath(value, null, env);
    if (value === null || value === '') safe = false;
    else if (value === '*' || path === top) safe = true;
    else if (path?.endsWith('/*') && top.startsWith(path.slice(0, -1))) safe = true;
  }
  return safe;
}

function refuseVersion(format: GitConfig): void {
  const version = getConfig(format, 'core.repositoryformatversion') ?? '0';
  if (version === '0' || version === '1') return;
  throw refusal(
    'git/format-version',
    `the repository has format version ${version}, which is newer than 1`,
    'Update Scend, or commit with Git itself.',
    { version, native: true },
  );
}

function refuseExtension(name: string, value: string): void {
  if (
    HARMLESS.has(name) ||
    value === (name === 'objectformat' ? 'sha1' : name === 'refstorage' ? 'files' : null)
  )
    return;
  const hint = 'Commit with Git itself, or clone into a repository of the usual format.';
  const data = { extension: name, value, native: true };
  if (name === 'objectformat')
    throw refusal('git/sha256', `the repository names its objects by ${value}`, hint, data);
  if (name === 'refstorage')
    throw refusal('git/reftable', `the repository keeps its branches in ${value} form`, hint, data);
  throw refusal(
    'git/extension',
    `the repository uses the extension ${name}, which is not supported`,
    hint,
    data,
  );
}

/** Refuses when it cannot be told where objects are borrowed from (`git/alternates`). */
async function refuseAlternates(repo: Repository): Promise<void> {
  await objectDirectories(repo);
}
