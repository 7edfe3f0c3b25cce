import { didYouMean } from '../domain/closest.ts';
import { countsOf, countsText, decimalsOf, evidenceFault, parseCounts } from '../domain/evidence.ts';
import type { Metric, MetricValues } from '../domain/metric.ts';
import type { Evidence, Snapshot } from '../domain/snapshot.ts';
import { type CommandContext, usage } from './context.ts';

/**
 * What `--evidence NAME=COUNTS` gives, by metric in the order of the catalogue. It must give the `values`,
 * to the digits in which they were `typed`. All wrong ones are named at once. Throws `usage/bad-evidence`.
 */
export function readEvidence(
  context: Pick<CommandContext, 'flags'>,
  metrics: readonly Metric[],
  values: MetricValues,
  typed: ReadonlyMap<string, string>,
): Record<string, Evidence> {
  const flag = context.flags.evidence;
  const given = new Map<string, Evidence>();
  const wrong: string[] = [];
  for (const pair of Array.isArray(flag) ? flag : typeof flag === 'string' ? [flag] : []) {
    const why = readPair(pair, metrics, values, typed, given);
    if (why !== null) wrong.push(`--evidence "${pair}": ${why}`);
  }
  if (wrong.length > 0)
    throw usage('bad-evidence', wrong.join('; '), 'Nothing was written; mend the counts and run it again.');
  const counted = metrics.filter((one) => given.has(one.name));
  return Object.fromEntries(counted.map((one) => [one.name, given.get(one.name) ?? {}]));
}

/** Takes one pair in, or says why not. */
function readPair(
  pair: string,
  metrics: readonly Metric[],
  values: MetricValues,
  typed: ReadonlyMap<string, string>,
  given: Map<string, Evidence>,
): string | null {
  const [name = '', ...rest] = pair.split('=');
  const metric = metrics.find((one) => one.name === name.trim().replaceAll('-', '_'));
  if (rest.length !== 1) return 'write it NAME=COUNTS, such as close_rate=23/69';
  if (!metric) {
    const names = metrics.map((one) => one.name);
    return `there is no such metric. ${didYouMean(name, names) || `The metrics are ${names.join(', ')}.`}`;
  }
  if (given.has(metric.name)) return `${metric.name} has evidence already`;
  const read = parseCounts(metric, rest[0] ?? '');
  if (!read.ok) return read.why;
  const value = values[metric.name] ?? null;
  const fault = evidenceFault(metric, read.evidence, value, decimalsOf(typed.get(metric.name) ?? ''));
  if (fault) return [fault.why, fault.hint].filter(Boolean).join('. ');
  given.set(metric.name, read.evidence);
  return null;
}

/** The same counts, whatever the order and whatever is absent. */
export function sameEvidence(a: Snapshot['evidence'], b: Snapshot['evidence']): boolean {
  const plain = (evidence: Snapshot['evidence']) =>
    JSON.stringify(
      Object.entries(evidence)
        .map(([name, counts]) => [
          name,
          Object.entries(counts)
            .filter(([, count]) => count !== null)
            .sort(),
        ])
        .sort(([one = ''], [other = '']) => (one < other ? -1 : 1)),
    );
  return plain(a) === plain(b);
}

/** ` (23/69)` behind a value that was counted. */
export function evidenceText(metric: Metric, evidence: Snapshot['evidence']): string {
  const counts = countsOf(metric, evidence[metric.name]);
  return counts ? ` (${countsText(counts)})` : '';
}
