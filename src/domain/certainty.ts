import { type Counts, countsOf } from './evidence.ts';
import type { Metric } from './metric.ts';
import { formatNumber, snap } from './number.ts';
import type { Evidence } from './snapshot.ts';
import {
  type Interval,
  newcombe,
  npsChangeZ,
  npsDifference,
  npsInterval,
  npsStandardError,
  wilson,
} from './statistics.ts';

/** One side of a comparison: what was counted, and the 95 % interval of the metric in its own unit. */
export interface CertaintySide extends Interval {
  readonly counts: Counts;
}

/** How sure the change of one metric is, where both sides were counted; all at 95 %. */
export interface MetricCertainty {
  readonly metric: string;
  readonly baseline: CertaintySide;
  readonly current: CertaintySide;
  /** Interval of the change, improvement-positive and in the metric's unit, as the deltas are. */
  readonly change: Interval;
  /** `noise` when the interval holds no change; otherwise which side of it the whole interval lies on. */
  readonly verdict: 'noise' | 'better' | 'worse';
  /** Plain Wald errors of the two scores and z of the improvement between them; for a net promoter score only. */
  readonly wald: {
    readonly baselineError: number;
    readonly currentError: number;
    readonly z: number | null;
  } | null;
}

interface Side {
  readonly evidence: Readonly<Record<string, Evidence>>;
}

/**
 * Intervals of every metric that was counted on both sides: Wilson's and Newcombe's for rates, the adjusted
 * Wald interval for a net promoter score. Both sides are taken as independent samples. Figures are snapped
 * to 1e-9, and the verdict is of the snapped ones.
 */
export function certaintyOf(metrics: readonly Metric[], baseline: Side, current: Side): MetricCertainty[] {
  return metrics.flatMap((metric) => {
    const before = countsOf(metric, baseline.evidence[metric.name]);
    const after = countsOf(metric, current.evidence[metric.name]);
    if (!before || !after) return [];
    const change = differenceOf(after, before);
    const gain = metric.better === 'lower' ? { low: -change.high, high: -change.low } : change;
    const snapped = snapInterval(gain);
    return [
      {
        metric: metric.name,
        baseline: sideOf(before),
        current: sideOf(after),
        change: snapped,
        verdict: verdictOf(snapped),
        wald: waldOf(before, after),
      },
    ];
  });
}

function snapInterval({ low, high }: Interval): Interval {
  return { low: snap(low), high: snap(high) };
}

function sideOf(counts: Counts): CertaintySide {
  const interval = counts.kind === 'rate' ? wilson(counts.counted) : npsInterval(counts.answers);
  return { counts, ...snapInterval(interval) };
}

/** Interval of `a` − `b`, which count the same metric. */
function differenceOf(a: Counts, b: Counts): Interval {
  if (a.kind === 'rate' && b.kind === 'rate') return newcombe(a.counted, b.counted);
  if (a.kind === 'nps' && b.kind === 'nps') return npsDifference(a.answers, b.answers);
  throw new Error('counts of different kinds cannot be compared');
}

function waldOf(before: Counts, after: Counts): MetricCertainty['wald'] {
  if (before.kind !== 'nps' || after.kind !== 'nps') return null;
  const z = npsChangeZ(before.answers, after.answers);
  return {
    baselineError: snap(npsStandardError(before.answers)),
    currentError: snap(npsStandardError(after.answers)),
    z: z === null ? null : snap(z),
  };
}

function verdictOf({ low, high }: Interval): MetricCertainty['verdict'] {
  return low > 0 ? 'better' : high < 0 ? 'worse' : 'noise';
}

/** An interval as people read it: `−2.6 to 20.7 pp`, `21.1 to 29.4 %`, `−1.5 to 38.4 points`. */
export function formatInterval(metric: Metric, { low, high }: Interval, of: 'value' | 'change'): string {
  const rate = metric.unit === 'fraction';
  const unit = rate ? (of === 'change' ? ' pp' : ' %') : of === 'change' ? ' points' : '';
  const ends = [low, high].map((end) => formatNumber(rate ? end * 100 : end, 1));
  return `${ends.join(' to ')}${unit}`;
}

/** What the interval of a change means, in words. */
export function certaintyText(metric: Metric, { change, verdict }: MetricCertainty): string {
  const interval = `the 95 % interval of the change, ${formatInterval(metric, change, 'change')}`;
  if (verdict === 'noise') return `within noise: ${interval}, includes no change`;
  return `beyond noise: ${interval}, ${verdict === 'better' ? 'lies above no change' : 'lies below no change: it got worse'}`;
}
