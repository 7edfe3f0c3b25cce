import { scanJson } from './yaml-json.ts';
import { maxDepth, maxNodes, reserved, tooDeep } from './yaml-limits.ts';
import { plainValue } from './yaml-scalar.ts';

/** The value of a text of the plain kind, and how its numbers are written where that is not as JSON would. */
export interface Scanned {
  readonly value: unknown;
  readonly odd: readonly OddScalar[];
}

interface OddScalar {
  readonly holder: object;
  readonly key: string | number;
  readonly text: string;
}

/** What is no value of YAML: the scanner is not sure, and the parser must read the text. */
const unsure = Symbol('unsure');

/** Columns beyond which nothing is scanned; far below what `tooDeep` refuses. */
const maxColumn = 100;
const maxKey = 200;

const [lineFeed, space, hash, dash, colon, quote, apostrophe] = [0x0a, 0x20, 0x23, 0x2d, 0x3a, 0x22, 0x27];
const [comma, openList, closeList, openMap, closeMap, backslash] = [0x2c, 0x5b, 0x5d, 0x7b, 0x7d, 0x5c];

/** Classes of the characters of ASCII, as bits. */
const inKey = 1;
const startsKey = 2;
const startsPlain = 4;
const inFlowPlain = 8;
const classes = new Uint8Array(128);
for (let code = 0x21; code < 0x7f; code += 1) {
  const one = String.fromCharCode(code);
  const letter = /[A-Za-z0-9_]/.test(one);
  if (letter) classes[code]! |= startsKey;
  if (letter || /[-./]/.test(one)) classes[code]! |= inKey;
  if (letter || /[$()+./;<=\\^~]/.test(one)) classes[code]! |= startsPlain;
  if (!/[,[\]{}:#"'?]/.test(one)) classes[code]! |= inFlowPlain;
}

function isClass(code: number, bit: number): boolean {
  return code < 128 ? (classes[code]! & bit) !== 0 : isText(code);
}

/** Characters beyond ASCII that neither break lines nor pass for a space; keys hold none. */
function isText(code: number): boolean {
  return (
    code > 0xa0 &&
    code !== 0xfeff &&
    !(code >= 0x2000 && code <= 0x200f) &&
    !(code >= 0x2028 && code <= 0x202f)
  );
}

/**
 * Reads YAML of the plain kind that programs write and people mostly do: block maps and lists indented by
 * spaces, scalars and small flow collections on one line, comments. Null for anything that is not surely that,
 * or surely wrong: the parser reads it then.
 */
export function scanYaml(given: string): Scanned | null {
  if (given.charCodeAt(0) === openMap) {
    const json = scanJson(given);
    return json && { value: json.value, odd: [] };
  }
  // Each node takes a character at least.
  if (given.length >= maxNodes) return null;
  const text = given.includes('\r') ? given.replaceAll('\r\n', '\n') : given;
  if (text.includes('\r') || (text.includes('%') && /^%/m.test(text))) return null;
  if (manyBrackets(text) && tooDeep(text) !== null) return null;
  return new Scanner(text).read();
}

/** How the number or boolean at a path is written; undefined for anything else. */
export function scannedSource(
  { value, odd }: Scanned,
  path: readonly (string | number)[],
): string | undefined {
  let holder: unknown = null;
  let at: unknown = value;
  for (const key of path) {
    if (at === null || typeof at !== 'object') return undefined;
    holder = at;
    at = (at as Record<string | number, unknown>)[Array.isArray(at) ? Number(key) : key];
  }
  if (typeof at !== 'number' && typeof at !== 'boolean') return undefined;
  const last = path.at(-1);
  const found = odd.find((one) => one.holder === holder && String(one.key) === String(last));
  return found?.text ?? String(at);
}

function manyBrackets(text: string): boolean {
  let found = 0;
  for (const one of ['[', '{'])
    for (let at = text.indexOf(one); at >= 0; at = text.indexOf(one, at + 1)) {
      found += 1;
      if (found > maxDepth) return true;
    }
  return false;
}

/** Where a line's content stands: `at` its offset, `indent` its column; `indent` is -1 behind the last. */
class Scanner {
  private readonly text: string;
  private at = 0;
  private indent = 0;
  private depth = 0;
  private readonly odd: OddScalar[] = [];

  constructor(text: string) {
    this.text = text;
  }

  read(): Scanned | null {
    if (!this.toContent(0)) return null;
    const first = this.indent;
    if (first !== 0) return null;
    const value = this.block();
    return value === unsure || this.indent !== -1 ? null : { value, odd: this.odd };
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
    if (!(classes[text.charCodeAt(from)]! & startsKey)) return -1;
    let at = from + 1;
    while (classes[text.charCodeAt(at)]! & inKey) at += 1;
    if (at - from > maxKey || text.charCodeAt(at) !== colon) return -1;
    const next = this.code(at + 1);
    return next === space || next === lineFeed ? at : -1;
  }

  private map(indent: number): unknown {
    const map: Record<string, unknown> = Object.create(null);
    while (this.indent === indent) {
      const end = this.keyEnd(this.at);
      if (end < 0) return unsure;
      const key = this.text.slice(this.at, end);
      if (key in map || reserved.has(key)) return unsure;
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
    if (typeof value !== 'string' && value !== null && String(value) !== text)
      this.odd.push({ holder, key, text });
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
      const key = this.text.slice(at, end);
      if (key in map || reserved.has(key)) return unsure;
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
