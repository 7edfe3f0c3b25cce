import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../../atomic.ts';
import { ioError } from '../../errno.ts';
import { halfway, isHalfway } from '../backend.ts';
import { indexPath } from '../index-store.ts';
import { refuseStagedAs } from '../inspect.ts';
import { stateInLookup } from '../refuse-paths.ts';
import type { Repository } from '../repository.ts';
import { fromName } from '../tree.ts';
import { type Draft, identityVariables, type MadeCommit } from './make-commit.ts';
import { moveHead } from './move-head.ts';
import { copyIndex } from './scratch.ts';
import { stage } from './stage.ts';

/**
 * Puts a commit on its branch while the lock of the index is held: first the index, then reflog and ref, so that
 * a crash in between leaves the change staged and never reversed. False, with nothing changed, when HEAD has
 * moved. A failure leaves index and branch as they were, unless it is `halfway`.
 */
export async function publishNatively(
  repo: Repository,
  dir: string,
  draft: Draft,
  made: MadeCommit,
  timeout: number | undefined,
): Promise<boolean> {
  const { head, format } = draft.inspection;
  refuseStagedByOthers(draft, made);
  const next = join(dir, 'next-index');
  const previous = join(dir, 'previous-index');
  const existed = await copyIndex(repo, previous);
  await copyIndex(repo, next);
  await stage(repo, next, format.zero, made.changes);
  await syncFile(next);
  let replaced = false;
  const beforeMove = async () => {
    // Git's own file, and not a copy in the lock: the date of its writing is part of what an index says.
    await replaceIndex(repo, next);
    replaced = true;
    await syncDirectory(repo.gitDir);
  };
  const { message, oid } = made;
  const env = identityVariables(draft.identity).committer;
  const move = { expected: head, oid, zero: format.zero, message, env, timeout, beforeMove };
  return moveHead(repo, move).catch(async (error: unknown) => {
    if (replaced && !isHalfway(error)) await putBack(repo, existed ? previous : null, error);
    throw error;
  });
}

/** Restores the index after a failure, which is `halfway` where that fails too. */
async function putBack(repo: Repository, previous: string | null, cause: unknown): Promise<void> {
  try {
    if (previous !== null) await rename(previous, indexPath(repo));
    else await rm(indexPath(repo), { force: true });
    await syncDirectory(repo.gitDir);
  } catch {
    throw halfway(cause);
  }
}

/** What a hook added to the commit may be staged otherwise by the user; our own files were looked at before. */
function refuseStagedByOthers({ inspection, files }: Draft, { changes }: MadeCommit): void {
  for (const { name, before, after } of changes) {
    const path = fromName(name);
    const staged = stateInLookup(inspection.index, path);
    const asked = files.find((file) => file.path === path)?.after;
    if (asked === undefined || asked?.oid !== staged?.oid) refuseStagedAs(staged, { path, before, after });
  }
}

async function replaceIndex(repo: Repository, by: string): Promise<void> {
  try {
    await rename(by, indexPath(repo));
  } catch (error) {
    throw ioError(error, 'write', indexPath(repo));
  }
}

/** Brings a file to the disk that another program wrote. */
async function syncFile(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw ioError(error, 'write', path);
  }
}
