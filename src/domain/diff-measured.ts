import type { FieldChange } from './diff-tickets.ts';
import { delta, type Metric } from './metric.ts';
import type { Outcome } from './outcome.ts';
import { compareSnapshots, type Snapshot } from './snapshot.ts';

/** The newest known value of a metric on either side, where they differ. */
export interface MetricMove {
  readonly metric: Metric;
  readonly before: number | null;
  readonly after: number | null;
  /** Positive is better; null where one side is unknown. */
  readonly gain: number | null;
}

export interface MeasuredChanges {
  readonly added: readonly Snapshot[];
  readonly removed: readonly Snapshot[];
  readonly corrected: readonly { readonly snapshot: Snapshot; readonly fields: readonly FieldChange[] }[];
  readonly metrics: readonly MetricMove[];
}

/** Compares the snapshots of a firm, matched by id. */
export function diffSnapshots(
  before: readonly Snapshot[],
  after: readonly Snapshot[],
  metrics: readonly Metric[],
): MeasuredChanges {
  const old = new Map(before.map((one) => [one.id, one]));
  const now = new Set(after.map((one) => one.id));
  return {
    added: after.filter((one) => !old.has(one.id)),
    removed: before.filter((one) => !now.has(one.id)),
    corrected: after.flatMap((snapshot) => {
      const was = old.get(snapshot.id);
      const fields = was ? snapshotFields(was, snapshot) : [];
      return fields.length === 0 ? [] : [{ snapshot, fields }];
    }),
    metrics: metrics.flatMap((metric): MetricMove[] => {
      const [from, to] = [newestValue(before, metric), newestValue(after, metric)];
      return from === to ? [] : [{ metric, before: from, after: to, gain: delta(metric, from, to) }];
    }),
  };
}

/** The newest snapshot that measured the metric. */
export function newestWith(snapshots: readonly Snapshot[], name: string): Snapshot | undefined {
  return [...snapshots].sort(compareSnapshots).findLast((one) => (one.metrics[name] ?? null) !== null);
}

function newestValue(snapshots: readonly Snapshot[], { name }: Metric): number | null {
  return newestWith(snapshots, name)?.metrics[name] ?? null;
}

function snapshotFields(was: Snapshot, now: Snapshot): FieldChange[] {
  const names = [...new Set([...Object.keys(was.metrics), ...Object.keys(now.metrics)])].sort();
  const counted = (one: Snapshot) => (Object.keys(one.evidence).length === 0 ? null : evidenceText(one));
  const fields: [string, FieldChange['from'], FieldChange['to']][] = [
    ['date', was.date, now.date],
    ['label', was.label, now.label],
    ['source', was.source, now.source],
    ...names.map((name): [string, number | null, number | null] => [
      name,
      was.metrics[name] ?? null,
      now.metrics[name] ?? null,
    ]),
    ['evidence', counted(was), counted(now)],
    ['notes', was.notes, now.notes],
  ];
  return fields.flatMap(([field, from, to]) => (from === to ? [] : [{ field, from, to }]));
}

function evidenceText({ evidence }: Snapshot): string {
  const parts = Object.entries(evidence).map(([name, one]) => {
    const counts = Object.entries(one).filter(([, count]) => count !== null && count !== undefined);
    return `${name} ${counts.map(([key, count]) => `${key} ${count}`).join(', ')}`;
  });
  return parts.sort().join('; ');
}

/** An outcome that is new, gone, or says something else than before. */
export interface OutcomeMove {
  readonly before: Outcome | null;
  readonly after: Outcome | null;
}

/** Compares the outcomes of a firm, matched by roadmap version and milestone; in the order of the newer side. */
export function diffOutcomes(before: readonly Outcome[], after: readonly Outcome[]): OutcomeMove[] {
  const key = (one: Outcome) => `${one.roadmapVersion} ${one.targetLabel}`;
  const old = new Map(before.map((one) => [key(one), one]));
  const now = new Set(after.map(key));
  return [
    ...after
      .map((one) => ({ before: old.get(key(one)) ?? null, after: one }))
      .filter((one) => one.before === null || said(one.before) !== said(one.after)),
    ...before.filter((one) => !now.has(key(one))).map((one) => ({ before: one, after: null })),
  ];
}

/** What an outcome tells: where it stands, and the figures. */
function said({ targetDate, deltas, roi, classification, notes }: Outcome): string {
  const { status, reason, score } = classification;
  const sorted = Object.entries(deltas)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    targetDate,
    status,
    reason,
    score,
    sorted,
    roi.benefitAnnual,
    roi.netRoiPercent,
    notes,
  ]);
}
