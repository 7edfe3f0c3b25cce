import type { Box } from '../domain/ticket.ts';

/** How a list item begins when it is a ticket: bullet, box, id, title. Offsets are relative to the item's start. */
export interface TicketLine {
  readonly box: Box;
  /** Offset of the character between the brackets. */
  readonly boxAt: number;
  readonly ticketId: string;
  readonly idAt: number;
  readonly title: string;
  /** How the id is set off from the title; `space` alone leaves room for doubt. */
  readonly separator: 'mark' | 'space' | 'none';
}

/** End of the box that follows a bullet or number at `at`: one character between brackets; -1 when there is none. */
export function boxEnd(text: string, at: number): number {
  let next = at;
  while (isDigit(text.charCodeAt(next)) && next - at < 9) next += 1;
  const mark = text.charAt(next);
  if (mark === '' || !(next > at ? '.)' : '-*+').includes(mark)) return -1;
  next += 1;
  while (text.charCodeAt(next) === 0x20 || text.charCodeAt(next) === 0x09) next += 1;
  if (text.charCodeAt(next) !== 0x5b || text.charCodeAt(next + 2) !== 0x5d) return -1;
  return ' xX/-\t\r\n'.includes(text.charAt(next + 1)) ? next + 3 : -1;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** A ticket id at the start of `text`: letters, digits, dots and dashes with at least one digit. */
export function readId(text: string): { id: string; at: number; rest: string; wrapped: boolean } | null {
  const at = openLength(text);
  const end = idEnd(text, at);
  if (end < 0) return null;
  const wrapped = at > 0 && text.startsWith(text.slice(0, at), end);
  const after = wrapped ? end + at : end;
  if (after < text.length && !mayFollow(text.charCodeAt(after))) return null;
  return { id: text.slice(at, end), at, rest: text.slice(after), wrapped };
}

/** Length of the mark of emphasis, code or deletion that a text begins with: `**`, `__`, `*`, `_`, a backtick, `~~`. */
function openLength(text: string): number {
  const code = text.charCodeAt(0);
  const twice = text.charCodeAt(1) === code;
  if (code === 0x2a || code === 0x5f) return twice ? 2 : 1;
  if (code === 0x7e) return twice ? 2 : 0;
  return code === 0x60 ? 1 : 0;
}

/** End of the words that dots and dashes join; -1 when there is none, or no digit in them. */
function idEnd(text: string, at: number): number {
  let end = at;
  let digits = false;
  for (let next = at; next < text.length; next += 1) {
    const code = text.charCodeAt(next);
    const letter = code | 0x20;
    if (isDigit(code)) digits = true;
    else if (letter < 0x61 || letter > 0x7a) {
      // A dot or dash belongs to the id only between two words of it.
      if ((code === 0x2e || code === 0x2d) && end === next && next > at) continue;
      break;
    }
    end = next + 1;
  }
  return digits ? end : -1;
}

/** True for an id and nothing else. */
export function isId(text: string): boolean {
  return text !== '' && idEnd(text, 0) === text.length;
}

/** What may follow an id: "T1_a", "T1/2" and "user@1" are other things. */
function mayFollow(code: number): boolean {
  return isSetOff(code) || code === 0x2d || isWhite(code) || ',)*_`'.includes(String.fromCharCode(code));
}

/** Dashes, colon, bar and dot. */
function isSetOff(code: number): boolean {
  return (
    code === 0x2013 || code === 0x3a || code === 0x2014 || code === 0x2212 || code === 0x7c || code === 0x2e
  );
}

function isWhite(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return /\s/.test(String.fromCharCode(code));
}

function skipWhite(text: string, at: number): number {
  let next = at;
  while (next < text.length && isWhite(text.charCodeAt(next))) next += 1;
  return next;
}

/** Where the title begins behind a dash, a colon, a bar or a dot; 0 when the text begins with none of them. */
function behindSetOff(text: string): number {
  const at = skipWhite(text, 0);
  let next = at;
  if (isSetOff(text.charCodeAt(at))) next += 1;
  else while (text.charCodeAt(next) === 0x2d) next += 1;
  return next === at ? 0 : skipWhite(text, next);
}

/** Reads id and title from the text that follows a box; null when it has no id. */
export function readTicketText(text: string): Omit<TicketLine, 'box' | 'boxAt'> | null {
  const found = readId(text);
  if (!found) return null;
  const titleAt = behindSetOff(found.rest);
  const marked = titleAt > 0 || found.wrapped;
  let title = found.rest.slice(titleAt).trim();
  if (found.at > 0 && !found.wrapped) {
    // "**T1 – Title**": the closing mark of the whole belongs to no title.
    const head = text.slice(0, found.at);
    if (title.endsWith(head)) title = title.slice(0, -head.length).trimEnd();
  }
  return {
    ticketId: found.id,
    idAt: found.at,
    title: joinLines(title),
    separator: marked ? 'mark' : title === '' ? 'none' : 'space',
  };
}

/** Text that runs over several lines as one line. */
export function joinLines(text: string): string {
  if (!text.includes('\n') && !text.includes('\r')) return text;
  return text.replace(/[ \t]*(?:\r\n|\r|\n)[ \t]*/g, ' ');
}

/** What a box character stands for. */
export function boxOf(character: string): Box {
  if (character === 'x' || character === 'X') return 'done';
  if (character === '/') return 'in_progress';
  if (character === '-') return 'skipped';
  return 'open';
}

/** Runs of letters and digits reduced to one of each, to tell whether two ids are built alike: T1.3.1 → A9.9.9. */
export function idShape(id: string): string {
  return id.replace(/[A-Za-z]+/g, 'A').replace(/\d+/g, '9');
}
