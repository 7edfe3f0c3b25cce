import type { Baseline } from './baseline.ts';
import { certaintyOf, type MetricCertainty } from './certainty.ts';
import { daysBetween, type IsoDate } from './date.ts';
import type { Economics, Firm } from './firm.ts';
import { derivedId } from './id.ts';
import { delta, type Metric, type MetricValues } from './metric.ts';
import { round } from './number.ts';
import { estimateRoi, type RoiEstimate } from './roi.ts';
import { adjustRoi, noRoiSettings, roiAssumptions } from './roi-adjusted.ts';
import type { Settings } from './settings.ts';
import { latestOf, type Snapshot, type SnapshotLabel } from './snapshot.ts';
import { type Classification, classify } from './status.ts';
import type { Version } from './version.ts';

/** How every outcome was observed, and so what it cannot show: that nothing else made the change. */
export const design = 'before/after, no control group';

/** Where a figure that went into an outcome came from. */
export interface Assumption {
  readonly value: number | string | null;
  readonly source: string;
}

export type Assumptions = Readonly<Record<string, Assumption>>;

/** What a firm gained between its baseline and a later snapshot, against what its roadmap projected. */
export interface Outcome {
  readonly id: string;
  readonly firmId: string;
  readonly roadmapId: string;
  readonly roadmapVersion: Version;
  /** The baseline; the newest one where several were averaged. */
  readonly baselineSnapshotId: string;
  /** The baselines that were averaged, by date, oldest first; absent for one alone. */
  readonly averagedBaselines?: Readonly<Record<IsoDate, string>>;
  readonly at30dSnapshotId: string | null;
  readonly at60dSnapshotId: string | null;
  readonly at90dSnapshotId: string | null;
  readonly targetSnapshotId: string;
  readonly targetLabel: SnapshotLabel;
  readonly targetDate: IsoDate;
  /** Date of the newest baseline; days are counted from it. */
  readonly baselineDate: IsoDate;
  /** Improvement-positive; null where either side is unknown. */
  readonly deltas: Readonly<Record<string, number | null>>;
  /** Intervals of the metrics that were counted on both sides; none without evidence. */
  readonly certainty?: readonly MetricCertainty[];
  readonly roi: RoiEstimate;
  readonly assumptions: Assumptions;
  readonly classification: Classification;
  readonly notes: string | null;
}

export interface OutcomeInput {
  readonly firm: Pick<Firm, 'id' | 'goLiveDate'>;
  readonly roadmap: { readonly id: string; readonly version: Version; readonly targets: MetricValues };
  readonly snapshots: readonly Snapshot[];
  readonly baseline: Baseline;
  readonly target: Snapshot;
  readonly economics: ResolvedEconomics;
  readonly settings: Pick<Settings, 'metrics' | 'ramp' | 'weights'> & Partial<Pick<Settings, 'roi'>>;
  readonly notes: string | null;
}

export interface ResolvedEconomics {
  readonly economics: Economics;
  readonly assumptions: Assumptions;
}

/** Computes an outcome; the same input gives the same outcome. */
export function computeOutcome(input: OutcomeInput): Outcome {
  const { firm, roadmap, baseline, target, settings } = input;
  const deltas = deltasOf(settings.metrics, baseline.metrics, target.metrics);
  const days = daysBetween(baseline.date, target.date);
  const roiSettings = settings.roi ?? noRoiSettings;
  const certainty = certaintyOf(settings.metrics, baseline, target);
  const idAt = (label: SnapshotLabel) =>
    target.label === label ? target.id : (latestOf(input.snapshots, label)?.id ?? null);
  return {
    id: derivedId(firm.id, `outcome:${roadmap.version}:${target.label}`),
    firmId: firm.id,
    roadmapId: roadmap.id,
    roadmapVersion: roadmap.version,
    baselineSnapshotId: baseline.id,
    ...(baseline.averaged && {
      averagedBaselines: Object.fromEntries(baseline.averaged.map((one) => [one.date, one.id])),
    }),
    at30dSnapshotId: idAt('30d'),
    at60dSnapshotId: idAt('60d'),
    at90dSnapshotId: idAt('90d'),
    targetSnapshotId: target.id,
    targetLabel: target.label,
    targetDate: target.date,
    baselineDate: baseline.date,
    deltas,
    ...(certainty.length > 0 && { certainty }),
    roi: adjustRoi(
      estimateRoi({
        baseline: baseline.metrics,
        current: target.metrics,
        economics: input.economics.economics,
        goLiveDays:
          firm.goLiveDate === null ? null : Math.max(0, daysBetween(baseline.date, firm.goLiveDate)),
      }),
      roiSettings,
    ),
    assumptions: { ...input.economics.assumptions, ...roiAssumptions(roiSettings) },
    classification: classify({
      metrics: settings.metrics,
      baseline: baseline.metrics,
      current: target.metrics,
      targets: roadmap.targets,
      share: shareOf(target.label, days, settings.ramp),
      weights: settings.weights,
    }),
    notes: input.notes,
  };
}

/** Improvement-positive change of every metric of the catalogue. */
export function deltasOf(
  metrics: readonly Metric[],
  baseline: MetricValues,
  current: MetricValues,
): Record<string, number | null> {
  return Object.fromEntries(
    metrics.map((one) => [one.name, delta(one, baseline[one.name], current[one.name])]),
  );
}

/** Part of the 90-day target expected by now: the milestone's ramp share, for `custom` min(1, days / 90). */
export function shareOf(label: SnapshotLabel, days: number, ramp: Settings['ramp']): number | null {
  if (label === 'baseline') return null;
  if (label === 'custom') return days <= 0 ? null : Math.min(1, days / 90);
  return ramp[label];
}

/** Economics of a firm over the workspace's, over the two documented defaults; says where each figure is from. */
export function resolveEconomics(
  firm: Economics,
  workspace: Settings['economics'],
  flags: Readonly<Record<string, number>> = {},
): ResolvedEconomics {
  const assumptions: Record<string, Assumption> = {};
  const take = (key: string, own: number | null, fallback: number | null): number | null => {
    const found =
      flags[key] !== undefined
        ? { value: flags[key], source: 'flag' }
        : own !== null
          ? { value: own, source: 'firm.yaml' }
          : workspace[key] !== undefined && workspace[key] !== null
            ? { value: workspace[key], source: 'scend.yaml' }
            : { value: fallback, source: fallback === null ? 'missing' : 'default' };
    assumptions[key] = found;
    return found.value;
  };
  const economics: Economics = {
    currency: firm.currency,
    blendedHourlyRate: take('blended_hourly_rate', firm.blendedHourlyRate, null),
    annualLeadVolume: take('annual_lead_volume', firm.annualLeadVolume, null),
    avgDealValue: take('avg_deal_value', firm.avgDealValue, null),
    grossMargin: take('gross_margin', firm.grossMargin, 1),
    recaptureRate: take('recapture_rate', firm.recaptureRate, 1),
    implementationCost: take('implementation_cost', firm.implementationCost, null),
    costAvoidanceItems: firm.costAvoidanceItems,
  };
  const counted = firm.costAvoidanceItems.filter((item) => item.realised);
  assumptions.cost_avoidance = {
    value: round(
      counted.reduce((sum, item) => sum + item.annualValue, 0),
      2,
    ),
    source:
      counted.length === 0 ? 'none listed' : `firm.yaml: ${counted.map((item) => item.name).join(', ')}`,
  };
  return { economics, assumptions };
}
