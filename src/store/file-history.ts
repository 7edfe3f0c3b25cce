import type { CommitFacts } from './git/reader.ts';
import type { GitView } from './git-view.ts';
import { type FileAt, renamedFrom } from './history/renames.ts';

/** How far back history is read. */
const limits = { commits: 5_000, folders: 1_000, candidates: 32 };

/**
 * The oldest version of a file that is known along the first parents of HEAD, through renames; null where
 * HEAD has none.
 */
export async function oldestVersion(git: GitView | null, path: string): Promise<Uint8Array | null> {
  if (!git || git.head.oid === null) return null;
  const budget = { ...limits };
  let commit = git.head.oid;
  let file = await fileAt(git, commit, git.toRepo(path));
  if (!file) return null;
  let parent = (await git.reader.commit(commit))?.parents[0];
  for (let read = 0; parent !== undefined && read < limits.commits; read += 1) {
    const facts: CommitFacts | null = await git.reader.commit(parent);
    if (!facts) break;
    const older: FileAt | 'unknown' | null =
      (await fileAt(git, parent, file.path)) ?? (await renamedFrom(git.reader, file, commit, parent, budget));
    if (older === null || older === 'unknown') break;
    [commit, file, parent] = [parent, older, facts.parents[0]];
  }
  return git.reader.blob(file.blob);
}

async function fileAt(git: GitView, commit: string, path: string): Promise<FileAt | null> {
  const entry = await git.reader.entryAt(commit, path);
  return entry && { path, blob: entry.oid };
}
