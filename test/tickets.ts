import type { IsoDate } from '../src/domain/date.ts';
import type { TicketPack } from '../src/domain/pack.ts';
import type { TicketInstance, TicketStatus } from '../src/domain/ticket.ts';

/** A ticket with nothing but what a forecast reads. */
export function ticket(
  status: TicketStatus,
  sprint: number | null,
  completedAt: IsoDate | null = null,
  startedAt: IsoDate | null = completedAt,
): TicketInstance {
  return {
    id: '00000000-0000-4000-8000-000000000000',
    ticketPackId: '00000000-0000-4000-8000-000000000000',
    ticketId: 'T1.1.1',
    title: 'Title',
    status,
    assignee: null,
    startedAt,
    completedAt,
    notes: null,
    systemId: '1',
    sprint,
  };
}

/** A pack of these tickets with sprints 1 to `count`. */
export function packOf(
  tickets: readonly TicketInstance[],
  count: number,
): Pick<TicketPack, 'sprints' | 'tickets'> {
  const sprints = Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    name: null,
    plannedStart: null,
    plannedEnd: null,
  }));
  return { sprints, tickets };
}
