import { ScendError } from '../../domain/error.ts';
import { readInside } from '../files.ts';
import { readAtHead } from '../git-view.ts';
import type { Workspace } from '../workspace.ts';
import { digestOf } from './journal.ts';

/** One file to be written. */
export interface FileChange {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  /** What was read and built upon; null when the file was not there. */
  readonly before: Uint8Array | null;
  /** Null when the file is to be removed. */
  readonly after: Uint8Array | null;
  /** The file a new version grew out of, to show the two side by side. */
  readonly against?: { readonly path: string; readonly bytes: Uint8Array };
}

/** Everything that one commit will hold, decided before anything is written. */
export interface WritePlan {
  readonly firm: string | null;
  readonly changes: readonly FileChange[];
  readonly message: string;
}

const limit = 64 * 1_048_576;

/** True when two byte arrays hold the same. */
export function same(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : a.length === b.length && Buffer.compare(a, b) === 0;
}

/**
 * A change of a file that people edit. `before` is what the decision was made from: what an editor saves
 * after that is not overwritten. Null when nothing is to be written or committed.
 */
export async function editOf(
  workspace: Workspace,
  path: string,
  before: Uint8Array,
  after: Uint8Array,
): Promise<FileChange | null> {
  return (await isDone(workspace, path, before, after)) ? null : { path, before, after };
}

/**
 * A file that the engine makes. In Git it is written over only what the last commit holds, what the engine
 * itself wrote and nobody changed since, the same content, or what is `derived` and in conflict; outside Git
 * over anything when it is `derived`, over nothing when it is new (`fresh`). Throws `git/would-overwrite`. Null when nothing is to be done.
 */
export async function generated(
  workspace: Workspace,
  path: string,
  after: Uint8Array,
  kind: 'fresh' | 'derived',
): Promise<FileChange | null> {
  const before = await readPresent(workspace, path);
  if (await isDone(workspace, path, before, after)) return null;
  if (before && !same(before, after) && !(await mayReplace(workspace, path, before, kind))) {
    throw new ScendError(
      'git/would-overwrite',
      `${path} is not as Scend wrote it, and the change is not committed`,
      'Commit it, or move it away, then run the command again; nothing was overwritten.',
      { path },
    );
  }
  return { path, before, after };
}

async function readPresent(workspace: Workspace, path: string): Promise<Uint8Array | null> {
  const read = await readInside(workspace.root, path, limit);
  if (read.kind === 'refused') throw unsafePath(path);
  return read.kind === 'file' ? read.bytes : null;
}

/** Whether disk and last commit hold it already; what a run wrote that did not commit is still to be committed. */
async function isDone(
  workspace: Workspace,
  path: string,
  before: Uint8Array | null,
  after: Uint8Array,
): Promise<boolean> {
  if (!same(before, after)) return false;
  return workspace.git === null || same(await readAtHead(workspace.git, path), after);
}

const conflictMarker = /^<{7,}(?: .*)?$/m;

async function mayReplace(
  workspace: Workspace,
  path: string,
  before: Uint8Array,
  kind: 'fresh' | 'derived',
): Promise<boolean> {
  if (isOwn(workspace, path, before)) return true;
  // Nobody's work: both sides of the merge are made again from what they were derived from.
  if (kind === 'derived' && conflictMarker.test(Buffer.from(before).toString('latin1'))) return true;
  if (!workspace.git) return kind === 'derived';
  return same(await readAtHead(workspace.git, path), before);
}

/** Whether these bytes are what the engine itself wrote at a path and did not commit yet. */
export function isOwn({ journal, place }: Workspace, path: string, bytes: Uint8Array): boolean {
  const at = place.toTop(path);
  const own = journal.owned[at] ?? journal.intent?.files.find((one) => one.path === at)?.new;
  return own === digestOf(bytes);
}

/** The refusal of a path that leads over a link or a special file. */
export function unsafePath(path: string): ScendError {
  return new ScendError(
    'io/unsafe-path',
    `${path} leads over a link or a special file`,
    'Put a plain file or folder in its place.',
    { path },
  );
}
