import { diffArrays } from 'diff';
import type { Sides } from '../domain/merge-order.ts';
import type { Line } from './merge-lines.ts';

/** Lines that both sides agree on, or that both changed; the latter with what the base said. */
export type Chunk =
  | { readonly kind: 'merged'; readonly lines: readonly Line[] }
  | ({ readonly kind: 'conflict' } & Sides<readonly Line[]>);

/** Beyond so many differing lines what stands between two equal ends counts as changed as a whole. */
const maxEdits = 10_000;

/**
 * Merges three texts by lines, as `git merge-file` does: lines that all three share hold the text together;
 * between them the side that changed something wins, and two changes are a conflict, narrowed to the lines
 * that differ. Lines compare by their text; what is common is taken from ours.
 */
export function mergeLines(sides: Sides<readonly Line[]>): Chunk[] {
  const { base, ours, theirs } = sides;
  const inOurs = matches(base, ours);
  const inTheirs = matches(base, theirs);
  const chunks: Chunk[] = [];
  let from = { base: 0, ours: 0, theirs: 0 };
  const close = (to: typeof from) => {
    chunks.push(
      ...settled({
        base: base.slice(from.base, to.base),
        ours: ours.slice(from.ours, to.ours),
        theirs: theirs.slice(from.theirs, to.theirs),
      }),
    );
  };
  for (let at = 0; at < base.length; at += 1) {
    const o = inOurs[at] ?? -1;
    const t = inTheirs[at] ?? -1;
    const line = ours[o];
    if (o < 0 || t < 0 || !line) continue;
    close({ base: at, ours: o, theirs: t });
    chunks.push({ kind: 'merged', lines: [line] });
    from = { base: at + 1, ours: o + 1, theirs: t + 1 };
  }
  close({ base: base.length, ours: ours.length, theirs: theirs.length });
  return chunks;
}

/** A run that not all three share. */
function settled(sides: Sides<readonly Line[]>): Chunk[] {
  const { base, ours, theirs } = sides;
  const merged = (lines: readonly Line[]): Chunk[] => (lines.length > 0 ? [{ kind: 'merged', lines }] : []);
  if (equal(ours, theirs) || equal(theirs, base)) return merged(ours);
  if (equal(ours, base)) return merged(theirs);
  const head = commonStart(ours, theirs);
  const tail = commonStart(ours.slice(head).toReversed(), theirs.slice(head).toReversed());
  const middle = (lines: readonly Line[]) => lines.slice(head, lines.length - tail);
  return [
    ...merged(ours.slice(0, head)),
    { kind: 'conflict', base, ours: middle(ours), theirs: middle(theirs) },
    ...merged(ours.slice(ours.length - tail)),
  ];
}

/** How many lines two runs begin with in common. */
export function commonStart(a: readonly Line[], b: readonly Line[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[count]?.text === b[count]?.text) count += 1;
  return count;
}

function equal(a: readonly Line[], b: readonly Line[]): boolean {
  return a.length === b.length && commonStart(a, b) === a.length;
}

/** For each line of `a` the line of `b` that it became, or -1. */
function matches(a: readonly Line[], b: readonly Line[]): number[] {
  const found = new Array<number>(a.length).fill(-1);
  const head = commonStart(a, b);
  const tail = commonStart(a.slice(head).toReversed(), b.slice(head).toReversed());
  for (let i = 0; i < head; i += 1) found[i] = i;
  for (let i = 0; i < tail; i += 1) found[a.length - 1 - i] = b.length - 1 - i;
  const texts = (lines: readonly Line[]) => lines.slice(head, lines.length - tail).map((line) => line.text);
  const changes = diffArrays(texts(a), texts(b), { maxEditLength: maxEdits });
  let [i, j] = [head, head];
  for (const { added, removed, count } of changes ?? []) {
    if (!added && !removed) for (let k = 0; k < count; k += 1) found[i + k] = j + k;
    if (!added) i += count;
    if (!removed) j += count;
  }
  return found;
}
