import type { IsoDate } from './date.ts';
import { type Forecast, forecastAll, type Level, levelNames, levels } from './forecast.ts';
import { round } from './number.ts';
import type { TicketPack } from './pack.ts';
import { dailyThroughput, dateOf, dayOf, historyOf, workLog } from './throughput.ts';
import type { TicketInstance } from './ticket.ts';

/** A forecast as it would have been made on a past day, and what came of it. */
export interface PastForecast extends Forecast {
  readonly day: IsoDate;
  /** The sprint, with all before it; null for the whole pack. */
  readonly sprint: number | null;
  /** The day on which the last of its tickets was done; null while one is not. */
  readonly finished: IsoDate | null;
  /** By date: whether it was done by then; null while that is not decided. */
  readonly held: Readonly<Record<Level, boolean | null>>;
}

/** How often a date held, of the times when that is decided. */
export interface HeldTally {
  readonly decided: number;
  readonly held: number;
  /** Percent with one decimal; null when nothing is decided. */
  readonly percent: number | null;
}

export type HeldTallies = Readonly<Record<Level, HeldTally>>;

export interface Backtest {
  /** Past days that a forecast could be made on: enough history, and something to do. */
  readonly days: number;
  readonly from: IsoDate | null;
  readonly to: IsoDate | null;
  readonly held: HeldTallies;
  /** The same for each sprint (with all before it) and the whole pack (null), where there was a forecast. */
  readonly scopes: readonly {
    readonly sprint: number | null;
    readonly forecasts: number;
    readonly held: HeldTallies;
  }[];
  /** Done tickets that say no day, or one to come; they are left out. */
  readonly undated: number;
  readonly forecasts: readonly PastForecast[];
}

/** The days on which the tickets of a sprint were done, rising; Infinity for those that are not. */
interface Group {
  /** Null for tickets in no sprint. */
  readonly sprint: number | null;
  readonly ends: readonly number[];
}

/**
 * Replays a pack's own past: on the evening of each day before today, forecasts from what was done before
 * that day, and compares with the day on which the work was really finished. Finished later than the date, or
 * not finished although the date has passed, is missed; not finished while the date is still to come is not
 * decided and not counted, so that unfinished work can only count against the forecast.
 *
 * The scope is today's: when a ticket was added or skipped is not known, so the replay knows the scope better
 * than anybody did then, and a real forecast would have missed more often. A ticket that was reopened counts
 * by its last completion alone. Neighbouring days share nearly all of their history and their finish: the
 * counts are not as many independent trials.
 */
export function backtest(
  pack: Pick<TicketPack, 'sprints' | 'tickets'>,
  today: IsoDate,
  windowDays: number,
): Backtest {
  const now = dayOf(today);
  const { groups, undated } = groupsOf(pack, today);
  const log = workLog(pack.tickets);
  const forecasts: PastForecast[] = [];
  const days: number[] = [];
  for (let day = log.firstDay ?? now; day < now; day += 1) {
    const daily = dailyThroughput(log, day, windowDays);
    if (!historyOf(daily, day).enough) continue;
    const scopes = scopesOn(groups, day);
    if (scopes.length === 0) break;
    days.push(day);
    const date = dateOf(day);
    const remaining = scopes.map((one) => one.remaining);
    for (const [index, forecast] of forecastAll(daily, remaining, date).entries()) {
      const { sprint, finished } = scopes[index] as Scope;
      const end = Number.isFinite(finished) ? dateOf(finished) : null;
      forecasts.push({ day: date, sprint, ...forecast, finished: end, held: heldOf(forecast, end, today) });
    }
  }
  const bySprint = new Map<number | null, PastForecast[]>();
  for (const one of forecasts) {
    const own = bySprint.get(one.sprint);
    if (own) own.push(one);
    else bySprint.set(one.sprint, [one]);
  }
  const scopes = groups.flatMap(({ sprint }) => {
    const own = bySprint.get(sprint) ?? [];
    return own.length === 0 ? [] : [{ sprint, forecasts: own.length, held: tally(own) }];
  });
  const ends = { from: days[0], to: days.at(-1) };
  return {
    days: days.length,
    from: ends.from === undefined ? null : dateOf(ends.from),
    to: ends.to === undefined ? null : dateOf(ends.to),
    held: tally(forecasts),
    scopes,
    undated,
    forecasts,
  };
}

