import type { Sides } from '../domain/merge-order.ts';

/** A text with Git's conflict markers, as the versions that were merged. */
export interface MarkedText extends Sides<string> {
  /** True when the markers tell the common ancestor of every conflict (`merge.conflictStyle` diff3). */
  readonly hasBase: boolean;
  readonly size: number;
  readonly labels: { readonly ours: string; readonly theirs: string };
}

/**
 * Takes a text with conflict markers apart: outside of them all versions read the same, inside each has its
 * own part. Null when there are none, or when they are not whole.
 */
export function readMarkers(text: string): MarkedText | null {
  const size = /^<{7,}(?=[ \r\n])/m.exec(text)?.[0].length;
  if (size === undefined) return null;
  const sides = { base: '', ours: '', theirs: '' };
  const labels = { ours: '', theirs: '' };
  let at: 'all' | 'base' | 'ours' | 'theirs' = 'all';
  let [conflicts, bases] = [0, 0];
  for (const [line] of text.matchAll(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g)) {
    const mark = markOf(line, size);
    if (mark === null) {
      if (at === 'all') for (const side of ['base', 'ours', 'theirs'] as const) sides[side] += line;
      else sides[at] += line;
    } else if (mark === '<' && at === 'all') {
      at = 'ours';
      conflicts += 1;
      labels.ours ||= labelOf(line, size);
    } else if (mark === '|' && at === 'ours') {
      at = 'base';
      bases += 1;
    } else if (mark === '=' && (at === 'ours' || at === 'base')) at = 'theirs';
    else if (mark === '>' && at === 'theirs') {
      at = 'all';
      labels.theirs ||= labelOf(line, size);
    } else return null;
  }
  return at === 'all' ? { ...sides, hasBase: bases === conflicts, size, labels } : null;
}

/** The sign of a marker line; a longer or shorter run is none, nor is one with text right behind it. */
function markOf(line: string, size: number): '<' | '|' | '=' | '>' | null {
  const sign = line[0];
  if (sign !== '<' && sign !== '|' && sign !== '=' && sign !== '>') return null;
  if (!line.startsWith(sign.repeat(size))) return null;
  const rest = line.slice(size);
  if (sign === '=') return /^[ \t]*[\r\n]*$/.test(rest) ? sign : null;
  return /^(?: |[\r\n]|$)/.test(rest) ? sign : null;
}

/** What Git called the side, without what Scend may have added. */
function labelOf(line: string, size: number): string {
  return line
    .slice(size)
    .replace(/ \(.*\)\s*$/, '')
    .trim();
}
