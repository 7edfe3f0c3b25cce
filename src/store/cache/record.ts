import { crc32 } from 'node:zlib';
import type { Stamp } from './stamp.ts';
import type { Input } from './trace.ts';

/** A result and what it rests on. */
export interface CacheRecord {
  /** When its inputs were read at the latest, by the file system's clock in milliseconds. */
  readonly readAt: number;
  /** Id in HEAD of the folder that all its inputs of HEAD lie in; null where there is no such folder. */
  readonly headTree: string | null;
  readonly inputs: readonly Input[];
  /** JSON. */
  readonly value: string;
}

/** Raised when the form of what is kept changes. */
const MAGIC = 'scend-cache-1\n';

/** The bytes that a record is kept as: its inputs' lines, the numbers of their stamps, its value. */
export function encodeRecord({ readAt, headTree, inputs, value }: CacheRecord): Buffer {
  const lines = [headTree ?? '-', ...inputs.map(lineOf)].join('\n');
  const stamps = inputs.flatMap((one) => ('stamp' in one ? one.stamp : []));
  return joined([lines, Buffer.from(Float64Array.of(readAt, ...stamps).buffer), value], 0);
}

function lineOf(input: Input): string {
  switch (input.kind) {
    case 'file':
      return `F${input.digest} ${input.path}`;
    case 'folder':
      return `D${input.digest} ${input.path}`;
    case 'absent':
      return `M ${input.path}`;
    case 'head':
      return `H${input.oid ?? '-'} ${input.path}`;
    case 'day':
      return `T${input.date} ${input.timeZone}`;
  }
}

/** Reads it back. */
export function decodeRecord(bytes: Buffer): CacheRecord {
  const [text, numbers, value] = parts(bytes);
  const stamps = Array.from(
    { length: (numbers?.length ?? 0) / 8 },
    (_, n) => numbers?.readDoubleLE(8 * n) ?? 0,
  );
  const [headTree = '-', ...lines] = text?.toString().split('\n') ?? [];
  let at = 1;
  const inputs = lines.map((line): Input => {
    const space = line.indexOf(' ');
    const [letter, word, path] = [line[0], line.slice(1, space), line.slice(space + 1)];
    switch (letter) {
      case 'F':
      case 'D': {
        const stamp = stamps.slice(at, at + 4) as unknown as Stamp;
        at += 4;
        return { kind: letter === 'F' ? 'file' : 'folder', path, stamp, digest: word };
      }
      case 'M':
        return { kind: 'absent', path };
      case 'H':
        return { kind: 'head', path, oid: word === '-' ? null : word };
      default:
        return { kind: 'day', timeZone: path, date: word };
    }
  });
  return {
    readAt: stamps[0] ?? 0,
    headTree: headTree === '-' ? null : headTree,
    inputs,
    value: value?.toString() ?? '',
  };
}

/**
 * One file of records, which are bytes to it: a checksum over the rest, what they were all made with, and each
 * key with its record, all behind their lengths.
 */
export function renderRecords(madeWith: string, records: ReadonlyMap<string, Buffer>): Buffer {
  const body = joined([madeWith, ...[...records].flat()], MAGIC.length + 4);
  body.write(MAGIC, 'latin1');
  body.writeUInt32LE(crc32(body.subarray(MAGIC.length + 4)), MAGIC.length);
  return body;
}

/** Reads them back; null when they are damaged, or made with something else. */
export function readRecords(bytes: Buffer, madeWith: string): Map<string, Buffer> | null {
  const head = MAGIC.length + 4;
  if (bytes.length < head || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
  const body = bytes.subarray(head);
  if (crc32(body) !== bytes.readUInt32LE(MAGIC.length)) return null;
  const [made, ...rest] = parts(body);
  if (made?.toString() !== madeWith) return null;
  const records = new Map<string, Buffer>();
  for (let n = 0; n + 1 < rest.length; n += 2) records.set(rest[n]?.toString() ?? '', rest[n + 1] as Buffer);
  return records;
}

/** The parts behind their lengths, with room before them; in one piece of memory, as they are megabytes in all. */
function joined(parts: readonly (string | Buffer)[], room: number): Buffer {
  const sizes = parts.map((one) => Buffer.byteLength(one));
  const bytes = Buffer.allocUnsafeSlow(sizes.reduce((sum, one) => sum + 4 + one, room));
  let at = room;
  for (const [n, part] of parts.entries()) {
    at = bytes.writeUInt32LE(sizes[n] ?? 0, at);
    at += typeof part === 'string' ? bytes.write(part, at) : part.copy(bytes, at);
  }
  return bytes;
}

/** What stands behind each length. Throws a RangeError where it goes beyond the end. */
function parts(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const from = at + 4;
    at = from + bytes.readUInt32LE(at);
    if (at > bytes.length) throw new RangeError('a record is cut off');
    found.push(bytes.subarray(from, at));
  }
  return found;
}
