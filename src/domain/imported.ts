import type { IsoDate } from './date.ts';
import type { TicketStatus } from './ticket.ts';

/** A ticket from elsewhere, with its state where that was said. */
export interface ImportedTicket {
  readonly ticketId: string;
  readonly title: string;
  /** Null for none. */
  readonly sprint: number | null;
  readonly system: string | null;
  readonly dependsOn: readonly string[];
  readonly estimatedHours: number | null;
  readonly status: TicketStatus;
  readonly assignee: string | null;
  readonly started: IsoDate | null;
  readonly completed: IsoDate | null;
  readonly notes: string | null;
  /** Further bullets, such as Description. */
  readonly more: readonly [label: string, value: string][];
}

/** A sprint from elsewhere. */
export interface ImportedSprint {
  readonly number: number;
  readonly name: string | null;
  readonly plannedStart: IsoDate | null;
  readonly plannedEnd: IsoDate | null;
}

/** A pack from elsewhere; what is null there gets the values of a new pack. */
export interface ImportedPack {
  readonly id: string | null;
  readonly version: string | null;
  readonly createdAt: IsoDate | null;
  readonly sprints: readonly ImportedSprint[];
  readonly tickets: readonly ImportedTicket[];
}
