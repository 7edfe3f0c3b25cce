import type { IsoDate } from './date.ts';
import { compareIds, type TicketInstance, type TicketStatus } from './ticket.ts';

/** A ticket as a roadmap version recorded it. */
export interface RecordedTicket {
  readonly ticketId: string;
  readonly title: string;
  readonly status: TicketStatus;
  readonly systemId: string;
  readonly sprint: number | null;
  readonly startedAt: IsoDate | null;
  readonly completedAt: IsoDate | null;
}

/** What happened to the tickets between two versions. */
export interface TicketDiff {
  readonly done: readonly TicketInstance[];
  readonly started: readonly TicketInstance[];
  readonly blocked: readonly TicketInstance[];
  readonly skipped: readonly TicketInstance[];
  readonly reopened: readonly TicketInstance[];
  /** Empty when nothing was recorded before: a first pack is no change of scope. */
  readonly added: readonly TicketInstance[];
  readonly removed: readonly RecordedTicket[];
  readonly moved: readonly { readonly ticket: TicketInstance; readonly from: number | null }[];
}

/** Compares the pack with what the last version recorded; null when it recorded no tickets. */
export function diffTickets(
  before: readonly RecordedTicket[] | null,
  now: readonly TicketInstance[],
): TicketDiff {
  const old = new Map((before ?? []).map((one) => [one.ticketId, one]));
  const current = new Set(now.map((one) => one.ticketId));
  const sorted = [...now].sort((a, b) => compareIds(a.ticketId, b.ticketId));
  const became = (status: TicketStatus) =>
    sorted.filter((one) => one.status === status && old.get(one.ticketId)?.status !== status);
  const ended: readonly TicketStatus[] = ['done'];
  return {
    done: became('done'),
    started: became('in_progress').filter((one) => !ended.includes(statusOf(old, one))),
    blocked: became('blocked'),
    skipped: became('skipped'),
    reopened: sorted.filter((one) => one.status !== 'done' && statusOf(old, one) === 'done'),
    added: before === null ? [] : sorted.filter((one) => !old.has(one.ticketId)),
    removed: (before ?? []).filter((one) => !current.has(one.ticketId)),
    moved: sorted.flatMap((ticket) => {
      const was = old.get(ticket.ticketId);
      return was && was.sprint !== ticket.sprint ? [{ ticket, from: was.sprint }] : [];
    }),
  };
}

function statusOf(old: ReadonlyMap<string, RecordedTicket>, one: TicketInstance): TicketStatus {
  return old.get(one.ticketId)?.status ?? 'not_started';
}
