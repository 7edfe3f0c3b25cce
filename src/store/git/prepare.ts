import type { CommitRequest } from './backend.ts';
import { resolveIdentity } from './identity.ts';
import { type InspectedFile, inspect, refuseMoved, refuseStaged } from './inspect.ts';
import { cleanMessage } from './message.ts';
import { EMPTY_TREE, writeBlob, writeObject } from './objects.ts';
import type { Head } from './refs.ts';
import { sameState } from './refuse-paths.ts';
import type { Repository } from './repository.ts';
import { editTree } from './tree-edit.ts';

/** A commit that exists as an object and is on no branch yet. */
export interface PreparedCommit {
  readonly oid: string;
  /** What HEAD was, and must still be when it is published. */
  readonly head: Head;
  readonly message: string;
  /** The committer's line. */
  readonly committer: string;
  /** The files it changes. */
  readonly files: readonly InspectedFile[];
}

/**
 * Checks everything, then writes blobs, trees and the commit on the present HEAD, all unreachable. Null when
 * HEAD already has every file as asked. Throws `git/moved` when HEAD's file is not what the edit was made from.
 */
export async function prepareCommit(
  repo: Repository,
  request: CommitRequest,
): Promise<PreparedCommit | null> {
  const message = cleanMessage(request.message);
  const identity = resolveIdentity(repo, request);
  const { head, tree, source, files } = await inspect(repo, request.files);
  for (const [i, file] of files.entries()) {
    refuseMoved(request.files[i]!.base, file);
    refuseStaged(source.index, file);
  }
  const changed = files.filter(({ before, after }) => !sameState(before, after ?? null));
  if (changed.length === 0) return null;
  for (const { clean } of changed) if (clean !== null) await writeBlob(repo, clean);
  const changes = changed.map(({ path, after }) => ({ path, oid: after?.oid ?? null }));
  const newTree = await editTree(repo, tree, changes);
  if (newTree === (tree ?? EMPTY_TREE)) return null;
  const oid = await writeObject(repo, 'commit', renderCommit(newTree, head.oid, identity, message));
  return { oid, head, message, committer: identity.committer, files: changed };
}

function renderCommit(
  tree: string,
  parent: string | null,
  { author, committer }: { readonly author: string; readonly committer: string },
  message: string,
): Buffer {
  const parents = parent === null ? '' : `parent ${parent}\n`;
  return Buffer.from(`tree ${tree}\n${parents}author ${author}\ncommitter ${committer}\n\n${message}`);
}
