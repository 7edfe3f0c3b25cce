import type { Metric } from '../metric.ts';
import { showsPercent } from '../metric.ts';
import { round } from '../number.ts';
import { type OutcomeStatus, outcomeStatuses } from '../status.ts';
import { allGroups, type Group } from './group.ts';
import { type MedianRanks, smallestForInterval, smallestForQuartiles, summarise } from './quantile.ts';
import {
  daysTo,
  type FirmRecord,
  improvementOf,
  type Measure,
  type Milestone,
  type MilestoneRecord,
  milestones,
  netRoi,
  percentOf,
} from './record.ts';
import { judgeGroups, type Verdict } from './suppression.ts';

/** Why a figure is null: see `Verdict`, and too few values for quartiles or for an interval. */
export type NullReason = Exclude<Verdict, 'shown'> | 'fewer_than_4' | 'fewer_than_6';

/** Quantiles of one figure over a group's firms; what is null has its reason under the same key. */
export interface GroupFigure {
  readonly n: number;
  readonly median: number | null;
  readonly p25: number | null;
  readonly p75: number | null;
  readonly interval: (MedianRanks & { readonly from: number; readonly to: number }) | null;
  readonly reasons: Readonly<Partial<Record<'median' | 'quartiles' | 'interval', NullReason>>>;
}

/** How many firms of a group had which status; all null where it is not told. */
export interface StatusCounts {
  readonly n: number;
  readonly counts: Readonly<Record<OutcomeStatus | 'none', number>> | null;
  readonly reason: NullReason | null;
}

export interface MetricFigures {
  readonly metric: Metric;
  readonly improvement: GroupFigure;
  /** Null for metrics that are not told in percent. */
  readonly percent: GroupFigure | null;
}

export interface MilestoneFigures {
  readonly milestone: Milestone;
  /** Firms of the group that were measured at the milestone. */
  readonly firms: number;
  readonly days: GroupFigure;
  readonly status: StatusCounts;
  readonly netRoiPercent: GroupFigure;
  readonly metrics: readonly MetricFigures[];
}

export interface GroupFigures extends Group {
  /** Firms with at least one milestone. */
  readonly firms: number;
  readonly milestones: readonly MilestoneFigures[];
}

/** What all firms teach. */
export interface GlobalOutcomes {
  readonly workspaceId: string | null;
  readonly shareable: boolean;
  readonly minGroupSize: number;
  readonly sizeBands: readonly number[];
  readonly firms: { readonly total: number; readonly measured: number; readonly unreadable: number };
  readonly groups: readonly GroupFigures[];
}

export interface AggregateInput {
  readonly workspaceId: string | null;
  readonly firms: readonly FirmRecord[];
  /** Firms of the workspace, those without a measurement and those that cannot be read included. */
  readonly total: number;
  readonly unreadable: number;
  readonly metrics: readonly Metric[];
  readonly sizeBands: readonly number[];
  readonly minGroupSize: number;
  readonly shareable: boolean;
}

/**
 * Summarises the firms by group and milestone. The order of the firms does not matter. What a group of fewer
 * firms than the minimum would tell, or what could be derived of one from several groups, is null.
 */
export function aggregate(input: AggregateInput): GlobalOutcomes {
  const firms = input.firms
    .filter((one) => one.milestones.length > 0)
    .toSorted((a, b) => (a.slug < b.slug ? -1 : a.slug > b.slug ? 1 : 0));
  const groups = allGroups(firms, input.sizeBands);
  const at = new Map(milestones.map((one) => [one, figuresAt(one, firms, groups, input)]));
  return {
    workspaceId: input.workspaceId,
    shareable: input.shareable,
    minGroupSize: input.minGroupSize,
    sizeBands: input.sizeBands,
    firms: { total: input.total, measured: firms.length, unreadable: input.unreadable },
    groups: groups.map(({ group, members }, index) => ({
      ...group,
      firms: members.length,
      milestones: milestones.map((one) => at.get(one)?.[index] as MilestoneFigures),
    })),
  };
}

