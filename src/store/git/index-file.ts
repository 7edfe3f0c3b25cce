import { createHash } from 'node:crypto';
import { invalidateTree } from './index-tree.ts';
import { refusal } from './refusal.ts';

/** One entry; `raw` is all its bytes with padding, `name` the path's bytes, one per character. */
export interface IndexEntry {
  readonly raw: Buffer;
  readonly name: string;
  readonly stage: number;
}

export interface GitIndex {
  readonly version: 2 | 3;
  /** In Git's order: by name, then stage. */
  readonly entries: readonly IndexEntry[];
  readonly extensions: readonly { readonly name: string; readonly data: Buffer }[];
}

/** What becomes of one path: its new entry, or null to drop it. */
export interface IndexChange {
  readonly name: string;
  readonly entry: IndexEntry | null;
}

export const EMPTY_INDEX: GitIndex = { version: 2, entries: [], extensions: [] };

/** Byte places in an entry. */
const MODE = 24;
const SIZE = 36;
const OID = 40;
const FLAGS = 60;
const EXTENDED_FLAGS = 62;

/** Git makes the others (UNTR, FSMN, EOIE, IEOT) anew: they do not hold once entries have moved. */
const KEPT = new Set(['TREE', 'REUC']);

const CONVERT = {
  version: 'git update-index --index-version 2',
  split: 'git update-index --no-split-index',
  sparse: 'git sparse-checkout reapply --no-sparse-index',
} as const;

/** Reads an index; throws `git/bad-index`, and `git/index-format` for the kinds that are not spliced. */
export function parseIndex(bytes: Buffer): GitIndex {
  if (bytes.length < 32 || bytes.toString('latin1', 0, 4) !== 'DIRC')
    throw badIndex('it does not begin as one');
  const version = bytes.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw unsupported(`version ${version}`, CONVERT.version);
  const end = bytes.length - 20;
  verifyChecksum(bytes, end);
  const entries: IndexEntry[] = [];
  let at = 12;
  for (let left = bytes.readUInt32BE(8); left > 0; left -= 1) {
    const entry = parseEntry(bytes, at, end);
    entries.push(entry);
    at += entry.raw.length;
  }
  const extensions = parseExtensions(bytes, at, end);
  // Only now: a split index, refused above, has entries without names.
  const disordered = entries.some((entry, i) => i > 0 && !isBefore(entries[i - 1]!, entry));
  if (disordered) throw badIndex('its entries are out of order');
  return { version, entries, extensions };
}

/** The bytes of an index with its SHA-1. */
export function renderIndex(index: GitIndex): Buffer {
  const header = Buffer.alloc(12);
  header.write('DIRC', 'latin1');
  header.writeUInt32BE(index.version, 4);
  header.writeUInt32BE(index.entries.length, 8);
  const extensions = index.extensions.flatMap(({ name, data }) => {
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32BE(data.length, 4);
    return [head, data];
  });
  const body = Buffer.concat([header, ...index.entries.map((entry) => entry.raw), ...extensions]);
  return Buffer.concat([body, sha1(body)]);
}

/** The index with these paths changed; every other entry keeps its bytes, the cached trees stay true. */
export function spliceIndex(index: GitIndex, changes: readonly IndexChange[]): GitIndex {
  const names = new Set(changes.map(({ name }) => name));
  const added = changes.flatMap(({ entry }) => (entry === null ? [] : [entry])).sort(byName);
  const entries: IndexEntry[] = [];
  let next = 0;
  for (const entry of index.entries) {
    if (names.has(entry.name)) continue;
    for (; next < added.length && added[next]!.name < entry.name; next += 1) entries.push(added[next]!);
    entries.push(entry);
  }
  entries.push(...added.slice(next));
  const extensions = index.extensions.flatMap((extension) => {
    if (extension.name !== 'TREE') return [extension];
    const data = invalidateTree(extension.data, [...names]);
    return data === null ? [] : [{ name: 'TREE', data }];
  });
  return { ...index, entries, extensions };
}

/** The entry of a path outside a merge; its first conflicting stage when it is unmerged; or null. */
export function findEntry(index: GitIndex, name: string): IndexEntry | null {
  const entry = entryFrom(index, name);
  return entry?.name === name ? entry : null;
}

/** The first entry whose name is not before the given one. */
export function entryFrom({ entries }: GitIndex, name: string): IndexEntry | null {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.name < name) low = middle + 1;
    else high = middle;
  }
  return entries[low] ?? null;
}

