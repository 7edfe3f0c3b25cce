import type { IsoDate } from './date.ts';

export const ticketStatuses = ['not_started', 'in_progress', 'blocked', 'done', 'skipped'] as const;
export type TicketStatus = (typeof ticketStatuses)[number];

export const ticketTypes = ['ghl_native', 'hybrid', 'external'] as const;
export type TicketType = (typeof ticketTypes)[number];

/** A ticket of the library: what could be done for any firm. */
export interface Ticket {
  readonly ticketId: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly subsystemId: string;
  readonly subsystemName: string;
  readonly title: string;
  readonly description: string | null;
  readonly dependencies: readonly string[];
  readonly validationCriteria: readonly string[];
  /** Hours of work; null when the library does not say. */
  readonly estimatedHours: number | null;
  readonly ticketType: TicketType | null;
  readonly tags: readonly string[];
}

/** What a checkbox can say: `[ ]`, `[x]`, and Obsidian's `[/]` and `[-]`. */
export type Box = 'open' | 'done' | 'in_progress' | 'skipped';

/** A ticket exactly as a pack states it, before checkbox, Status line and dates are settled. */
export interface TicketEntry {
  readonly ticketId: string;
  readonly title: string;
  readonly box: Box;
  readonly statusLine: TicketStatus | null;
  readonly assignee: string | null;
  readonly started: IsoDate | null;
  readonly completed: IsoDate | null;
  readonly notes: string | null;
  /** The `System:` detail, or the number of the heading `System N` above it. */
  readonly system: string | null;
  readonly dependsOn: readonly string[];
  readonly estimatedHours: number | null;
  /** Null before the first sprint heading, and under a heading that ends the sprints. */
  readonly sprint: number | null;
}

/** The two places where a pack says how far a ticket is. */
export type TicketMarks = Pick<TicketEntry, 'box' | 'statusLine'>;

/** A firm's ticket with its settled state. */
export interface TicketInstance {
  readonly id: string;
  readonly ticketPackId: string;
  readonly ticketId: string;
  readonly title: string;
  readonly status: TicketStatus;
  readonly assignee: string | null;
  readonly startedAt: IsoDate | null;
  readonly completedAt: IsoDate | null;
  readonly notes: string | null;
  readonly systemId: string;
  readonly sprint: number | null;
}

/** Tickets of no system at all (ids without a number) are grouped under this id. */
export const noSystem = 'other';

/** The system of a ticket: its own `System:` detail or heading, else the first number of its id (`T3.2.1` → 3). */
export function systemOf(ticketId: string, stated: string | null): string {
  const named = stated === null ? null : /\d+/.exec(stated);
  if (named) return String(Number(named[0]));
  if (stated !== null && stated !== '') return stated;
  const first = /\d+/.exec(ticketId);
  return first ? String(Number(first[0])) : noSystem;
}

/** Orders ids as people count: T1.2 before T1.10, A2 before A10. */
export function compareIds(a: string, b: string): number {
  const split = (id: string) => id.split(/(\d+)/);
  const left = split(a);
  const right = split(b);
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const x = left[i] ?? '';
    const y = right[i] ?? '';
    if (x === y) continue;
    if (i % 2 === 1 && Number(x) !== Number(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return 0;
}
