import { addDays, daysBetween, type IsoDate, latestDate } from './date.ts';
import type { TicketPack } from './pack.ts';
import { type PackStatus, type Progress, packStatus, progressOf } from './rollup.ts';

/** A sprint's plan beside its progress. */
export interface SprintState {
  readonly number: number;
  readonly name: string | null;
  readonly plannedStart: IsoDate | null;
  readonly plannedEnd: IsoDate | null;
  readonly progress: Progress;
  readonly status: PackStatus;
  /** Day on which its last ticket was done; null unless completed. */
  readonly delivered: IsoDate | null;
  /** When it ends if what is left takes its share of the planned time; null when delivered or unplanned. */
  readonly revisedEnd: IsoDate | null;
  readonly late: boolean;
}

/**
 * The sprints in order. What is left of a sprint takes that share of its planned days, starting today, on
 * its planned start, or when the sprint before it ends, whichever is last.
 */
export function sprintStates(pack: TicketPack, today: IsoDate): SprintState[] {
  let previousEnd: IsoDate | null = null;
  return pack.sprints.map((sprint) => {
    const tickets = pack.tickets.filter((one) => one.sprint === sprint.number);
    const progress = progressOf(tickets);
    const status = packStatus(progress);
    const { plannedStart, plannedEnd } = sprint;
    const completed = status === 'completed';
    const delivered = completed ? latestDate(tickets.map((one) => one.completedAt)) : null;
    let revisedEnd: IsoDate | null = null;
    if (!completed && progress.active > 0 && plannedStart && plannedEnd) {
      const days = daysBetween(plannedStart, plannedEnd) + 1;
      const left = Math.max(1, Math.ceil((days * (progress.active - progress.done)) / progress.active));
      const after: IsoDate | null = previousEnd === null ? null : addDays(previousEnd, 1);
      const start = latestDate([today, plannedStart, after]) ?? today;
      revisedEnd = addDays(start, left - 1);
      previousEnd = revisedEnd;
    }
    const late = revisedEnd !== null && plannedEnd !== null && revisedEnd > plannedEnd;
    return { ...sprint, progress, status, delivered, revisedEnd, late };
  });
}
