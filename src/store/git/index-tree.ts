/** The head of one directory in the TREE extension; the directories it holds follow, each with its own. */
interface Head {
  /** Where its name ends. */
  readonly nul: number;
  /** How many directories it holds itself. */
  readonly below: number;
  /** Where the first of them begins. */
  readonly next: number;
}

class Damaged extends Error {}

type Names = readonly string[];

/**
 * The TREE extension with the directories of these paths marked as not known any more, the others kept.
 * Null when the data is damaged.
 */
export function invalidateTree(data: Buffer, paths: readonly string[]): Buffer | null {
  const parts: Buffer[] = [];
  const names = paths.map((path) => path.split('/'));
  try {
    const end = names.length === 0 ? skip(data, 0) : invalidate(data, 0, names, parts);
    if (end !== data.length) return null;
    return names.length === 0 ? data : Buffer.concat(parts);
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}

/** Collects what becomes of the directory at a place, where `paths` go on from it; returns where it ends. */
function invalidate(data: Buffer, start: number, paths: readonly Names[], parts: Buffer[]): number {
  const { nul, below, next } = readHead(data, start);
  const own = parts.push(Buffer.alloc(0)) - 1;
  const wanted = new Set(paths.map(([first]) => first));
  let left = below;
  let at = next;
  let kept = next;
  for (let i = 0; i < below; i += 1) {
    const name = data.toString('latin1', at, readHead(data, at).nul);
    if (!wanted.has(name)) {
      at = skip(data, at);
      continue;
    }
    parts.push(data.subarray(kept, at));
    const inside = paths.filter(([first]) => first === name).map((path) => path.slice(1));
    // What was a directory may be a file now.
    const gone = inside.some((path) => path.length === 0);
    if (gone) left -= 1;
    at = gone ? skip(data, at) : invalidate(data, at, inside, parts);
    kept = at;
  }
  parts.push(data.subarray(kept, at));
  parts[own] = Buffer.concat([data.subarray(start, nul), Buffer.from(`\0-1 ${left}\n`)]);
  return at;
}

/** Where the directory at a place ends, with all it holds. */
function skip(data: Buffer, start: number): number {
  let at = start;
  for (let left = 1; left > 0; left -= 1) {
    const { below, next } = readHead(data, at);
    left += below;
    at = next;
  }
  return at;
}

/** `name NUL count SPACE below LF`, then the tree's id unless the count is negative. Byte by byte: it is met often. */
function readHead(data: Buffer, start: number): Head {
  let nul = start;
  while (nul < data.length && data[nul] !== 0) nul += 1;
  const known = data[nul + 1] !== 0x2d;
  const space = skipNumber(data, known ? nul + 1 : nul + 2);
  const newline = skipNumber(data, space + 1);
  const next = newline + (known ? 21 : 1);
  if (data[space] !== 0x20 || data[newline] !== 0x0a || next > data.length) throw new Damaged();
  return { nul, below: Number(data.toString('latin1', space + 1, newline)), next };
}

function skipNumber(data: Buffer, start: number): number {
  let at = start;
  while (data[at]! >= 0x30 && data[at]! <= 0x39) at += 1;
  if (at === start) throw new Damaged();
  return at;
}
