import type { ObjectCache } from './object-cache.ts';
import { applyDelta, readSize } from './object-delta.ts';
import { inflateAt, type OpenFile, withFile } from './object-file.ts';
import type { StoredObject } from './object-id.ts';
import { findInPack, openPackIndex, type PackIndex } from './object-pack-index.ts';

/** A pack beside its index; what they are is looked at when the first object is asked for. */
export interface Pack {
  readonly path: string;
  index: PackIndex | null;
  checked: boolean;
  /** What others may be deltas to; shared by all packs. */
  readonly bases: ObjectCache;
}

const TYPES: Readonly<Record<number, string>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const OFFSET_DELTA = 6;
const ID_DELTA = 7;

/** The most bytes that stand before an object's data: two numbers, or one and an id. */
const MAX_HEAD = 32;

/** Where an object begins in a pack, or null. */
export function locateInPack(pack: Pack, oid: string): number | null {
  pack.index ??= openPackIndex(pack.path.replace(/pack$/, 'idx'));
  return findInPack(pack.index, Buffer.from(oid, 'hex'));
}

/** Reads the object that begins at a place, through all the deltas it is made of; throws when it is damaged. */
export function readPacked(pack: Pack, offset: number): StoredObject {
  return withFile(pack.path, (file) => {
    check(pack, file);
    const deltas: { readonly at: number; readonly bytes: Buffer }[] = [];
    const seen = new Set<number>();
    for (let at = offset; ; ) {
      if (seen.has(at)) throw new Error('a delta builds on itself');
      seen.add(at);
      const kept = pack.bases.get(baseKey(pack, at));
      const piece = kept === null ? readPiece(pack, file, at) : { ...kept, base: null };
      deltas.push({ at, bytes: piece.bytes });
      if (piece.base === null) return build(pack, piece.type, deltas);
      at = piece.base;
    }
  });
}

/** Builds an object from the deltas to it and, as the last of them, what they begin with. */
function build(
  pack: Pack,
  type: string,
  deltas: readonly { readonly at: number; readonly bytes: Buffer }[],
): StoredObject {
  const whole = deltas.reduceRight<Buffer | null>((base, { at, bytes }) => {
    const built = base === null ? bytes : applyDelta(base, bytes);
    // Directories build on one another as history goes on; files are handed out, so their bytes may change.
    if (type !== 'blob') pack.bases.set(baseKey(pack, at), { type, bytes: built });
    return built;
  }, null);
  return { type, bytes: whole! };
}

function baseKey({ path }: Pack, at: number): string {
  return `${path}:${at}`;
}

interface Piece {
  readonly type: string;
  readonly bytes: Buffer;
  /** Where the object begins that the bytes are a delta to. */
  readonly base: number | null;
}

function readPiece(pack: Pack, file: OpenFile, at: number): Piece {
  const end = file.size - 20;
  const head = file.read(at, Math.min(MAX_HEAD, end - at));
  const { size, next } = readPieceSize(head);
  const kind = (head[0]! >> 4) & 7;
  const { base, data } = baseOf(pack, kind, head, next, at);
  const type = base === null ? TYPES[kind] : 'delta';
  if (type === undefined) throw new Error(`an object of the unknown kind ${kind}`);
  return { type, bytes: inflateAt(file, at + data, end, size), base };
}

/** Four bits beside the kind, then seven a byte, low ones first. */
function readPieceSize(head: Buffer): { readonly size: number; readonly next: number } {
  const low = head[0]! & 0x0f;
  if (head[0]! < 0x80) return { size: low, next: 1 };
  const { size, next } = readSize(head, 1);
  return { size: low + size * 16, next };
}

function baseOf(pack: Pack, kind: number, head: Buffer, next: number, at: number) {
  if (kind === ID_DELTA) {
    const base = findInPack(pack.index!, head.subarray(next, next + 20));
    if (base === null) throw new Error('a delta builds on an object outside its pack');
    return { base, data: next + 20 };
  }
  if (kind !== OFFSET_DELTA) return { base: null, data: next };
  const { distance, data } = readDistance(head, next);
  if (distance <= 0 || distance >= at) throw new Error('a delta builds on what lies outside its pack');
  return { base: at - distance, data };
}

/** How far back the base lies: seven bits a byte, high ones first, one added at each step. */
function readDistance(head: Buffer, start: number): { readonly distance: number; readonly data: number } {
  let distance = 0;
  for (let at = start; at < head.length; at += 1) {
    distance = distance * 128 + (head[at]! & 0x7f);
    if (head[at]! < 0x80) return { distance, data: at + 1 };
    distance += 1;
  }
  throw new Error('a distance is cut off');
}

/** What Git itself looks at before it uses a pack: its kind, its count and that it is the index's own. */
function check(pack: Pack, file: OpenFile): void {
  if (pack.checked) return;
  const { count, packSum } = pack.index!;
  const head = file.read(0, 12);
  const version = head.readUInt32BE(4);
  const known = head.toString('latin1', 0, 4) === 'PACK' && (version === 2 || version === 3);
  if (!known || head.readUInt32BE(8) !== count || !file.read(file.size - 20, 20).equals(packSum))
    throw new Error(`${pack.path} does not belong to its index`);
  pack.checked = true;
}