/** Tickets to be done, by sprint in its order, those in no sprint last. */
function groupsOf(
  { sprints, tickets }: Pick<TicketPack, 'sprints' | 'tickets'>,
  today: IsoDate,
): { groups: Group[]; undated: number } {
  const ends = new Map<number | null, number[]>([
    ...sprints.map((one): [number, number[]] => [one.number, []]),
    [null, []],
  ]);
  let undated = 0;
  for (const one of tickets) {
    if (one.status === 'skipped') continue;
    const end = endOf(one, today);
    if (end === null) undated += 1;
    else ends.get(one.sprint)?.push(end);
  }
  const groups = [...ends].map(([sprint, of]) => ({ sprint, ends: of.sort((a, b) => a - b) }));
  return { groups, undated };
}

/** Infinity when not done; null when done on a day that cannot be told. */
function endOf({ status, completedAt }: TicketInstance, today: IsoDate): number | null {
  if (status !== 'done') return Number.POSITIVE_INFINITY;
  return completedAt === null || completedAt > today ? null : dayOf(completedAt);
}

interface Scope {
  readonly sprint: number | null;
  readonly remaining: number;
  /** Day of the last completion; Infinity while one is missing. */
  readonly finished: number;
}

/** What was to be done on the evening of a day: of each unfinished sprint with all before it, and of the pack. */
function scopesOn(groups: readonly Group[], day: number): Scope[] {
  const scopes: Scope[] = [];
  let remaining = 0;
  let finished = Number.NEGATIVE_INFINITY;
  for (const { sprint, ends } of groups) {
    const own = ends.length - countUpTo(ends, day);
    remaining += own;
    finished = Math.max(finished, ends.at(-1) ?? finished);
    if (sprint !== null && own > 0) scopes.push({ sprint, remaining, finished });
  }
  return remaining > 0 ? [...scopes, { sprint: null, remaining, finished }] : [];
}

/** How many of the rising numbers are at most `limit`. */
function countUpTo(rising: readonly number[], limit: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function heldOf(forecast: Forecast, finished: IsoDate | null, today: IsoDate): PastForecast['held'] {
  const held = (date: IsoDate | null) => {
    // A date beyond the horizon is later than any that has come.
    if (finished !== null) return date === null || finished <= date;
    return date !== null && date < today ? false : null;
  };
  return { p50: held(forecast.p50), p85: held(forecast.p85), p95: held(forecast.p95) };
}

function tally(forecasts: readonly PastForecast[]): HeldTallies {
  const of = (level: Level): HeldTally => {
    const decided = forecasts.filter((one) => one.held[level] !== null).length;
    const held = forecasts.filter((one) => one.held[level] === true).length;
    return { decided, held, percent: decided === 0 ? null : round((100 * held) / decided, 1) };
  };
  const [p50, p85, p95] = levelNames.map(of) as [HeldTally, HeldTally, HeldTally];
  return { p50, p85, p95 };
}

/** Percentage points by which a share may miss what was promised and still be called about that. */
const tolerance = 5;

/** Whether the dates of a level held as often as it promises; null when nothing is decided. */
export function judge(level: Level, { percent }: HeldTally): 'as promised' | 'too early' | 'cautious' | null {
  if (percent === null) return null;
  const over = round(percent - 100 * levels[level], 1);
  return over < -tolerance ? 'too early' : over > tolerance ? 'cautious' : 'as promised';
}
