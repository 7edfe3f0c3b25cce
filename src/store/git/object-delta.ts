/** What a delta makes of the object it builds on; throws when the two do not belong together. */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  const from = readSize(delta, 0);
  const to = readSize(delta, from.next);
  if (from.size !== base.length) throw new Error('a delta does not belong to its base');
  const target = Buffer.allocUnsafe(to.size);
  let used = 0;
  for (let at = to.next; at < delta.length; ) {
    const op = delta[at]!;
    at += 1;
    if (op === 0) throw new Error('a delta holds an unknown instruction');
    const copy = (op & 0x80) === 0 ? null : readCopy(delta, at, op);
    const source = copy === null ? delta : base;
    const start = copy?.start ?? at;
    const length = copy?.length ?? op;
    if (start + length > source.length || used + length > target.length)
      throw new Error('a delta reaches beyond its base or its end');
    source.copy(target, used, start, start + length);
    used += length;
    at = copy?.next ?? at + op;
  }
  if (used !== target.length) throw new Error('a delta ends too early');
  return target;
}

/** A size, seven bits a byte, low ones first. */
export function readSize(bytes: Buffer, start: number): { readonly size: number; readonly next: number } {
  let size = 0;
  for (let at = start, factor = 1; ; at += 1, factor *= 128) {
    const byte = bytes[at];
    if (byte === undefined || factor > 2 ** 49) throw new Error('a size is cut off');
    size += (byte & 0x7f) * factor;
    if (byte < 0x80) return { size, next: at + 1 };
  }
}

interface Copy {
  readonly start: number;
  readonly length: number;
  readonly next: number;
}

/** The bits of `op` tell which bytes of the place (four) and of the length (three) are written out. */
function readCopy(delta: Buffer, at: number, op: number): Copy {
  let next = at;
  let start = 0;
  let length = 0;
  for (let i = 0; i < 7; i += 1) {
    if ((op & (1 << i)) === 0) continue;
    const byte = delta[next];
    if (byte === undefined) throw new Error('a delta is cut off');
    if (i < 4) start += byte * 2 ** (8 * i);
    else length += byte * 2 ** (8 * (i - 4));
    next += 1;
  }
  return { start, length: length === 0 ? 0x10000 : length, next };
}
