import { type IsoDate, latestDate } from './date.ts';
import type { Named } from './roadmap.ts';
import type { TicketInstance } from './ticket.ts';

/** How far the tickets are that a piece of the roadmap names. */
export interface Completion {
  readonly complete: boolean;
  readonly done: number;
  readonly active: number;
  /** Day on which the last of them was done; null unless complete. */
  readonly date: IsoDate | null;
}

/**
 * Complete when every named ticket, and every ticket of a named system, is done or skipped, at least one is
 * done, and none is missing from the pack.
 */
export function completionOf(named: Named, tickets: readonly TicketInstance[]): Completion {
  const ids = new Set(named.tickets);
  const systems = new Set(named.systems);
  const members = tickets.filter((one) => ids.has(one.ticketId) || systems.has(one.systemId));
  const known = new Set(members.map((one) => one.ticketId));
  const knownSystems = new Set(members.map((one) => one.systemId));
  const missing = [...ids].some((id) => !known.has(id)) || [...systems].some((id) => !knownSystems.has(id));
  const active = members.filter((one) => one.status !== 'skipped');
  const done = active.filter((one) => one.status === 'done');
  const complete = !missing && done.length > 0 && done.length === active.length;
  return {
    complete,
    done: done.length,
    active: active.length,
    date: complete ? latestDate(done.map((one) => one.completedAt)) : null,
  };
}
