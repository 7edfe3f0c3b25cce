import { delta, type Metric, type MetricValues } from '../metric.ts';
import { round } from '../number.ts';
import { allGroups, type Group, groupsOf, keyOf } from './group.ts';
import { summarise } from './quantile.ts';
import type { FirmRecord, MilestoneRecord } from './record.ts';

/** How far the wider group's figure draws a smaller group's: (n·own + κ·wider) / (n + κ). */
export function shrink(n: number, own: number, wider: number, kappa: number): number {
  return n + kappa === 0 ? own : (n * own + kappa * wider) / (n + kappa);
}

/** Rates are kept this far from 0 and 1, where the logit has no value. */
const edgeOfRate = 0.005;

/** The largest factor by which an amount is taken to change. */
const largestRatio = 100;

/**
 * A change on the scale on which changes of different firms compare: the logarithm of the ratio for amounts
 * (half is half, from 10 as from 100), the difference of logits for rates, points for scores. Null where
 * either side is unknown or the ratio has no base.
 */
export function changeOn(
  metric: Metric,
  baseline: number | null | undefined,
  current: number | null | undefined,
): number | null {
  if (baseline === null || baseline === undefined || current === null || current === undefined) return null;
  if (metric.unit === 'fraction') return logit(current) - logit(baseline);
  if (!isAmount(metric)) return current - baseline;
  if (baseline <= 0 || current < 0) return null;
  const limit = Math.log(largestRatio);
  return Math.max(-limit, Math.min(limit, Math.log(current / baseline)));
}

/** The value that a change on that scale makes of a baseline, within the metric's range. */
export function applyChange(metric: Metric, baseline: number, change: number): number {
  const value =
    metric.unit === 'fraction'
      ? 1 / (1 + Math.exp(-(logit(baseline) + change)))
      : isAmount(metric)
        ? baseline * Math.exp(change)
        : baseline + change;
  return Math.min(metric.max ?? value, Math.max(metric.min ?? value, value));
}

function isAmount(metric: Metric): boolean {
  return metric.unit !== 'points' && metric.min !== null && metric.min >= 0;
}

function logit(rate: number): number {
  const inside = Math.min(1 - edgeOfRate, Math.max(edgeOfRate, rate));
  return Math.log(inside / (1 - inside));
}

/** A group's figure on the way from all firms to the most specific group. */
export interface Step {
  readonly group: Group;
  /** Firms in which the change is known. */
  readonly n: number;
  /** Median of their changes, on the scale of `changeOn`. */
  readonly median: number;
  /** The same drawn toward the wider group before it. */
  readonly shrunk: number;
}

/** What is projected for one metric, or why nothing is. */
export type MetricProjection =
  | {
      readonly kind: 'projected';
      readonly metric: Metric;
      readonly baseline: number;
      /** Value at 90 days. */
      readonly target: number;
      /** From the widest group to the one that it rests on. */
      readonly steps: readonly Step[];
    }
  | {
      readonly kind: 'no_baseline' | 'too_few' | 'no_improvement';
      readonly metric: Metric;
      /** Other firms in which the change is known. */
      readonly n: number;
      readonly steps: readonly Step[];
    };

export interface ProjectionInput {
  /** The firm that is projected for; what it reached itself does not count. */
  readonly firm: Pick<FirmRecord, 'slug' | 'industry' | 'teamSize'>;
  readonly baseline: MetricValues;
  readonly firms: readonly FirmRecord[];
  readonly metrics: readonly Metric[];
  readonly sizeBands: readonly number[];
  readonly minGroupSize: number;
  /** κ of the shrinkage. */
  readonly kappa: number;
}

/**
 * Targets at 90 days from what other firms reached by then. For each metric the most specific group counts
 * that has enough firms: industry with size, industry, size, all; its median change is drawn toward the wider
 * group, the less the more firms it has.
 */
export function project(input: ProjectionInput): MetricProjection[] {
  const others = input.firms.filter((one) => one.slug !== input.firm.slug);
  const path = groupsAround(input);
  const groups = new Map(
    allGroups(others, input.sizeBands).map(({ group, members }) => [keyOf(group), members]),
  );
  const members = (group: Group) => (groups.get(keyOf(group)) ?? []).map((index) => others[index]!);
  return input.metrics.map((metric) => {
    const changes = (group: Group) =>
      members(group).flatMap((firm) => {
        const at = firm.milestones.find((one) => one.milestone === '90d');
        return (at && changeOf(metric, at)) ?? [];
      });
    const steps = stepsAlong(path, changes, input);
    return projectOne(metric, input.baseline[metric.name] ?? null, steps, changes(path.all).length);
  });
}

function changeOf(metric: Metric, { baseline, current }: MilestoneRecord): number | null {
  return changeOn(metric, baseline[metric.name], current[metric.name]);
}

interface Path {
  readonly all: Group;
  readonly industry: Group | null;
  readonly band: Group | null;
  readonly both: Group | null;
}

function groupsAround({ firm, sizeBands }: ProjectionInput): Path {
  const own = groupsOf({ ...firm, systems: [], milestones: [] }, sizeBands);
  const of = (kind: Group['kind']) => own.find((one) => one.kind === kind) ?? null;
  return {
    all: of('all')!,
    industry: of('industry'),
    band: of('size_band'),
    both: of('industry_size_band'),
  };
}

function stepsAlong(
  { all, industry, band, both }: Path,
  changes: (group: Group) => readonly number[],
  { minGroupSize, kappa }: ProjectionInput,
): Step[] {
  const steps: Step[] = [];
  const add = (group: Group | null): boolean => {
    const values = group === null ? [] : changes(group);
    const { n, median } = summarise(values);
    if (group === null || median === null || n < minGroupSize) return false;
    const wider = steps.at(-1);
    steps.push({ group, n, median, shrunk: wider ? shrink(n, median, wider.shrunk, kappa) : median });
    return true;
  };
  if (add(all)) {
    if (add(industry)) add(both);
    else add(band);
  }
  return steps;
}

function projectOne(
  metric: Metric,
  baseline: number | null,
  steps: readonly Step[],
  n: number,
): MetricProjection {
  const last = steps.at(-1);
  if (!last) return { kind: 'too_few', metric, n, steps };
  if (baseline === null) return { kind: 'no_baseline', metric, n, steps };
  const target = round(applyChange(metric, baseline, last.shrunk), digitsOf(metric));
  const gain = delta(metric, baseline, target) ?? 0;
  return gain > 0
    ? { kind: 'projected', metric, baseline, target, steps }
    : { kind: 'no_improvement', metric, n, steps };
}

/** A target is no more exact than a person would write it. */
function digitsOf(metric: Metric): number {
  if (metric.unit === 'fraction') return 3;
  return metric.unit === 'minutes' || metric.unit === 'hours' ? 1 : 0;
}
