import { type Baseline, baselineAtHand } from '../domain/baseline.ts';
import type { MetricValues } from '../domain/metric.ts';
import { formatChange, formatValue, type Metric } from '../domain/metric.ts';
import { formatNumber } from '../domain/number.ts';
import type { Outcome } from '../domain/outcome.ts';
import { compareSnapshots, latestOf, type Snapshot, type SnapshotLabel } from '../domain/snapshot.ts';
import { inline, table } from './inline.ts';

export const statusWords: Readonly<Record<string, string>> = {
  on_track: 'On track',
  at_risk: 'At risk',
  off_track: 'Off track',
};

const reasonWords: Readonly<Record<string, string>> = {
  baseline_only: 'there is no measurement after the baseline',
  no_projection: 'the roadmap projects no targets',
  insufficient_data: 'less than half of what was projected has been measured',
  regression: 'held at this level because a metric got worse',
};

/** An amount with its currency, whole units from 1,000 on. */
export function money(value: number | null, currency: string): string {
  if (value === null) return '—';
  return `${formatNumber(value, Math.abs(value) >= 1000 ? 0 : 2)} ${currency}`;
}

/** The status in words, with what decided it. */
export function statusText(outcome: Outcome): string {
  const { status, reason, score } = outcome.classification;
  if (status === null) return `No status: ${reasonWords[reason ?? ''] ?? reason}`;
  const why = reason ? `, ${reasonWords[reason] ?? reason}` : '';
  return `${statusWords[status]} (score ${formatNumber(score ?? 0, 3)}${why})`;
}

/** Which baselines were averaged, and from which one days are counted; null for one alone. */
export function baselineNote({ averagedBaselines, baselineDate }: Outcome): string | null {
  if (!averagedBaselines) return null;
  const dates = Object.keys(averagedBaselines);
  return `baseline: the mean of ${listOf(dates)}; days are counted from ${baselineDate}`;
}

/** The date of the baseline, or the dates of those that were averaged. */
export function baselineDates({ averagedBaselines, baselineDate }: Outcome): string {
  return averagedBaselines ? `${listOf(Object.keys(averagedBaselines))} (mean)` : baselineDate;
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Metric by metric: baseline, 90-day target, each milestone measured, and the change. */
export function comparisonTable(
  metrics: readonly Metric[],
  snapshots: readonly Snapshot[],
  targets: MetricValues,
): string {
  const labels: SnapshotLabel[] = ['30d', '60d', '90d', 'custom'];
  const milestones = labels
    .map((label) => latestOf(snapshots, label))
    .filter((one): one is Snapshot => one !== null)
    .sort(compareSnapshots);
  const baseline = baselineAtHand(snapshots, metrics);
  const columns = [...(baseline ? [baseline] : []), ...milestones];
  const newest = milestones.at(-1);
  const head = [
    'Metric',
    ...columns.map((one) => `${titleOf(one.label)} ${datesOf(one)}`),
    '90-day target',
    'Change',
  ];
  const rows = metrics
    .filter(
      (one) => columns.some((column) => isKnown(column.metrics[one.name])) || isKnown(targets[one.name]),
    )
    .map((metric) => {
      const before = baseline?.metrics[metric.name];
      const after = newest?.metrics[metric.name];
      const change = isKnown(before) && isKnown(after) ? formatChange(metric, before, after) : '—';
      const values = columns.map((one) => formatValue(metric, one.metrics[metric.name]));
      return [inline(metric.label), ...values, formatValue(metric, targets[metric.name]), change];
    });
  return table(head, rows, ['left', ...head.slice(1).map(() => 'right' as const)]);
}

function datesOf(column: Baseline): string {
  return column.averaged ? `${listOf(column.averaged.map((one) => one.date))} (mean)` : column.date;
}

function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}

function titleOf(label: SnapshotLabel): string {
  if (label === 'baseline') return 'Baseline';
  return label === 'custom' ? 'Check' : `${label.slice(0, -1)} days`;
}

