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
  const isBackbone = (key: string) => stable.ours.has(key) && stable.theirs.has(key);
  const inOurs = new Set(own('ours'));
  const inBase = new Set(base);
  const inTheirs = new Set(own('theirs'));
  const placedBy = (key: string): 'ours' | 'theirs' => {
    if (!inTheirs.has(key)) return 'ours';
    if (!inOurs.has(key)) return 'theirs';
    return !inBase.has(key) || !stable.ours.has(key) ? 'ours' : 'theirs';
  };
  const runs = new Map<string | null, { ours: string[]; theirs: string[] }>();
  for (const side of ['ours', 'theirs'] as const) {
    let after: string | null = null;
    for (const key of own(side)) {
      if (isBackbone(key)) after = key;
      else if (placedBy(key) === side) {
        const run = runs.get(after) ?? { ours: [], theirs: [] };
        run[side].push(key);
        runs.set(after, run);
      }
    }
  }
  return [null, ...base.filter(isBackbone)].flatMap((key) => {
    const { ours, theirs } = runs.get(key) ?? { ours: [], theirs: [] };
    const mine = ours.map((one) => ({ key: one, from: 'ours' as const }));
    const other = theirs.map((one) => ({ key: one, from: 'theirs' as const }));
    const swap = mine[0] && other[0] && compare(mine[0].key, other[0].key) > 0;
    const added = swap ? [...other, ...mine] : [...mine, ...other];
    return key === null ? added : [{ key, from: 'ours' as const }, ...added];
  });
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
