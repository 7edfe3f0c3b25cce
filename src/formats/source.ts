import { isAscii, isUtf8 } from 'node:buffer';
import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import type { RuleId } from '../domain/rules.ts';

/** A file's text with what is needed to name places in it and to write it back byte for byte. */
export interface Source {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  /** Without the byte order mark, so that offsets agree between all parsers. */
  readonly text: string;
  readonly bom: boolean;
  /** Offset of the first character of each line; lines end in LF, CRLF or a lone CR. */
  readonly lineStarts: readonly number[];
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

const mark = '\uFEFF';

/** A source from text that is already decoded. */
export function makeSource(file: string, text: string): Source {
  const bom = text.startsWith(mark);
  const body = bom ? text.slice(1) : text;
  let starts: readonly number[] | null = null;
  return {
    file,
    text: body,
    bom,
    // Most files have no finding, and nobody asks for a line of theirs.
    get lineStarts() {
      starts ??= lineStartsOf(body);
      return starts;
    },
  };
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  if (text.includes('\r')) {
    for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
    return starts;
  }
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/**
 * The text of UTF-8, byte order mark included; null for anything else. A strict TextDecoder takes three times as
 * long, and most files are plain ASCII.
 */
function decodeUtf8(bytes: Uint8Array): string | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isAscii(buffer)) return buffer.toString('latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : null;
}

/** Decodes strictly: Windows-1252 or UTF-16 is a finding, never a silently damaged file. */
export function decodeSource(
  file: string,
  bytes: Uint8Array,
  maxBytes: number,
): { readonly source: Source | null; readonly diagnostics: Diagnostic[] } {
  if (bytes.length > maxBytes) {
    const message = `${file} has ${bytes.length} bytes; at most ${maxBytes} are read`;
    return { source: null, diagnostics: [diagnose('file/too-large', { file }, message)] };
  }
  const text = decodeUtf8(bytes);
  if (text === null) return { source: null, diagnostics: [notUtf8(file, bytes)] };
  const source = makeSource(file, text);
  const nul = source.text.indexOf('\0');
  if (nul >= 0) {
    return {
      source: null,
      diagnostics: [diagnoseAt(source, 'file/not-utf8', nul, 'the file holds a NUL character')],
    };
  }
  return { source, diagnostics: conflictMarkers(source) };
}

function notUtf8(file: string, bytes: Uint8Array): Diagnostic {
  const [first, second] = bytes;
  const utf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (utf16) return diagnose('file/not-utf8', { file }, 'the file is UTF-16, not UTF-8');
  const at = firstInvalid(bytes);
  const before = makeSource(
    file,
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, at)),
  );
  const byte = (bytes[at] ?? 0).toString(16).padStart(2, '0');
  const message = `the file is not UTF-8 (Windows-1252, perhaps): byte ${at + 1} is 0x${byte}`;
  return diagnoseAt(before, 'file/not-utf8', before.text.length, message);
}

/** Index of the first byte of what is no character; found by halving, as only what comes before it decodes. */
function firstInvalid(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (decodes(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  // The halves of a character that is cut short are all valid so far; its first byte is the one to name.
  const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, low), {
    stream: true,
  });
  return new TextEncoder().encode(whole).length;
}

/** Whether the bytes are UTF-8 as far as they go; a last character that is cut off is no fault. */
function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The text's bytes as they stood on disk, byte order mark included. */
export function encodeSource(source: Pick<Source, 'bom'>, text: string): Uint8Array {
  return new TextEncoder().encode(source.bom ? mark + text : text);
}

/** Line and column of an offset, both from 1; columns count UTF-16 units, as editors do. */
export function placeAt(source: Pick<Source, 'lineStarts'>, offset: number): Place {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (source.lineStarts[low] ?? 0) + 1 };
}

/** A finding at an offset of a source. */
export function diagnoseAt(
  source: Source,
  rule: RuleId,
  offset: number,
  message: string,
  hint?: string,
): Diagnostic {
  return diagnose(rule, { file: source.file, ...placeAt(source, offset) }, message, hint);
}

/** Text of line `index` (from 0) without its line ending. */
export function lineText(source: Source, index: number): string {
  const start = source.lineStarts[index] ?? source.text.length;
  const end = source.lineStarts[index + 1] ?? source.text.length;
  return source.text.slice(start, end).replace(/[\r\n]+$/, '');
}

/** Offset at which the line around `offset` begins. */
export function startOfLine(text: string, offset: number): number {
  // Not lastIndexOf: a text without a CR would be searched from end to end for it each time.
  let start = offset;
  while (start > 0 && !isLineEnd(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

/** Offset of the line ending behind `offset`, or of the end of the text. */
export function endOfLine(text: string, offset: number): number {
  const end = text.slice(offset).search(/[\r\n]/);
  return end < 0 ? text.length : offset + end;
}

/** The file's own line ending: that of its first line, LF for a file of one line. */
export function lineEnding(source: Pick<Source, 'text'>): string {
  return /\r\n|\r|\n/.exec(source.text)?.[0] ?? '\n';
}

function conflictMarkers(source: Source): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (!source.text.includes('<<<<<<<') && !source.text.includes('>>>>>>>')) return found;
  let open = false;
  for (const start of source.lineStarts) {
    const head = source.text.slice(start, start + 8);
    // A line of seven equals signs may underline a heading; the other two marks mean a merge.
    const opens = /^<{7} ?/.test(head) && head !== '<<<<<<<<';
    const closes = /^>{7} /.test(head) && head !== '>>>>>>>>';
    if (opens || (closes && !open)) {
      found.push(diagnoseAt(source, 'file/conflict-markers', start, 'an unfinished merge is marked here'));
    }
    if (opens) open = true;
    if (closes) open = false;
  }
  return found;
}
