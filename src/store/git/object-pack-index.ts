import { type OpenFile, withFile } from './object-file.ts';

/** The `.idx` of a pack: where which object lies. Only the counts are kept, the rest is read where needed. */
export interface PackIndex {
  readonly path: string;
  readonly version: 1 | 2;
  /** How many ids begin with this byte or a smaller one, for each of the 256. */
  readonly fanout: Uint32Array;
  readonly count: number;
  /** What the pack must end with. */
  readonly packSum: Buffer;
}

/** An index of a kind this reader does not know. */
export class UnknownPackIndex extends Error {}

/** How many ids are read at once. */
const BLOCK = 512;

const MAGIC = 0xff74_4f63;

/** Opens an index of version 1 or 2; throws when it is damaged, and `UnknownPackIndex`. */
export function openPackIndex(path: string): PackIndex {
  return withFile(path, (file) => {
    const head = file.read(0, 8);
    const version = head.readUInt32BE(0) === MAGIC ? head.readUInt32BE(4) : 1;
    if (version !== 1 && version !== 2)
      throw new UnknownPackIndex(`${path} is an index of version ${version}`);
    const counts = file.read(version === 1 ? 0 : 8, 1024);
    const fanout = Uint32Array.from({ length: 256 }, (_, i) => counts.readUInt32BE(i * 4));
    const count = fanout[255]!;
    const least = version === 1 ? 1024 + count * 24 + 40 : 1032 + count * 28 + 40;
    const disordered = fanout.some((value, i) => i > 0 && value < fanout[i - 1]!);
    if (disordered || file.size < least) throw new Error(`${path} is damaged`);
    return { path, version, fanout, count, packSum: file.read(file.size - 40, 20) };
  });
}

/** Where an object begins in the pack, or null when the pack does not hold it. */
export function findInPack(index: PackIndex, oid: Buffer): number | null {
  const first = oid[0]!;
  let low = first === 0 ? 0 : index.fanout[first - 1]!;
  let high = index.fanout[first]!;
  if (low === high) return null;
  return withFile(index.path, (file) => {
    while (high - low > BLOCK) {
      const middle = (low + high) >>> 1;
      if (oid.compare(file.read(idPlace(index, middle), 20)) < 0) high = middle;
      else low = middle;
    }
    const start = idPlace(index, low);
    const ids = file.read(start, idPlace(index, high - 1) + 20 - start);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = idPlace(index, middle) - start;
      const order = oid.compare(ids, at, at + 20);
      if (order === 0) return readOffset(index, file, middle);
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return null;
  });
}

/** Version 1 keeps offset and id together; version 2 all ids, then all checksums, then all offsets. */
function idPlace({ version }: PackIndex, i: number): number {
  return version === 1 ? 1024 + i * 24 + 4 : 1032 + i * 20;
}

function readOffset({ version, count, path }: PackIndex, file: OpenFile, i: number): number {
  if (version === 1) return file.read(1024 + i * 24, 4).readUInt32BE(0);
  const offset = file.read(1032 + count * 24 + i * 4, 4).readUInt32BE(0);
  if (offset < 0x8000_0000) return offset;
  const far = Number(file.read(1032 + count * 28 + (offset - 0x8000_0000) * 8, 8).readBigUInt64BE(0));
  if (Number.isSafeInteger(far)) return far;
  throw new Error(`${path} is damaged`);
}
