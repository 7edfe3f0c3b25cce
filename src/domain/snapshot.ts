import type { IsoDate } from './date.ts';
import type { MetricValues } from './metric.ts';

export const snapshotLabels = ['baseline', '30d', '60d', '90d', 'custom'] as const;
export type SnapshotLabel = (typeof snapshotLabels)[number];

export const snapshotSources = ['manual', 'ghl_export', 'api'] as const;
export type SnapshotSource = (typeof snapshotSources)[number];

/** What a rate (numerator of denominator) or a net promoter score (promoters and detractors of n) was counted from. */
export interface Evidence {
  readonly numerator?: number | null;
  readonly denominator?: number | null;
  readonly promoters?: number | null;
  readonly detractors?: number | null;
  readonly n?: number | null;
}

/** A firm's metrics on one day. */
export interface Snapshot {
  readonly id: string;
  readonly firmId: string;
  readonly date: IsoDate;
  readonly label: SnapshotLabel;
  readonly source: SnapshotSource;
  readonly metrics: MetricValues;
  readonly notes: string | null;
  readonly evidence: Readonly<Record<string, Evidence>>;
  /** Counts files of the same date and label: 1, then 2 for `2026-01-05_baseline_2.yaml`. */
  readonly sequence: number;
}

/** Orders by date, then by the order of capture on one day, then by id. */
export function compareSnapshots(a: Snapshot, b: Snapshot): number {
  if (a.date !== b.date) return a.date < b.date ? -1 : 1;
  if (a.sequence !== b.sequence) return a.sequence - b.sequence;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** The newest snapshot of a label, or null. */
export function latestOf(snapshots: readonly Snapshot[], label: SnapshotLabel): Snapshot | null {
  return (
    snapshots
      .filter((one) => one.label === label)
      .sort(compareSnapshots)
      .at(-1) ?? null
  );
}

/** The label of the newest snapshot that is not a baseline, or null. */
export function newestTarget(snapshots: readonly Snapshot[]): SnapshotLabel | null {
  const later = snapshots.filter((one) => one.label !== 'baseline').sort(compareSnapshots);
  return later.at(-1)?.label ?? null;
}

/** File name of a snapshot, without its folder. */
export function snapshotFileName(date: IsoDate, label: SnapshotLabel, sequence: number): string {
  return `${date}_${label}${sequence > 1 ? `_${sequence}` : ''}.yaml`;
}

/** Reads date, label and sequence back out of a file name; null for any other name. */
export function parseSnapshotFileName(
  name: string,
): { date: IsoDate; label: string; sequence: number } | null {
  const match = /^(\d{4}-\d{2}-\d{2})_([a-z0-9]+?)(?:_([2-9]|[1-9]\d{1,3}))?\.yaml$/.exec(name);
  if (!match?.[1] || !match[2]) return null;
  return { date: match[1], label: match[2], sequence: match[3] ? Number(match[3]) : 1 };
}
