/** One thing in an order that two people may change: a ticket in its sprint, a detail under its ticket. */
export interface Placed {
  readonly key: string;
  /** The key of the heading it stands under; `''` above the first one. */
  readonly group: string;
}

export type Side = 'base' | 'ours' | 'theirs';
export type Sides<T> = Readonly<Record<Side, T>>;

/** Where a thing stands after the merge, and whose place that is. */
export interface MergedPlace extends Placed {
  readonly from: 'ours' | 'theirs';
}

/** Which of three values holds: a change wins over none, the same change counts once, two are a conflict. */
export function threeWay<T>(
  { base, ours, theirs }: Sides<T>,
  same: (a: T, b: T) => boolean = (a, b) => a === b,
): 'ours' | 'theirs' | 'conflict' {
  if (same(ours, theirs) || same(theirs, base)) return 'ours';
  return same(ours, base) ? 'theirs' : 'conflict';
}

/**
 * The order of one group's keys after both sides changed it. What neither side moved keeps the base's order;
 * what a side put somewhere follows what it follows there. Where both put something at one place, `compare`
 * orders it, so that it does not matter whose side is merged into whose.
 */
export function mergeOrder(
  lists: Sides<readonly string[]>,
  members: ReadonlySet<string>,
  compare: (a: string, b: string) => number,
): { readonly key: string; readonly from: 'ours' | 'theirs' }[] {
  const own = (side: Side) => lists[side].filter((key) => members.has(key));
  const base = own('base');
  const stable = { ours: inPlace(base, own('ours')), theirs: inPlace(base, own('theirs')) };
  const inOurs = new Set(own('ours'));
  const inBase = new Set(base);
  const inTheirs = new Set(own('theirs'));
  // What nobody moved, and what both added: it holds the two orders together.
  const isShared = (key: string) =>
    inBase.has(key) ? stable.ours.has(key) && stable.theirs.has(key) : inOurs.has(key) && inTheirs.has(key);
  const backbone = inPlace(own('theirs').filter(isShared), own('ours').filter(isShared));
  const placedBy = (key: string): 'ours' | 'theirs' => {
    if (!inTheirs.has(key)) return 'ours';
    if (!inOurs.has(key)) return 'theirs';
    return !inBase.has(key) || !stable.ours.has(key) ? 'ours' : 'theirs';
  };
  const runs = new Map<string | null, { ours: string[]; theirs: string[] }>();
  for (const side of ['ours', 'theirs'] as const) {
    let after: string | null = null;
    for (const key of own(side)) {
      if (backbone.has(key)) after = key;
      else if (placedBy(key) === side) {
        const run = runs.get(after) ?? { ours: [], theirs: [] };
        run[side].push(key);
        runs.set(after, run);
      }
    }
  }
  return [null, ...own('ours').filter((key) => backbone.has(key))].flatMap((key) => {
    const { ours, theirs } = runs.get(key) ?? { ours: [], theirs: [] };
    const added = interleave<{ readonly key: string; readonly from: 'ours' | 'theirs' }>(
      ours.map((one) => ({ key: one, from: 'ours' })),
      theirs.map((one) => ({ key: one, from: 'theirs' })),
      (a, b) => compare(a.key, b.key),
    );
    return key === null ? added : [{ key, from: 'ours' as const }, ...added];
  });
}

/** Two runs as one: each keeps its own order, and the lesser of the two next ones comes first. */
function interleave<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): T[] {
  const merged: T[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [x, y] = [a[i], b[j]];
    if (x === undefined || y === undefined) return [...merged, ...a.slice(i), ...b.slice(j)];
    const first = compare(x, y) <= 0;
    merged.push(first ? x : y);
    if (first) i += 1;
    else j += 1;
  }
}

/** The most keys of `list` that stand in the same order in `reference`: the others were moved, or are new. */
export function inPlace(reference: readonly string[], list: readonly string[]): Set<string> {
  const at = new Map(reference.map((key, index) => [key, index]));
  const shared = list.filter((key) => at.has(key));
  // The longest increasing subsequence, by the smallest last element of each length.
  const tails: number[] = [];
  const before: (number | undefined)[] = [];
  const place = (index: number) => at.get(shared[index] ?? '') ?? -1;
  for (let i = 0; i < shared.length; i += 1) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (place(tails[middle] ?? 0) < place(i)) low = middle + 1;
      else high = middle;
    }
    before[i] = tails[low - 1];
    tails[low] = i;
  }
  const kept = new Set<string>();
  for (let i = tails.at(-1); i !== undefined; i = before[i]) kept.add(shared[i] ?? '');
  return kept;
}
