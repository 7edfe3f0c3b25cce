import { inPlace, mergeOrder, type Placed, type Side, type Sides, threeWay } from '../domain/merge-order.ts';
import { commonStart, mergeLines } from './diff3.ts';
import { brief, type Line, type Piece, sameLines } from './merge-lines.ts';

/** A thing with a key and its own lines: a heading, a ticket, a detail, a key of the front matter. */
export interface Entry<T> extends Placed {
  /** Opens a group of its own key. */
  readonly heading: boolean;
  readonly lines: readonly Line[];
  readonly data: T;
}

/** A text as entries and the lines around them: `gaps[i]` stands before `entries[i]`, the last one at the end. */
export interface Outline<T> {
  readonly entries: readonly Entry<T>[];
  readonly gaps: readonly (readonly Line[])[];
}

/** One part of the result, with the key of the entry that it is; null for the lines between entries. */
export interface Part {
  readonly key: string | null;
  readonly pieces: readonly Piece[];
}

export interface OutlineMerge<T> {
  /** Orders what both sides put at one place. */
  readonly compare: (a: string, b: string) => number;
  readonly entry: (sides: Sides<Entry<T> | null>, key: string, placed: 'ours' | 'theirs') => readonly Piece[];
  /** What the lines behind an entry are called; null for those before the first. */
  readonly textAfter: (key: string | null) => { readonly subject: string; readonly field: string | null };
}

const sideNames = ['base', 'ours', 'theirs'] as const;

/**
 * Merges three outlines: first which entries there are and in what order, then each entry by itself, then the
 * lines between them. For these each outline is brought into the merged order, so that it is plain which lines
 * of the three stand at one place.
 */
export function mergeOutlines<T>(sides: Sides<Outline<T>>, merge: OutlineMerge<T>): Part[] {
  const byKey = each((side) => new Map(sides[side].entries.map((one) => [one.key, one])));
  const order = orderOf(sides, byKey, merge.compare);
  const thin = each((side) => thinned(sides[side], order));
  const gaps = each((side) => gapsIn(thin, side, order));
  const parts: Part[] = [];
  for (let index = 0; index <= order.length; index += 1) {
    const gap = each((side) => gaps[side][index] ?? []);
    const after = index === 0 ? null : (order[index - 1]?.key ?? null);
    parts.push({ key: null, pieces: mergeGap(gap, merge.textAfter(after)) });
    const place = order[index];
    if (!place) continue;
    const { key, from } = place;
    const own = each((side) => byKey[side].get(key) ?? null);
    parts.push({ key, pieces: merge.entry(own, key, from) });
  }
  return parts;
}

function each<T>(of: (side: Side) => T): Sides<T> {
  return { base: of('base'), ours: of('ours'), theirs: of('theirs') };
}

function mergeGap(
  sides: Sides<readonly Line[]>,
  name: { readonly subject: string; readonly field: string | null },
): Piece[] {
  if (sameLines(sides.ours, sides.theirs)) return [...sides.ours];
  return mergeLines(sides).flatMap((chunk): Piece[] => {
    if (chunk.kind === 'merged') return [...chunk.lines];
    const plain = mergeBlanks(chunk);
    if (plain) return plain;
    const says = { ours: firstWords(chunk.ours), theirs: firstWords(chunk.theirs) };
    return [{ ...name, says, ours: chunk.ours, theirs: chunk.theirs }];
  });
}

/** Blank lines around a text are no statement to quarrel over; null when the texts themselves differ. */
function mergeBlanks(sides: Sides<readonly Line[]>): Line[] | null {
  const cut = each((side) => withoutBlanks(sides[side]));
  const found = threeWay(
    each((side) => cut[side].text),
    sameLines,
  );
  if (found === 'conflict') return null;
  const longer = (key: 'head' | 'tail') =>
    cut.ours[key].length >= cut.theirs[key].length ? cut.ours[key] : cut.theirs[key];
  return [...longer('head'), ...cut[found].text, ...longer('tail')];
}

function withoutBlanks(lines: readonly Line[]) {
  const first = lines.findIndex((line) => line.text.trim() !== '');
  if (first < 0) return { head: lines, text: [], tail: [] };
  const last = lines.findLastIndex((line) => line.text.trim() !== '') + 1;
  return { head: lines.slice(0, first), text: lines.slice(first, last), tail: lines.slice(last) };
}

function firstWords(lines: readonly Line[]): string {
  return brief(lines.find((line) => line.text.trim() !== '')?.text ?? null);
}

interface Ordered extends Placed {
  readonly from: 'ours' | 'theirs';
}

type Keyed<T> = Sides<ReadonlyMap<string, Entry<T>>>;

