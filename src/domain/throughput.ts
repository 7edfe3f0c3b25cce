import { addDays, daysBetween, type IsoDate } from './date.ts';
import type { TicketInstance } from './ticket.ts';

/** A shorter history says more about its few days than about the work. */
export const minHistory = { days: 10, completions: 1 } as const;

/** The days that a forecast rests on, the first and the last included. */
export interface History {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly days: number;
  /** Tickets done on these days. */
  readonly completions: number;
}

/** Days counted from 1970-01-01, so that a replay of years need not read dates again. */
export interface WorkLog {
  /** The earliest start or completion of any ticket; null when no work has a date. */
  readonly firstDay: number | null;
  /** Tickets done, by day. */
  readonly doneOn: ReadonlyMap<number, number>;
}

/** The number of a date, counted from 1970-01-01. */
export function dayOf(date: IsoDate): number {
  return daysBetween('1970-01-01', date);
}

/** The date of a day's number. */
export function dateOf(day: number): IsoDate {
  return addDays('1970-01-01', day);
}

type Dated = Pick<TicketInstance, 'status' | 'startedAt' | 'completedAt'>;

/** When work began and what was done on which day; the order of the tickets does not matter. */
export function workLog(tickets: readonly Dated[]): WorkLog {
  const doneOn = new Map<number, number>();
  let first: IsoDate | null = null;
  for (const { status, startedAt, completedAt } of tickets) {
    for (const date of [startedAt, completedAt]) {
      if (date !== null && (first === null || date < first)) first = date;
    }
    if (status !== 'done' || completedAt === null) continue;
    const day = dayOf(completedAt);
    doneOn.set(day, (doneOn.get(day) ?? 0) + 1);
  }
  return { firstDay: first === null ? null : dayOf(first), doneOn };
}

/**
 * Tickets done on each day before `today`, days with none included: `windowDays` of them, or fewer when the
 * work began later. Today is not over and does not count.
 */
export function dailyThroughput(log: WorkLog, today: number, windowDays: number): number[] {
  if (log.firstDay === null) return [];
  const length = Math.max(0, Math.min(windowDays, today - log.firstDay));
  return Array.from({ length }, (_, index) => log.doneOn.get(today - length + index) ?? 0);
}

/** The history that ends on the day before `today`, and whether it is long enough to forecast from. */
export function historyOf(
  daily: readonly number[],
  today: number,
): { readonly enough: boolean; readonly history: History } {
  const completions = daily.reduce((sum, one) => sum + one, 0);
  const enough = daily.length >= minHistory.days && completions >= minHistory.completions;
  const history = {
    from: dateOf(today - daily.length),
    to: dateOf(today - 1),
    days: daily.length,
    completions,
  };
  return { enough, history };
}
