import { type Metric, type MetricValues, percentImprovement } from '../metric.ts';
import { deltasOf } from '../outcome.ts';
import type { OutcomeStatus } from '../status.ts';
import type { Version } from '../version.ts';

/** Milestones at which firms are compared; a `custom` snapshot has a day of its own, so it is not. */
export const milestones = ['30d', '60d', '90d'] as const;
export type Milestone = (typeof milestones)[number];

/** What a firm had reached at a milestone. */
export interface MilestoneRecord {
  readonly milestone: Milestone;
  /** The roadmap it was compared with, the newest that was. */
  readonly roadmapVersion: Version;
  /** From the baseline to the measurement. */
  readonly days: number;
  readonly status: OutcomeStatus | null;
  readonly netRoiPercent: number | null;
  readonly baseline: MetricValues;
  readonly current: MetricValues;
}

/** What one firm teaches: one record a milestone. */
export interface FirmRecord {
  readonly slug: string;
  readonly industry: string;
  /** People who work there; null when not known. */
  readonly teamSize: number | null;
  /** Systems of its ticket pack that are implemented. */
  readonly systems: readonly string[];
  readonly milestones: readonly MilestoneRecord[];
}

/** One figure of a firm at a milestone that is summarised over groups. */
export interface Measure {
  readonly id: string;
  readonly of: (record: MilestoneRecord) => number | null;
}

/** Improvement of a metric in its unit, improvement-positive. */
export function improvementOf(metric: Metric): Measure {
  return {
    id: `${metric.name}:improvement`,
    of: ({ baseline, current }) => deltasOf([metric], baseline, current)[metric.name] ?? null,
  };
}

/** The same in percent of the baseline. */
export function percentOf(metric: Metric): Measure {
  return {
    id: `${metric.name}:percent`,
    of: ({ baseline, current }) => percentImprovement(metric, baseline[metric.name], current[metric.name]),
  };
}

export const netRoi: Measure = { id: 'net_roi_percent', of: (record) => record.netRoiPercent };
export const daysTo: Measure = { id: 'days', of: (record) => record.days };
