import { baselineFor } from '../domain/baseline.ts';
import type { Firm } from '../domain/firm.ts';
import type { MetricValues } from '../domain/metric.ts';
import { round } from '../domain/number.ts';
import { computeOutcome, resolveEconomics } from '../domain/outcome.ts';
import type { Settings } from '../domain/settings.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { inCell } from '../formats/import-cells.ts';
import { columnName, type Row, type RowTable } from '../formats/import-rows.ts';
import { roiFields } from '../formats/outcome-file.ts';

export interface OutcomeComparison {
  readonly snapshots: readonly Snapshot[];
  readonly firm: Firm;
  readonly settings: Settings;
  readonly targets: MetricValues;
}

/**
 * Outcomes from elsewhere beside what the engine computes from the same snapshots. Their figures are never
 * written: an outcome is only ever computed.
 */
export function compareOutcomes(tables: readonly RowTable[], with_: OutcomeComparison): string[] {
  const rows = tables.flatMap((one) => one.rows);
  if (rows.length === 0) return [];
  return [
    'outcomes are compared and never written; "scend outcomes" computes them',
    ...rows.flatMap((row) => compareRow(row, with_)),
  ];
}

const targetColumns = [
  'target_snapshot_id',
  'at_90d_snapshot_id',
  'at_60d_snapshot_id',
  'at_30d_snapshot_id',
];

function compareRow(row: Row, { snapshots, firm, settings, targets }: OutcomeComparison): string[] {
  const name = `  ${row.file}:${row.line} row ${row.number}`;
  const byId = (column: string) => {
    // A column in camelCase has no line between "at" and the days.
    const id = (row.cells.get(column) ?? row.cells.get(column.replace('at_', 'at')))?.text;
    return snapshots.find((one) => one.id === id) ?? null;
  };
  const target = targetColumns.reduce<Snapshot | null>((found, one) => found ?? byId(one), null);
  const first = byId('baseline_snapshot_id');
  if (!target || !first)
    return [`${name}: its ${target ? 'baseline' : 'later'} snapshot is none of this firm; not compared`];
  const baseline = baselineFor(snapshots, settings.metrics, target.date) ?? first;
  const outcome = computeOutcome({
    firm,
    roadmap: { id: firm.id, version: 'v1.0', targets },
    snapshots,
    baseline,
    target,
    economics: resolveEconomics(firm.economics, settings.economics, {}),
    settings,
    notes: null,
  });
  const computed = new Map<string, number | null>(Object.entries(outcome.deltas));
  for (const [key, value] of Object.entries(roiFields(outcome.roi))) {
    if (value === null || typeof value === 'number') computed.set(key, value);
  }
  const stated = new Map([
    ...figuresOf(row, 'deltas'),
    ...figuresOf(row, 'realized_roi_12_months_estimate'),
    ...figuresOf(row, 'realized_roi12_months_estimate'),
  ]);
  const differing = [...stated].flatMap(([key, text]) => {
    const own = computed.get(key) ?? null;
    if (own === null && text === null) return [];
    const there = text === null ? Number.NaN : Number(text);
    const digits = key in outcome.deltas ? 9 : 2;
    if (own !== null && round(there, digits) === round(own, digits)) return [];
    const ratio = outcome.roi.benefitCostRatio;
    const gross = key === 'net_roi_percent' && ratio !== null && round(there, 2) === round(100 * ratio, 2);
    return [
      `${key} ${text ?? '—'} there${gross ? ' (benefit / cost, which is not net)' : ''}, ${own ?? '—'} here`,
    ];
  });
  const status = row.cells.get('status')?.text ?? null;
  if (status !== null && status !== outcome.classification.status)
    differing.push(
      `status ${status} there, ${outcome.classification.status ?? outcome.classification.reason} here`,
    );
  const label = `${name} (${target.label} of ${target.date})`;
  return differing.length === 0 ? [`${label}: agrees`] : [`${label}: ${differing.join('; ')}`];
}

function figuresOf(row: Row, column: string): [string, string | null][] {
  const cell = row.cells.get(column);
  const node = cell?.node ?? (cell ? inCell(cell, /^\{/) : null);
  if (node?.kind !== 'object') return [];
  return [...node.entries].map(([key, value]) => [
    columnName(key),
    value.kind === 'number' || value.kind === 'text' ? value.text : null,
  ]);
}