function orderOf<T>(
  sides: Sides<Outline<T>>,
  byKey: Keyed<T>,
  compare: OutlineMerge<T>['compare'],
): Ordered[] {
  const keys = new Set(sideNames.flatMap((side) => [...byKey[side].keys()]));
  const groupOf = new Map<string, string>();
  for (const key of keys) {
    const own = each((side) => byKey[side].get(key) ?? null);
    if (isGone(own)) continue;
    groupOf.set(key, mergedGroup(own));
  }
  const isHeading = (key: string) => sideNames.some((side) => byKey[side].get(key)?.heading);
  // A heading that one side took out stays while something stands under it.
  for (const group of [...groupOf.values()])
    if (keys.has(group) && !groupOf.has(group)) groupOf.set(group, '');
  const listed = (side: Side, wanted: (one: Entry<T>) => boolean) =>
    sides[side].entries.filter(wanted).map((one) => one.key);
  const headings = new Set([...groupOf.keys()].filter(isHeading));
  const groups = mergeOrder(
    each((side) => listed(side, (one) => one.heading)),
    headings,
    compare,
  );
  const membersOf = grouped(
    [...groupOf].filter(([key]) => !isHeading(key)),
    ([, group]) => group,
  );
  const entriesOf = each((side) =>
    grouped(
      sides[side].entries.filter((one) => !one.heading),
      (one) => one.group,
    ),
  );
  const inGroup = (group: string): Ordered[] => {
    const members = new Set(membersOf.get(group)?.map(([key]) => key));
    if (members.size === 0) return [];
    const lists = each((side) => (entriesOf[side].get(group) ?? []).map((one) => one.key));
    return mergeOrder(lists, members, compare).map((one) => ({ ...one, group }));
  };
  return [...inGroup(''), ...groups.flatMap((one) => [{ ...one, group: one.key }, ...inGroup(one.key)])];
}

function grouped<T>(items: readonly T[], of: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(of(item));
    if (group) group.push(item);
    else groups.set(of(item), [item]);
  }
  return groups;
}

/** Taken out by one side and left alone by the other. */
function isGone<T>({ base, ours, theirs }: Sides<Entry<T> | null>): boolean {
  if (ours && theirs) return false;
  const left = ours ?? theirs;
  if (!left) return true;
  return base !== null && sameLines(base.lines, left.lines) && base.group === left.group;
}

/** Two different moves are told when the entries are merged; ours is where it stands until then. */
function mergedGroup<T>({ base, ours, theirs }: Sides<Entry<T> | null>): string {
  if (!ours || !theirs) return (ours ?? theirs)?.group ?? '';
  const moved = threeWay({ base: base?.group ?? null, ours: ours.group, theirs: theirs.group });
  return moved === 'theirs' ? theirs.group : ours.group;
}

/** An outline with only those entries that stand in the merged order as they are, and the lines between these. */
interface Thinned {
  readonly kept: readonly string[];
  /** `gaps[i]` stands before `kept[i]`, the last one at the end. */
  readonly gaps: readonly (readonly Line[])[];
}

/** Entries that stand elsewhere in the merged order leave their surroundings behind as one gap. */
function thinned<T>(outline: Outline<T>, order: readonly Ordered[]): Thinned {
  const isKept = keptEntries(outline, order);
  const kept: string[] = [];
  const gaps: Line[][] = [[]];
  for (const [index, gap] of outline.gaps.entries()) {
    for (const line of gap) gaps.at(-1)?.push(line);
    const entry = outline.entries[index];
    if (!entry || !isKept.has(entry.key)) continue;
    kept.push(entry.key);
    gaps.push([]);
  }
  return { kept, gaps };
}

/** The lines that one side has between the entries of the merged order, had it the same order. */
function gapsIn(sides: Sides<Thinned>, side: Side, order: readonly Ordered[]): (readonly Line[])[] {
  const { kept, gaps } = sides[side];
  const here = new Set(kept);
  const places = each((one) => new Map(sides[one].kept.map((key, index) => [key, index])));
  const found: (readonly Line[])[] = [];
  let next = 0;
  let rest = gaps[0] ?? [];
  for (const { key, from } of order) {
    if (here.has(key)) {
      found.push(rest);
      next += 1;
      rest = gaps[next] ?? [];
      continue;
    }
    const cut = cutFor(rest, sides[from], places[from].get(key), here);
    found.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...found, rest];
}

/**
 * Where, among the lines that one side has at a place, an entry goes that the other side put there: behind the
 * lines that precede it there; where this side changed these, in front of the lines that follow it there.
 */
function cutFor(
  lines: readonly Line[],
  model: Thinned,
  index: number | undefined,
  here: ReadonlySet<string>,
): number {
  const before = index === undefined ? [] : (model.gaps[index] ?? []);
  const shared = commonStart(lines, before);
  if (index === undefined || shared === before.length || shared === lines.length) return shared;
  const next = model.kept[index + 1];
  if (next !== undefined && !here.has(next)) return lines.length;
  const after = model.gaps[index + 1] ?? [];
  const follows = commonStart(lines.toReversed(), after.toReversed()) === after.length;
  return follows ? Math.max(shared, lines.length - after.length) : shared;
}

/** The entries of an outline that stand in the merged order as they are. */
function keptEntries<T>({ entries }: Outline<T>, order: readonly Ordered[]): ReadonlySet<string> {
  const wanted = new Map(order.map((one) => [one.key, one]));
  const present = entries.filter((one) => wanted.has(one.key));
  const headings = inOrder(
    order,
    present.filter((one) => one.heading),
  );
  const kept = new Set<string>(headings);
  const here = present.filter(
    (one) =>
      !one.heading &&
      wanted.get(one.key)?.group === one.group &&
      (one.group === '' || headings.has(one.group)),
  );
  const orders = grouped(order, (one) => one.group);
  for (const [name, group] of grouped(here, (one) => one.group))
    for (const key of inOrder(orders.get(name) ?? [], group)) kept.add(key);
  return kept;
}

function inOrder<T>(order: readonly Ordered[], entries: readonly Entry<T>[]): Set<string> {
  return inPlace(
    order.map((one) => one.key),
    entries.map((one) => one.key),
  );
}
