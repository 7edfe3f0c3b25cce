import { atHead } from '../git-view.ts';
import type { Workspace } from '../workspace.ts';
import { critical } from './critical.ts';
import { recover } from './recover.ts';
import { takeRunLock } from './run-lock.ts';

export interface Run {
  /** The workspace as it is under the lock: HEAD of now, nothing left half-done. */
  readonly workspace: Workspace;
  /** What an earlier run left and what was done about it, for people. */
  readonly notes: readonly string[];
}

/**
 * Runs what reads in order to write, one run at a time in a work tree; first it puts in order what a run left
 * that was cut short. The lock saves work; that nothing is lost rests on the comparisons at the writing.
 * Throws `io/busy` when another run does not end.
 */
export async function withRun<T>(workspace: Workspace, body: (run: Run) => Promise<T>): Promise<T> {
  const { place } = workspace;
  const lock = await takeRunLock(place.directory, workspace.process, { now: workspace.now });
  try {
    const before = workspace.git && (await atHead(workspace.git));
    const { journal, notes } = await critical(() => recover(place, before));
    const git = workspace.git && notes.length > 0 ? await atHead(workspace.git) : before;
    return await body({ workspace: { ...workspace, git, journal }, notes });
  } finally {
    await lock.release();
  }
}
