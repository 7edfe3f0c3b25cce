import type { IsoDate } from './date.ts';
import { settle, type TicketChange } from './lifecycle.ts';
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

/** Settles all tickets of a pack against the entries of the last commit (none outside Git). */
export function settlePack(facts: PackFacts, head: readonly TicketEntry[], today: IsoDate): SettledPack {
  const before = new Map(head.map((one) => [one.ticketId, one]));
  const { entries, ...rest } = facts;
  const results = entries.map((entry) => ({
    entry,
    settled: settle(entry, { packId: facts.id, head: before.get(entry.ticketId) ?? null, today }),
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
