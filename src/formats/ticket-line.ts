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

export const boxStart = /^(?:[-*+]|\d{1,9}[.)])[ \t]*\[([ xX/\-\t\r\n])\]/;

/** What may follow an id: "T1_a", "T1/2" and "user@1" are other things. */
const afterId = /^(?:[\s–—−:|.,)*_`-])/;
const setOff = /^[\s]*(?:[–—−:|.]|-+)[\s]*/;
const idPattern = /^(\*\*|__|\*|_|`|~~)?([A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*)/;

/** A ticket id at the start of `text`: letters, digits, dots and dashes with at least one digit. */
export function readId(text: string): { id: string; at: number; rest: string; wrapped: boolean } | null {
  const match = idPattern.exec(text);
  if (!match?.[2] || !/\d/.test(match[2])) return null;
  const open = match[1] ?? '';
  let rest = text.slice(match[0].length);
  const wrapped = open !== '' && rest.startsWith(open);
  if (wrapped) rest = rest.slice(open.length);
  if (rest !== '' && !afterId.test(rest)) return null;
  return { id: match[2], at: open.length, rest, wrapped };
}

/** Reads id and title from the text that follows a box; null when it has no id. */
export function readTicketText(text: string): Omit<TicketLine, 'box' | 'boxAt'> | null {
  const found = readId(text);
  if (!found) return null;
  const separator = setOff.exec(found.rest);
  const marked = separator !== null || found.wrapped;
  const head = text.slice(0, found.at);
  let title = found.rest.slice(separator?.[0].length ?? 0).trim();
  // "**T1 – Title**": the closing mark of the whole belongs to no title.
  if (head !== '' && !found.wrapped && title.endsWith(head)) title = title.slice(0, -head.length).trimEnd();
  return {
    ticketId: found.id,
    idAt: found.at,
    title: joinLines(title),
    separator: marked ? 'mark' : title === '' ? 'none' : 'space',
  };
}

/** Text that runs over several lines as one line. */
export function joinLines(text: string): string {
  if (!/[\r\n]/.test(text)) return text;
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
