import type { InspectedFile, Intended } from '../inspect.ts';
import { refuseBadPath, refuseCollisions } from '../path-names.ts';
import type { Head } from '../refs.ts';
import { refusal } from '../refusal.ts';
import { reachChecks } from '../refuse-layout.ts';
import { refuseOnDisk, stateBelow, stateInLookup } from '../refuse-paths.ts';
import { refuseDetached, refuseHook, refuseUnderWay, underWay } from '../refuse-state.ts';
import type { Repository } from '../repository.ts';
import { findGit, isAtLeast } from './find-git.ts';
import { git } from './git-command.ts';
import { readNativeHead, resolve } from './native-head.ts';
import { type NativeIndex, readNativeIndex } from './native-index.ts';
import type { ObjectStore } from './object-store.ts';
import { formatOf, type ObjectFormat, SHA1, SHA256 } from './tree-objects.ts';

/** The hooks of a commit that are run by name; Git runs the others on its own. */
export const NAMED_HOOKS = ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit'] as const;

export interface NativeInspection {
  readonly head: Head;
  readonly format: ObjectFormat;
  /** The tree of HEAD, null when the branch is unborn. */
  readonly tree: string | null;
  readonly index: NativeIndex;
  /** The blobs they are to become are not known yet. */
  readonly files: readonly InspectedFile[];
}

/**
 * Looks at repository and paths without writing, as `inspect` does, through Git; throws the first reason why
 * no commit can be made with it.
 */
export async function inspectNatively(
  repo: Repository,
  objects: ObjectStore,
  intended: readonly Intended[],
): Promise<NativeInspection> {
  for (const { path } of intended) refuseBadPath(path);
  for (const check of reachChecks(repo)) await check();
  await refuseOldGit(repo);
  const head = await readNativeHead(repo);
  await refuseNativeState(repo, head);
  const format = head.oid === null ? await formatOfUnborn(repo) : formatOf(head.oid);
  const tree = head.oid === null ? null : await objects.treeOfCommit(head.oid);
  const paths = intended.map(({ path }) => path);
  const index = await readNativeIndex(repo, format, paths);
  const files: InspectedFile[] = [];
  for (const { path, bytes } of intended) {
    await refuseOnDisk(repo, path);
    const before = await stateBelow(objects.tree, tree, path, bytes !== null);
    const staged = stateInLookup(index, path);
    files.push({ path, before, staged, after: bytes === null ? null : undefined, clean: null });
  }
  const created = files.filter(({ before, staged, after }) => !before && !staged && after !== null);
  refuseCollisions(
    index.names,
    created.map(({ path }) => path),
  );
  return { head, format, tree, index, files };
}

/** `git hook run` came with Git 2.36; before that there is no telling how Git would run a hook. */
async function refuseOldGit(repo: Repository): Promise<void> {
  const found = await findGit(repo.env);
  if (found === null || isAtLeast(found, 2, 36)) return;
  for (const name of NAMED_HOOKS) {
    await refuseHook(repo, name).catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
      throw refusal(
        'git/hook',
        `the repository has a ${name} hook, which Scend runs through Git 2.36 or newer; this is ${found.version}`,
        'Update Git, or take the hook away.',
        { hook: name, git: found.version },
      );
    });
  }
}

async function refuseNativeState(repo: Repository, head: Head): Promise<void> {
  await refuseUnderWay(repo);
  // Where refs are no files, these are none either.
  for (const [name, command] of [
    ['CHERRY_PICK_HEAD', 'cherry-pick'],
    ['REVERT_HEAD', 'revert'],
  ] as const) {
    if (isReftable(repo) && (await resolve(repo, name)) !== null) throw underWay(repo, command);
  }
  refuseDetached(head);
  if (head.oid === null) await refuseNameConflict(repo, head.ref);
}

function isReftable({ format }: Repository): boolean {
  return format.some(({ key, value }) => key === 'extensions.refstorage' && value !== 'files');
}

/** Refuses an unborn branch whose name is a directory of another's, or lies below another's. */
async function refuseNameConflict(repo: Repository, ref: string): Promise<void> {
  const parts = ref.split('/');
  const above = parts.slice(2, -1).map((_, i) => parts.slice(0, i + 3).join('/'));
  const names = await git(repo, ['for-each-ref', '--format=%(refname)', ref, ...above]);
  const inTheWay = names
    .toString('utf8')
    .split('\n')
    .find((name) => name.startsWith(`${ref}/`) || above.includes(name));
  if (inTheWay !== undefined) throw refConflict(ref, inTheWay);
}

export function refConflict(ref: string, inTheWay: string): Error {
  return refusal(
    'git/ref-conflict',
    `the branch ${ref} cannot be created: ${inTheWay} exists`,
    'Check out another branch, or rename the one in the way: git branch -m <old> <new>',
    { ref, inTheWay },
  );
}

async function formatOfUnborn(repo: Repository): Promise<ObjectFormat> {
  const name = (await git(repo, ['rev-parse', '--show-object-format'])).toString('latin1').trim();
  return name === 'sha256' ? SHA256 : SHA1;
}
