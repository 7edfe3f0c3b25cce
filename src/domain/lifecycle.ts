import type { IsoDate } from './date.ts';
import { ticketInstanceId } from './id.ts';
import {
  systemOf,
  type TicketEntry,
  type TicketInstance,
  type TicketMarks,
  type TicketStatus,
} from './ticket.ts';

/** What tells a date that was read from history: the commit, by its full id. */
export interface Inferred {
  readonly commit: string;
  /** History is not known beyond the commit: it happened no later than that. */
  readonly bound?: true;
}

/** What must be written so that a ticket's checkbox, Status line and dates agree. Absent keys stay as they are. */
export interface TicketChange {
  readonly ticketId: string;
  readonly box?: 'open' | 'done';
  readonly status?: TicketStatus;
  readonly started?: IsoDate;
  /** Null takes the date out: the ticket was reopened. */
  readonly completed?: IsoDate | null;
  readonly assignee?: string;
  readonly notes?: string;
  /** Which of the dates were read from history; the others are today's, or follow from what a person wrote. */
  readonly inferred?: { readonly started?: Inferred; readonly completed?: Inferred };
}

export type Settled =
  | { readonly kind: 'settled'; readonly instance: TicketInstance; readonly change: TicketChange | null }
  | {
      readonly kind: 'contradiction';
      readonly box: string;
      readonly line: TicketStatus;
      /** Which of the two changed last lies beyond the history that is at hand. */
      readonly cut?: true;
    };

export interface SettleOptions {
  readonly packId: string;
  /** The same ticket in the last commit; null when there is none. */
  readonly head: TicketMarks | null;
  readonly today: IsoDate;
  /** Dates known from history, preferred to `today`. */
  readonly history?: { readonly started?: IsoDate; readonly completed?: IsoDate };
  /** History is cut off before the last change of checkbox and Status. */
  readonly cut?: boolean;
}

const boxWords = { open: '[ ]', done: '[x]', in_progress: '[/]', skipped: '[-]' } as const;

/**
 * Settles one ticket: where checkbox and Status line disagree the one that changed since the last commit
 * wins; without a last commit the checkbox decides done or not done and the line the rest. Leaving
 * `not_started` sets a start date once, `done` sets a completion date once, reopening clears it.
 */
export function settle(entry: TicketEntry, options: SettleOptions): Settled {
  const unknown = options.cut === true && isDisputed(entry);
  const status = unknown ? null : settleStatus(entry, options.head);
  if (status === null) {
    const line = entry.statusLine ?? 'not_started';
    return { kind: 'contradiction', box: boxWords[entry.box], line, ...(unknown && { cut: true }) };
  }
  const completed = status === 'done' ? (entry.completed ?? completionDate(entry, options)) : null;
  const started = entry.started ?? startDate(entry, status, options);
  const instance: TicketInstance = {
    // A hash, which few readers ask for.
    get id() {
      return ticketInstanceId(options.packId, entry.ticketId);
    },
    ticketPackId: options.packId,
    ticketId: entry.ticketId,
    title: entry.title,
    status,
    assignee: entry.assignee,
    startedAt: started,
    completedAt: completed,
    notes: entry.notes,
    systemId: systemOf(entry.ticketId, entry.system),
    sprint: entry.sprint,
  };
  return { kind: 'settled', instance, change: changeFor(entry, instance) };
}

function completionDate(entry: TicketEntry, { today, history }: SettleOptions): IsoDate {
  const completed = history?.completed ?? today;
  if (completed === today || entry.started === null || entry.started <= completed) return completed;
  // The commit's clock was wrong: by the date that a person wrote, the work had not begun.
  return entry.started < today ? entry.started : today;
}

function startDate(entry: TicketEntry, status: TicketStatus, options: SettleOptions): IsoDate | null {
  // Skipping work that never began is no start.
  if (status === 'not_started' || status === 'skipped') return null;
  const { today, history } = options;
  const started = history?.started ?? history?.completed ?? today;
  // Work cannot begin after it ended, whoever told its end.
  const ended = entry.completed ?? (status === 'done' ? history?.completed : null) ?? null;
  return ended !== null && ended < started ? ended : started;
}

/** The status that checkbox and Status line amount to, as `settle` tells it; null when both changed and disagree. */
export function settleStatus(
  entry: Pick<TicketEntry, 'box' | 'statusLine' | 'started'>,
  head: TicketMarks | null,
): TicketStatus | null {
  const { box, statusLine: line } = entry;
  if (line === null) return fromBox(entry, 'not_started');
  if (agree(box, line)) return line;
  const boxChanged = head !== null && head.box !== box;
  const lineChanged = head !== null && head.statusLine !== line;
  if (boxChanged && lineChanged) return null;
  if (lineChanged) return line;
  // The box changed, or nothing tells which came later: the box decides done or not done.
  if (boxChanged || box === 'done' || line === 'done' || box === 'open') return fromBox(entry, line);
  // A mark of Obsidian's was put there by hand; `not_started` is what every ticket begins with.
  return line === 'not_started' ? box : line;
}

/**
 * Done by its line, open by its box: un-ticked, or never ticked? To guess could lose what was done; a ticked
 * box over an older line is what ticking by hand leaves, and needs no history.
 */
function isDisputed({ box, statusLine: line }: TicketMarks): boolean {
  return box !== 'done' && line === 'done';
}

/** An open box allows every status but done; Obsidian's marks stand for one status each. */
export function agree(box: TicketEntry['box'], line: TicketStatus): boolean {
  if (box === 'open') return line !== 'done';
  return box === line;
}

function fromBox(entry: Pick<TicketEntry, 'box' | 'started'>, line: TicketStatus): TicketStatus {
  if (entry.box !== 'open') return entry.box;
  if (line !== 'done') return line;
  // Reopened: what has a start date has been started.
  return entry.started === null ? 'not_started' : 'in_progress';
}

function changeFor(entry: TicketEntry, settled: TicketInstance): TicketChange | null {
  const change: { -readonly [K in keyof TicketChange]: TicketChange[K] } = { ticketId: entry.ticketId };
  if (!agree(entry.box, settled.status)) change.box = settled.status === 'done' ? 'done' : 'open';
  if (entry.statusLine !== null && entry.statusLine !== settled.status) change.status = settled.status;
  if (settled.startedAt !== null && entry.started === null) change.started = settled.startedAt;
  if (entry.completed !== settled.completedAt) change.completed = settled.completedAt;
  return Object.keys(change).length > 1 ? change : null;
}
