import { hiddenCharacters } from '../domain/text.ts';

/** Also no part of a label: lone surrogates and what XML cannot hold, marks of direction, tag characters. */
const unfit = /[\ud800-\udfff\ufffe\uffff\ufff9-\ufffb\u061c\u2060-\u206f\u{e0000}-\u{e007f}]/gu;

/** Text from a file as one line of a picture: no control characters, no change of direction, single spaces. */
export function clean(text: string): string {
  return text.replace(/\s+/g, ' ').replace(hiddenCharacters, '').replace(unfit, '').trim();
}

/** Text as it may stand in XML, in an element and in an attribute. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/**
 * Advance widths in em, those of DejaVu Sans, the widest of the usual interface fonts: what fits by them fits
 * with the others too. A table instead of a measurement, so that a label breaks at the same place everywhere.
 */
const widths = new Map<string, number>(
  (
    [
      [0.28, "ijl'"],
      [0.34, 'IJ|.,:;!/\\ \u00a0'],
      [0.42, 'frt()[]{}-"`°·'],
      [0.52, 'cskzvxyLFz*?_^–×'],
      [0.65, 'abdeghnopquTEYSPZ0123456789$#~'],
      [0.72, 'ABCKRVXU'],
      [0.8, 'DGHNOQ&w'],
      [0.86, 'M+<>=−→≥≤'],
      [1, 'mW%@—…'],
    ] as const
  ).flatMap(([width, characters]) => [...characters].map((one) => [one, width] as const)),
);

/** Ranges that take no room of their own: combining marks, variation selectors, the joiner of emoji. */
function isCombining(code: number): boolean {
  return (
    (code >= 0x300 && code <= 0x36f) ||
    (code >= 0x1ab0 && code <= 0x1aff) ||
    (code >= 0x1dc0 && code <= 0x1dff) ||
    code === 0x200d ||
    (code >= 0x20d0 && code <= 0x20ff) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    (code >= 0xfe20 && code <= 0xfe2f)
  );
}

function widthOfCharacter(character: string): number {
  const known = widths.get(character);
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (isCombining(code)) return 0;
  if (code > 0xffff) return 1.3;
  // East Asian scripts fill a square; anything else is taken for a wide letter.
  return code >= 0x1100 && code !== 0x2022 ? 1.02 : 0.82;
}

/** Estimated width of a text in pixels at a font size; bold type runs a tenth wider. */
export function widthOf(text: string, size: number, bold = false): number {
  let em = 0;
  for (const character of text) em += widthOfCharacter(character);
  return em * size * (bold ? 1.1 : 1);
}

export interface WrapOptions {
  readonly width: number;
  readonly size: number;
  readonly bold?: boolean;
  /** What does not fit in so many lines ends in an ellipsis. */
  readonly maxLines?: number;
}

/** Breaks a cleaned text into lines that fit by the estimate, between words where it can. */
export function wrap(text: string, options: WrapOptions): string[] {
  const { width, size, bold = false, maxLines = 3 } = options;
  const fits = (line: string) => widthOf(line, size, bold) <= width;
  const lines: string[] = [];
  let line = '';
  for (const word of clean(text)
    .split(' ')
    .flatMap((one) => pieces(one, fits))) {
    const longer = `${line} ${word.text}`;
    if (line === '') line = word.text;
    else if (!word.glued && fits(longer)) line = longer;
    else {
      lines.push(line);
      line = word.text;
    }
  }
  lines.push(line);
  if (lines.length <= maxLines) return lines;
  const last = [...(lines[maxLines - 1] ?? '')];
  while (last.length > 0 && !fits(`${last.join('')}…`)) last.pop();
  return [...lines.slice(0, maxLines - 1), `${last.join('').trimEnd()}…`];
}

/** A word in pieces that each fit; all but the first are glued to the one before and begin a line. */
function pieces(word: string, fits: (text: string) => boolean): { text: string; glued: boolean }[] {
  const all: { text: string; glued: boolean }[] = [];
  let piece = '';
  for (const character of word) {
    const stays = piece.endsWith('\u200d') || isCombining(character.codePointAt(0) ?? 0);
    if (piece !== '' && !stays && !fits(piece + character)) {
      all.push({ text: piece, glued: all.length > 0 });
      piece = '';
    }
    piece += character;
  }
  return [...all, { text: piece, glued: all.length > 0 }];
}

/** A text for alternatives, at most `length` characters long. */
export function shorten(text: string, length: number): string {
  const characters = [...clean(text)];
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`;
}
