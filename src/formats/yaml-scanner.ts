import {
  apostrophe,
  backslash,
  classes,
  closeList,
  closeMap,
  colon,
  comma,
  dash,
  hash,
  inFlowPlain,
  inKey,
  isClass,
  isText,
  lineFeed,
  openList,
  openMap,
  quote,
  space,
  startsKey,
  startsPlain,
} from './yaml-characters.ts';
import { maxDepth, reserved } from './yaml-limits.ts';
import { plainValue } from './yaml-scalar.ts';

/** A number or boolean where it stands, as it is written. */
export interface Spelling {
  readonly holder: object;
  readonly key: string | number;
  readonly text: string;
}

/** What is no value of YAML: the scanner is not sure, and the parser must read the text. */
export const unsure = Symbol('unsure');

/** Columns beyond which nothing is scanned; far below what `tooDeep` refuses. */
const maxColumn = 100;
const maxKey = 200;

/**
 * Keys seen last, by a sum of their characters: a file's keys are those of the files before it, and a string that
 * is known is found in a map faster than a new one.
 */
const seenKeys: string[] = new Array(512).fill('');

/** Where a line's content stands: `at` its offset, `indent` its column; `indent` is -1 behind the last. */
export class Scanner {
  private readonly text: string;
  private at = 0;
  private indent = 0;
  private depth = 0;
  /** Of the characters of the last key. */
  private sum = 0;
  private readonly spellings: Spelling[] | null;

  constructor(text: string, spellings: Spelling[] | null) {
    this.text = text;
    this.spellings = spellings;
  }

  read(): unknown {
    if (!this.toContent(0)) return unsure;
    const first = this.indent;
    if (first !== 0) return unsure;
    const value = this.block();
    return this.indent === -1 ? value : unsure;
  }

  /** Goes to the next line from `from` on that holds more than a comment; false where that is not sure. */
  private toContent(from: number): boolean {
    const { text } = this;
    let at = from;
    for (;;) {
      const start = at;
      while (text.charCodeAt(at) === space) at += 1;
      if (at - start > maxColumn) return false;
      if (at >= text.length) {
        this.indent = -1;
        return true;
      }
      const code = text.charCodeAt(at);
      if (code === hash) at = this.lineEnd(at);
      else if (code !== lineFeed) {
        this.indent = at - start;
        this.at = at;
        return true;
      }
      at += 1;
    }
  }

