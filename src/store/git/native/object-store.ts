import { setTimeout as later } from 'node:timers';
import type { ObjectType } from '../objects.ts';
import { refusal } from '../refusal.ts';
import type { Repository } from '../repository.ts';
import type { TreeEntry } from '../tree.ts';
import { type CatFile, CatFileEnded, type StoredObject, startCatFile } from './cat-file.ts';
import { firstLines } from './git-command.ts';
import { parseTreeOf, treeNamedBy } from './tree-objects.ts';

/** The objects of a repository, read through installed Git. */
export interface ObjectStore {
  /** The object of an id or a ref's name (`HEAD`); null when the repository does not hold it. */
  find(name: string): Promise<StoredObject | null>;
  /** The content of an object that must be there; throws `git/missing-object` or `git/unreadable-object`. */
  read(oid: string, type: ObjectType): Promise<Buffer>;
  tree(oid: string): Promise<readonly TreeEntry[]>;
  treeOfCommit(oid: string): Promise<string>;
  /** Ends Git's process; a later read starts another. */
  close(): void;
}

/** How long an idle process is kept, in milliseconds: it holds packs open, which Windows then cannot remove. */
const IDLE_TIME = 2000;

/** Opens the objects; the one process they are read through is started when it is first needed. */
export function openObjects(repo: Repository): ObjectStore {
  let running: CatFile | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;
  const close = () => {
    running?.close();
    running = null;
  };
  const ask = async (name: string, again = true): Promise<StoredObject | null> => {
    clearTimeout(idle);
    running ??= await startCatFile(repo);
    try {
      return await running.ask(name);
    } catch (error) {
      running = null;
      if (!(error instanceof CatFileEnded)) throw error;
      if (isPromised(error.message)) throw missing('object', name, error.message);
      if (!again) throw unreadable(name, error.message);
      return ask(name, false);
    } finally {
      idle = later(close, IDLE_TIME).unref();
    }
  };
  const find = (name: string) => {
    const answer = queue.then(() => ask(name));
    queue = answer.catch(() => {});
    return answer;
  };
  const read = async (oid: string, type: ObjectType) => {
    const found = await find(oid);
    if (found === null) throw missing(type, oid);
    if (found.type !== type) throw unreadable(oid, `it is a ${found.type}, not a ${type}`);
    return found.bytes;
  };
  return {
    find,
    read,
    tree: async (oid) => parseTreeOf(oid, await read(oid, 'tree')),
    treeOfCommit: async (oid) => treeNamedBy(oid, (await read(oid, 'commit')).toString('latin1')),
    close,
  };
}

/** Runs `body` with the objects of a repository, and ends Git's process afterwards. */
export async function withObjects<T>(
  repo: Repository,
  body: (objects: ObjectStore) => Promise<T>,
): Promise<T> {
  const objects = openObjects(repo);
  try {
    return await body(objects);
  } finally {
    objects.close();
  }
}

/** Whether it was the remote of a partial clone that did not give the object. */
function isPromised(said: string): boolean {
  return /promisor|could not fetch/i.test(said);
}

function missing(type: string, oid: string, said = ''): Error {
  const why = firstLines(said, 3);
  return refusal(
    'git/missing-object',
    `the repository does not hold the ${type} ${oid}${why === '' ? '' : `: ${why}`}`,
    'A partial clone lacks objects: run `git fetch --refetch --no-filter`, or clone again without --filter.',
    { oid },
  );
}

function unreadable(oid: string, why: string): Error {
  return refusal(
    'git/unreadable-object',
    `the object ${oid} cannot be read: ${firstLines(why, 3) || 'Git ended without an answer'}`,
    'Check the repository: git fsck',
    { oid },
  );
}
