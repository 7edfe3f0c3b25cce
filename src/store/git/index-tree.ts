/** One directory of the index's TREE extension: its tree's id while `count` is not negative. */
interface CachedTree {
  readonly name: string;
  readonly count: number;
  readonly oid: Buffer;
  readonly below: readonly CachedTree[];
}

/**
 * The TREE extension with the directories of these paths marked as not known any more, the others kept.
 * Null when the data is damaged.
 */
export function invalidateTree(data: Buffer, paths: readonly string[]): Buffer | null {
  const parsed = parseNode(data, 0);
  if (parsed === null || parsed[1] !== data.length) return null;
  const root = paths.reduce((tree, path) => invalidate(tree, path.split('/')), parsed[0]);
  return renderNode(root);
}

function invalidate(tree: CachedTree, [first, ...rest]: readonly string[]): CachedTree {
  // What was a directory may be a file now.
  const below =
    rest.length === 0
      ? tree.below.filter(({ name }) => name !== first)
      : tree.below.map((child) => (child.name === first ? invalidate(child, rest) : child));
  return { ...tree, count: -1, below };
}

function parseNode(data: Buffer, start: number): readonly [CachedTree, number] | null {
  const nul = data.indexOf(0, start);
  const newline = data.indexOf(0x0a, nul);
  if (nul < 0 || newline < 0) return null;
  const numbers = /^(-?\d+) (\d+)$/.exec(data.toString('latin1', nul + 1, newline));
  if (numbers === null) return null;
  const count = Number(numbers[1]);
  let at = newline + 1 + (count < 0 ? 0 : 20);
  if (at > data.length) return null;
  const oid = data.subarray(newline + 1, at);
  const below: CachedTree[] = [];
  for (let left = Number(numbers[2]); left > 0; left -= 1) {
    const child = parseNode(data, at);
    if (child === null) return null;
    below.push(child[0]);
    at = child[1];
  }
  return [{ name: data.toString('latin1', start, nul), count, oid, below }, at];
}

function renderNode({ name, count, oid, below }: CachedTree): Buffer {
  const head = Buffer.from(`${name}\0${count} ${below.length}\n`, 'latin1');
  return Buffer.concat([head, count < 0 ? Buffer.alloc(0) : oid, ...below.map(renderNode)]);
}
