/** Byte places in an entry. */
export const MTIME = 8;
const MODE = 24;
export const SIZE = 36;
const OID = 40;
const FLAGS = 60;
const EXTENDED_FLAGS = 62;

/** One entry: `raw` is all its bytes in the layout of versions 2 and 3, with padding. */
export interface IndexEntry {
  readonly raw: Buffer;
  /** The path's bytes, one per character; ends in a slash for a directory of a sparse index. */
  readonly name: string;
  readonly stage: number;
}

/** Where the bytes of something lie. */
export interface Place {
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

/** An entry as a place in the bytes of many: nothing is copied from there until it is asked for. */
export class PlacedEntry implements IndexEntry, Place {
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;

  constructor(source: Buffer, start: number, end: number) {
    this.source = source;
    this.start = start;
    this.end = end;
  }

  get raw(): Buffer {
    return this.source.subarray(this.start, this.end);
  }

  get name(): string {
    const { source, start, end } = namePlace(this.source, this.start);
    return source.toString('latin1', start, end);
  }

  get stage(): number {
    return (this.source.readUInt16BE(this.start + FLAGS) >> 12) & 3;
  }
}

export function placeOf(entry: IndexEntry): Place {
  return entry instanceof PlacedEntry ? entry : { source: entry.raw, start: 0, end: entry.raw.length };
}

/** Where the name of the entry at a place lies; its end is -1 when no zero ends it. */
export function namePlace(source: Buffer, at: number): Place {
  const flags = source.readUInt16BE(at + FLAGS);
  const start = at + fieldsLength(flags);
  const length = flags & 0xfff;
  return { source, start, end: length < 0xfff ? start + length : source.indexOf(0, start) };
}

/** The flags of the entry at a place, which say how its bytes go on. */
export function flagsAt(source: Buffer, at: number): number {
  return source.readUInt16BE(at + FLAGS);
}

/** The length of what stands before the name. */
export function fieldsLength(flags: number): number {
  return (flags & 0x4000) === 0 ? EXTENDED_FLAGS : EXTENDED_FLAGS + 2;
}

/** The length of an entry: its fields, its name and one to eight zeros. */
export function paddedLength(fields: number, name: number): number {
  return (fields + name + 8) & ~7;
}

/** The mode in octal, as trees write it. */
export function entryMode(entry: IndexEntry): string {
  return numberAt(entry, MODE).toString(8);
}

export function entryOid(entry: IndexEntry): string {
  const { source, start } = placeOf(entry);
  return source.toString('hex', start + OID, start + OID + 20);
}

/** When the file was changed last, in seconds, cut to 32 bits. */
export function entryTime(entry: IndexEntry): number {
  return numberAt(entry, MTIME);
}

/** How long the file was, cut to 32 bits; 0 also when Git is to compare the content. */
export function entrySize(entry: IndexEntry): number {
  return numberAt(entry, SIZE);
}

/** Whether it stands for a whole directory, which the sparse checkout leaves out. */
export function isDirectoryEntry(entry: IndexEntry): boolean {
  return numberAt(entry, MODE) === 0o040000;
}

/** What `git update-index` and `git add -N` may have marked the entry as. */
export function entryMarks(entry: IndexEntry) {
  const { source, start } = placeOf(entry);
  const flags = flagsAt(source, start);
  const extended = (flags & 0x4000) === 0 ? 0 : source.readUInt16BE(start + EXTENDED_FLAGS);
  return {
    assumeUnchanged: (flags & 0x8000) !== 0,
    skipWorktree: (extended & 0x4000) !== 0,
    intentToAdd: (extended & 0x2000) !== 0,
  };
}

/** A stage 0 entry; `stat` is the 40 bytes of file data, of which the mode is overwritten. */
export function makeEntry(name: string, mode: string, oid: string, stat: Buffer): IndexEntry {
  const length = Buffer.byteLength(name, 'latin1');
  const raw = Buffer.alloc(paddedLength(EXTENDED_FLAGS, length));
  stat.copy(raw, 0, 0, OID);
  raw.writeUInt32BE(Number.parseInt(mode, 8), MODE);
  raw.write(oid, OID, 'hex');
  raw.writeUInt16BE(Math.min(length, 0xfff), FLAGS);
  raw.write(name, EXTENDED_FLAGS, 'latin1');
  return new PlacedEntry(raw, 0, raw.length);
}

/** The entry with its size zeroed, which makes Git compare the content instead of trusting the file data. */
export function smudgeEntry(entry: IndexEntry): IndexEntry {
  const raw = Buffer.from(entry.raw);
  raw.writeUInt32BE(0, SIZE);
  return new PlacedEntry(raw, 0, raw.length);
}

/** Below 0 when one entry comes before the other: by name, then stage. */
export function compareEntries(a: IndexEntry, b: IndexEntry): number {
  const one = placeOf(a);
  const other = placeOf(b);
  const left = namePlace(one.source, one.start);
  const right = namePlace(other.source, other.start);
  const shared = sharedLength(left, right);
  const order = left.end - left.start - (right.end - right.start);
  if (shared === Math.min(left.end - left.start, right.end - right.start)) return order || a.stage - b.stage;
  return left.source[left.start + shared]! - right.source[right.start + shared]!;
}

/** How many bytes two places begin with in common. */
export function sharedLength(a: Place, b: Place): number {
  const most = Math.min(a.end - a.start, b.end - b.start);
  let shared = 0;
  while (shared < most && a.source[a.start + shared] === b.source[b.start + shared]) shared += 1;
  return shared;
}

function numberAt(entry: IndexEntry, at: number): number {
  const { source, start } = placeOf(entry);
  return source.readUInt32BE(start + at);
}
