import { type Sides, threeWay } from '../domain/merge-order.ts';
import { compareIds } from '../domain/ticket.ts';
import { brief, type Line, type Piece, sameLines } from './merge-lines.ts';
import { type Entry, mergeOutlines, type Outline } from './merge-outline.ts';
import { type Block, type BlockPart, mergeBlocks } from './merge-ticket-block.ts';
import { endOfLine, placeAt, type Source } from './source.ts';
import type { PackBody, PackTicket } from './ticket-pack.ts';
import type { YamlText } from './yaml.ts';

/** A source with its lines, as they will stand in the merged file. */
export interface Lined {
  readonly source: Source;
  readonly lines: readonly Line[];
}

/** What an entry of a body is: a ticket, or a heading that opens or ends a sprint. */
export interface BodyPart {
  readonly block: Block | null;
  /** What the entry is called in a conflict. */
  readonly name: string;
}

/** A side as it was read; the body begins at `bodyStart`. */
export interface ReadSide {
  readonly lined: Lined;
  readonly yaml: YamlText | null;
  readonly bodyStart: number;
  readonly body: PackBody;
  readonly outline: Outline<BodyPart>;
}

const lineOf = (lined: Lined, offset: number) => placeAt(lined.source, offset).line - 1;
const startOfLineAt = (lined: Lined, offset: number) => lined.source.lineStarts[lineOf(lined, offset)] ?? 0;

/** The lines of a source; those of the other sides get the line ending of ours. */
export function linedOf(source: Source, eol: string | null): Lined {
  const { text, lineStarts } = source;
  const lines = lineStarts.flatMap((start, index): Line[] => {
    const raw = text.slice(start, lineStarts[index + 1] ?? text.length);
    const end = /(?:\r\n|\r|\n)?$/.exec(raw)?.[0] ?? '';
    if (raw === '') return [];
    return [{ text: raw.slice(0, raw.length - end.length), eol: end === '' ? '' : (eol ?? end) }];
  });
  return { source, lines };
}

/** Merges the bodies of three packs. */
export function mergeBodies(sides: Sides<Outline<BodyPart>>): Piece[] {
  const names = new Map(
    [sides.base, sides.theirs, sides.ours].flatMap((one) =>
      one.entries.map((entry) => [entry.key, entry.data.name]),
    ),
  );
  const parts = mergeOutlines(sides, {
    compare: compareIds,
    entry: mergeEntry,
    textAfter: (key) => ({
      subject: 'text',
      field: key === null ? 'before the first ticket' : `after ${names.get(key) ?? key}`,
    }),
  });
  return parts.flatMap((one) => one.pieces);
}

function mergeEntry(sides: Sides<Entry<BodyPart> | null>, key: string): readonly Piece[] {
  const { base, ours, theirs } = sides;
  if (!ours || !theirs) return oneSided(sides);
  if (ours.data.block === null || theirs.data.block === null) return mergeHeading(ours, theirs, base);
  const groups = { base: base?.group ?? null, ours: ours.group, theirs: theirs.group };
  const moved = threeWay(groups) === 'conflict' ? { ours: placeName(ours), theirs: placeName(theirs) } : null;
  const blocks = { base: base?.data.block ?? null, ours: ours.data.block, theirs: theirs.data.block };
  return mergeBlocks(key, blocks, moved);
}

