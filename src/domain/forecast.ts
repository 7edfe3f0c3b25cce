import { daysToReach } from './convolution.ts';
import { addDays, type IsoDate } from './date.ts';
import type { TicketPack } from './pack.ts';
import { dailyThroughput, dayOf, type History, historyOf, workLog } from './throughput.ts';
import type { TicketInstance } from './ticket.ts';

/** When a number of tickets will be done. */
export interface Forecast {
  /** Tickets to be done yet, blocked ones too; skipped ones are not to be done. */
  readonly remaining: number;
  /** Done by this day in 50 of 100 cases; today when nothing remains, null when later than the horizon. */
  readonly p50: IsoDate | null;
  readonly p85: IsoDate | null;
  readonly p95: IsoDate | null;
}

/** The chances that the three dates stand for. */
export const levels = { p50: 0.5, p85: 0.85, p95: 0.95 } as const;
export type Level = keyof typeof levels;
export const levelNames: readonly Level[] = ['p50', 'p85', 'p95'];

/** How far a forecast looks ahead, in days: five years. */
export const horizonDays = 1826;

export interface SprintForecast {
  readonly number: number;
  /** Of this sprint and all before it: the date is when the last ticket of all of them is done. */
  readonly forecast: Forecast;
  /** Blocked ones among the remaining tickets. */
  readonly blocked: number;
}

/** Forecasts of a pack, or what is lacking for them. */
export type PackForecast =
  | {
      readonly enough: true;
      /** Every ticket of the pack, those in no sprint too. */
      readonly pack: Forecast;
      readonly blocked: number;
      /** The sprints that still have something to do, in their order. */
      readonly sprints: readonly SprintForecast[];
      readonly history: History;
    }
  | {
      readonly enough: false;
      readonly reason: 'not enough history';
      readonly remaining: number;
      readonly blocked: number;
      /** Days that there are so far, and tickets done on them; see `minHistory` for what is needed. */
      readonly days: number;
      readonly completions: number;
    };

/**
 * When a pack and each of its unfinished sprints will be done if work goes on as in the last `windowDays`
 * days: every day to come is an independent draw from those days, and sprints are done one after the other.
 *
 * Not known, and so not in it: tickets still to be added or skipped (and when any was), days off to come, the
 * size of a ticket, when a blocked one is free again, and the completion that a reopened ticket once had.
 */
export function forecastPack(
  pack: Pick<TicketPack, 'sprints' | 'tickets'>,
  today: IsoDate,
  windowDays: number,
): PackForecast {
  const { sprints, whole } = openWork(pack);
  const daily = dailyThroughput(workLog(pack.tickets), dayOf(today), windowDays);
  const { enough, history } = historyOf(daily, dayOf(today));
  if (!enough) {
    const { days, completions } = history;
    return { enough, reason: 'not enough history', ...whole, days, completions };
  }
  const remaining = [whole, ...sprints].map((one) => one.remaining);
  const [forPack, ...forSprints] = forecastAll(daily, remaining, today);
  return {
    enough,
    pack: forPack as Forecast,
    blocked: whole.blocked,
    sprints: sprints.map(({ number, blocked }, index) => ({
      number,
      forecast: forSprints[index] as Forecast,
      blocked,
    })),
    history,
  };
}

/** A forecast for each number of remaining tickets, from the tickets done on each day of the history. */
export function forecastAll(
  daily: readonly number[],
  remaining: readonly number[],
  today: IsoDate,
): Forecast[] {
  const chances = levelNames.map((one) => levels[one]);
  return daysToReach(daily, remaining, chances, horizonDays).map((days, index) => {
    const [p50 = null, p85 = null, p95 = null] = days.map((one) =>
      one === null ? null : addDays(today, one),
    );
    return { remaining: remaining[index] ?? 0, p50, p85, p95 };
  });
}

interface Scope {
  readonly remaining: number;
  readonly blocked: number;
}

/** What is to be done yet: of each unfinished sprint with all before it, and of the whole pack. */
function openWork({ sprints, tickets }: Pick<TicketPack, 'sprints' | 'tickets'>): {
  sprints: (Scope & { number: number })[];
  whole: Scope;
} {
  const bySprint = new Map<number | null, Scope>();
  const add = (a: Scope, b: Scope) => ({
    remaining: a.remaining + b.remaining,
    blocked: a.blocked + b.blocked,
  });
  const none = { remaining: 0, blocked: 0 };
  let whole: Scope = none;
  for (const one of tickets.filter(isOpen)) {
    const scope = { remaining: 1, blocked: one.status === 'blocked' ? 1 : 0 };
    bySprint.set(one.sprint, add(bySprint.get(one.sprint) ?? none, scope));
    whole = add(whole, scope);
  }
  let before: Scope = none;
  const unfinished = sprints.flatMap(({ number }) => {
    const own = bySprint.get(number);
    if (!own) return [];
    before = add(before, own);
    return [{ number, ...before }];
  });
  return { sprints: unfinished, whole };
}

function isOpen({ status }: Pick<TicketInstance, 'status'>): boolean {
  return status !== 'done' && status !== 'skipped';
}
