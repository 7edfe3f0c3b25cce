import { createHash } from 'node:crypto';
import {
  compareEntries,
  type IndexEntry,
  isDirectoryEntry,
  namePlace,
  type Place,
  PlacedEntry,
  paddedLength,
  placeOf,
} from './index-entry.ts';
import { compressEntries, expandEntries, type ParsedEntries } from './index-names.ts';
import { invalidateTree } from './index-tree.ts';
import { refusal } from './refusal.ts';

export { entryMarks, entryMode, entryOid, type IndexEntry, makeEntry, smudgeEntry } from './index-entry.ts';

export interface GitIndex {
  readonly version: 2 | 3 | 4;
  /** In Git's order: by name, then stage. */
  readonly entries: readonly IndexEntry[];
  readonly extensions: readonly { readonly name: string; readonly data: Buffer }[];
  /** Whether zeros stand in place of the checksum, as index.skipHash asks for. */
  readonly unhashed?: boolean;
}

/** What becomes of one path: its new entry, or null to drop it. */
export interface IndexChange {
  readonly name: string;
  readonly entry: IndexEntry | null;
}

export const EMPTY_INDEX: GitIndex = { version: 2, entries: [], extensions: [] };

/** Git makes the others (UNTR, FSMN, EOIE, IEOT) anew: they do not hold once entries have moved. */
const KEPT = new Set(['TREE', 'REUC', 'sdir']);

const CONVERT = {
  version: 'git update-index --index-version 2',
  split: 'git update-index --no-split-index',
} as const;

/** Reads an index; throws `git/bad-index`, and `git/index-format` for the kinds that are not spliced. */
export function parseIndex(bytes: Buffer): GitIndex {
  if (bytes.length < 32 || bytes.toString('latin1', 0, 4) !== 'DIRC')
    throw badIndex('it does not begin as one');
  const version = bytes.readUInt32BE(4);
  if (version !== 2 && version !== 3 && version !== 4)
    throw unsupported(`version ${version}`, CONVERT.version);
  const end = bytes.length - 20;
  const unhashed = verifyChecksum(bytes, end);
  const parse = version === 4 ? expandEntries : parseEntries;
  const parsed = parse(bytes, 12, bytes.readUInt32BE(8), end);
  if (parsed === null) throw badIndex('an entry is cut off');
  const { entries } = parsed;
  const extensions = parseExtensions(bytes, parsed.next, end);
  // Only now: a split index, refused above, has entries without names.
  const disordered = entries.some((entry, i) => i > 0 && compareEntries(entries[i - 1]!, entry) >= 0);
  if (disordered) throw badIndex('its entries are out of order');
  const sparse = extensions.some(({ name }) => name === 'sdir');
  if (!sparse && entries.some(isDirectoryEntry)) throw badIndex('a directory is among the files');
  return { version, entries, extensions, unhashed };
}

/** The bytes of an index with its SHA-1, or with zeros when it is `unhashed`. */
export function renderIndex({ version, entries, extensions, unhashed }: GitIndex): Buffer {
  const header = Buffer.alloc(12);
  header.write('DIRC', 'latin1');
  header.writeUInt32BE(version, 4);
  header.writeUInt32BE(entries.length, 8);
  const tail = extensions.flatMap(({ name, data }) => {
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32BE(data.length, 4);
    return [head, data];
  });
  const parts = [header, ...(version === 4 ? [compressEntries(entries)] : runsOf(entries)), ...tail];
  const bytes = Buffer.concat([...parts, Buffer.alloc(20)]);
  const end = bytes.length - 20;
  if (!unhashed) sha1(bytes.subarray(0, end)).copy(bytes, end);
  return bytes;
}

/** The index with these paths changed; every other entry keeps its bytes, the cached trees stay true. */
export function spliceIndex(index: GitIndex, changes: readonly IndexChange[]): GitIndex {
  const parts: (readonly IndexEntry[])[] = [];
  let from = 0;
  for (const { name, entry } of [...changes].sort(byName)) {
    const at = placeFrom(index, name);
    parts.push(index.entries.slice(from, at), entry === null ? [] : [entry]);
    from = at;
    while (index.entries[from]?.name === name) from += 1;
  }
  const entries = ([] as IndexEntry[]).concat(...parts, index.entries.slice(from));
  const extensions = index.extensions.flatMap((extension) => {
    if (extension.name !== 'TREE') return [extension];
    const data = invalidateTree(
      extension.data,
      changes.map(({ name }) => name),
    );
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
export function entryFrom(index: GitIndex, name: string): IndexEntry | null {
  return index.entries[placeFrom(index, name)] ?? null;
}

function placeFrom({ entries }: GitIndex, name: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.name < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

function parseEntries(bytes: Buffer, start: number, count: number, end: number): ParsedEntries | null {
  const entries: PlacedEntry[] = [];
  let at = start;
  for (let left = count; left > 0; left -= 1) {
    if (at + 63 > end) return null;
    const name = namePlace(bytes, at);
    const next = at + paddedLength(name.start - at, name.end - name.start);
    if (name.end < 0 || next > end || bytes[name.end] !== 0) return null;
    entries.push(new PlacedEntry(bytes, at, next));
    at = next;
  }
  return { entries, next: at };
}

/** The bytes of the entries, those that lie together as one piece. */
function runsOf(entries: readonly IndexEntry[]): readonly Buffer[] {
  const runs: Buffer[] = [];
  let run: Place = { source: Buffer.alloc(0), start: 0, end: 0 };
  for (const { source, start, end } of entries.map(placeOf)) {
    const follows = source === run.source && start === run.end;
    if (!follows) runs.push(run.source.subarray(run.start, run.end));
    run = { source, start: follows ? run.start : start, end };
  }
  return [...runs, run.source.subarray(run.start, run.end)];
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
    if (!/^[A-Z]/.test(name) && !KEPT.has(name))
      throw unsupported(`the extension ${JSON.stringify(name)}`, 'git read-tree HEAD');
    if (KEPT.has(name)) extensions.push({ name, data: bytes.subarray(at + 8, next) });
    at = next;
  }
  return extensions;
}

/** Whether zeros stand in place of the checksum. */
function verifyChecksum(bytes: Buffer, end: number): boolean {
  const stored = bytes.subarray(end);
  if (stored.every((byte) => byte === 0)) return true;
  if (stored.equals(sha1(bytes.subarray(0, end)))) return false;
  throw badIndex('its checksum is wrong');
}

function byName(a: IndexChange, b: IndexChange): number {
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
