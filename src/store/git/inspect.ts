import { type AttributeSource, cleanBytes, refuseFilters } from './attributes.ts';
import type { GitIndex } from './index-file.ts';
import { readIndex } from './index-store.ts';
import { hashObject, treeOfCommit } from './objects.ts';
import { refuseBadPath, refuseCollisions } from './path-names.ts';
import { type Head, readHead } from './refs.ts';
import { refusal } from './refusal.ts';
import { refuseLayout } from './refuse-layout.ts';
import {
  type FileState,
  refuseOnDisk,
  sameState,
  stagedRefusal,
  stateInIndex,
  stateInTree,
} from './refuse-paths.ts';
import { refuseState } from './refuse-state.ts';
import type { Repository } from './repository.ts';

/** A file to be: its bytes, null when it is to go, undefined when that is not known yet. */
export interface Intended {
  readonly path: string;
  readonly bytes: Uint8Array | null | undefined;
}

export interface InspectedFile {
  readonly path: string;
  /** In HEAD. */
  readonly before: FileState;
  /** In the index. */
  readonly staged: FileState;
  /** What the commit would make of it; undefined when that is not known yet. */
  readonly after: FileState | undefined;
  /** The bytes to store. */
  readonly clean: Uint8Array | null;
}

export interface Inspection {
  readonly head: Head;
  /** The tree of HEAD, null when the branch is unborn. */
  readonly tree: string | null;
  readonly source: AttributeSource;
  readonly files: readonly InspectedFile[];
}

/** Looks at repository and paths without writing; throws the first reason why no commit can be made. */
export async function inspect(repo: Repository, intended: readonly Intended[]): Promise<Inspection> {
  for (const { path } of intended) refuseBadPath(path);
  await refuseLayout(repo);
  const head = await readHead(repo);
  await refuseState(repo, head);
  const tree = head.oid === null ? null : await treeOfCommit(repo, head.oid);
  const { index } = await readIndex(repo);
  const source = { repo, index, pending: pendingOf(intended) };
  const files: InspectedFile[] = [];
  for (const file of intended) files.push(await inspectFile(source, tree, file));
  refuseCollisions(index, createdPaths(files));
  return { head, tree, source, files };
}

/** Refuses a file whose index entry is neither what HEAD has nor what the commit would make of it. */
export function refuseStaged(index: GitIndex, file: InspectedFile): void {
  refuseStagedAs(stateInIndex(index, file.path), file);
}

/** The same, with the entry as it was read. */
export function refuseStagedAs(
  staged: FileState,
  { path, before, after }: Pick<InspectedFile, 'path' | 'before' | 'after'>,
): void {
  if (sameState(staged, before) || (after !== undefined && sameState(staged, after))) return;
  throw stagedRefusal(path);
}

/** Refuses a file whose version in HEAD is not the one that the edit was made from (`git/moved`). */
export function refuseMoved(
  base: string | null,
  { path, before, after }: Pick<InspectedFile, 'path' | 'before' | 'after'>,
): void {
  // Someone else may have committed the very same content.
  if ((before?.oid ?? null) === base || sameState(before, after ?? null)) return;
  throw refusal(
    'git/moved',
    `${path} was changed by another commit meanwhile`,
    'Nothing was committed: run the command again on the new version.',
    { path, base, head: before?.oid ?? null },
  );
}

async function inspectFile(
  source: AttributeSource,
  tree: string | null,
  { path, bytes }: Intended,
): Promise<InspectedFile> {
  await refuseOnDisk(source.repo, path);
  const before = await stateInTree(source.repo, tree, path, bytes !== null);
  const staged = stateInIndex(source.index, path);
  if (bytes !== null) await refuseFilters(source, path);
  if (bytes === undefined) return { path, before, staged, after: undefined, clean: null };
  const clean = bytes && (await cleanBytes(source, path, bytes));
  const after = clean && { mode: before?.mode ?? '100644', oid: hashObject('blob', clean) };
  return { path, before, staged, after, clean };
}

function createdPaths(files: readonly InspectedFile[]): readonly string[] {
  return files
    .filter(({ before, staged, after }) => before === null && staged === null && after !== null)
    .map(({ path }) => path);
}

function pendingOf(intended: readonly Intended[]): ReadonlyMap<string, Uint8Array | null> {
  return new Map(
    intended.flatMap(({ path, bytes }) => (bytes === undefined ? [] : [[path, bytes] as const])),
  );
}
