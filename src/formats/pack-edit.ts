import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import type { TicketChange } from '../domain/lifecycle.ts';
import type { TicketEntry } from '../domain/ticket.ts';
import { applyEdits, type TextEdit } from './edit.ts';
import { diagnoseAt, endOfLine, lineEnding, makeSource, type Source, startOfLine } from './source.ts';
import type { Detail, DetailKey } from './ticket-details.ts';
import { type PackTicket, parsePackBody } from './ticket-pack.ts';

/** The pack after an edit, or the findings that say why a ticket could not be edited; never half of the edits. */
export interface EditResult {
  readonly text: string;
  readonly edits: readonly TextEdit[];
  readonly diagnostics: Diagnostic[];
}

/**
 * Writes changes into a pack, touching only the bytes of the tickets named. The result is parsed again and
 * must differ from the original exactly as asked; otherwise nothing is changed and a finding says where.
 */
export function editPack(
  source: Source,
  from: number,
  tickets: readonly PackTicket[],
  changes: readonly TicketChange[],
): EditResult {
  const byId = new Map(tickets.map((one) => [one.entry.ticketId, one]));
  const edits: TextEdit[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const change of changes) {
    const ticket = byId.get(change.ticketId);
    if (!ticket) throw new Error(`no ticket ${change.ticketId} to change`);
    const found = ticketEdits(source, ticket, change);
    if (found) edits.push(...found);
    else diagnostics.push(cannotEdit(source, ticket));
  }
  if (diagnostics.length > 0) return { text: source.text, edits: [], diagnostics };
  const text = applyEdits(source.text, edits);
  const wrong = firstDifference(source, text, from, tickets, changes);
  if (wrong) return { text: source.text, edits: [], diagnostics: [cannotEdit(source, wrong)] };
  return { text, edits, diagnostics: [] };
}

const bulletPattern = /^(?:[-*+]|\d{1,9}[.)])[ \t]*/;

function capital(key: DetailKey): string {
  return `${key[0]?.toUpperCase()}${key.slice(1)}`;
}

function cannotEdit(source: Source, ticket: PackTicket): Diagnostic {
  const { ticketId } = ticket.entry;
  return diagnoseAt(
    source,
    'pack/cannot-edit',
    ticket.itemStart,
    `${ticketId} cannot be edited where it stands`,
  );
}

/** The entry that a change asks for. */
export function changedEntry(entry: TicketEntry, change: TicketChange): TicketEntry {
  return {
    ...entry,
    box: change.box ?? entry.box,
    statusLine: change.status ?? entry.statusLine,
    started: change.started ?? entry.started,
    completed: change.completed === undefined ? entry.completed : change.completed,
    assignee: change.assignee ?? entry.assignee,
    notes: change.notes ?? entry.notes,
  };
}

function firstDifference(
  source: Source,
  text: string,
  from: number,
  tickets: readonly PackTicket[],
  changes: readonly TicketChange[],
): PackTicket | null {
  const after = parsePackBody(makeSource(source.file, text), from);
  const wanted = new Map(changes.map((one) => [one.ticketId, one]));
  const changed = tickets.filter((one) => wanted.has(one.entry.ticketId));
  if (after.tickets.length !== tickets.length || hasErrors(after.diagnostics)) return changed[0] ?? null;
  for (const [index, ticket] of tickets.entries()) {
    const change = wanted.get(ticket.entry.ticketId);
    const expected = change ? changedEntry(ticket.entry, change) : ticket.entry;
    if (JSON.stringify(after.tickets[index]?.entry) !== JSON.stringify(expected)) {
      return change ? ticket : (changed[0] ?? ticket);
    }
  }
  return null;
}

function ticketEdits(source: Source, ticket: PackTicket, change: TicketChange): TextEdit[] | null {
  const edits: TextEdit[] = [];
  const insert: [DetailKey, string][] = [];
  const put = (key: DetailKey, value: string | undefined) => {
    if (value === undefined) return;
    const detail = ticket.details.find((one) => one.key === key);
    if (detail) edits.push(replaceValue(detail, value));
    else insert.push([key, value]);
  };
  if (change.box !== undefined) {
    edits.push({ start: ticket.boxAt, end: ticket.boxAt + 1, text: change.box === 'done' ? 'x' : ' ' });
  }
  put('status', change.status);
  put('assignee', change.assignee);
  put('started', change.started);
  const gone = change.completed === null ? ticket.details.find((one) => one.key === 'completed') : undefined;
  if (change.completed) put('completed', change.completed);
  put('notes', change.notes);
  // A bullet that goes while another comes in its place is rewritten where it stands.
  const rewritten =
    gone !== undefined && anchorFor(ticket, insert[0]?.[0]) === gone ? insert.shift() : undefined;
  if (gone && rewritten) edits.push(rewriteDetail(source, gone, rewritten));
  else if (gone && gone.value !== '') edits.push(removeDetail(source, gone));
  if (insert.length === 0) return edits;
  const added = insertDetails(source, ticket, insert);
  return added ? [...edits, added] : null;
}

