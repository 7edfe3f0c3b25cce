import type { IsoDate } from './date.ts';
import { agree, settleStatus } from './lifecycle.ts';
import { type Sides, threeWay } from './merge-order.ts';
import type { Box, TicketStatus } from './ticket.ts';

/** How far a ticket is, as one side writes it. */
export interface Progress {
  readonly box: Box;
  /** The Status line; null without one, or with one that is no status. */
  readonly statusLine: TicketStatus | null;
  readonly started: IsoDate | null;
  /** The Status line as it is written; null without one. */
  readonly written: string | null;
}

export interface ProgressMerge {
  /** Whose checkbox holds. */
  readonly box: 'ours' | 'theirs';
  /** Whose Status line holds. */
  readonly line: 'ours' | 'theirs';
  /** The status both amount to; null where it cannot be told. */
  readonly status: TicketStatus | null;
}

/** What a ticket that is not there yet counts as: open, with nothing said. */
const untouched: Progress = { box: 'open', statusLine: null, started: null, written: null };

/**
 * Merges checkbox and Status line, which say the same thing twice: what counts is the status that each side's
 * marks amount to by the lifecycle. Without `before` both sides added the ticket. Two different new statuses are a contradiction, told as both.
 */
export function mergeProgress(
  before: Progress | null,
  ours: Progress,
  theirs: Progress,
): ProgressMerge | { readonly ours: string; readonly theirs: string } {
  const sides = { base: before ?? untouched, ours, theirs };
  const same = (a: Progress, b: Progress) => a.box === b.box && a.written === b.written;
  const status = {
    base: settleStatus(sides.base, null),
    ours: settleStatus(ours, before),
    theirs: settleStatus(theirs, before),
  };
  const whole = threeWay(sides, same);
  if (whole !== 'conflict') return { box: whole, line: whole, status: status[whole] };
  const winner = threeWay(status);
  const readable = [ours, theirs].every((one) => one.written === null || one.statusLine !== null);
  if (winner === 'conflict' || !readable || status[winner] === null) {
    return { ours: marksOf(ours, status.ours), theirs: marksOf(theirs, status.theirs) };
  }
  const wanted = status[winner];
  const both = { box: pick(sides, 'box', winner), line: pick(sides, 'written', winner) };
  const { box } = sides[both.box];
  const { statusLine } = sides[both.line];
  const agrees = wanted !== null && (statusLine === null ? isSaid(box, wanted) : statusLine === wanted);
  if (agrees && agree(box, wanted)) return { ...both, status: wanted };
  // One side only wrote down what was so before; what the other side changed is the news.
  return { box: winner, line: winner, status: wanted };
}

function pick(sides: Sides<Progress>, key: 'box' | 'written', winner: 'ours' | 'theirs') {
  const found = threeWay({ base: sides.base[key], ours: sides.ours[key], theirs: sides.theirs[key] });
  return found === 'conflict' ? winner : found;
}

/** Whether a box alone, without a Status line, says it. */
function isSaid(box: Box, status: TicketStatus): boolean {
  return box === 'open' ? status === 'not_started' : box === status;
}

function marksOf({ box, written }: Progress, status: TicketStatus | null): string {
  return status ?? `${box === 'done' ? 'ticked' : box} with Status ${written ?? 'none'}`;
}

/**
 * Merges a start or completion date. Two sides that each set one first, keep the earlier: work had begun (was
 * done) by then, and the lifecycle sets a date once. A ticket that is done no longer has no completion date.
 * Two different corrections of one date are a conflict.
 */
export function mergeDate(
  key: 'started' | 'completed',
  sides: Sides<string | null>,
  status: TicketStatus | null,
): 'ours' | 'theirs' | 'conflict' {
  const { base, ours, theirs } = sides;
  const found = threeWay(sides);
  if (found !== 'conflict') return found;
  if (key === 'completed' && status !== null && status !== 'done') {
    if (ours === null) return 'ours';
    if (theirs === null) return 'theirs';
  }
  if (base !== null || ours === null || theirs === null) return 'conflict';
  return ours <= theirs ? 'ours' : 'theirs';
}

/** A list that both sides changed: what either added is in, what either took out is not. */
export function mergeIds({ base, ours, theirs }: Sides<readonly string[]>): string[] {
  const kept = ours.filter((id) => theirs.includes(id) || !base.includes(id));
  const added = theirs.filter((id) => !base.includes(id) && !ours.includes(id));
  return [...kept, ...added];
}
