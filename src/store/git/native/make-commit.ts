import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError } from '../../errno.ts';
import { getBoolConfig } from '../config.ts';
import type { Env } from '../environment.ts';
import type { Identity } from '../identity.ts';
import type { InspectedFile } from '../inspect.ts';
import { cleanMessage } from '../message.ts';
import { refusal } from '../refusal.ts';
import { plainMode } from '../refuse-paths.ts';
import type { Repository } from '../repository.ts';
import { toName } from '../tree.ts';
import { firstLines, git, nativeFailed, runGit } from './git-command.ts';
import { runHook } from './hooks.ts';
import type { NativeInspection } from './native-inspect.ts';
import { copyIndex } from './scratch.ts';
import { diffTrees, stage, type TreeChange } from './stage.ts';

/** What a commit is made from. */
export interface Draft {
  readonly inspection: NativeInspection;
  /** The files that it changes, their blobs stored. */
  readonly files: readonly InspectedFile[];
  readonly message: string;
  readonly identity: Identity;
}

/** A commit that exists as an object and is on no branch yet. */
export interface MadeCommit {
  readonly oid: string;
  readonly message: string;
  /** Everything that differs from HEAD: the files, and what a pre-commit hook put beside them. */
  readonly changes: readonly TreeChange[];
}

/**
 * Makes the commit in an index of its own, with the hooks that `git commit` runs; the work tree's index and
 * the branch are not touched. Null when HEAD has it all already.
 */
export async function makeCommit(repo: Repository, dir: string, draft: Draft): Promise<MadeCommit | null> {
  const { head, tree, format } = draft.inspection;
  const indexFile = join(dir, 'commit-index');
  await fillIndex(repo, indexFile, draft);
  const { author } = identityVariables(draft.identity);
  await runHook(repo, { name: 'pre-commit', indexFile, env: author, dir });
  const newTree = (await git(repo, ['write-tree'], { env: { GIT_INDEX_FILE: indexFile }, durable: true }))
    .toString('latin1')
    .trim();
  const base = tree ?? format.emptyTree;
  if (newTree === base) return null;
  const message = await editMessage(repo, dir, indexFile, draft);
  const oid = await commitTree(repo, newTree, head.oid, message, draft.identity);
  return { oid, message, changes: await diffTrees(repo, base, newTree) };
}

/** Author and committer as the variables that Git takes them from. */
export function identityVariables({ author, committer }: Identity) {
  return { author: variables('AUTHOR', author), committer: variables('COMMITTER', committer) };
}

function variables(role: string, line: string): Env {
  const [, name, mail, date] = /^(.*) <([^<>]*)> (\S+ \S+)$/s.exec(line) ?? [];
  return { [`GIT_${role}_NAME`]: name, [`GIT_${role}_EMAIL`]: mail, [`GIT_${role}_DATE`]: `@${date}` };
}

/** HEAD's tree with the files in it; entries keep the file data that the work tree's index has of them. */
async function fillIndex(repo: Repository, indexFile: string, { inspection, files }: Draft): Promise<void> {
  const { tree, format } = inspection;
  const env = { GIT_INDEX_FILE: indexFile };
  await copyIndex(repo, indexFile);
  const read = tree === null ? ['--empty'] : ['--reset', '-i', tree];
  await git(repo, ['read-tree', ...read], { env, foreign: true });
  const changes = files.map(({ path, after }) => ({
    name: toName(path),
    after: after ? { mode: plainMode(after.mode), oid: after.oid } : null,
  }));
  await stage(repo, indexFile, format.zero, changes);
}

/** The message as the hooks leave it. */
async function editMessage(
  repo: Repository,
  dir: string,
  indexFile: string,
  { message, identity }: Draft,
): Promise<string> {
  // Some hooks read it from here whatever they are given; nobody else may commit while the index is locked.
  const path = join(repo.gitDir, 'COMMIT_EDITMSG');
  const { author } = identityVariables(identity);
  try {
    await writeFile(path, message);
    await runHook(repo, { name: 'prepare-commit-msg', args: [path, 'message'], indexFile, env: author, dir });
    await runHook(repo, { name: 'commit-msg', args: [path], indexFile, env: author, dir });
    return cleanMessage(await readFile(path, 'utf8'));
  } catch (error) {
    throw ioError(error, 'write', path);
  }
}

async function commitTree(
  repo: Repository,
  tree: string,
  parent: string | null,
  message: string,
  identity: Identity,
): Promise<string> {
  const signed = getBoolConfig(repo.config, 'commit.gpgSign') === true;
  const { author, committer } = identityVariables(identity);
  const parents = parent === null ? [] : ['-p', parent];
  const how = ['commit-tree', ...(signed ? ['-S'] : []), ...parents, tree];
  // The message is UTF-8 whatever the setting says.
  const args = ['-c', 'i18n.commitEncoding=UTF-8', ...how];
  const env = { ...author, ...committer };
  const { code, stdout, stderr } = await runGit(repo, args, {
    input: message,
    env,
    foreign: signed,
    durable: true,
  });
  if (code === 0) return stdout.toString('latin1').trim();
  if (!signed) throw nativeFailed(how, stderr);
  throw refusal(
    'git/signing',
    `the commit could not be signed: ${firstLines(stderr, 12)}`,
    'See what Git says of your key: git commit --allow-empty -S. Or turn it off here: git config commit.gpgSign false',
    { output: firstLines(stderr, 12) },
  );
}
