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
  const echoes = misses.flatMap(({ line }) => {
    const at = source.lineStarts[line - 1] ?? 0;
    const above = tickets.findLast((one) => one.itemStart < at && at < one.itemEnd);
    if (!above) return [];
    const into = above.details.find((one) => one.itemStart < at && at < one.valueEnd);
    const next = tickets.find((one) => one.itemStart > at);
    const end = Math.min(lineOf(above.itemEnd), next ? lineOf(next.itemStart) - 1 : Infinity);
    return [{ from: into ? lineOf(into.itemStart) : line, end }];
  });
  const isEcho = ({ rule, line }: Diagnostic) =>
    ofDetails.has(rule) && echoes.some((one) => one.from <= line && line <= one.end);
  return found.filter((one) => !isEcho(one));
}
