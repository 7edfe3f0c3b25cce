import { refusal } from '../refusal.ts';
import { fromName, type TreeEntry } from '../tree.ts';

/** What depends on the hash that a repository names its objects by. */
export interface ObjectFormat {
  readonly idBytes: 20 | 32;
  /** "No object", in plumbing. */
  readonly zero: string;
  readonly emptyTree: string;
  readonly emptyBlob: string;
}

export const SHA1: ObjectFormat = {
  idBytes: 20,
  zero: '0'.repeat(40),
  emptyTree: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  emptyBlob: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
};

export const SHA256: ObjectFormat = {
  idBytes: 32,
  zero: '0'.repeat(64),
  emptyTree: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
  emptyBlob: '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813',
};

/** The format of a repository that has an object of this id. */
export function formatOf(oid: string): ObjectFormat {
  return oid.length === SHA256.zero.length ? SHA256 : SHA1;
}

/** Reads the content of the tree object of this id; the ids in it are as long as its own. */
export function parseTreeOf(oid: string, bytes: Buffer): readonly TreeEntry[] {
  const { idBytes } = formatOf(oid);
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const nul = bytes.indexOf(0, space);
    const end = nul + 1 + idBytes;
    if (space < 0 || nul < 0 || end > bytes.length) throw tornTree(oid);
    entries.push({
      mode: bytes.toString('latin1', at, space),
      name: bytes.toString('latin1', space + 1, nul),
      oid: bytes.toString('hex', nul + 1, end),
    });
    at = end;
  }
  return entries;
}

/** The tree that a commit's text names. */
export function treeNamedBy(commit: string, text: string): string {
  const oid = /^tree ([0-9a-f]{40,64})\n/.exec(text)?.[1];
  if (oid !== undefined) return oid;
  throw refusal(
    'git/unreadable-object',
    `the commit ${commit} names no tree`,
    'Check the repository: git fsck',
    { oid: commit },
  );
}

/** An entry with its name as text. */
export function listed({ name, mode, oid }: TreeEntry) {
  return { name: fromName(name), mode, oid };
}

function tornTree(oid: string): Error {
  return refusal('git/unreadable-object', `the tree ${oid} is torn`, 'Check the repository: git fsck', {
    oid,
  });
}
