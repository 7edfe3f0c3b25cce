import {
  fieldsLength,
  flagsAt,
  type IndexEntry,
  namePlace,
  type Place,
  PlacedEntry,
  paddedLength,
  placeOf,
  sharedLength,
} from './index-entry.ts';

/** Entries as they were read, and where the bytes go on after them. */
export interface ParsedEntries {
  readonly entries: PlacedEntry[];
  readonly next: number;
}

/** How much is allocated at a time for expanded entries. */
const CHUNK = 1 << 20;

/**
 * Reads entries of version 4, whose names leave out what they share with the one before, into the layout of
 * version 3. Null when they are damaged or reach beyond `end`.
 */
export function expandEntries(bytes: Buffer, at: number, count: number, end: number): ParsedEntries | null {
  const entries: PlacedEntry[] = [];
  let previous: Place = { source: bytes, start: 0, end: 0 };
  let chunk = Buffer.alloc(0);
  let used = 0;
  let next = at;
  for (let left = count; left > 0; left -= 1) {
    const read = readShortened(bytes, next, end, entries.length === 0 ? null : previous);
    if (read === null) return null;
    const { fields, shared, rest, length } = read;
    const size = paddedLength(fields, shared + length);
    if (used + size > chunk.length) {
      chunk = Buffer.alloc(Math.max(CHUNK, size));
      used = 0;
    }
    const start = used + fields;
    bytes.copy(chunk, used, next, next + fields);
    previous.source.copy(chunk, start, previous.start, previous.start + shared);
    bytes.copy(chunk, start + shared, rest, rest + length);
    previous = { source: chunk, start, end: start + shared + length };
    entries.push(new PlacedEntry(chunk, used, used + size));
    used += size;
    next = rest + length + 1;
  }
  return { entries, next };
}

/** The bytes of version 4 for entries in the layout of version 3. */
export function compressEntries(entries: readonly IndexEntry[]): Buffer {
  // Five bytes tell at most how much of a name is left out.
  const most = entries.map(placeOf).reduce((sum, { start, end }) => sum + end - start + 5, 0);
  const bytes = Buffer.allocUnsafe(most);
  let used = 0;
  let previous: Place = { source: bytes, start: 0, end: 0 };
  for (const entry of entries) {
    const { source, start } = placeOf(entry);
    const name = namePlace(source, start);
    const shared = sharedLength(previous, name);
    used += source.copy(bytes, used, start, name.start);
    used = writeNumber(bytes, used, previous.end - previous.start - shared);
    used += source.copy(bytes, used, name.start + shared, name.end);
    bytes[used] = 0;
    used += 1;
    previous = name;
  }
  return bytes.subarray(0, used);
}

interface Shortened {
  /** The length of what stands before the name. */
  readonly fields: number;
  /** How much of the previous name stays. */
  readonly shared: number;
  /** Where the rest of the name lies, and its length. */
  readonly rest: number;
  readonly length: number;
}

function readShortened(bytes: Buffer, at: number, end: number, previous: Place | null): Shortened | null {
  if (at + 64 > end) return null;
  const flags = flagsAt(bytes, at);
  const fields = fieldsLength(flags);
  const cut = readNumber(bytes, at + fields, end);
  if (cut === null) return null;
  // The first one has nothing to share, whatever its number says.
  const shared = previous === null ? 0 : previous.end - previous.start - cut.value;
  const whole = flags & 0xfff;
  const rest = cut.next;
  const length = whole < 0xfff ? whole - shared : bytes.indexOf(0, rest) - rest;
  if (shared < 0 || length < 0 || rest + length >= end || bytes[rest + length] !== 0) return null;
  return { fields, shared, rest, length };
}

/** A number of seven bits a byte, high ones first, one added at each step. */
function readNumber(bytes: Buffer, at: number, end: number): { value: number; next: number } | null {
  let value = 0;
  for (let next = at; next < end && value < 2 ** 40; next += 1) {
    const byte = bytes[next]!;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: next + 1 };
    value += 1;
  }
  return null;
}

function writeNumber(bytes: Buffer, at: number, value: number): number {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) {
    rest -= 1;
    digits.unshift(0x80 | (rest & 0x7f));
  }
  bytes.set(digits, at);
  return at + digits.length;
}
