import type { Axis, Mark, Scale } from 'vega';
import { addDays, daysBetween, type IsoDate } from '../domain/date.ts';
import { formatValue, type Metric } from '../domain/metric.ts';
import { formatNumber } from '../domain/number.ts';
import { bottomAxis, leftAxis } from './axes.ts';
import { type Drawing, draw } from './draw.ts';
import { frame } from './frame.ts';
import { block, group, labels, linear, rowsAs, rule, symbol, type } from './marks.ts';
import { shorten, widthOf, wrap } from './text.ts';
import { ink } from './theme.ts';
import { dayStep, formatUnit, type Ticks, ticksFromZero } from './ticks.ts';

/** One metric's measurements. */
export interface MetricSeries {
  readonly metric: Metric;
  /** In the order of measurement, one for each snapshot; null where it left the metric out. */
  readonly points: readonly { readonly date: IsoDate; readonly value: number | null }[];
  /** Value on the baseline day; null when it was not measured then. */
  readonly baseline: number | null;
  /** Projected value 90 days after the baseline. */
  readonly target: number | null;
}

export interface OverTimeInput {
  readonly title: string;
  readonly baselineDate: IsoDate;
  readonly series: readonly MetricSeries[];
}

/** Days from the baseline to the target. */
const targetDay = 90;

/** A panel a metric: what was measured as joined points, the projection as a dashed line; as SVG text. */
export function metricsOverTime(input: OverTimeInput): Promise<string> {
  return draw(overTimeDrawing(input));
}

/** The figures of the picture in a sentence, for those who do not see it. */
export function describeOverTime({ baselineDate, series }: OverTimeInput): string {
  const figures = series.map(({ metric, points, target }) => {
    const known = points.filter((one) => one.value !== null);
    const values = known.map((one) => `${formatValue(metric, one.value)} on ${one.date}`);
    // Years of measurements would be a long line; the first and the last ones tell.
    if (values.length > 6) values.splice(1, values.length - 4, `${values.length - 4} more`);
    const end = addDays(baselineDate, targetDay);
    const aim = target === null ? '' : ` (target ${formatValue(metric, target)} on ${end})`;
    return `${shorten(metric.label, 80)} ${values.join(', ') || 'not measured'}${aim}`;
  });
  return `Metrics over time: ${figures.join('; ')}`;
}

interface Panel {
  readonly series: MetricSeries;
  readonly head: readonly string[];
  readonly figures: readonly string[];
  readonly ticks: Ticks;
  readonly days: readonly { readonly day: number; readonly value: number }[];
  /** Stretches of the line; false where a snapshot in between left the metric out. */
  readonly spans: readonly { readonly from: number; readonly to: number; readonly whole: boolean }[];
}

const panelWidth = 345;
const plotHeight = 110;
const gap = 30;

function panelOf(series: MetricSeries, baselineDate: IsoDate): Panel {
  const { metric, points, baseline, target } = series;
  const days: { day: number; value: number }[] = [];
  const spans: { from: number; to: number; whole: boolean }[] = [];
  let skipped = false;
  for (const { date, value } of points) {
    const day = daysBetween(baselineDate, date);
    const last = days.at(-1);
    if (value === null) skipped ||= last !== undefined && last.day !== day;
    // Of two measurements on one day the later one counts.
    else if (last?.day === day) last.value = value;
    else {
      if (last) spans.push({ from: days.length - 1, to: days.length, whole: !skipped });
      days.push({ day, value });
      skipped = false;
    }
  }
  const known = [...days.map((one) => one.value), baseline, target].filter((one) => one !== null);
  const [first, newest] = [days[0], days.at(-1)];
  const values = [first, ...(newest === first ? [] : [newest])].flatMap((one) =>
    one ? [formatValue(metric, one.value)] : [],
  );
  const aim = target === null ? '' : `, target ${formatValue(metric, target)}`;
  const size = { width: panelWidth, size: type.text };
  return {
    series,
    head: wrap(metric.label, { ...size, size: type.label, bold: true }),
    figures: wrap(`${values.join(' → ') || 'not measured'}${aim} (${metric.better} is better)`, size),
    ticks: ticksFromZero(known, 3, metric.unit === 'count'),
    days,
    spans,
  };
}

