import { createHash } from 'node:crypto';
import { Errors, readObject as readStored, writeObject as store } from 'isomorphic-git';
import { errnoOf, ioError } from '../errno.ts';
import { freshenObject, objectFs } from './object-fs.ts';
import { refusal } from './refusal.ts';
import type { Repository } from './repository.ts';
import { fromName, isRegular, isTree, parseTree, type TreeEntry, toName } from './tree.ts';

export type ObjectType = 'blob' | 'tree' | 'commit';

/** The id of the tree without entries, which exists in every repository without being stored. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** isomorphic-git keeps what it read of the packs in this; it lives as long as the repository's value. */
const caches = new WeakMap<Repository, object>();

/** The id Git gives these bytes. */
export function hashObject(type: ObjectType, bytes: Uint8Array): string {
  return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Reads one object; throws `git/missing-object` or `git/unreadable-object`. */
export async function readObject(repo: Repository, oid: string, type: ObjectType): Promise<Buffer> {
  const found = await findObject(repo, oid);
  if (found === null) {
    throw refusal(
      'git/missing-object',
      `the repository does not hold the ${type} ${oid}`,
      'A partial clone lacks objects: run `git fetch --refetch --no-filter`, or clone again without --filter.',
      { oid, native: true },
    );
  }
  if (found.type === type) return found.bytes;
  throw refusal(
    'git/unreadable-object',
    `${oid} is a ${found.type}, not a ${type}`,
    'Check the repository: git fsck',
    { oid },
  );
}

/** Stores the bytes as an object unless the repository already has it, and returns its id. */
export async function writeObject(repo: Repository, type: ObjectType, bytes: Uint8Array): Promise<string> {
  const oid = hashObject(type, bytes);
  // isomorphic-git finds the empty tree even where it is not stored.
  if (oid !== EMPTY_TREE && (await findObject(repo, oid)) !== null) {
    await freshenObject(repo, oid);
    return oid;
  }
  return store({ fs: objectFs(repo), gitdir: repo.commonDir, type, object: bytes, format: 'content' });
}

/** Stores a file's content, as it is, and returns its id. */
export function writeBlob(repo: Repository, bytes: Uint8Array): Promise<string> {
  return writeObject(repo, 'blob', bytes);
}

/** The tree of a commit, as the commit itself names it (`git replace` has no say). */
export async function treeOfCommit(repo: Repository, commitOid: string): Promise<string> {
  const text = (await readObject(repo, commitOid, 'commit')).toString('latin1');
  const oid = /^tree ([0-9a-f]{40})\n/.exec(text)?.[1];
  if (oid !== undefined) return oid;
  throw refusal(
    'git/unreadable-object',
    `the commit ${commitOid} names no tree`,
    'Check the repository: git fsck',
    { oid: commitOid },
  );
}

/** The entry of a path (`a/b.md`) in a commit, or null. */
export async function treeEntryAt(
  repo: Repository,
  commitOid: string,
  path: string,
): Promise<TreeEntry | null> {
  return entryInTree(repo, await treeOfCommit(repo, commitOid), path);
}

/** The entry of a path below a tree, or null. */
export async function entryInTree(
  repo: Repository,
  treeOid: string,
  path: string,
): Promise<TreeEntry | null> {
  let entry: TreeEntry = { mode: '40000', name: '', oid: treeOid };
  for (const part of path.split('/')) {
    if (!isTree(entry)) return null;
    const name = toName(part);
    const next = parseTree(await readObject(repo, entry.oid, 'tree')).find((child) => child.name === name);
    if (next === undefined) return null;
    entry = next;
  }
  return entry;
}

/** The bytes of a plain file in a commit, or null where there is none (nothing, a directory, a link). */
export async function readBlobAt(
  repo: Repository,
  commitOid: string,
  path: string,
): Promise<Uint8Array | null> {
  const entry = await treeEntryAt(repo, commitOid, path);
  return entry !== null && isRegular(entry) ? readObject(repo, entry.oid, 'blob') : null;
}

/** One entry of a directory in a commit. */
export interface ListedEntry {
  readonly name: string;
  /** Octal, as Git shows it: 100644, 100755, 120000, 40000, 160000. */
  readonly mode: string;
  readonly oid: string;
}

/** The entries of a directory (`''` is the top, a final slash is left out) in a commit, in Git's order; none where it does not exist. */
export async function listTreeAt(
  repo: Repository,
  commitOid: string,
  dir: string,
): Promise<readonly ListedEntry[]> {
  const root = await treeOfCommit(repo, commitOid);
  const path = dir.endsWith('/') ? dir.slice(0, -1) : dir;
  const entry = path === '' ? { mode: '40000', name: '', oid: root } : await entryInTree(repo, root, path);
  if (entry === null || !isTree(entry)) return [];
  const entries = parseTree(await readObject(repo, entry.oid, 'tree'));
  return entries.map(({ name, mode, oid }) => ({ name: fromName(name), mode, oid }));
}

interface Found {
  readonly type: string;
  readonly bytes: Buffer;
}

async function findObject(repo: Repository, oid: string, again = true): Promise<Found | null> {
  const cache = caches.get(repo) ?? {};
  caches.set(repo, cache);
  try {
    const fs = objectFs(repo);
    const { type, object } = await readStored({ fs, gitdir: repo.commonDir, oid, format: 'content', cache });
    return { type, bytes: Buffer.from(object as Uint8Array) };
  } catch (error) {
    if (error instanceof Errors.NotFoundError) return null;
    if (again) {
      // A `git gc` may have replaced the packs meanwhile.
      caches.delete(repo);
      return findObject(repo, oid, false);
    }
    if (errnoOf(error) !== null) throw ioError(error, 'read', `the object ${oid} in ${repo.commonDir}`);
    throw refusal(
      'git/unreadable-object',
      `the object ${oid} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Check the repository: git fsck',
      { oid, native: true },
    );
  }
}
