import { EMPTY_TREE, readObject, writeObject } from './objects.ts';
import { refusal } from './refusal.ts';
import type { Repository } from './repository.ts';
import { isRegular, isTree, parseTree, renderTree, spliceTree, type TreeEntry, toName } from './tree.ts';

/** A file's new blob, or null to delete it; the path uses slashes. */
export interface TreeChange {
  readonly path: string;
  readonly oid: string | null;
}

type Names = readonly { readonly parts: readonly string[]; readonly change: TreeChange }[];

/**
 * Writes the trees on the changed paths, bottom-up, and returns the id of the new root. Modes and all other
 * entries stay as they are, a directory without entries goes. Throws `git/path-conflict`.
 */
export async function editTree(
  repo: Repository,
  rootOid: string | null,
  changes: readonly TreeChange[],
): Promise<string> {
  const names = changes.map((change) => ({ parts: toName(change.path).split('/'), change }));
  const edited = await editLevel(repo, rootOid, names);
  return edited ?? writeObject(repo, 'tree', Buffer.alloc(0));
}

/** The id of the edited directory, or null when nothing is left in it. */
async function editLevel(repo: Repository, oid: string | null, names: Names): Promise<string | null> {
  const before = oid === null || oid === EMPTY_TREE ? [] : parseTree(await readObject(repo, oid, 'tree'));
  let entries = before;
  for (const name of new Set(names.map(({ parts }) => parts[0]!))) {
    const below = names.filter(({ parts }) => parts[0] === name);
    const present = before.find((entry) => entry.name === name) ?? null;
    entries = spliceTree(entries, name, await editEntry(repo, name, present, below));
  }
  if (entries.length === 0) return null;
  return writeObject(repo, 'tree', renderTree(entries));
}

async function editEntry(
  repo: Repository,
  name: string,
  present: TreeEntry | null,
  below: Names,
): Promise<TreeEntry | null> {
  const [first] = below;
  if (first?.parts.length === 1) {
    if (below.length > 1 || (present !== null && !isRegular(present))) throw conflict(first.change.path);
    return first.change.oid === null
      ? null
      : { mode: present?.mode ?? '100644', name, oid: first.change.oid };
  }
  const deeper = below.map(({ parts, change }) => ({ parts: parts.slice(1), change }));
  if (deeper.some(({ parts }) => parts.length === 0) || (present !== null && !isTree(present))) {
    throw conflict(below[0]!.change.path);
  }
  if (present === null && below.every(({ change }) => change.oid === null)) return null;
  const oid = await editLevel(repo, present?.oid ?? null, deeper);
  return oid === null ? null : { mode: present?.mode ?? '40000', name, oid };
}

function conflict(path: string): Error {
  return refusal(
    'git/path-conflict',
    `${path} cannot be committed: the same name is a file on one side and a directory on the other`,
    'Rename or remove one of them in a commit of your own first.',
    { path },
  );
}
