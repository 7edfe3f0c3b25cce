import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ScendError } from '../../domain/error.ts';
import { hiddenCharacters } from '../../domain/text.ts';
import { readOrNull } from '../files.ts';
import { type CommitBackend, type CommitRequest, type CommitResult, isHalfway } from '../git/backend.ts';
import { chooseBackend } from '../git/choose-backend.ts';
import { type GitView, oidAtHead } from '../git-view.ts';
import type { Workspace } from '../workspace.ts';
import { type FileChange, same, type WritePlan } from './change.ts';
import { critical } from './critical.ts';
import { makeFolders, syncFolders } from './folders.ts';
import { digestOf, type Intent, type Journal, writeJournal } from './journal.ts';
import { swapsOf } from './recover.ts';
import { changed, finish, type Swap, swapBack, swapIn } from './swap.ts';

export interface Applied {
  readonly firm: string | null;
  /** Paths whose bytes changed, and those that are gone. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly commit: { readonly oid: string; readonly branch: string } | null;
  /** Why nothing was committed; null when something was, or nothing had to be. */
  readonly notCommitted: string | null;
  readonly notes: readonly string[];
}

export interface ApplyOptions {
  readonly commit: boolean;
  readonly author: string | null;
}

/** How a plan is to be committed. */
interface Commit {
  readonly git: GitView;
  readonly backend: CommitBackend;
  readonly request: CommitRequest;
}

/**
 * Writes a plan's files and commits exactly these; only under the run lock (`withRun`). What would be refused
 * is refused before anything is written. Then the record of what is about to happen goes to the disk, then each
 * file, only over what was read, then the commit. A failure on the way puts the files back; a run that is
 * killed is completed by the next one. When it returns, everything is on the disk.
 */
export async function applyPlan(
  workspace: Workspace,
  plan: WritePlan,
  options: ApplyOptions,
): Promise<Applied> {
  const { changes } = plan;
  const differs = changes.filter((one) => !same(one.before, one.after));
  const pathsOf = (of: readonly FileChange[]) => of.map((one) => one.path);
  const written = pathsOf(differs.filter((one) => one.after !== null));
  const removed = pathsOf(differs.filter((one) => one.after === null));
  const done = { firm: plan.firm, written, removed, commit: null, notCommitted: null, notes: [] };
  if (changes.length === 0) return done;
  const commit = await planCommit(workspace, plan, options);
  await refuseChanged(workspace.root, differs);
  const { result, notes } = await critical(() => transact(workspace, plan, commit));
  if (result?.kind === 'committed') {
    return { ...done, commit: { oid: result.oid, branch: result.branch }, notes };
  }
  const outside = workspace.git ? '' : 'this folder is not in a Git repository';
  const whyNot = options.commit ? outside : 'as asked (--no-commit)';
  return { ...done, notCommitted: result ? 'nothing differs from the last commit' : whyNot, notes };
}

async function planCommit(
  workspace: Workspace,
  { changes, message }: WritePlan,
  options: ApplyOptions,
): Promise<Commit | null> {
  if (options.commit && workspace.gitProblem) throw workspace.gitProblem;
  const { git } = workspace;
  if (!options.commit || !git) return null;
  const author = options.author ?? undefined;
  const bytes = new Map(changes.map((one) => [git.toRepo(one.path), one.after]));
  const backend = await chooseBackend(git.repo, [...bytes.keys()], { author, bytes });
  const files = [];
  for (const { path, after } of changes) {
    files.push({ path: git.toRepo(path), bytes: after, base: await oidAtHead(git, path) });
  }
  const request = { files, message: cleanMessage(message), author, now: workspace.now };
  return { git, backend, request };
}

/** Looks at every file before the first is written, so that an edit made meanwhile mostly costs nothing. */
async function refuseChanged(root: string, changes: readonly FileChange[]): Promise<void> {
  for (const { path, before } of changes) {
    if (!same(await readOrNull(join(root, path)), before)) throw changed(path);
  }
}