function rewriteDetail(source: Source, detail: Detail, [key, value]: readonly [DetailKey, string]): TextEdit {
  const bullet = bulletPattern.exec(source.text.slice(detail.itemStart))?.[0].length ?? 0;
  return { start: detail.itemStart + bullet, end: detail.valueEnd, text: `${capital(key)}: ${value}` };
}

function replaceValue(detail: Detail, value: string): TextEdit {
  return detail.value === ''
    ? { start: detail.afterColon, end: detail.valueEnd, text: ` ${value}` }
    : { start: detail.valueStart, end: detail.valueEnd, text: value };
}

/** Takes the bullet's line out; a bullet with more under it only loses its value. */
function removeDetail(source: Source, detail: Detail): TextEdit {
  const { text } = source;
  const lineStart = startOfLine(text, detail.itemStart);
  const alone =
    text.slice(lineStart, detail.itemStart).trim() === '' &&
    detail.itemEnd <= endOfLine(text, detail.valueEnd);
  if (!alone) return { start: detail.afterColon, end: detail.valueEnd, text: '' };
  const end = endOfLine(text, detail.itemEnd);
  const next = /^(?:\r\n|\r|\n)/.exec(text.slice(end, end + 2))?.[0].length ?? 0;
  if (next > 0) return { start: lineStart, end: end + next, text: '' };
  const before = /(?:\r\n|\r|\n)$/.exec(text.slice(Math.max(0, lineStart - 2), lineStart))?.[0].length ?? 0;
  return { start: lineStart - before, end, text: '' };
}

/** New bullets copy the indent, bullet and gap of the ticket's last detail, else of what its own bullet implies. */
function insertDetails(
  source: Source,
  ticket: PackTicket,
  details: readonly [DetailKey, string][],
): TextEdit | null {
  const { text } = source;
  const itemLine = startOfLine(text, ticket.itemStart);
  if (text.slice(itemLine, ticket.itemStart).trim() !== '') return null;
  const sibling = anchorFor(ticket, details[0]?.[0]);
  // A list that is there already sets the indent: bullets less indented than it would swallow it.
  const model = sibling?.itemStart ?? ticket.firstChildAt;
  const prefix = model === null ? newPrefix(text, ticket, itemLine) : prefixAt(text, model);
  if (prefix === null) return null;
  const eol = lineEnding(source);
  const at = endOfLine(text, sibling ? Math.max(sibling.itemEnd, sibling.valueEnd) : ticket.textEnd);
  const lines = details.map(([key, value]) => `${eol}${prefix}${capital(key)}: ${value}`);
  return { start: at, end: at, text: lines.join('') };
}

/** Dates go behind status, assignee and start date, in front of notes that may run long. */
function anchorFor(ticket: PackTicket, first: DetailKey | undefined): Detail | undefined {
  if (first === undefined) return undefined;
  const before: DetailKey[] = [
    'status',
    'assignee',
    ...(first === 'completed' ? (['started'] as const) : []),
  ];
  const ordered = [...ticket.details].sort((a, b) => a.itemStart - b.itemStart);
  return ordered.filter((one) => before.includes(one.key)).at(-1) ?? ordered.at(-1);
}

function prefixAt(text: string, itemStart: number): string | null {
  const indent = text.slice(startOfLine(text, itemStart), itemStart);
  const bullet = bulletPattern.exec(text.slice(itemStart))?.[0];
  return indent.trim() === '' && bullet !== undefined ? indent + bullet : null;
}

function newPrefix(text: string, ticket: PackTicket, itemLine: number): string | null {
  const own = text.slice(itemLine, ticket.itemStart);
  const bullet = /^(?:([-*+])|\d{1,9}[.)])[ \t]*/.exec(text.slice(ticket.itemStart));
  if (!bullet) return null;
  // A tab in the gap reaches to the next multiple of four columns.
  let column = width(own);
  const start = column;
  for (const character of bullet[0]) column += character === '\t' ? 4 - (column % 4) : 1;
  return `${own}${' '.repeat(column - start)}${bullet[1] ?? '-'} `;
}

function width(text: string): number {
  let column = 0;
  for (const character of text) column += character === '\t' ? 4 - (column % 4) : 1;
  return column;
}
