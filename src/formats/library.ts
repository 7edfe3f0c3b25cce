import type { Heading, List, ListItem } from 'mdast';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { findCycle } from '../domain/selection.ts';
import { noSystem, type Ticket, type TicketType, ticketTypes } from '../domain/ticket.ts';
import { parseMarkdown, rangeOf } from './markdown.ts';
import { diagnoseAt, type Source } from './source.ts';
import { parseHours, parseIdList } from './ticket-details.ts';
import { boxEnd, readTicketText } from './ticket-line.ts';

/** A ticket library: what could be done, in the order in which it stands. */
export interface Library {
  readonly tickets: readonly Ticket[];
  /** System names by id. */
  readonly systems: ReadonlyMap<string, string>;
  readonly subsystems: ReadonlyMap<string, string>;
}

interface Place {
  readonly systemId: string;
  readonly systemName: string;
  readonly subsystemId: string;
  readonly subsystemName: string;
}

/**
 * Reads a library in Markdown: headings `SYSTEM 1 — Name` and `1.1 — Name`, tickets as list items that begin
 * with an id, with or without a checkbox, and details as bullets under them.
 */
export function parseLibrary(source: Source): {
  readonly library: Library;
  readonly diagnostics: Diagnostic[];
} {
  const { blocks, diagnostics } = parseMarkdown(source);
  const systems = new Map<string, string>();
  const subsystems = new Map<string, string>();
  const tickets: Ticket[] = [];
  const places = new Map<string, number>();
  let place: Place = { systemId: noSystem, systemName: '', subsystemId: '', subsystemName: '' };
  const found = [...diagnostics];
  for (const { node, base } of blocks) {
    if (node.type === 'heading') place = enter(source, node, base, place, systems, subsystems);
    if (node.type !== 'list') continue;
    for (const item of node.children) {
      const read = readTicket(source, item, base, place, found);
      if (!read) continue;
      if (places.has(read.ticket.ticketId)) {
        found.push(
          diagnoseAt(
            source,
            'library/duplicate-id',
            read.at,
            `${read.ticket.ticketId} stands here a second time`,
          ),
        );
        continue;
      }
      places.set(read.ticket.ticketId, read.at);
      tickets.push(read.ticket);
    }
  }
  found.push(...references(source, tickets, places));
  return { library: { tickets, systems, subsystems }, diagnostics: found };
}

