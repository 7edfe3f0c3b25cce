import type { Metric } from '../domain/metric.ts';
import { formatNumber, snap } from '../domain/number.ts';

export interface Ticks {
  readonly domain: readonly [number, number];
  readonly values: readonly number[];
  readonly step: number;
}

/** Round ticks (1, 2, 2.5 or 5 of a power of ten) that enclose all values and zero. */
export function ticksFromZero(values: readonly number[], count: number, whole = false): Ticks {
  // Figures are compared at 1e-9; a difference below it is none.
  const snapped = values.map((one) => (Math.abs(one) < 1e6 ? snap(one) : one));
  const low = Math.min(0, ...snapped);
  const high = Math.max(0, ...snapped);
  const span = high - low || 1;
  const step = niceStep(span / count, whole);
  const first = Math.floor(snap(low / step));
  const last = Math.max(first + 1, Math.ceil(snap(high / step)));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => clear((first + index) * step));
  return { domain: [ticks[0] ?? 0, ticks.at(-1) ?? 1], values: ticks, step };
}

/** The power of ten below a positive number, by its digits: no logarithm, whose last bit differs by machine. */
function exponentOf(value: number): number {
  return Number(value.toExponential().split('e')[1]);
}

function niceStep(rough: number, whole: boolean): number {
  const power = Number(`1e${exponentOf(rough)}`);
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough * (1 - 1e-9));
  const found = step ?? 10 * power;
  return whole ? Math.max(1, Math.ceil(found)) : found;
}

/** Takes away what binary fractions add to a multiple of a step. */
function clear(value: number): number {
  const cleared = Number(value.toPrecision(12));
  return Object.is(cleared, -0) ? 0 : cleared;
}

/** What is measured, for the numbers on axes and beside marks. */
export type Unit =
  | Metric['unit']
  /** A change of a fraction, in percentage points: 0.05 is 5 pp. */
  | 'percentage_points'
  /** A figure that is a percentage already: 343.96 is 343.96 %. */
  | 'percent'
  | 'days';

const suffixes: Readonly<Record<Unit, string>> = {
  minutes: ' min',
  fraction: ' %',
  hours: ' h',
  points: '',
  count: '',
  currency: '',
  percentage_points: ' pp',
  percent: ' %',
  days: ' d',
};

/** A number with its unit, a fraction as percent. `step` gives the decimals of a tick, else at most two. */
export function formatUnit(unit: Unit, value: number, step?: number): string {
  const factor = unit === 'fraction' || unit === 'percentage_points' ? 100 : 1;
  const usual = factor === 100 ? 1 : 2;
  const needed = step === undefined ? usual : Math.min(9, Math.max(0, 1 - exponentOf(step * factor)));
  return `${formatNumber(value * factor, needed)}${suffixes[unit]}`;
}

/** Days between two ticks of a time axis: the smallest usual step that gives at most `count` of them. */
export function dayStep(days: number, count: number, steps: readonly number[]): number {
  const found = steps.find((one) => days / one <= count);
  if (found !== undefined) return found;
  const largest = steps.at(-1) ?? 1;
  return largest * Math.ceil(days / (largest * count));
}
