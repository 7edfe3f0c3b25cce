import type { IsoDate } from './date.ts';
import { type Settled, settle, type TicketChange } from './lifecycle.ts';
import type { PackFacts, TicketPack } from './pack.ts';
import type { TicketEntry } from './ticket.ts';

export interface Contradiction {
  readonly ticketId: string;
  readonly box: string;
  readonly line: string;
}

/** A pack with every ticket settled, and what must be written so that the file says the same. */
export interface SettledPack {
  readonly pack: TicketPack;
  readonly changes: readonly TicketChange[];
  readonly contradictions: readonly Contradiction[];
}

/** What history tells of a ticket that stands in the last commit as it stands now. */
export interface KnownPast {
  readonly before: TicketEntry | null;
  readonly since: IsoDate;
}

/** Tickets whose state was committed by hand: history has to say which side changed last, and when. */
export function needHistory(entries: readonly TicketEntry[], head: readonly TicketEntry[]): TicketEntry[] {
  const before = new Map(head.map((one) => [one.ticketId, one]));
  return entries.filter((one) => {
    const was = before.get(one.ticketId);
    if (!was || was.box !== one.box || was.statusLine !== one.statusLine) return false;
    const settled = settle(one, { packId: nowhere, head: was, today: '9999-12-31' });
    return settled.kind === 'settled' && settled.change !== null;
  });
}

/** Settles all tickets of a pack against the entries of the last commit (none outside Git). */
export function settlePack(
  facts: PackFacts,
  head: readonly TicketEntry[],
  today: IsoDate,
  pasts: ReadonlyMap<string, KnownPast> = new Map(),
): SettledPack {
  const before = new Map(head.map((one) => [one.ticketId, one]));
  const { entries, ...rest } = facts;
  const results = entries.map((entry) => ({
    entry,
    settled: settleOne(entry, facts.id, before.get(entry.ticketId) ?? null, today, pasts.get(entry.ticketId)),
  }));
  return {
    pack: {
      ...rest,
      tickets: results.flatMap(({ settled }) => (settled.kind === 'settled' ? [settled.instance] : [])),
    },
    changes: results.flatMap(({ settled }) =>
      settled.kind === 'settled' && settled.change ? [settled.change] : [],
    ),
    contradictions: results.flatMap(({ entry, settled }) =>
      settled.kind === 'contradiction'
        ? [{ ticketId: entry.ticketId, box: settled.box, line: settled.line }]
        : [],
    ),
  };
}

const nowhere = '00000000-0000-4000-8000-000000000000';

function settleOne(
  entry: TicketEntry,
  packId: string,
  head: TicketEntry | null,
  today: IsoDate,
  past: KnownPast | undefined,
): Settled {
  if (!past) return settle(entry, { packId, head, today });
  const history = { started: past.since, completed: past.since };
  return settle(entry, { packId, head: past.before ?? head, today, history });
}
