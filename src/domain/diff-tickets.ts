import { compareIds, type TicketEntry, type TicketInstance, type TicketStatus } from './ticket.ts';

/** A field that says something else than before; null where it says nothing. */
export interface FieldChange {
  readonly field: string;
  readonly from: string | number | null;
  readonly to: string | number | null;
}

/**
 * What became of a ticket: `resumed` is blocked no more and under way, `set_back` not started any more,
 * `skipped` put off, `restored` taken up again. A ticket that was done and is not any more is `reopened`,
 * whatever it is now.
 */
export const moveKinds = [
  'done',
  'reopened',
  'started',
  'resumed',
  'blocked',
  'set_back',
  'skipped',
  'restored',
] as const;
export type MoveKind = (typeof moveKinds)[number];

/** A ticket whose status is another one. */
export interface TicketMove {
  readonly kind: MoveKind;
  readonly ticket: TicketInstance;
  /** Null for a ticket that was not there. */
  readonly from: TicketStatus | null;
}

/** What happened to the tickets of a pack. */
export interface TicketChanges {
  readonly moves: readonly TicketMove[];
  readonly added: readonly TicketInstance[];
  readonly removed: readonly TicketInstance[];
  /** In another sprint than before. */
  readonly moved: readonly { readonly ticket: TicketInstance; readonly from: number | null }[];
  readonly retitled: readonly { readonly ticket: TicketInstance; readonly from: string }[];
  /** Other details that people write: assignee, dates, notes, system, dependencies, estimate. */
  readonly edited: readonly { readonly ticket: TicketInstance; readonly fields: readonly FieldChange[] }[];
}

export const noTicketChanges: TicketChanges = {
  moves: [],
  added: [],
  removed: [],
  moved: [],
  retitled: [],
  edited: [],
};

/** Tickets with their settled state, and as the file states them. */
export interface PackState {
  readonly tickets: readonly TicketInstance[];
  readonly entries: readonly TicketEntry[];
}

/** Compares two states of one pack, by ticket id. */
export function diffPack(before: PackState, after: PackState): TicketChanges {
  const old = byId(before.tickets);
  const now = byId(after.tickets);
  const [oldEntries, newEntries] = [byId(before.entries), byId(after.entries)];
  const sorted = [...now.values()].sort((a, b) => compareIds(a.ticketId, b.ticketId));
  const both = sorted.flatMap((ticket) => {
    const was = old.get(ticket.ticketId);
    return was ? [{ ticket, was }] : [];
  });
  return {
    moves: sorted.flatMap((ticket): TicketMove[] => {
      const from = old.get(ticket.ticketId)?.status ?? null;
      const kind = moveOf(from ?? 'not_started', ticket.status);
      return kind === null ? [] : [{ kind, ticket, from }];
    }),
    added: sorted.filter((one) => !old.has(one.ticketId)),
    removed: [...old.values()]
      .filter((one) => !now.has(one.ticketId))
      .sort((a, b) => compareIds(a.ticketId, b.ticketId)),
    moved: both.flatMap(({ ticket, was }) =>
      was.sprint === ticket.sprint ? [] : [{ ticket, from: was.sprint }],
    ),
    retitled: both.flatMap(({ ticket, was }) =>
      was.title === ticket.title ? [] : [{ ticket, from: was.title }],
    ),
    edited: both.flatMap(({ ticket, was }) => {
      const details = [oldEntries.get(ticket.ticketId), newEntries.get(ticket.ticketId)] as const;
      const fields = detailChanges(was, ticket, details, was.status === ticket.status);
      return fields.length === 0 ? [] : [{ ticket, fields }];
    }),
  };
}

/** The name of a change of status; null where there is none. */
export function moveOf(from: TicketStatus, to: TicketStatus): MoveKind | null {
  if (from === to) return null;
  if (from === 'done') return 'reopened';
  if (to === 'not_started') return from === 'skipped' ? 'restored' : 'set_back';
  if (to === 'in_progress') return from === 'blocked' ? 'resumed' : 'started';
  return to;
}

function detailChanges(
  was: TicketInstance,
  now: TicketInstance,
  [then, entry]: readonly [TicketEntry | undefined, TicketEntry | undefined],
  sameStatus: boolean,
): FieldChange[] {
  const fields: [string, FieldChange['from'], FieldChange['to']][] = [
    ['assignee', was.assignee, now.assignee],
    ['notes', was.notes, now.notes],
    ['system', was.systemId, now.systemId],
    ['depends_on', list(then?.dependsOn), list(entry?.dependsOn)],
    ['estimate_hours', then?.estimatedHours ?? null, entry?.estimatedHours ?? null],
  ];
  // A date that comes with a change of status, or that was written down for one, says nothing new.
  const dates: [string, string | null, string | null][] = [
    ['started', then?.started ?? null, entry?.started ?? null],
    ['completed', then?.completed ?? null, entry?.completed ?? null],
  ];
  const told = sameStatus ? dates.filter(([, from]) => from !== null) : [];
  return [...fields, ...told].flatMap(([field, from, to]) => (from === to ? [] : [{ field, from, to }]));
}

function list(ids: readonly string[] | undefined): string | null {
  return ids === undefined || ids.length === 0 ? null : ids.join(', ');
}

function byId<T extends { readonly ticketId: string }>(all: readonly T[]): Map<string, T> {
  return new Map(all.map((one) => [one.ticketId, one]));
}
