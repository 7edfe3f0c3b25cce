import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { ioError, isAbsent } from '../errno.ts';
import { findAlternates } from './object-alternates.ts';
import { ObjectCache } from './object-cache.ts';
import { hashObject, type StoredObject } from './object-id.ts';
import { locateInPack, type Pack, readPacked } from './object-pack.ts';
import type { Repository } from './repository.ts';

/** An object directory: the repository's own, or one that it borrows from. */
export interface ObjectDirectory {
  readonly path: string;
  /** The one that was of use last comes first. */
  readonly packs: Pack[];
}

export interface ObjectDirectories {
  /** The repository's own first. */
  readonly all: readonly ObjectDirectory[];
  /** Directories that objects are to be borrowed from and that are not there. */
  readonly absent: readonly string[];
}

/** An object and the file it lies in. */
export interface FoundObject extends StoredObject {
  readonly path: string;
}

/** How many bytes are kept of what others may be deltas to. */
const KEPT_BASES = 16 << 20;

const known = new WeakMap<Repository, Promise<ObjectDirectories>>();

/** The object directories of a repository, looked up once, and again when told so. */
export function objectDirectories(repo: Repository, again = false): Promise<ObjectDirectories> {
  const before = again ? undefined : known.get(repo);
  if (before !== undefined) return before;
  const opened = openAll(join(repo.commonDir, 'objects'));
  known.set(repo, opened);
  opened.catch(() => {
    if (known.get(repo) === opened) known.delete(repo);
  });
  return opened;
}

/**
 * Reads an object from the first directory that has it whole, and checks that it is the one asked for; null when
 * none has it. Throws when all that have it are damaged or cannot be read.
 */
export function findStored({ all }: ObjectDirectories, oid: string): FoundObject | null {
  const failures: unknown[] = [];
  for (const directory of all) {
    for (const read of [readLoose, readFromPacks]) {
      try {
        const found = read(directory, oid, failures);
        if (found !== null) return found;
      } catch (error) {
        failures.push(error);
      }
    }
  }
  if (failures.length > 0) throw failures[0];
  return null;
}

async function openAll(own: string): Promise<ObjectDirectories> {
  const { found, absent } = await findAlternates(own);
  const bases = new ObjectCache(KEPT_BASES);
  const all = await Promise.all(
    [own, ...found].map(async (path) => ({ path, packs: await listPacks(path, bases) })),
  );
  return { all, absent };
}

async function listPacks(directory: string, bases: ObjectCache): Promise<Pack[]> {
  const packs = join(directory, 'pack');
  const names = await readdir(packs).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw ioError(error, 'read', packs);
  });
  const there = new Set(names);
  return names
    .filter((name) => name.endsWith('.pack') && there.has(name.replace(/pack$/, 'idx')))
    .map((name) => ({ path: join(packs, name), index: null, checked: false, bases }));
}

function readLoose(directory: ObjectDirectory, oid: string): FoundObject | null {
  const path = join(directory.path, oid.slice(0, 2), oid.slice(2));
  const packed = readIfThere(path);
  if (packed === null) return null;
  const bytes = inflateSync(packed);
  const nul = bytes.indexOf(0);
  const [, type, size] = /^([a-z]+) (\d+)$/.exec(bytes.toString('latin1', 0, Math.max(0, nul))) ?? [];
  const content = bytes.subarray(nul + 1);
  if (type === undefined || Number(size) !== content.length) throw new Error(`${path} is damaged`);
  return verify({ type, bytes: content, path }, oid);
}

function readFromPacks({ packs }: ObjectDirectory, oid: string, failures: unknown[]): FoundObject | null {
  for (const [i, pack] of packs.entries()) {
    try {
      const offset = locateInPack(pack, oid);
      if (offset === null) continue;
      const found = verify({ ...readPacked(pack, offset), path: pack.path }, oid);
      packs.unshift(...packs.splice(i, 1));
      return found;
    } catch (error) {
      // Another pack may hold it whole.
      failures.push(error);
    }
  }
  return null;
}

function verify(object: FoundObject, oid: string): FoundObject {
  if (hashObject(object.type, object.bytes) === oid) return object;
  throw new Error(`${object.path} holds something else under this id`);
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