function overTimeDrawing(input: OverTimeInput): Drawing {
  const panels = input.series.map((one) => panelOf(one, input.baselineDate));
  const all = panels.flatMap((one) => one.days.map((point) => point.day));
  const range = [Math.min(0, ...all), Math.max(targetDay, ...all)] as const;
  const texts = panels.flatMap((one) => one.ticks.values.map((value) => tickText(one, value)));
  const gutter = Math.ceil(Math.max(0, ...texts.map((one) => widthOf(one, type.small)))) + 10;
  const width = 2 * Math.max(panelWidth, gutter + 200) + gap;
  const marks: Mark[] = [];
  let y = 0;
  for (let index = 0; index < panels.length; index += 2) {
    const row = panels.slice(index, index + 2);
    const head = Math.max(...row.map((one) => one.head.length * 18 + one.figures.length * 16)) + 14;
    for (const [column, panel] of row.entries()) {
      const x = column === 0 ? 0 : (width + gap) / 2;
      marks.push(...drawPanel(panel, { x, y, head, gutter, width: (width - gap) / 2, range }));
    }
    y += head + plotHeight + 36;
  }
  const projected = input.series.some((one) => one.target !== null);
  return frame({
    id: 'over-time',
    title: input.title,
    note: `Days since the baseline on ${input.baselineDate}; each metric has its own scale.${
      panels.some((one) => one.spans.some((span) => !span.whole))
        ? ' A thin line passes over a measurement that left the metric out.'
        : ''
    }`,
    description: describeOverTime(input),
    legend: [
      { text: 'Measured', sign: 'line', part: 'now' },
      ...(projected
        ? [
            { text: 'Projection', sign: 'dashes', part: 'target' } as const,
            { text: 'Target at 90 days', sign: 'diamond', part: 'target' } as const,
          ]
        : []),
    ],
    body: { width, height: Math.max(0, y - 14), marks },
  });
}

function tickText({ series, ticks }: Panel, value: number): string {
  return formatUnit(series.metric.unit, value, ticks.step);
}

interface PanelPlace {
  readonly x: number;
  readonly y: number;
  readonly head: number;
  readonly gutter: number;
  readonly width: number;
  readonly range: readonly [number, number];
}

function drawPanel(panel: Panel, { x, y, head, gutter, width, range }: PanelPlace): Mark[] {
  const plotWidth = width - gutter - 8;
  const step = dayStep(range[1] - range[0], 7, [30, 60, 90, 180, 360, 720]);
  const first = Math.ceil(range[0] / step);
  const dayTicks = Array.from(
    { length: Math.floor(range[1] / step) - first + 1 },
    (_, i) => (first + i) * step,
  );
  const ys = leftAxis('y', panel.ticks.values, (value) => tickText(panel, value));
  const xs = bottomAxis('x', dayTicks, (value) => formatNumber(value));
  const scales: Scale[] = [
    linear('x', range, [0, plotWidth]),
    linear('y', panel.ticks.domain, [plotHeight, 0]),
    ...ys.scales,
    ...xs.scales,
  ];
  const axes: Axis[] = [...ys.axes, ...xs.axes];
  const texts = labels([
    ...block(panel.head, { x, y: y + 9, size: type.label, bold: true }, 18),
    ...block(panel.figures, { x, y: y + panel.head.length * 18 + 7, part: 'muted' }, 16),
  ]);
  const place = { x: x + gutter, y: y + head };
  return [
    texts,
    group(place, { scales, axes, marks: content(panel, range), width: plotWidth, height: plotHeight }),
  ];
}

function content({ series, days, spans }: Panel, range: PanelPlace['range']): Mark[] {
  const px = (value: number) => ({ scale: 'x', value });
  const py = (value: number) => ({ scale: 'y', value });
  const { baseline, target } = series;
  const marks: Mark[] = [rule([px(range[0]), py(0), px(range[1]), py(0)], { stroke: ink('axis'), width: 1 })];
  if (target !== null) {
    const color = ink('target');
    if (baseline !== null) {
      const ends = [px(0), py(baseline), px(targetDay), py(target)] as const;
      marks.push(rule(ends, { stroke: color, width: 2, dash: [5, 4] }));
    }
    marks.push(symbol({ x: px(targetDay), y: py(target) }, 'diamond', { fill: color, size: 80 }));
  }
  for (const { from, to, whole } of spans) {
    const [a, b] = [days[from], days[to]];
    if (!a || !b) continue;
    const style = { stroke: ink('now'), width: whole ? 2.5 : 1.5, opacity: whole ? 1 : 0.6 };
    marks.push(rule([px(a.day), py(a.value), px(b.day), py(b.value)], style));
  }
  marks.push(
    rowsAs('symbol', days, {
      x: { scale: 'x', field: 'day' },
      y: { scale: 'y', field: 'value' },
      size: { value: 50 },
      fill: { value: ink('now') },
    }),
  );
  return marks;
}