async function transact(
  workspace: Workspace,
  plan: WritePlan,
  commit: Commit | null,
): Promise<{ result: CommitResult | null; notes: string[] }> {
  const { place, journal } = workspace;
  const intent = await intentOf(workspace, plan, commit);
  await writeJournal(place.directory, { intent, owned: journal.owned });
  const swaps = swapsOf(place, intent);
  const toWrite = plan.changes.flatMap((change, n) => {
    const swap = swaps[n];
    return swap && swap.old !== swap.new ? [{ swap, bytes: change.after }] : [];
  });
  const begun: Swap[] = [];
  const end = async (owned: Journal['owned']) => writeJournal(place.directory, { intent: null, owned });
  const written = () => ownedWith(journal.owned, intent);
  let result: CommitResult | null = null;
  try {
    await makeFolders(
      workspace.root,
      plan.changes.map((one) => one.path),
    );
    for (const { swap, bytes } of toWrite) {
      begun.push(swap);
      await swapIn(swap, bytes);
    }
    await syncFolders(begun.map((one) => one.path));
    if (commit) result = await commit.backend.commitPaths(commit.git.repo, commit.request);
  } catch (error) {
    // The record stays, and by it the next run makes the same commit again.
    if (isHalfway(error)) throw withHint(error, 'What this run began is completed by the next one.');
    // What a hook objects to has to be there for its author to look at.
    if (error instanceof ScendError && error.code === 'git/hook-refused') {
      await finishAll(begun);
      await end(written());
      throw error;
    }
    throw await putBack(begun, error, () => end(journal.owned));
  }
  try {
    const notes = await finishAll(begun);
    await end(commit ? ownedWithout(journal.owned, intent) : written());
    return { result, notes };
  } catch (error) {
    const done = commit ? 'All is written and committed' : 'All is written';
    throw withHint(error, `${done}; what was left lying about is put in order by the next run.`);
  }
}

async function intentOf(workspace: Workspace, plan: WritePlan, commit: Commit | null): Promise<Intent> {
  const { place } = workspace;
  const contents = plan.changes.flatMap((one) => one.after ?? []);
  const blobs = commit ? [...(await commit.backend.storeBlobs(commit.git.repo, contents))] : [];
  const files = plan.changes.map(({ path, before, after }, n) => ({
    path: place.toTop(path),
    old: digestOf(before),
    new: digestOf(after),
    blob: (after && blobs.shift()) ?? null,
    base: commit?.request.files[n]?.base ?? null,
  }));
  return {
    id: randomBytes(6).toString('hex'),
    firm: plan.firm,
    commit: commit && {
      ref: commit.git.head.ref,
      message: commit.request.message,
      author: commit.request.author ?? null,
      now: commit.request.now.toISOString(),
    },
    files,
  };
}

/**
 * Restores the files in reverse; as far as that fails too, the record stays and the next run does it. Returns
 * the failure, with what became of the files.
 */
async function putBack(swaps: readonly Swap[], cause: unknown, end: () => Promise<void>): Promise<unknown> {
  const kept: string[] = [];
  let failed = false;
  const trying = async (step: () => Promise<void>) => {
    await step().catch(() => {
      failed = true;
    });
  };
  for (const swap of swaps.toReversed()) await trying(async () => void kept.push(...(await swapBack(swap))));
  await trying(() => syncFolders(swaps.map((one) => one.path)));
  if (!failed) await trying(end);
  const hints = kept.map((path) => `What was saved meanwhile is kept as ${path}.`);
  if (failed) hints.push('Files that were being written are put in order by the next run.');
  return withHint(cause, ...hints);
}

function withHint(error: unknown, ...more: readonly string[]): unknown {
  if (!(error instanceof ScendError)) return error;
  return new ScendError(error.code, error.message, [error.hint, ...more].join(' '), error.data);
}

/** Ends the swaps; says where somebody's content was found that came while the run ended. */
async function finishAll(swaps: readonly Swap[]): Promise<string[]> {
  const notes: string[] = [];
  for (const swap of swaps) {
    const { state, kept } = await finish(swap);
    for (const path of kept)
      notes.push(`Note: ${swap.path} was saved meanwhile; what was saved is kept as ${path}.`);
    if (kept.length > 0) continue;
    if (state === 'other') {
      notes.push(`Note: ${swap.path} was saved meanwhile; it holds what was saved, not what was written.`);
    }
  }
  if (swaps.length > 0) await syncFolders(swaps.map((one) => one.path));
  return notes;
}

function ownedWithout(owned: Journal['owned'], { files }: Intent): Journal['owned'] {
  const paths = new Set(files.map((one) => one.path));
  return Object.fromEntries(Object.entries(owned).filter(([path]) => !paths.has(path)));
}

function ownedWith(owned: Journal['owned'], { files }: Intent): Journal['owned'] {
  const written = files.flatMap((one) => (one.new === null ? [] : [[one.path, one.new] as const]));
  return { ...owned, ...Object.fromEntries(written) };
}

/** Titles come from files: no control character or direction mark of theirs reaches the log. */
function cleanMessage(message: string): string {
  return message.replace(hiddenCharacters, (one) => (one === '\n' ? one : ' '));
}
