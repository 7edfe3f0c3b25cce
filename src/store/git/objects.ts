import { ScendError } from '../../domain/error.ts';
import { errnoOf, ioError, isAbsent } from '../errno.ts';
import { ObjectCache } from './object-cache.ts';
import { fetchPromised, isPartialClone } from './object-fetch.ts';
import { reuseObject, settleObjects } from './object-fs.ts';
import { EMPTY_TREE, hashObject, type ObjectType, type StoredObject } from './object-id.ts';
import { readByLibrary, writeLoose } from './object-library.ts';
import { type FoundObject, findStored, type ObjectDirectories, objectDirectories } from './object-search.ts';
import { refusal } from './refusal.ts';
import type { Repository } from './repository.ts';
import { findInTree, fromName, isRegular, isTree, parseTree, type TreeEntry, toName } from './tree.ts';

export { EMPTY_TREE, hashObject, type ObjectType } from './object-id.ts';

/** How many bytes are kept. */
const KEPT = 8 << 20;

/** Commits and trees read last; blobs are not kept, they go to others as they are. */
const caches = new WeakMap<Repository, ObjectCache>();

/**
 * Reads one object, wherever the repository has it from: its own, those it borrows from or, in a
 * partial clone, the remote, through installed Git. Throws `git/missing-object` or `git/unreadable-object`.
 */
export async function readObject(repo: Repository, oid: string, type: ObjectType): Promise<Buffer> {
  const found =
    (await findObject(repo, oid)) ??
    ((await fetchPromised(repo, oid, type)) ? await findObject(repo, oid) : null);
  if (found === null) throw await missing(repo, oid, type);
  if (found.type === type) return found.bytes;
  throw refusal(
    'git/unreadable-object',
    `${oid} is a ${found.type}, not a ${type}`,
    'Check the repository: git fsck',
    { oid },
  );
}

/**
 * Stores the bytes as an object unless the repository already has it, and returns its id. Once a commit is
 * stored, it and all that was stored before is on the disk; until then a loss of power may take objects.
 */
export async function writeObject(repo: Repository, type: ObjectType, bytes: Uint8Array): Promise<string> {
  const oid = hashObject(type, bytes);
  const found = await search(repo, oid, false);
  if (found === null || !(await reuseObject(repo, found.path))) await writeLoose(repo, oid, type, bytes);
  if (type === 'commit') await settleObjects(repo);
  return oid;
}

/** Stores a file's content, as it is, and returns its id; it is on the disk then. */
export async function writeBlob(repo: Repository, bytes: Uint8Array): Promise<string> {
  const oid = await writeObject(repo, 'blob', bytes);
  await settleObjects(repo);
  return oid;
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
    const next = findInTree(await readObject(repo, entry.oid, 'tree'), toName(part));
    if (next === null) return null;
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

async function findObject(repo: Repository, oid: string): Promise<StoredObject | null> {
  const cache = caches.get(repo) ?? new ObjectCache(KEPT);
  caches.set(repo, cache);
  const kept = cache.get(oid);
  if (kept !== null) return kept;
  const found = await search(repo, oid, true);
  if (found === null) return oid === EMPTY_TREE ? { type: 'tree', bytes: Buffer.alloc(0) } : null;
  const object = { type: found.type, bytes: found.bytes };
  if (found.type !== 'blob') cache.set(oid, object);
  return object;
}

/** How often packs are looked for again that go away while they are read, as in a series of `git repack`. */
const MAX_TRIES = 50;

/**
 * Looks in all object directories, and again for as long as their packs change meanwhile: `git gc` moves objects
 * from where one has not yet looked to where one has. `thorough`: also when nothing but its absence is known.
 */
async function search(repo: Repository, oid: string, thorough: boolean): Promise<FoundObject | null> {
  let directories = await objectDirectories(repo);
  for (let tries = 1; ; tries += 1) {
    const { found, failure } = attempt(directories, oid);
    if (found !== null || (failure === null && !thorough)) return found;
    const present = await objectDirectories(repo, true);
    const settled = samePlaces(directories, present) && (failure === null || !isAbsent(failure.error));
    directories = present;
    if (!settled && tries < MAX_TRIES) continue;
    if (failure === null) return null;
    const object = await readByLibrary(repo, directories, oid);
    if (object === null) throw unreadable(repo, oid, failure.error);
    return { ...object, path: '' };
  }
}

function attempt(directories: ObjectDirectories, oid: string) {
  try {
    return { found: findStored(directories, oid), failure: null };
  } catch (error) {
    return { found: null, failure: { error } };
  }
}

/** Whether there is nowhere to look that has not been looked at. */
function samePlaces(before: ObjectDirectories, after: ObjectDirectories): boolean {
  const names = ({ all }: ObjectDirectories) =>
    all.flatMap(({ path, packs }) => [path, ...packs.map((pack) => pack.path)]).sort();
  return names(before).join('\0') === names(after).join('\0');
}

async function missing(repo: Repository, oid: string, type: ObjectType): Promise<Error> {
  const { absent } = await objectDirectories(repo);
  const hint = isPartialClone(repo)
    ? 'This is a partial clone: let Git fetch it from the remote (git fetch --refetch --no-filter), or clone again without --filter.'
    : 'Fetch it again from a remote that has it (git fetch --refetch), and check the repository: git fsck';
  return refusal(
    'git/missing-object',
    `the repository does not hold the ${type} ${oid}`,
    absent.length === 0 ? hint : `It borrows objects from ${absent.join(', ')}, which is not there.`,
    { oid, native: true },
  );
}

function unreadable(repo: Repository, oid: string, error: unknown): unknown {
  if (error instanceof ScendError) return error;
  if (errnoOf(error) !== null) return ioError(error, 'read', `the object ${oid} in ${repo.commonDir}`);
  return refusal(
    'git/unreadable-object',
    `the object ${oid} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    'Check the repository: git fsck',
    { oid, native: true },
  );
}
