import type { IsoDate } from './date.ts';
import { type Counts, countedValue, countsOf, evidenceOf } from './evidence.ts';
import type { Metric } from './metric.ts';
import { snap } from './number.ts';
import { compareSnapshots, type Evidence, latestOf, type Snapshot } from './snapshot.ts';

/**
 * What a firm started from: one snapshot, or the mean of several. Id and date are those of the newest one,
 * from which days are counted.
 */
export interface Baseline extends Pick<Snapshot, 'id' | 'date' | 'label' | 'metrics' | 'evidence'> {
  /** The snapshots that were averaged, oldest first; absent for one alone. */
  readonly averaged?: readonly Pick<Snapshot, 'id' | 'date'>[];
}

/**
 * The baseline for a measurement on `date`, or for none yet (null). Of baselines on one date the last
 * captured counts, a correction of the others; those on different dates before `date` are averaged metric
 * by metric over what is known. Where every one of them was counted, the counts are pooled instead, so that
 * a month of 400 leads weighs more than one of 40. Without any before `date` the newest stands; null
 * without any at all.
 */
export function baselineFor(
  snapshots: readonly Snapshot[],
  metrics: readonly Metric[],
  date: IsoDate | null,
): Baseline | null {
  const newest = latestOf(snapshots, 'baseline');
  const byDate = new Map<IsoDate, Snapshot>();
  for (const one of [...snapshots].sort(compareSnapshots)) {
    if (one.label === 'baseline' && (date === null || one.date < date)) byDate.set(one.date, one);
  }
  const all = [...byDate.values()];
  const last = all.at(-1);
  if (!last) return newest;
  if (all.length === 1) return last;
  const { id, label } = last;
  const averaged = all.map((one) => ({ id: one.id, date: one.date }));
  return { id, date: last.date, label, ...average(all, metrics), averaged };
}

/** The baseline that tables of all measurements show: the one for the newest of them. */
export function baselineAtHand(snapshots: readonly Snapshot[], metrics: readonly Metric[]): Baseline | null {
  const later = snapshots.filter((one) => one.label !== 'baseline').sort(compareSnapshots);
  return baselineFor(snapshots, metrics, later.at(-1)?.date ?? null);
}

function average(
  all: readonly Snapshot[],
  metrics: readonly Metric[],
): Pick<Snapshot, 'metrics' | 'evidence'> {
  const values: Record<string, number | null> = {};
  const evidence: Record<string, Evidence> = {};
  for (const metric of metrics) {
    const known = all.filter((one) => (one.metrics[metric.name] ?? null) !== null);
    const counts = known.map((one) => countsOf(metric, one.evidence[metric.name]));
    const pooled = counts.every((one) => one !== null) ? pool(counts) : null;
    if (pooled) evidence[metric.name] = evidenceOf(pooled);
    // One alone keeps its value as it was written, to the last digit.
    const [only] = known;
    if (known.length === 1) values[metric.name] = only?.metrics[metric.name] ?? null;
    else if (pooled) values[metric.name] = snap(countedValue(pooled));
    else values[metric.name] = mean(known.map((one) => one.metrics[metric.name] ?? 0));
  }
  return { metrics: values, evidence };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : snap(values.reduce((sum, one) => sum + one, 0) / values.length);
}

function pool(counts: readonly Counts[]): Counts | null {
  return counts.reduce<Counts | null>((sum, one) => (sum === null ? one : add(sum, one)), null);
}

function add(a: Counts, b: Counts): Counts {
  if (a.kind === 'rate' && b.kind === 'rate') {
    const counted = { count: a.counted.count + b.counted.count, of: a.counted.of + b.counted.of };
    return { kind: 'rate', counted };
  }
  if (a.kind === 'nps' && b.kind === 'nps') {
    const answers = {
      promoters: a.answers.promoters + b.answers.promoters,
      detractors: a.answers.detractors + b.answers.detractors,
      n: a.answers.n + b.answers.n,
    };
    return { kind: 'nps', answers };
  }
  throw new Error('counts of different kinds cannot be pooled');
}