type Groups = ReturnType<typeof allGroups>;

function figuresAt(
  milestone: Milestone,
  firms: readonly FirmRecord[],
  groups: Groups,
  { metrics, minGroupSize }: AggregateInput,
): MilestoneFigures[] {
  const records = firms.map((firm) => firm.milestones.find((one) => one.milestone === milestone) ?? null);
  const judge = judgeOnce(groups, minGroupSize);
  const measure = (one: Measure) => figuresOf(one, records, groups, judge);
  const status = statusesOf(records, groups, judge);
  const days = measure(daysTo);
  const roi = measure(netRoi);
  const byMetric = metrics.map((metric) => ({
    metric,
    improvement: measure(improvementOf(metric)),
    percent: showsPercent(metric) ? measure(percentOf(metric)) : null,
  }));
  return groups.map(({ members }, index) => ({
    milestone,
    firms: members.filter((firm) => records[firm] !== null).length,
    days: days[index]!,
    status: status[index]!,
    netRoiPercent: roi[index]!,
    metrics: byMetric.map((one) => ({
      metric: one.metric,
      improvement: one.improvement[index]!,
      percent: one.percent?.[index] ?? null,
    })),
  }));
}

type Judge = (known: readonly boolean[]) => readonly Verdict[];

/** Judges the groups over the firms of which a figure is known; most figures are known of the same firms. */
function judgeOnce(groups: Groups, minGroupSize: number): Judge {
  const judged = new Map<string, readonly Verdict[]>();
  return (known) => {
    const key = known.map(Number).join('');
    const verdicts =
      judged.get(key) ??
      judgeGroups(
        groups.map(({ members }) => members.filter((firm) => known[firm])),
        minGroupSize,
      );
    judged.set(key, verdicts);
    return verdicts;
  };
}

function figuresOf(
  measure: Measure,
  records: readonly (MilestoneRecord | null)[],
  groups: Groups,
  judge: Judge,
): GroupFigure[] {
  const values = records.map((record) => record && measure.of(record));
  const verdicts = judge(values.map((value) => value !== null));
  return groups.map(({ members }, index) => {
    const own = members.flatMap((firm) => values[firm] ?? []);
    return figureOf(own, verdicts[index] ?? 'no_data');
  });
}

function figureOf(values: readonly number[], verdict: Verdict): GroupFigure {
  const n = values.length;
  if (verdict !== 'shown') {
    const reasons = { median: verdict, quartiles: verdict, interval: verdict };
    return { n, median: null, p25: null, p75: null, interval: null, reasons };
  }
  const { interval, ...rest } = summarise(values);
  return {
    n,
    median: tidy(rest.median),
    p25: tidy(rest.p25),
    p75: tidy(rest.p75),
    interval: interval && { ...interval, from: round(interval.from, 6), to: round(interval.to, 6) },
    reasons: {
      ...(n < smallestForQuartiles && { quartiles: 'fewer_than_4' as const }),
      ...(n < smallestForInterval && { interval: 'fewer_than_6' as const }),
    },
  };
}

function tidy(value: number | null): number | null {
  return value === null ? null : round(value, 6);
}

function statusesOf(
  records: readonly (MilestoneRecord | null)[],
  groups: Groups,
  judge: Judge,
): StatusCounts[] {
  const verdicts = judge(records.map((record) => record !== null));
  return groups.map(({ members }, index) => {
    const own = members.flatMap((firm) => records[firm] ?? []);
    const verdict = verdicts[index] ?? 'no_data';
    if (verdict !== 'shown') return { n: own.length, counts: null, reason: verdict };
    const count = (status: OutcomeStatus | null) => own.filter((one) => one.status === status).length;
    const [on_track, at_risk, off_track] = outcomeStatuses.map(count) as [number, number, number];
    return { n: own.length, counts: { on_track, at_risk, off_track, none: count(null) }, reason: null };
  });
}
