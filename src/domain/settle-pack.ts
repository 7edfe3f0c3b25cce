import type { IsoDate } from './date.ts';
import { type Inferred, type Settled, settle, type TicketChange } from './lifecycle.ts';
import type { PackFacts, TicketPack } from './pack.ts';
import type { TicketEntry, TicketMarks } from './ticket.ts';

export interface Contradiction {
  readonly ticketId: string;
  readonly box: string;
  readonly line: string;
  /** The history at hand does not go back to the last change of the two. */
  readonly cut: boolean;
}

/** A pack with every ticket settled, and what must be written so that the file says the same. */
export interface SettledPack {
  readonly pack: TicketPack;
  readonly changes: readonly TicketChange[];
  readonly contradictions: readonly Contradiction[];
}

/** A date that a commit tells. */
export interface KnownDate extends Inferred {
  readonly date: IsoDate;
}

/** What history tells of a ticket that stands in the last commit as it stands now. */
export interface KnownPast {
  /** Checkbox and Status before they last changed; null when the ticket came like this, or it is not known. */
  readonly before: TicketMarks | null;
  /** The history at hand does not go back to that change. */
  readonly cut: boolean;
  /** Since when it has been under way or done; null when not asked for, or not known. */
  readonly started: KnownDate | null;
  /** Since when it has been done; null when not asked for, or not known. */
  readonly completed: KnownDate | null;
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
        ? [{ ticketId: entry.ticketId, box: settled.box, line: settled.line, cut: settled.cut === true }]
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
  const history = {
    ...(past.started && { started: past.started.date }),
    ...(past.completed && { completed: past.completed.date }),
  };
  const settled = settle(entry, { packId, head: past.before ?? head, today, history, cut: past.cut });
  if (settled.kind !== 'settled' || !settled.change) return settled;
  return { ...settled, change: withInferred(settled.change, past) };
}

/** The change, with the commits that told its dates. */
function withInferred(change: TicketChange, past: KnownPast): TicketChange {
  const told = (date: IsoDate | null | undefined, ...known: readonly (KnownDate | null)[]) => {
    const by = known.find((one) => one !== null && one.date === date);
    return by ? { commit: by.commit, ...(by.bound && { bound: by.bound }) } : null;
  };
  const started = told(change.started, past.started, past.completed);
  const completed = told(change.completed, past.completed);
  if (!started && !completed) return change;
  return { ...change, inferred: { ...(started && { started }), ...(completed && { completed }) } };
}
