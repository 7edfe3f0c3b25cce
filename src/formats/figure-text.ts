import type { GroupFigure, NullReason } from '../domain/learning/aggregate.ts';
import type { Group } from '../domain/learning/group.ts';
import { formatValue, type Metric } from '../domain/metric.ts';
import { formatNumber } from '../domain/number.ts';
import { inline } from './inline.ts';

/** A group's name for people. */
export function groupName(group: Group, systemNames: ReadonlyMap<string, string>): string {
  const { industry, sizeBand, system } = group;
  const parts = [
    ...(industry === null ? [] : [inline(industry.replaceAll('_', ' '))]),
    ...(sizeBand === null ? [] : [`${sizeBand.replace('-', '–')} people`]),
    ...(system === null ? [] : [systemName(system, systemNames)]),
  ];
  return parts.join(', ') || 'All firms';
}

function systemName(system: string, names: ReadonlyMap<string, string>): string {
  const name = names.get(system);
  return name ? `${inline(system)} ${inline(name)}` : inline(system);
}

/** A figure in percent: `68 % (52 to 81 %)`. */
export function percentCell(figure: GroupFigure): string {
  return spread(figure, formatPercent);
}

/** A figure in its metric's unit, of a rate in percentage points. */
export function amountOf(metric: Metric, figure: GroupFigure): string {
  return spread(figure, (value) => formatGain(metric, value));
}

/** Such as `68 % (52 to 81 %)`: the median and the middle half. */
function spread(figure: GroupFigure, format: (value: number) => string): string {
  const { median, p25, p75, reasons } = figure;
  if (median === null) return reasonWord(reasons.median ?? null);
  return p25 === null || p75 === null ? format(median) : `${format(median)} (${range(p25, p75, format)})`;
}

/** Two figures with one unit. */
function range(from: number, to: number, format: (value: number) => string): string {
  return `${format(from).replace(/ [a-z%]+$/, '')} to ${format(to)}`;
}

/** The interval of a figure's median. */
export function intervalCell({ interval, reasons }: GroupFigure, format: (value: number) => string): string {
  return interval === null ? reasonWord(reasons.interval ?? null) : range(interval.from, interval.to, format);
}

export function formatPercent(value: number): string {
  return `${formatNumber(value, 1)} %`;
}

/** An improvement in its unit; of a rate in percentage points. */
export function formatGain(metric: Metric, value: number): string {
  if (metric.unit === 'fraction') return `${formatNumber(value * 100, 1)} pp`;
  return metric.unit === 'points' ? `${formatNumber(value, 1)} points` : formatValue(metric, value);
}

/** Why a figure is missing, in words. */
export function reasonWord(reason: NullReason | null): string {
  const words: Readonly<Record<NullReason, string>> = {
    no_data: 'not known',
    too_few: 'too few firms',
    complementary: 'hidden',
    fewer_than_4: 'fewer than 4 firms',
    fewer_than_6: 'fewer than 6 firms',
  };
  return reason === null ? '—' : words[reason];
}
