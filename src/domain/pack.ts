import type { IsoDate } from './date.ts';
import type { TicketEntry, TicketInstance } from './ticket.ts';
import type { Version } from './version.ts';

/** One sprint of a pack; dates come from the front matter and may be unknown. */
export interface Sprint {
  readonly number: number;
  readonly name: string | null;
  readonly plannedStart: IsoDate | null;
  readonly plannedEnd: IsoDate | null;
}

/** What a ticket pack file says, before settling. */
export interface PackFacts {
  readonly id: string;
  readonly firm: string;
  readonly version: Version;
  readonly createdAt: IsoDate;
  readonly sprints: readonly Sprint[];
  readonly entries: readonly TicketEntry[];
}

/** A pack with the settled state of every ticket. */
export interface TicketPack extends Omit<PackFacts, 'entries'> {
  readonly tickets: readonly TicketInstance[];
}
