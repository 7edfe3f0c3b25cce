import { baselineFor } from '../domain/baseline.ts';
import { type CertaintySide, certaintyText, formatInterval } from '../domain/certainty.ts';
import { countsText } from '../domain/evidence.ts';
import type { Metric } from '../domain/metric.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { inline, table } from './inline.ts';

/** A metric that an outcome measured on both sides. */
export interface Gain {
  readonly metric: Metric;
  readonly from: number;
  readonly to: number;
  /** `, within noise` where the evidence says so, else nothing. */
  readonly noise: string;
}

/** Baseline and current value of every metric of an outcome that is known on both sides. */
export function gains(outcome: Outcome, snapshots: readonly Snapshot[], metrics: readonly Metric[]): Gain[] {
  const byId = new Map(snapshots.map((one) => [one.id, one]));
  const named = byId.get(outcome.baselineSnapshotId);
  // The same function that the outcome was computed by gives a mean of several again.
  const before = outcome.averagedBaselines ? baselineFor(snapshots, metrics, outcome.targetDate) : named;
  const after = byId.get(outcome.targetSnapshotId);
  return metrics.flatMap((metric) => {
    const [from, to] = [before?.metrics[metric.name], after?.metrics[metric.name]];
    if (from === null || from === undefined || to === null || to === undefined) return [];
    const sure = outcome.certainty?.find((one) => one.metric === metric.name);
    return [{ metric, from, to, noise: sure?.verdict === 'noise' ? ', within noise' : '' }];
  });
}

/** What was counted on both sides, the 95 % intervals, and what they mean; null without evidence. */
export function certaintyTable({ certainty }: Outcome, metrics: readonly Metric[]): string | null {
  const rows = (certainty ?? []).flatMap((one) => {
    const metric = metrics.find((other) => other.name === one.metric);
    if (!metric) return [];
    const side = (given: CertaintySide) =>
      `${countsText(given.counts)}: ${formatInterval(metric, given, 'value')}`;
    return [[inline(metric.label), side(one.baseline), side(one.current), certaintyText(metric, one)]];
  });
  if (rows.length === 0) return null;
  const head = ['Metric', 'Baseline counted', 'Now counted', 'Change'];
  const note =
    'Intervals at 95 %: Wilson for a rate, Newcombe for the change of one, adjusted Wald for the net promoter score (promoters/detractors/answers). They allow for chance in what was counted, not for what else changed meanwhile.';
  return `${table(head, rows, ['left', 'right', 'right', 'left'])}\n\n${note}`;
}