/** The mode in octal, as trees write it. */
export function entryMode(entry: IndexEntry): string {
  return entry.raw.readUInt32BE(MODE).toString(8);
}

export function entryOid(entry: IndexEntry): string {
  return entry.raw.toString('hex', OID, OID + 20);
}

/** What `git update-index` and `git add -N` may have marked the entry as. */
export function entryMarks(entry: IndexEntry) {
  const flags = entry.raw.readUInt16BE(FLAGS);
  const extended = (flags & 0x4000) === 0 ? 0 : entry.raw.readUInt16BE(EXTENDED_FLAGS);
  return {
    assumeUnchanged: (flags & 0x8000) !== 0,
    skipWorktree: (extended & 0x4000) !== 0,
    intentToAdd: (extended & 0x2000) !== 0,
  };
}

/** A stage 0 entry; `stat` is the 40 bytes of file data, of which the mode is overwritten. */
export function makeEntry(name: string, mode: string, oid: string, stat: Buffer): IndexEntry {
  const length = Buffer.byteLength(name, 'latin1');
  const raw = Buffer.alloc((62 + length + 8) & ~7);
  stat.copy(raw, 0, 0, OID);
  raw.writeUInt32BE(Number.parseInt(mode, 8), MODE);
  raw.write(oid, OID, 'hex');
  raw.writeUInt16BE(Math.min(length, 0xfff), FLAGS);
  raw.write(name, 62, 'latin1');
  return { raw, name, stage: 0 };
}

/** The entry with its size zeroed, which makes Git compare the content instead of trusting the file data. */
export function smudgeEntry(entry: IndexEntry): IndexEntry {
  const raw = Buffer.from(entry.raw);
  raw.writeUInt32BE(0, SIZE);
  return { ...entry, raw };
}

function parseEntry(bytes: Buffer, at: number, end: number): IndexEntry {
  if (at + 63 > end) throw badIndex('an entry is cut off');
  const flags = bytes.readUInt16BE(at + FLAGS);
  const start = at + ((flags & 0x4000) === 0 ? 62 : 64);
  const nul = bytes.indexOf(0, start);
  const length = (nul - at + 8) & ~7;
  if (nul < 0 || at + length > end) throw badIndex('an entry is cut off');
  const raw = bytes.subarray(at, at + length);
  const name = bytes.toString('latin1', start, nul);
  if (raw.readUInt32BE(MODE) === 0o040000) throw unsupported('a sparse index', CONVERT.sparse);
  return { raw, name, stage: (flags >> 12) & 3 };
}

function parseExtensions(bytes: Buffer, start: number, end: number): GitIndex['extensions'] {
  const extensions = [];
  let at = start;
  while (at < end) {
    if (at + 8 > end) throw badIndex('an extension is cut off');
    const name = bytes.toString('latin1', at, at + 4);
    const next = at + 8 + bytes.readUInt32BE(at + 4);
    if (next > end) throw badIndex('an extension is cut off');
    if (name === 'link') throw unsupported('a split index', CONVERT.split);
    if (name === 'sdir') throw unsupported('a sparse index', CONVERT.sparse);
    if (!/^[A-Z]/.test(name))
      throw unsupported(`the extension ${JSON.stringify(name)}`, 'git read-tree HEAD');
    if (KEPT.has(name)) extensions.push({ name, data: bytes.subarray(at + 8, next) });
    at = next;
  }
  return extensions;
}

function verifyChecksum(bytes: Buffer, end: number): void {
  const stored = bytes.subarray(end);
  // index.skipHash leaves it zero.
  if (stored.every((byte) => byte === 0) || stored.equals(sha1(bytes.subarray(0, end)))) return;
  throw badIndex('its checksum is wrong');
}

function isBefore(a: IndexEntry, b: IndexEntry): boolean {
  return a.name < b.name || (a.name === b.name && a.stage < b.stage);
}

function byName(a: IndexEntry, b: IndexEntry): number {
  return a.name < b.name ? -1 : 1;
}

function sha1(bytes: Uint8Array): Buffer {
  return createHash('sha1').update(bytes).digest();
}

function badIndex(what: string): Error {
  return refusal(
    'git/bad-index',
    `the index of the repository is damaged: ${what}`,
    'See `git fsck`; `rm .git/index && git reset` makes a new one, and forgets what was staged.',
  );
}

function unsupported(what: string, convert: string): Error {
  return refusal(
    'git/index-format',
    `the index of the repository has a form that only Git itself writes: ${what}`,
    `Convert it with: ${convert}`,
    { what, native: true },
  );
}