function enter(
  source: Source,
  node: Heading,
  base: number,
  place: Place,
  systems: Map<string, string>,
  subsystems: Map<string, string>,
): Place {
  const range = rangeOf(node, base) ?? [0, 0];
  const text = source.text
    .slice(...range)
    .replace(/^#{1,6}[ \t]*|[ \t]+#+[ \t]*$/g, '')
    .replace(/\*\*/g, '')
    .trim();
  const system = /^System[ \t]+([A-Za-z]?\d{1,4})\b[ \t]*[–—:.-]*[ \t]*(.*)$/i.exec(text);
  if (system?.[1]) {
    const name = system[2] ?? '';
    systems.set(system[1], name);
    return { systemId: system[1], systemName: name, subsystemId: '', subsystemName: '' };
  }
  const subsystem = /^([A-Za-z]?\d{1,4}\.\d{1,4})\b[ \t]*[–—:.-]*[ \t]*(.*)$/.exec(text);
  if (!subsystem?.[1]) return place;
  subsystems.set(subsystem[1], subsystem[2] ?? '');
  return { ...place, subsystemId: subsystem[1], subsystemName: subsystem[2] ?? '' };
}

function readTicket(
  source: Source,
  item: ListItem,
  base: number,
  place: Place,
  found: Diagnostic[],
): { ticket: Ticket; at: number } | null {
  const paragraph = item.children[0];
  const range = rangeOf(item, base);
  const text = paragraph?.type === 'paragraph' ? rangeOf(paragraph, base) : null;
  if (!range || !text) return null;
  const raw = source.text.slice(range[0], text[1]);
  const box = boxEnd(raw, 0);
  const start = box < 0 ? (/^(?:[-*+]|\d{1,9}[.)])/.exec(raw)?.[0].length ?? 0) : box;
  const line = readTicketText(raw.slice(start).trimStart());
  // A list of prose may begin with "24h" or "GA4": a library ticket sets its id off.
  if (line?.separator !== 'mark') return null;
  if (place.systemId === noSystem) {
    found.push(diagnoseAt(source, 'library/no-system', range[0], `${line.ticketId} stands under no system`));
  }
  const details = readDetails(source, item, base);
  const bad = (key: string, message: string) =>
    found.push(
      diagnoseAt(
        source,
        'library/bad-detail',
        details.get(key)?.at ?? range[0],
        `${line.ticketId}: ${message}`,
      ),
    );
  const estimate = details.get('estimate')?.value;
  const hours = estimate === undefined ? null : parseHours(estimate);
  if (estimate !== undefined && hours === null) bad('estimate', `"${estimate}" is no number of hours`);
  const type = details.get('type')?.value.toLowerCase().replace(/[ -]+/g, '_');
  const known = (ticketTypes as readonly string[]).includes(type ?? '');
  if (type !== undefined && !known) bad('type', `"${type}" is none of ${ticketTypes.join(', ')}`);
  const ticket: Ticket = {
    ticketId: line.ticketId,
    ...place,
    title: line.title,
    description: details.get('description')?.value ?? null,
    dependencies: parseIdList(details.get('depends on')?.value ?? ''),
    validationCriteria: details.get('validation')?.items ?? [],
    estimatedHours: hours,
    ticketType: known ? (type as TicketType) : null,
    tags: (details.get('tags')?.value ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
  };
  return { ticket, at: range[0] };
}

interface LibraryDetail {
  readonly value: string;
  readonly items: readonly string[];
  readonly at: number;
}

const keys: Readonly<Record<string, string>> = {
  description: 'description',
  'depends on': 'depends on',
  dependencies: 'depends on',
  estimate: 'estimate',
  hours: 'estimate',
  type: 'type',
  tags: 'tags',
  validation: 'validation',
  'validation criteria': 'validation',
};

function readDetails(source: Source, item: ListItem, base: number): Map<string, LibraryDetail> {
  const details = new Map<string, LibraryDetail>();
  const textOf = (one: ListItem) => {
    const [paragraph] = one.children;
    const range = paragraph ? rangeOf(paragraph, base) : null;
    return range && paragraph?.type === 'paragraph'
      ? source.text
          .slice(...range)
          .replace(/\s+/g, ' ')
          .trim()
      : '';
  };
  for (const list of item.children.filter((one): one is List => one.type === 'list')) {
    for (const bullet of list.children) {
      const match = /^(?:\*\*)?([A-Za-z][A-Za-z ]{1,30}?)(?:\*\*)?[ ]*:(?:\*\*)?[ ]*(.*)$/.exec(
        textOf(bullet),
      );
      const key = keys[match?.[1]?.toLowerCase() ?? ''];
      if (!match || key === undefined) continue;
      const nested = bullet.children.filter((one): one is List => one.type === 'list');
      const items = nested.flatMap((one) => one.children.map(textOf)).filter(Boolean);
      const value = match[2] ?? '';
      details.set(key, {
        value,
        items: value && items.length === 0 ? [value] : items,
        at: rangeOf(bullet, base)?.[0] ?? 0,
      });
    }
  }
  return details;
}

function references(
  source: Source,
  tickets: readonly Ticket[],
  places: ReadonlyMap<string, number>,
): Diagnostic[] {
  const found = tickets.flatMap((one) =>
    one.dependencies
      .filter((id) => !places.has(id))
      .map((id) => {
        const message = `${one.ticketId} depends on ${id}, which is not in the library`;
        return diagnoseAt(source, 'library/unknown-dependency', places.get(one.ticketId) ?? 0, message);
      }),
  );
  const cycle = findCycle(tickets);
  if (cycle) {
    const message = `tickets depend on each other in a circle: ${cycle.join(' → ')}`;
    found.push(diagnoseAt(source, 'library/cycle', places.get(cycle[0] ?? '') ?? 0, message));
  }
  return found;
}
