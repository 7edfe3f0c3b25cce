import type { Diagnostic } from '../domain/diagnostic.ts';
import { placeAt, type Source } from './source.ts';
import type { PackTicket } from './ticket-pack.ts';

/** What is said of details; of a near miss's details, which the ticket above took in, it would mislead. */
const ofDetails = new Set<Diagnostic['rule']>([
  'pack/duplicate-detail',
  'pack/bad-estimate',
  'pack/bad-date',
  'pack/date-order',
  'pack/unknown-status',
  'pack/detail-not-bullet',
]);

/** Findings without those that only follow from a line that is no ticket: they go when that line is mended. */
export function withoutEchoes(
  source: Source,
  tickets: readonly PackTicket[],
  found: readonly Diagnostic[],
  misses: readonly Diagnostic[],
): Diagnostic[] {
  if (misses.length === 0) return [...found];
  const lineOf = (offset: number) => placeAt(source, offset).line;
  /** How far the tickets up to each one reach. */
  const reach = furthest(tickets.map((one) => one.itemEnd));
  const echoes = misses.flatMap(({ line }) => {
    const at = source.lineStarts[line - 1] ?? 0;
    const before = countBelow(tickets, at, (one) => one.itemStart);
    let index = before - 1;
    while (index >= 0 && reach[index]! > at && tickets[index]!.itemEnd <= at) index -= 1;
    if (index < 0 || reach[index]! <= at) return [];
    const above = tickets[index]!;
    const into = above.details.find((one) => one.itemStart < at && at < one.valueEnd);
    const next = tickets[countBelow(tickets, at + 1, (one) => one.itemStart)];
    const end = Math.min(lineOf(above.itemEnd), next ? lineOf(next.itemStart) - 1 : Infinity);
    return [{ from: into ? lineOf(into.itemStart) : line, end }];
  });
  echoes.sort((a, b) => a.from - b.from);
  const echoed = furthest(echoes.map((one) => one.end));
  const isEcho = ({ rule, line }: Diagnostic) =>
    ofDetails.has(rule) && (echoed[countBelow(echoes, line + 1, (one) => one.from) - 1] ?? -1) >= line;
  return found.filter((one) => !isEcho(one));
}

/** The greatest of the numbers up to each one. */
function furthest(numbers: readonly number[]): number[] {
  let most = Number.NEGATIVE_INFINITY;
  return numbers.map((one) => {
    most = Math.max(most, one);
    return most;
  });
}

/** How many of the items, in ascending order of a number of theirs, have one below `limit`. */
function countBelow<T>(items: readonly T[], limit: number, of: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(items[middle]!) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
