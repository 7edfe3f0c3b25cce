import { describePicture, type Picture } from '../charts/index.ts';
import { baselineAtHand } from '../domain/baseline.ts';
import { type IsoDate, latestDate } from '../domain/date.ts';
import type { Metric, MetricValues } from '../domain/metric.ts';
import type { RefreshPlan } from '../domain/refresh.ts';
import { compareSnapshots, type Snapshot, type SnapshotLabel } from '../domain/snapshot.ts';
import type { TicketInstance } from '../domain/ticket.ts';
import type { Version } from '../domain/version.ts';
import { image } from './inline.ts';

/** What the pictures of a version are made from, beside the plan. */
export interface PictureContext {
  readonly firmName: string;
  readonly metrics: readonly Metric[];
  readonly targets: MetricValues;
  readonly tickets: readonly TicketInstance[];
}

/** File name of a version's picture, which lies beside the roadmap. */
export function pictureFileName(slug: string, name: Picture['name'], version: Version): string {
  return `${slug}_CHART_${name}_${version}.svg`;
}

/** A picture as Markdown, its figures in words for those who cannot see it. */
export function pictureLink(picture: Picture, slug: string, version: Version): string {
  return image(describePicture(picture), pictureFileName(slug, picture.name, version));
}

/** The pictures of a version that there is something to draw for. */
export function picturesOf(plan: RefreshPlan, context: PictureContext): Picture[] {
  return [beforeAfter(plan, context), overTime(plan, context), burnUp(plan, context)].filter(
    (one) => one !== null,
  );
}

function measured(values: MetricValues, metric: Metric): number | null {
  return values[metric.name] ?? null;
}

/** The newest baseline and the newest measurement after it, where any metric was measured in both. */
function beforeAfter(plan: RefreshPlan, { firmName, metrics, targets }: PictureContext): Picture | null {
  const baseline = baselineAtHand(plan.snapshots, metrics);
  const newest = baseline ? newestAfter(plan.snapshots, baseline) : null;
  if (!baseline || !newest) return null;
  const rows = metrics
    .map((metric) => ({
      metric,
      before: measured(baseline.metrics, metric),
      after: measured(newest.metrics, metric),
      target: measured(targets, metric),
    }))
    .filter((one) => one.before !== null || one.after !== null);
  if (!rows.some((one) => one.before !== null && one.after !== null)) return null;
  return {
    name: 'before_after',
    input: {
      title: `Before and after: ${firmName}`,
      before: `${baseline.averaged ? 'mean of the baselines' : 'baseline'}, ${baseline.date}`,
      after: `${labelWords[newest.label]}, ${newest.date}`,
      rows,
    },
  };
}

const labelWords: Readonly<Record<SnapshotLabel, string>> = {
  baseline: 'baseline',
  '30d': '30 days',
  '60d': '60 days',
  '90d': '90 days',
  custom: 'check',
};

function newestAfter(snapshots: readonly Snapshot[], baseline: Pick<Snapshot, 'date'>): Snapshot | null {
  const later = snapshots.filter((one) => one.label !== 'baseline' && one.date >= baseline.date);
  return later.sort(compareSnapshots).at(-1) ?? null;
}

/** Every metric with two measurements, or one and a target. */
function overTime(plan: RefreshPlan, { firmName, metrics, targets }: PictureContext): Picture | null {
  const baseline = baselineAtHand(plan.snapshots, metrics);
  if (!baseline) return null;
  const snapshots = [...plan.snapshots].sort(compareSnapshots);
  const series = metrics
    .map((metric) => ({
      metric,
      points: snapshots.map((one) => ({ date: one.date, value: measured(one.metrics, metric) })),
      baseline: measured(baseline.metrics, metric),
      target: measured(targets, metric),
    }))
    .filter((one) => {
      const known = one.points.filter((point) => point.value !== null).length;
      return known > 1 || (known === 1 && one.target !== null);
    });
  if (series.length === 0) return null;
  const title = `Measured and projected: ${firmName}`;
  return { name: 'metrics_over_time', input: { title, baselineDate: baseline.date, series } };
}

/** Tickets done by day, where at least one has a date. */
function burnUp(plan: RefreshPlan, { firmName, tickets }: PictureContext): Picture | null {
  const done = tickets.filter((one) => one.status === 'done');
  const completed = done.flatMap((one) => (one.completedAt ? [one.completedAt] : []));
  const last = latestDate(completed);
  if (last === null) return null;
  const scope = plan.rollup.pack.active;
  // What is finished stays as it was on the last day of it.
  const today = latestDate([done.length === scope ? null : plan.today, last]) ?? plan.today;
  const known = [
    ...plan.sprints.flatMap((one) => [one.plannedStart, one.plannedEnd]),
    ...tickets.flatMap((one) => [one.startedAt, one.completedAt]),
  ];
  return {
    name: 'burn_up',
    input: {
      title: `Tickets done: ${firmName}`,
      start: earliest([...known, today]),
      today,
      completed,
      undated: done.length - completed.length,
      scope,
      plannedEnd: latestDate(plan.sprints.map((one) => one.plannedEnd)),
      forecast: plan.forecast.enough ? plan.forecast.pack : null,
    },
  };
}

function earliest(dates: readonly (IsoDate | null)[]): IsoDate {
  return dates.filter((one) => one !== null).sort()[0] ?? '';
}
