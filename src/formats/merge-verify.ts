import { hasErrors } from '../domain/diagnostic.ts';
import type { Side, Sides } from '../domain/merge-order.ts';
import { threeWay } from '../domain/merge-order.ts';
import type { TicketEntry } from '../domain/ticket.ts';
import { parseFrontMatter } from './front-matter.ts';
import type { ParsedPieces } from './markdown.ts';
import type { ReadSide } from './merge-body.ts';
import { isConflict, joinLines, type Piece, resolved } from './merge-lines.ts';
import { makeSource } from './source.ts';
import { parsePackBody } from './ticket-pack.ts';

/** Fields whose merged value is one side's by three-way comparison, and nothing else. */
const exact = ['title', 'assignee', 'notes', 'started', 'estimatedHours', 'sprint'] as const;
/** Fields that follow from more than themselves: the value is one side's. */
const either = ['box', 'statusLine', 'completed', 'system'] as const;

/**
 * Parses the merged text again, once with every conflict decided for either side, and says what is wrong with
 * it: a ticket lost, doubled or in a wrong sprint, a value that neither side wrote, a finding that neither had.
 */
export function faultOf(
  read: Sides<ReadSide>,
  pieces: readonly Piece[],
  eol: string,
  known: ParsedPieces,
): string | null {
  const disputed = pieces.some(isConflict);
  for (const side of disputed ? (['ours', 'theirs'] as const) : (['ours'] as const)) {
    const fault = faultIn(read, joinLines(resolved(pieces, side), eol), disputed, known);
    if (fault !== null) return fault;
  }
  return null;
}

function faultIn(
  read: Sides<ReadSide>,
  text: string,
  disputed: boolean,
  parsed: ParsedPieces,
): string | null {
  const source = makeSource('', text);
  const front = parseFrontMatter(source);
  if (!front.frontMatter || hasErrors(front.diagnostics)) return 'the merged front matter would not be sound';
  const body = parsePackBody(source, front.frontMatter.bodyStart, parsed);
  const known = new Set(
    [read.ours, read.theirs].flatMap((one) => one.body.diagnostics.map((found) => found.rule)),
  );
  const news = body.diagnostics.find((one) => one.severity === 'error' && !known.has(one.rule));
  if (news) return `the merged tickets would not be sound (line ${news.line}: ${news.message})`;
  const entries = (side: Side) =>
    new Map(read[side].body.tickets.map(({ entry }) => [entry.ticketId, entry]));
  const sides = { base: entries('base'), ours: entries('ours'), theirs: entries('theirs') };
  const merged = new Map(body.tickets.map(({ entry }) => [entry.ticketId, entry]));
  if (merged.size !== body.tickets.length) return 'a ticket would stand twice';
  for (const id of new Set([...sides.ours.keys(), ...sides.theirs.keys(), ...merged.keys()])) {
    const own = { base: sides.base.get(id), ours: sides.ours.get(id), theirs: sides.theirs.get(id) };
    const fault = faultOfTicket(id, own, merged.get(id), disputed);
    if (fault !== null) return fault;
  }
  return null;
}

function faultOfTicket(
  id: string,
  own: Sides<TicketEntry | undefined>,
  merged: TicketEntry | undefined,
  disputed: boolean,
): string | null {
  const { base, ours, theirs } = own;
  if (!ours || !theirs) {
    const removed = base !== undefined;
    return merged || removed ? null : `${id} would be lost`;
  }
  if (!merged) return `${id} would be lost`;
  const wrong = [
    ...exact.filter((field) => {
      const found = threeWay({ base: base?.[field] ?? null, ours: ours[field], theirs: theirs[field] });
      const isOne = merged[field] === ours[field] || merged[field] === theirs[field];
      return found === 'conflict' ? !isOne : merged[field] !== own[found]?.[field];
    }),
    ...either.filter((field) => merged[field] !== ours[field] && merged[field] !== theirs[field]),
  ];
  // Two moves of one ticket are told as a conflict at one of the two places.
  const counted = wrong.filter((field) => !(disputed && field === 'sprint'));
  return counted.length > 0 ? `${id} would get a wrong ${counted[0]}` : null;
}
