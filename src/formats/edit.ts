/** Replaces the characters from `start` up to `end` by `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Applies edits that were all computed on `text`; everything outside them stays as it is. Insertions at one
 * place are made in the order given. Throws when edits overlap or lie outside the text.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = edits.map((edit, order) => ({ ...edit, order }));
  ordered.sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order);
  let result = '';
  let position = 0;
  for (const { start, end, text: insert } of ordered) {
    if (start < position || end < start || end > text.length) {
      throw new RangeError(`edit ${start}–${end} overlaps another or lies outside the text`);
    }
    result += text.slice(position, start) + insert;
    position = end;
  }
  return result + text.slice(position);
}
