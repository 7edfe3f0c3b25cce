import { snap } from './number.ts';

/**
 * Chances of every total that `days` days can give, each day an independent draw from `daily`. Totals from
 * `cap` on are left out: what is missing from 1 is their chance.
 */
interface Totals {
  /** Totals `from` to `to` − 1 are held; all others have no chance worth keeping. */
  from: number;
  to: number;
  chance: Float64Array;
}

/** A number of tickets done in one day, with the share of days that had it. */
interface Draw {
  readonly tickets: number;
  readonly share: number;
}

/**
 * What is rarer than this at either end is dropped, so that the work follows the spread and not the range.
 * Over five years and 10,000 totals less than 2e-11 is lost; chances are compared at 1e-9.
 */
const negligible = 1e-18;

/**
 * For each number of tickets, and each chance of `levels`, the smallest number of days d (0 for nothing
 * remaining) with P(sum of d days ≥ tickets) ≥ level; null where that takes more than `horizon` days. `daily`
 * holds the tickets done on each day of the past; its order does not matter. Exact: the distribution of the
 * sum is the d-fold convolution of the empirical distribution, one day at a time and once for all numbers,
 * with no random draws.
 */
export function daysToReach(
  daily: readonly number[],
  remaining: readonly number[],
  levels: readonly number[],
  horizon: number,
): (number | null)[][] {
  const rising = [...new Set(remaining)].filter((one) => one > 0).sort((a, b) => a - b);
  const found = new Map(rising.map((tickets) => [tickets, levels.map((): number | null => null)]));
  const walk = walkDays(daily, rising.at(-1) ?? 0);
  // More tickets never take fewer days: what is decided stands in front.
  let first = 0;
  for (let day = 1; day <= horizon && first < rising.length; day += 1) {
    for (const [tickets, chance] of chancesOf(walk(), rising, first)) {
      const days = found.get(tickets) ?? [];
      for (const [at, level] of levels.entries()) if (days[at] === null && chance >= level) days[at] = day;
    }
    while (first < rising.length && !found.get(rising[first] ?? 0)?.includes(null)) first += 1;
  }
  return remaining.map((tickets) => found.get(tickets) ?? levels.map(() => 0));
}

/** P(sum of `days` days ≥ `tickets`), to 1e-9. */
export function chanceWithin(daily: readonly number[], tickets: number, days: number): number {
  if (tickets <= 0) return 1;
  if (days <= 0) return 0;
  const walk = walkDays(daily, tickets);
  for (let day = 1; day < days; day += 1) walk();
  return chancesOf(walk(), [tickets], 0)[0]?.[1] ?? 0;
}

/**
 * P(total ≥ tickets) for the rising numbers from the one at `first` on, as far as it is above 0. Given at 1e-9,
 * so that a half is a half however it was added up.
 */
function chancesOf(
  { from, to, chance }: Totals,
  rising: readonly number[],
  first: number,
): [tickets: number, chance: number][] {
  const chances: [number, number][] = [];
  let below = 0;
  let total = from;
  for (let index = first; index < rising.length; index += 1) {
    const tickets = rising[index] ?? 0;
    for (; total < Math.min(to, tickets); total += 1) below += chance[total]!;
    const reached = snap(1 - below);
    if (reached <= 0) break;
    chances.push([tickets, reached]);
  }
  return chances;
}

/** Each call goes one day further and gives the totals after it. */
function walkDays(daily: readonly number[], cap: number): () => Totals {
  const draws = drawsOf(daily);
  let now: Totals = { from: 0, to: 1, chance: new Float64Array(cap + 1) };
  let spare = new Float64Array(cap + 1);
  now.chance[0] = 1;
  return () => {
    const next = addDay(now, draws, spare, cap);
    spare = now.chance as typeof spare;
    now = next;
    return now;
  };
}

function drawsOf(daily: readonly number[]): Draw[] {
  if (daily.length === 0) return [{ tickets: 0, share: 1 }];
  const days = new Map<number, number>();
  for (const tickets of daily) days.set(tickets, (days.get(tickets) ?? 0) + 1);
  return [...days]
    .sort(([a], [b]) => a - b)
    .map(([tickets, count]) => ({ tickets, share: count / daily.length }));
}

function addDay(now: Totals, draws: readonly Draw[], chance: Float64Array, cap: number): Totals {
  const before = now.chance;
  let from = Math.min(cap, now.from + draws[0]!.tickets);
  let to = Math.min(cap, now.to + draws.at(-1)!.tickets);
  chance.fill(0, from, to);
  for (const { tickets, share } of draws) {
    const end = Math.min(now.to, cap - tickets);
    for (let total = now.from; total < end; total += 1) chance[total + tickets]! += before[total]! * share;
  }
  while (from < to && chance[from]! < negligible) from += 1;
  while (to > from && chance[to - 1]! < negligible) to -= 1;
  return { from, to, chance };
}