  private lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from);
    return end < 0 ? this.text.length : end;
  }

  /** A line feed also for the end of the text. */
  private code(at: number): number {
    return at < this.text.length ? this.text.charCodeAt(at) : lineFeed;
  }

  /** The map or the list that begins here. */
  private block(): unknown {
    return this.isItem(this.at) ? this.list(this.indent) : this.map(this.indent);
  }

  private isItem(at: number): boolean {
    return this.code(at) === dash && this.code(at + 1) === space;
  }

  /** End of a plain key that begins at an offset and is followed by a colon and a space or the line's end; else -1. */
  private keyEnd(from: number): number {
    const { text } = this;
    let code = text.charCodeAt(from);
    if (!(classes[code]! & startsKey)) return -1;
    let at = from;
    let sum = 0;
    do {
      sum = (sum * 31 + code) | 0;
      at += 1;
      code = text.charCodeAt(at);
    } while (classes[code]! & inKey);
    this.sum = sum;
    if (at - from > maxKey || code !== colon) return -1;
    const next = this.code(at + 1);
    return next === space || next === lineFeed ? at : -1;
  }

  /** The key between two offsets that `keyEnd` was last asked for, as the same string whenever it comes again. */
  private key(from: number, end: number): string {
    const slot = (this.sum ^ (this.sum >>> 9)) & (seenKeys.length - 1);
    const seen = seenKeys[slot]!;
    if (seen.length === end - from && this.text.startsWith(seen, from)) return seen;
    const key = this.text.slice(from, end);
    seenKeys[slot] = key;
    return key;
  }

  private map(indent: number): unknown {
    const map: Record<string, unknown> = Object.create(null);
    while (this.indent === indent) {
      const end = this.keyEnd(this.at);
      if (end < 0) return unsure;
      const key = this.key(this.at, end);
      if (map[key] !== undefined || reserved.has(key)) return unsure;
      const value = this.valueOf(end + 1, indent, map, key);
      if (value === unsure) return unsure;
      map[key] = value;
    }
    return this.indent > indent ? unsure : map;
  }

  private list(indent: number): unknown {
    const list: unknown[] = [];
    while (this.indent === indent && this.isItem(this.at)) {
      let at = this.at + 1;
      while (this.code(at) === space) at += 1;
      const column = indent + at - this.at;
      if (column > maxColumn) return unsure;
      let item: unknown;
      if (this.isItem(at) || this.keyEnd(at) >= 0) {
        this.at = at;
        this.indent = column;
        item = this.block();
      } else item = this.inline(at, list, list.length);
      if (item === unsure) return unsure;
      list.push(item);
    }
    return this.indent > indent ? unsure : list;
  }

  /** What stands behind the colon of a key, or below it. */
  private valueOf(from: number, indent: number, holder: object, key: string): unknown {
    let at = from;
    while (this.code(at) === space) at += 1;
    const code = this.code(at);
    if (code !== lineFeed && code !== hash) return this.inline(at, holder, key);
    if (!this.toContent(this.lineEnd(at) + 1)) return unsure;
    // A list may stand right below its key.
    const below = this.indent > indent || (this.indent === indent && this.isItem(this.at));
    return below ? this.block() : null;
  }

  /** A value that ends with its line, and the way to the next line. */
  private inline(from: number, holder: object, key: string | number): unknown {
    const code = this.code(from);
    let value: unknown;
    if (code === quote || code === apostrophe) value = this.quoted(from, code);
    else if (code === openList || code === openMap) value = this.flow(from);
    else value = this.plain(from, holder, key);
    if (value === unsure) return unsure;
    let at = this.at;
    while (this.code(at) === space) at += 1;
    if (this.code(at) === hash && at > this.at) at = this.lineEnd(at);
    if (this.code(at) !== lineFeed || !this.toContent(at + 1)) return unsure;
    return value;
  }

  private plain(from: number, holder: object, key: string | number): unknown {
    const { text } = this;
    const first = this.code(from);
    const after = this.code(from + 1);
    const starts = first === dash ? after !== space && after !== lineFeed : isClass(first, startsPlain);
    if (!starts) return unsure;
    let end = from;
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === space) continue;
      if (code === lineFeed || (code === hash && end < at)) break;
      if (code === colon && (this.code(at + 1) === space || this.code(at + 1) === lineFeed)) return unsure;
      if (code < 0x21 || (code > 0x7e && !isText(code))) return unsure;
      end = at + 1;
    }
    this.at = end;
    return this.scalar(text.slice(from, end), holder, key);
  }

  private scalar(text: string, holder: object, key: string | number): unknown {
    const value = plainValue(text);
    if (this.spellings !== null && typeof value !== 'string') this.spellings.push({ holder, key, text });
    return value;
  }

  /** A quoted text on one line; escapes only as JSON has them too. */
  private quoted(from: number, mark: number): unknown {
    const { text } = this;
    let plain = true;
    let at = from + 1;
    for (; ; at += 1) {
      const code = this.code(at);
      if (code < space || (code > 0x7e && !isText(code))) return unsure;
      if (code === mark) {
        if (mark === quote || this.code(at + 1) !== apostrophe) break;
        plain = false;
        at += 1;
      } else if (code === backslash && mark === quote) {
        plain = false;
        at += 1;
      }
    }
    this.at = at + 1;
    const inside = text.slice(from + 1, at);
    if (plain) return inside;
    return mark === quote ? unescaped(text.slice(from, at + 1)) : inside.replaceAll("''", "'");
  }

  /** A flow collection on one line. */
  private flow(from: number): unknown {
    if (this.depth >= maxDepth) return unsure;
    this.depth += 1;
    const value = this.code(from) === openList ? this.flowList(from) : this.flowMap(from);
    this.depth -= 1;
    return value;
  }

  private flowList(from: number): unknown {
    const list: unknown[] = [];
    let at = this.pastSpaces(from + 1);
    while (this.code(at) !== closeList) {
      const item = this.flowValue(at, list, list.length);
      if (item === unsure) return unsure;
      list.push(item);
      at = this.pastComma(closeList);
      if (at < 0) return unsure;
    }
    this.at = at + 1;
    return list;
  }

  private flowMap(from: number): unknown {
    const map: Record<string, unknown> = Object.create(null);
    let at = this.pastSpaces(from + 1);
    while (this.code(at) !== closeMap) {
      const end = this.keyEnd(at);
      if (end < 0) return unsure;
      const key = this.key(at, end);
      if (map[key] !== undefined || reserved.has(key)) return unsure;
      const value = this.flowValue(this.pastSpaces(end + 1), map, key);
      if (value === unsure) return unsure;
      map[key] = value;
      at = this.pastComma(closeMap);
      if (at < 0) return unsure;
    }
    this.at = at + 1;
    return map;
  }

  private pastSpaces(from: number): number {
    let at = from;
    while (this.code(at) === space) at += 1;
    return at;
  }

  /** Where the next member of a flow collection begins, or its closing bracket; -1 for anything else. */
  private pastComma(close: number): number {
    const at = this.pastSpaces(this.at);
    if (this.code(at) === close) return at;
    if (this.code(at) !== comma) return -1;
    const next = this.pastSpaces(at + 1);
    return this.code(next) === close ? -1 : next;
  }

  private flowValue(from: number, holder: object, key: string | number): unknown {
    const code = this.code(from);
    if (code === quote || code === apostrophe) return this.quoted(from, code);
    if (code === openList || code === openMap) return this.flow(from);
    const starts = code === dash ? isClass(this.code(from + 1), startsKey) : isClass(code, startsPlain);
    if (!starts) return unsure;
    let end = from;
    for (let at = from; ; at += 1) {
      const one = this.code(at);
      if (one === space) continue;
      if (one === comma || one === closeList || one === closeMap) break;
      if (!isClass(one, inFlowPlain)) return unsure;
      end = at + 1;
    }
    this.at = end;
    return this.scalar(this.text.slice(from, end), holder, key);
  }
}

function unescaped(quoted: string): unknown {
  try {
    return JSON.parse(quoted);
  } catch {
    return unsure;
  }
}
