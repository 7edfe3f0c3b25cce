import { delta, type Metric, type MetricValues } from './metric.ts';
import { snap } from './number.ts';

export const outcomeStatuses = ['on_track', 'at_risk', 'off_track'] as const;
export type OutcomeStatus = (typeof outcomeStatuses)[number];

/** How one metric stands against its projection. */
export interface MetricScore {
  readonly metric: string;
  readonly baseline: number;
  /** The 90-day target. */
  readonly target: number;
  readonly current: number;
  /** delta / (projected delta × share), not clamped. */
  readonly r: number;
  /** Share of the whole weight, 0–1. */
  readonly weight: number;
}

export interface Classification {
  readonly status: OutcomeStatus | null;
  /** Why there is no status, or what capped it; null when the score alone decided. */
  readonly reason: 'baseline_only' | 'no_projection' | 'insufficient_data' | 'regression' | null;
  /** Weighted mean of the clamped r; null when nothing could be scored. */
  readonly score: number | null;
  readonly share: number | null;
  readonly scores: readonly MetricScore[];
  /** Projected metrics that were not measured on both sides. */
  readonly unmeasured: readonly string[];
  readonly worsened: readonly string[];
}

export interface ClassifyInput {
  readonly metrics: readonly Metric[];
  readonly baseline: MetricValues;
  readonly current: MetricValues;
  /** 90-day target values. */
  readonly targets: MetricValues;
  /** Part of the target expected by now; null for a baseline. */
  readonly share: number | null;
  readonly weights: Readonly<Record<string, number>>;
}

/** Smallest share of the weight at which a metric that got worse caps the status at `at_risk`. */
const regressionWeight = 0.15;
/** Smallest measured part of the projected weight on which a status is given. */
const measuredShare = 0.5;

/** Compares what was measured with what was projected for this milestone. */
export function classify(input: ClassifyInput): Classification {
  const projected = input.metrics.filter((metric) => projectedDelta(input, metric) !== 0);
  const weightOf = (metric: Metric) => Math.max(0, input.weights[metric.name] ?? 1);
  const measured = projected.filter(
    (metric) => delta(metric, input.baseline[metric.name], input.current[metric.name]) !== null,
  );
  const total = (metrics: readonly Metric[]) => metrics.reduce((sum, metric) => sum + weightOf(metric), 0);
  const unmeasured = projected.filter((metric) => !measured.includes(metric)).map((metric) => metric.name);
  const none = { status: null, score: null, share: input.share, scores: [], unmeasured, worsened: [] };
  if (input.share === null) return { ...none, reason: 'baseline_only' };
  if (total(projected) === 0) return { ...none, reason: 'no_projection' };
  if (total(measured) === 0) return { ...none, reason: 'insufficient_data' };

  const share = input.share;
  const scores = measured.map((metric) => scoreOf(input, metric, share, weightOf(metric) / total(measured)));
  const worsened = scores.filter((one) => one.r < 0).map((one) => one.metric);
  const decided = decide(scores);
  const found = { ...decided, share, scores, unmeasured, worsened };
  return snap(total(measured) / total(projected)) < measuredShare
    ? { ...found, status: null, reason: 'insufficient_data' }
    : found;
}

/** Score and status of scored metrics; a metric of weight ≥ 0.15 that got worse caps it at `at_risk`. */
export function decide(
  scores: readonly Pick<MetricScore, 'r' | 'weight'>[],
): Pick<Classification, 'score' | 'status' | 'reason'> {
  const score = snap(weightedScore(scores));
  const status = statusOf(score);
  const whole = scores.reduce((sum, one) => sum + one.weight, 0);
  const capped = scores.some((one) => one.r < 0 && snap(one.weight / whole) >= regressionWeight);
  return status === 'on_track' && capped
    ? { score, status: 'at_risk', reason: 'regression' }
    : { score, status, reason: null };
}

/** Σ w·clamp(r, −1, 1) / Σ w: over-performance in one metric does not pay for another. */
export function weightedScore(scores: readonly Pick<MetricScore, 'r' | 'weight'>[]): number {
  const weight = scores.reduce((sum, one) => sum + one.weight, 0);
  return scores.reduce((sum, one) => sum + one.weight * Math.max(-1, Math.min(1, one.r)), 0) / weight;
}

/** ≥ 0.8 on_track, ≥ 0.5 at_risk, else off_track; the score is snapped to 1e-9, never rounded further. */
export function statusOf(score: number): OutcomeStatus {
  const exact = snap(score);
  return exact >= 0.8 ? 'on_track' : exact >= 0.5 ? 'at_risk' : 'off_track';
}

function projectedDelta(input: ClassifyInput, metric: Metric): number {
  return Math.max(0, delta(metric, input.baseline[metric.name], input.targets[metric.name]) ?? 0);
}

function scoreOf(input: ClassifyInput, metric: Metric, share: number, weight: number): MetricScore {
  const baseline = input.baseline[metric.name] ?? 0;
  const target = input.targets[metric.name] ?? 0;
  const current = input.current[metric.name] ?? 0;
  const gained = delta(metric, baseline, current) ?? 0;
  return {
    metric: metric.name,
    baseline,
    target,
    current,
    r: gained / (projectedDelta(input, metric) * share),
    weight,
  };
}

/** Metrics whose 90-day target is worse than the baseline: a mistake in the roadmap, to be reported. */
export function backwardTargets(
  metrics: readonly Metric[],
  baseline: MetricValues,
  targets: MetricValues,
): string[] {
  return metrics
    .filter((metric) => (delta(metric, baseline[metric.name], targets[metric.name]) ?? 0) < 0)
    .map((metric) => metric.name);
}
