/**
 * What a line of Markdown begins with, told from its characters. `at` is the first character that is no space,
 * `end` the end of the line without its line ending. "No" means not surely: the parser must say then.
 */

const tab = 9;
const space = 32;

/** Length of a run of one character. */
export function runLength(text: string, at: number, end: number): number {
  const first = text.charCodeAt(at);
  let next = at + 1;
  while (next < end && text.charCodeAt(next) === first) next += 1;
  return next - at;
}

/** True for three or more of one character with nothing but spaces between them: `---`, `* * *`. */
export function isRule(text: string, at: number, end: number): boolean {
  const mark = text.charCodeAt(at);
  let marks = 0;
  for (let next = at; next < end; next += 1) {
    const code = text.charCodeAt(next);
    if (code === mark) marks += 1;
    else if (code !== space && code !== tab) return false;
  }
  return marks >= 3;
}

/** Length of `1.` or `12)`; 0 when no list item is numbered so. */
export function numberLength(text: string, at: number, end: number): number {
  let next = at;
  while (next < end && next - at < 10 && isDigit(text.charCodeAt(next))) next += 1;
  const digits = next - at;
  if (digits === 0 || digits > 9 || next === end) return 0;
  const mark = text.charCodeAt(next);
  if (mark !== 0x2e && mark !== 0x29) return 0;
  return next + 1 === end || isSpace(text.charCodeAt(next + 1)) ? digits + 1 : 0;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isSpace(code: number): boolean {
  return code === space || code === tab;
}

/** True when a line can be the second of a table, or may underline a heading: nothing but `|`, `:`, `-`, `=`. */
function isDelimiter(text: string, at: number, end: number): boolean {
  for (let next = at; next < end; next += 1) {
    const code = text.charCodeAt(next);
    if (code !== 0x7c && code !== 0x3a && code !== 0x2d && code !== 0x3d && !isSpace(code)) return false;
  }
  return true;
}

/** A bracket that surely begins no definition of a link or footnote: closed in its line, and no colon after it. */
function isPlainBracket(text: string, at: number, end: number): boolean {
  if (text.charCodeAt(at + 1) === 0x5e) return false;
  for (let next = at + 1; next < end; next += 1) {
    const code = text.charCodeAt(next);
    if (code === 0x5b || code === 0x5c) return false;
    if (code === 0x5d) return text.charCodeAt(next + 1) !== 0x3a;
  }
  return false;
}

/** True when the characters from `at` on surely are words of a paragraph, whether they begin or continue it. */
export function isText(text: string, at: number, end: number): boolean {
  const code = text.charCodeAt(at);
  // Letters of any script, and what else no construct begins with.
  if (code >= 0x61 ? code <= 0x7a : code >= 0x41 && code <= 0x5a) return true;
  switch (code) {
    case 0:
    case tab:
    case 0x23: // #
    case 0x3c: // <
    case 0x3d: // =
    case 0x3e: // >
    case 0x7c: // |
    case 0xfeff:
      return false;
    case 0x2b: // +
    case 0x2d: // -
      return (
        !isBulletEnd(text, at + 1, end) && text.charCodeAt(at + 1) !== code && !isDelimiter(text, at, end)
      );
    case 0x2a: // *
      return !isBulletEnd(text, at + 1, end) && !isRule(text, at, end);
    case 0x5f: // _
      return !isRule(text, at, end);
    case 0x3a: // :
      return !isDelimiter(text, at, end);
    case 0x5b: // [
      return isPlainBracket(text, at, end);
    case 0x60: // `
    case 0x7e: // ~
      return runLength(text, at, end) < 3;
    default:
      return !isDigit(code) || numberLength(text, at, end) === 0;
  }
}

function isBulletEnd(text: string, at: number, end: number): boolean {
  return at >= end || isSpace(text.charCodeAt(at));
}

/**
 * True or false for the box of a task, `[x]` or `[ ]` with a space and words after it; null when the text begins
 * with none, undefined in doubt.
 */
export function boxAt(text: string, at: number, end: number): boolean | null | undefined {
  if (text.charCodeAt(at) !== 0x5b || text.charCodeAt(at + 2) !== 0x5d) return null;
  const inside = text.charCodeAt(at + 1);
  const ticked = inside === 0x78 || inside === 0x58;
  if (!ticked && !isSpace(inside)) return null;
  let words = at + 3;
  if (words < end && !isSpace(text.charCodeAt(words))) return null;
  while (words < end && text.charCodeAt(words) === space) words += 1;
  if (words === at + 3 || words === end || inside === tab || text.charCodeAt(words) === tab) return undefined;
  return ticked;
}

/**
 * True when the words after a box surely begin with text: the parser counts a paragraph from there, but from
 * its box where something else (a link, emphasis, an address) is the first thing after one space.
 */
export function beginsPlain(text: string, at: number, end: number): boolean {
  const code = text.charCodeAt(at);
  if (code === space) return true;
  const letter = code | 0x20;
  const plain = isDigit(code) || (letter >= 0x61 && letter <= 0x7a && letter !== 0x68 && letter !== 0x77);
  return plain && !text.slice(at, end).includes('@');
}
