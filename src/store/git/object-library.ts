import { createRequire } from 'node:module';
import { deflateSync } from 'node:zlib';
import { objectFs } from './object-fs.ts';
import { hashObject, type ObjectType, type StoredObject } from './object-id.ts';
import type { ObjectDirectories } from './object-search.ts';
import type { Repository } from './repository.ts';

type Library = typeof import('isomorphic-git');

/** `import` would look through all of its source for names first, which takes longer than a whole commit's writes. */
const require = createRequire(import.meta.url);
let library: Library | null = null;

/** isomorphic-git, loaded when it is needed first. */
function isomorphicGit(): Library {
  library ??= require('isomorphic-git') as Library;
  return library;
}

/** Stores an object in a file of its own. */
export async function writeLoose(
  repo: Repository,
  oid: string,
  type: ObjectType,
  bytes: Uint8Array,
): Promise<void> {
  const plain = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
  // The level at which Git writes such files; a later `git gc` packs them tighter.
  const object = deflateSync(plain, { level: 1 });
  await isomorphicGit().writeObject({
    fs: objectFs(repo),
    gitdir: repo.commonDir,
    object,
    oid,
    format: 'deflated',
  });
}

/** Reads an object the library's way, which takes whole packs into memory; null when it cannot either. */
export async function readByLibrary(
  repo: Repository,
  { all }: ObjectDirectories,
  oid: string,
): Promise<StoredObject | null> {
  for (const { path } of all) {
    const fs = objectFs(repo, path);
    const found = await isomorphicGit()
      .readObject({ fs, gitdir: repo.commonDir, oid, format: 'content' })
      .catch(() => null);
    if (found === null) continue;
    const bytes = Buffer.from(found.object as Uint8Array);
    if (hashObject(found.type, bytes) === oid) return { type: found.type, bytes };
  }
  return null;
}
