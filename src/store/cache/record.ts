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

/** The inputs as they are kept: a text, and the numbers of the stamps that it stands for. */
interface Packed {
  readonly text: string;
  readonly stamps: readonly number[];
}

function pack(record: CacheRecord): Packed {
  const stamps = record.inputs.flatMap((one) => ('stamp' in one ? one.stamp : []));
  const lines = record.inputs.map(lineOf);
  return { text: [record.headTree ?? '-', ...lines].join('\n'), stamps: [record.readAt, ...stamps] };
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

function unpack({ text, stamps }: Packed, value: string): CacheRecord {
  const [headTree = '-', ...lines] = text.split('\n');
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
  return { readAt: stamps[0] ?? 0, headTree: headTree === '-' ? null : headTree, inputs, value };
}

/**
 * Renders the records of one file: a checksum over the rest, what they were all made with, and each record
 * behind the lengths of its parts.
 */
export function renderRecords(madeWith: string, records: ReadonlyMap<string, CacheRecord>): Buffer {
  const parts: Buffer[] = [sized(madeWith)];
  for (const [key, record] of records) {
    const { text, stamps } = pack(record);
    parts.push(
      sized(key),
      sized(text),
      sized(Buffer.from(Float64Array.from(stamps).buffer)),
      sized(record.value),
    );
  }
  const body = Buffer.concat(parts);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(body));
  return Buffer.concat([Buffer.from(MAGIC), sum, body]);
}

function sized(part: string | Buffer): Buffer {
  const bytes = typeof part === 'string' ? Buffer.from(part) : part;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Reads them back, each when it is asked for; null when they are damaged, or made with something else. */
export function readRecords(
  bytes: Buffer,
  madeWith: string,
): { readonly keys: () => Iterable<string>; readonly get: (key: string) => CacheRecord | undefined } | null {
  const head = MAGIC.length + 4;
  if (bytes.length < head || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
  const body = bytes.subarray(head);
  if (crc32(body) !== bytes.readUInt32LE(MAGIC.length)) return null;
  let at = 0;
  const next = (): Buffer => {
    const from = at + 4;
    at = from + body.readUInt32LE(at);
    return body.subarray(from, at);
  };
  if (next().toString() !== madeWith) return null;
  const places = new Map<string, number>();
  while (at < body.length) {
    const key = next().toString();
    places.set(key, at);
    for (let part = 0; part < 3; part += 1) next();
  }
  const get = (key: string): CacheRecord | undefined => {
    const place = places.get(key);
    if (place === undefined) return undefined;
    at = place;
    const text = next().toString();
    const packed = next();
    const stamps: number[] = [];
    for (let n = 0; n < packed.length; n += 8) stamps.push(packed.readDoubleLE(n));
    return unpack({ text, stamps }, next().toString());
  };
  return { keys: () => places.keys(), get };
}