function placeName({ group }: Entry<BodyPart>): string {
  return group.replace(/^#\d (?:sprint )?/, '') || 'none';
}

/** What only one side has: new, still needed, or taken out by the other although it was changed. */
function oneSided({ base, ours, theirs }: Sides<Entry<BodyPart> | null>): readonly Piece[] {
  const left = (ours ?? theirs)!;
  if (!base || (left.heading && sameLines(base.lines, left.lines))) return left.lines;
  const here = ours ? 'ours' : 'theirs';
  const says = { ours: 'removed', theirs: 'removed', [here]: 'changed' };
  const none = { ours: [], theirs: [], [here]: left.lines };
  return [{ subject: left.data.name, field: null, says, ours: none.ours, theirs: none.theirs }];
}

function mergeHeading(
  ours: Entry<BodyPart>,
  theirs: Entry<BodyPart>,
  base: Entry<BodyPart> | null,
): readonly Piece[] {
  const text = (one: Entry<BodyPart> | null) => one?.lines.map((line) => line.text).join('\n') ?? null;
  const found = threeWay({ base: text(base), ours: text(ours), theirs: text(theirs) });
  if (found !== 'conflict') return found === 'ours' ? ours.lines : theirs.lines;
  const says = { ours: brief(text(ours)), theirs: brief(text(theirs)) };
  return [{ subject: ours.data.name, field: 'name', says, ours: ours.lines, theirs: theirs.lines }];
}

/**
 * A body as tickets and sprint headings with the lines around them; a ticket's lines end where the next
 * ticket begins, also one that is nested in it. Null where something shares its line with something else.
 */
export function bodyOutline(lined: Lined, body: PackBody, from: number): Outline<BodyPart> | null {
  const places = placesOf(lined, body);
  const entries: Entry<BodyPart>[] = [];
  const gaps: (readonly Line[])[] = [];
  let next = from >= lined.source.text.length ? lined.lines.length : lineOf(lined, from);
  let group = '';
  for (const [index, one] of places.entries()) {
    const following = places[index + 1]?.first ?? lined.lines.length;
    const last = Math.min(one.last, following - 1);
    if (one.first < next || last < one.first) return null;
    const lines = lined.lines.slice(one.first, last + 1);
    const block = one.ticket ? blockOf(lined, one.ticket, one.first, last) : null;
    if (one.ticket && !block) return null;
    gaps.push(lined.lines.slice(next, one.first));
    if (!one.ticket) group = one.key;
    entries.push({
      key: one.key,
      group: one.ticket ? group : '',
      heading: one.ticket === null,
      lines,
      data: { block, name: one.name },
    });
    next = last + 1;
  }
  gaps.push(lined.lines.slice(next));
  return { entries, gaps };
}

interface Found {
  readonly key: string;
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly ticket: PackTicket | null;
}

function placesOf(lined: Lined, body: PackBody): Found[] {
  const seen = new Map<string, number>();
  const headings = body.boundaries.map(({ sprint, at, end }): Found => {
    const text = lined.source.text.slice(at, end).replace(/\s+/g, ' ').trim();
    const kind = sprint === null ? `#2 ${text}` : `#1 sprint ${sprint}`;
    const times = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, times);
    return {
      key: times === 1 ? kind : `${kind} again ${times}`,
      name: sprint === null ? brief(text) : `Sprint ${sprint}`,
      first: lineOf(lined, at),
      last: lineOf(lined, Math.max(at, end - 1)),
      ticket: null,
    };
  });
  const tickets = body.tickets.map(
    (ticket): Found => ({
      key: ticket.entry.ticketId,
      name: ticket.entry.ticketId,
      first: lineOf(lined, ticket.itemStart),
      last: lineOf(lined, Math.max(ticket.itemStart, ticket.itemEnd - 1)),
      ticket,
    }),
  );
  return [...headings, ...tickets].sort((a, b) => a.first - b.first);
}

/** A ticket's lines as its own text and its details, with the lines between them. */
function blockOf(lined: Lined, ticket: PackTicket, first: number, last: number): Block | null {
  const { text } = lined.source;
  const slice = (start: number, end: number) => text.slice(start, end).replace(/\r\n|\r/g, '\n');
  const start = startOfLineAt(lined, ticket.itemStart);
  if (text.slice(start, ticket.itemStart).trim() !== '') return null;
  const entries: Entry<BlockPart>[] = [];
  const gaps: (readonly Line[])[] = [];
  let next = first;
  const add = (key: string, at: number, end: number, data: Omit<BlockPart, 'ticket'>) => {
    const [from, to] = [lineOf(lined, at), lineOf(lined, Math.max(at, end - 1))];
    if (from < next || to > last) return false;
    gaps.push(lined.lines.slice(next, from));
    entries.push({
      key,
      group: '',
      heading: false,
      lines: lined.lines.slice(from, to + 1),
      data: { ticket, ...data },
    });
    next = to + 1;
    return true;
  };
  const headEnd = endOfLine(text, ticket.textEnd);
  const head = add('head', ticket.itemStart, ticket.textEnd, {
    before: slice(start, ticket.boxAt),
    value: text[ticket.boxAt] ?? ' ',
    after: slice(ticket.boxAt + 1, headEnd),
  });
  if (!head) return null;
  for (const detail of [...ticket.details].sort((a, b) => a.itemStart - b.itemStart)) {
    // A detail behind a nested ticket merges as text, with what stands around it.
    if (lineOf(lined, detail.itemStart) > last) continue;
    const at = startOfLineAt(lined, detail.itemStart);
    if (text.slice(at, detail.itemStart).trim() !== '') return null;
    const end = Math.max(detail.valueEnd, detail.afterColon);
    const added = add(detail.key, detail.itemStart, end, {
      before: slice(at, detail.valueStart),
      value: slice(detail.valueStart, detail.valueEnd),
      after: slice(detail.valueEnd, endOfLine(text, detail.valueEnd)),
    });
    if (!added) return null;
  }
  gaps.push(lined.lines.slice(next, last + 1));
  return { entries, gaps };
}
