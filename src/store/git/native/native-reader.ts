import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ScendError } from '../../../domain/error.ts';
import type { GitReader } from '../reader.ts';
import { parseCommit } from '../reader.ts';
import type { Repository } from '../repository.ts';
import { isTree, type TreeEntry, toName } from '../tree.ts';
import { readNativeHead } from './native-head.ts';
import { type ObjectStore, openObjects } from './object-store.ts';
import { listed } from './tree-objects.ts';

/** Reads through installed Git, and so whatever form of repository that Git knows. */
export function nativeReader(repo: Repository): GitReader {
  const objects = openObjects(repo);
  let ends: Promise<ReadonlySet<string>> | undefined;
  return {
    readHead: () => readNativeHead(repo),
    commit: async (oid) => {
      const text = await commitText(objects, oid);
      if (text === null) return null;
      ends ??= shallowEnds(repo);
      const facts = parseCommit(text);
      // Git would try to fetch what lies beyond.
      return (await ends).has(oid) ? { ...facts, parents: [], cut: true } : facts;
    },
    entryAt: async (commit, path) => entryBelow(objects, await objects.treeOfCommit(commit), path),
    blob: (oid) => objects.read(oid, 'blob'),
    list: async (commit, directory) => {
      const root = await objects.treeOfCommit(commit);
      const path = directory.replace(/\/$/, '');
      const entry = path === '' ? topOf(root) : await entryBelow(objects, root, path);
      return entry !== null && isTree(entry) ? (await objects.tree(entry.oid)).map(listed) : [];
    },
  };
}

async function entryBelow(objects: ObjectStore, root: string, path: string): Promise<TreeEntry | null> {
  let entry: TreeEntry = topOf(root);
  for (const part of path.split('/')) {
    if (!isTree(entry)) return null;
    const name = toName(part);
    const next = (await objects.tree(entry.oid)).find((child) => child.name === name);
    if (next === undefined) return null;
    entry = next;
  }
  return entry;
}

function topOf(oid: string): TreeEntry {
  return { mode: '40000', name: '', oid };
}

async function commitText(objects: ObjectStore, oid: string): Promise<string | null> {
  if (!/^[0-9a-f]{40,64}$/.test(oid)) return null;
  try {
    const found = await objects.find(oid);
    return found?.type === 'commit' ? found.bytes.toString('utf8') : null;
  } catch (error) {
    if (error instanceof ScendError && error.code === 'git/missing-object') return null;
    throw error;
  }
}

/** The commits at which a shallow clone ends. */
async function shallowEnds(repo: Repository): Promise<ReadonlySet<string>> {
  const text = await readFile(join(repo.commonDir, 'shallow'), 'utf8').catch(() => '');
  return new Set(text.split('\n'));
}
