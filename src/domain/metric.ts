import { formatNumber, round, snap } from './number.ts';

/** How a metric is measured and read; prompts, flags, schema, deltas and tables all follow this table. */
export interface Metric {
  readonly name: string;
  readonly label: string;
  readonly unit: 'minutes' | 'fraction' | 'hours' | 'points' | 'count' | 'currency';
  readonly better: 'lower' | 'higher';
  readonly min: number | null;
  readonly max: number | null;
  /** What to count, in the words of the prompt. */
  readonly about: string;
}

export const builtInMetrics: readonly Metric[] = [
  {
    name: 'lead_response_minutes',
    label: 'Lead response time',
    unit: 'minutes',
    better: 'lower',
    min: 0,
    max: null,
    about: 'median minutes from a new lead to the first reply',
  },
  {
    name: 'lead_to_appt_rate',
    label: 'Lead-to-appointment rate',
    unit: 'fraction',
    better: 'higher',
    min: 0,
    max: 1,
    about: 'appointments per lead',
  },
  {
    name: 'close_rate',
    label: 'Close rate',
    unit: 'fraction',
    better: 'higher',
    min: 0,
    max: 1,
    about: 'deals won per appointment',
  },
  {
    name: 'crm_adoption_rate',
    label: 'CRM adoption',
    unit: 'fraction',
    better: 'higher',
    min: 0,
    max: 1,
    about: 'team members who log their work in the CRM',
  },
  {
    name: 'weekly_ops_hours',
    label: 'Weekly operations hours',
    unit: 'hours',
    better: 'lower',
    min: 0,
    max: null,
    about: 'hours a week of manual work',
  },
  {
    name: 'nps',
    label: 'Net promoter score',
    unit: 'points',
    better: 'higher',
    min: -100,
    max: 100,
    about: 'promoters minus detractors',
  },
];

/** Values by metric name; null and absent both mean "not measured". */
export type MetricValues = Readonly<Record<string, number | null>>;

const decimal = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)$/;

/**
 * Reads what a person typed for a metric. Empty means "not measured" (null). A fraction takes `0.2` or
 * `20%`; a bare number above 1, thousands separators, units and out-of-range values are refused, never guessed.
 */
export function parseMetric(
  metric: Metric,
  input: string,
): { ok: true; value: number | null } | { ok: false; why: string } {
  const text = input.trim();
  if (text === '') return { ok: true, value: null };
  const percent = text.endsWith('%');
  const digits = percent ? text.slice(0, -1).trimEnd() : text;
  if (!decimal.test(digits)) {
    const why = /^[\d,]+(?:\.\d+)?$/.test(digits)
      ? `write ${digits.replaceAll(',', '')} without separators`
      : `"${text}" is not a plain number`;
    return { ok: false, why };
  }
  if (percent && metric.unit !== 'fraction') {
    return { ok: false, why: `${metric.label} is counted in ${metric.unit}, not in percent` };
  }
  const value = percent ? snap(Number(digits) / 100) : Number(digits);
  if (!Number.isFinite(value)) return { ok: false, why: `"${text}" is too large` };
  return inRange(metric, value, text);
}

function inRange(metric: Metric, value: number, text: string): ReturnType<typeof parseMetric> {
  const { min, max } = metric;
  if ((min === null || value >= min) && (max === null || value <= max)) return { ok: true, value };
  if (metric.unit === 'fraction' && value > 1 && value <= 100 && !text.endsWith('%')) {
    return { ok: false, why: `a rate lies between 0 and 1; write ${text}% or ${snap(value / 100)}` };
  }
  const range = [min === null ? '' : `at least ${min}`, max === null ? '' : `at most ${max}`];
  return { ok: false, why: `must be ${range.filter(Boolean).join(' and ')}` };
}

/** Improvement-positive change from `baseline` to `current`; null when either is unknown. */
export function delta(
  metric: Metric,
  baseline: number | null | undefined,
  current: number | null | undefined,
): number | null {
  if (baseline === null || baseline === undefined || current === null || current === undefined) return null;
  return snap(metric.better === 'lower' ? baseline - current : current - baseline);
}

/** A value with its unit, for people: `3.5 min`, `33 %`, `12 h`, `61`. */
export function formatValue(metric: Metric, value: number | null | undefined): string {
  if (value === null || value === undefined) return '—';
  switch (metric.unit) {
    case 'minutes':
      return `${formatNumber(value)} min`;
    case 'fraction':
      return `${formatNumber(value * 100, 1)} %`;
    case 'hours':
      return `${formatNumber(value)} h`;
    default:
      return formatNumber(value);
  }
}

/** Whether a change of the metric is told in percent, too; of a score, or of a share of people, that misleads. */
export function showsPercent(metric: Metric): boolean {
  return metric.unit !== 'points' && metric.name !== 'crm_adoption_rate';
}

/** Improvement in percent of the baseline; null where it means nothing (see `showsPercent`) or has no base. */
export function percentImprovement(
  metric: Metric,
  baseline: number | null | undefined,
  current: number | null | undefined,
): number | null {
  const gain = delta(metric, baseline, current);
  if (gain === null || !showsPercent(metric) || (baseline ?? 0) <= 0) return null;
  return snap((100 * gain) / (baseline ?? 1));
}

/** An improvement in the words that fit its unit: reduction in percent, percentage points, or points. */
export function formatChange(metric: Metric, baseline: number, current: number): string {
  const gain = delta(metric, baseline, current) ?? 0;
  const signed = (value: number, digits = 1) => `${value > 0 ? '+' : ''}${formatNumber(value, digits)}`;
  const relative = baseline > 0 ? round((100 * (current - baseline)) / baseline, 1) : null;
  if (metric.unit === 'fraction') {
    const points = `${signed(round((current - baseline) * 100, 1))} pp`;
    return relative === null || !showsPercent(metric) ? points : `${points} (${signed(relative)} %)`;
  }
  if (metric.unit === 'points') return `${signed(current - baseline)} points`;
  if (metric.better === 'lower') {
    const amount = formatValue(metric, Math.abs(gain));
    const word = gain >= 0 ? 'less' : 'more';
    return relative === null ? `${amount} ${word}` : `${amount} ${word} (${signed(relative)} %)`;
  }
  return relative === null
    ? signed(current - baseline)
    : `${signed(current - baseline)} (${signed(relative)} %)`;
}