/** Realised ROI as a table, each missing figure with its reason. */
export function roiTable(outcome: Outcome, currency: string): string {
  const { roi } = outcome;
  const figure = (key: string, text: string, value: number | null) =>
    value === null ? `— (${inline(roi.reasons[key] ?? 'unknown')})` : text;
  const rows: [string, string][] = [
    [
      'Time saved a year',
      figure(
        'time_savings_hours_annual',
        `${formatNumber(roi.timeSavingsHoursAnnual ?? 0, 1)} h`,
        roi.timeSavingsHoursAnnual,
      ),
    ],
    [
      'Value of the time',
      figure(
        'time_savings_value_annual',
        money(roi.timeSavingsValueAnnual, currency),
        roi.timeSavingsValueAnnual,
      ),
    ],
    [
      'Extra deals a year',
      figure('extra_deals_annual', formatNumber(roi.extraDealsAnnual ?? 0, 2), roi.extraDealsAnnual),
    ],
    [
      'Revenue impact',
      figure('revenue_impact_annual', money(roi.revenueImpactAnnual, currency), roi.revenueImpactAnnual),
    ],
    ['– from more appointments', money(roi.revenueFromAppointments, currency)],
    ['– from more closes', money(roi.revenueFromCloses, currency)],
    ['Costs avoided', money(roi.costAvoidanceAnnual, currency)],
    [
      '**Benefit a year**',
      figure('benefit_annual', `**${money(roi.benefitAnnual, currency)}**`, roi.benefitAnnual),
    ],
    ['Implementation cost', money(roi.implementationCost, currency)],
    [
      '**Net ROI, 12 months**',
      figure('net_roi_percent', `**${formatNumber(roi.netRoiPercent ?? 0)} %**`, roi.netRoiPercent),
    ],
    [
      'Benefit / cost',
      figure('benefit_cost_ratio', formatNumber(roi.benefitCostRatio ?? 0), roi.benefitCostRatio),
    ],
    [
      'Payback',
      figure('payback_months', `${formatNumber(roi.paybackMonths ?? 0)} months`, roi.paybackMonths),
    ],
    [
      'First-year benefit, ramped to go-live',
      figure(
        'ramped_benefit_first_year',
        money(roi.rampedBenefitFirstYear, currency),
        roi.rampedBenefitFirstYear,
      ),
    ],
  ];
  rows.push(...adjustedRows(outcome, currency));
  const notes = roi.held.map((one) => `\n\nNote: ${inline(one)}.`).join('');
  return table(['12-month run rate', 'Value'], rows, ['left', 'right']) + notes;
}

/** What the workspace's settings add to the ROI: present value and risk. */
function adjustedRows({ roi }: Outcome, currency: string): [string, string][] {
  const amount = (key: string, value: number | null) =>
    value === null ? `— (${inline(roi.reasons[key] ?? 'unknown')})` : money(value, currency);
  const rows: [string, string][] = [];
  const present = (title: string, key: string, value: number | null | undefined) =>
    value !== undefined && rows.push([title, amount(key, value)]);
  present('Net present value, year 1', 'net_present_value', roi.netPresentValue);
  const adjusted = roi.riskAdjusted;
  if (!adjusted) return rows;
  const key = 'risk_adjusted_net_roi_percent';
  const net = adjusted.netRoiPercent;
  rows.push(
    ['Risk-adjusted benefit a year', amount('risk_adjusted_benefit_annual', adjusted.benefitAnnual)],
    ['Risk-adjusted cost', amount('risk_adjusted_implementation_cost', adjusted.implementationCost)],
    [
      '**Risk-adjusted net ROI**',
      net === null ? `— (${inline(roi.reasons[key] ?? 'unknown')})` : `**${formatNumber(net)} %**`,
    ],
  );
  present(
    'Risk-adjusted net present value, year 1',
    'risk_adjusted_net_present_value',
    adjusted.netPresentValue,
  );
  return rows;
}

/** Every metric's part in the status: baseline, target, current, r and weight. */
export function arithmeticTable(outcome: Outcome, metrics: readonly Metric[]): string {
  const { scores, share } = outcome.classification;
  const rows = scores.map((one) => {
    const metric = metrics.find((other) => other.name === one.metric);
    const value = (amount: number) => (metric ? formatValue(metric, amount) : formatNumber(amount));
    const clamped = Math.max(-1, Math.min(1, one.r));
    return [
      inline(metric?.label ?? one.metric),
      value(one.baseline),
      value(one.target),
      value(one.current),
      formatNumber(one.r, 3),
      formatNumber(clamped, 3),
      `${formatNumber(one.weight * 100, 1)} %`,
    ];
  });
  const head = ['Metric', 'Baseline', '90-day target', 'Now', 'r', 'r, clamped', 'Weight'];
  const body = table(head, rows, ['left', ...head.slice(1).map(() => 'right' as const)]);
  return `${body}\n\nr = improvement / (projected improvement × ${formatNumber((share ?? 1) * 100, 1)} % expected by now); the score is the weighted mean of the clamped r. On track from 0.8, at risk from 0.5.`;
}

/** Where each figure of the ROI came from. */
export function assumptionsTable(outcome: Outcome): string {
  const rows = Object.entries(outcome.assumptions).map(([name, one]) => [
    inline(name),
    one.value === null ? '—' : typeof one.value === 'number' ? formatNumber(one.value) : inline(one.value),
    inline(one.source),
  ]);
  return table(['Assumption', 'Value', 'From'], rows, ['left', 'right', 'left']);
}
