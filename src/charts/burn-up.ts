import type { Mark } from 'vega';
import { addDays, daysBetween, type IsoDate } from '../domain/date.ts';
import { formatNumber, plural } from '../domain/number.ts';
import { bottomAxis, leftAxis } from './axes.ts';
import { type Drawing, draw } from './draw.ts';
import { frame, type LegendEntry } from './frame.ts';
import { group, type Label, labels, linear, rowsAs, rule, symbol, type } from './marks.ts';
import { widthOf } from './text.ts';
import { ink } from './theme.ts';
import { dayStep, ticksFromZero } from './ticks.ts';

/** Days by which what is left is done with a chance of 50, 85 and 95 %; null where that cannot be told. */
export interface BurnUpForecast {
  readonly p50: IsoDate | null;
  readonly p85: IsoDate | null;
  readonly p95: IsoDate | null;
}

export interface BurnUpInput {
  readonly title: string;
  /** First day of the picture. */
  readonly start: IsoDate;
  readonly today: IsoDate;
  /** Day of completion of each ticket that has one, in any order. */
  readonly completed: readonly IsoDate[];
  /** Tickets that are done on a day nobody knows; they count from the start. */
  readonly undated: number;
  /** Tickets to be done in all, those done included. */
  readonly scope: number;
  readonly plannedEnd: IsoDate | null;
  readonly forecast: BurnUpForecast | null;
}

/** Tickets done by day against the scope, with the forecast as a fan; as SVG text. */
export function burnUp(input: BurnUpInput): Promise<string> {
  return draw(burnUpDrawing(input));
}

/** The figures of the picture in a sentence, for those who do not see it. */
export function describeBurnUp(input: BurnUpInput): string {
  const { completed, undated, scope, start, today, plannedEnd } = input;
  const first = [...completed].sort()[0];
  const parts = [
    `${completed.length + undated} of ${plural(scope, 'ticket')} done by ${today}`,
    ...(first ? [`the first on ${first}`] : []),
    ...(undated > 0 ? [`${undated} of them on days not known, counted from ${start}`] : []),
    ...(plannedEnd ? [`planned end ${plannedEnd}`] : []),
    ...chances(input).map((one) => `${one.chance} % chance to be done by ${one.date}`),
    ...(input.forecast && chances(input).length < 3 ? ['later dates cannot be told yet'] : []),
  ];
  return `Burn-up: ${parts.join('; ')}`;
}

function chances({ forecast }: BurnUpInput): { chance: number; date: IsoDate }[] {
  const all = [
    [50, forecast?.p50],
    [85, forecast?.p85],
    [95, forecast?.p95],
  ] as const;
  return all.flatMap(([chance, date]) => (date ? [{ chance, date }] : []));
}

/** Tickets done at the end of each day on which it changed, and today. */
function doneByDay({ start, today, completed, undated }: BurnUpInput): { day: number; done: number }[] {
  const steps = [{ day: 0, done: undated }];
  for (const [index, date] of [...completed].sort().entries()) {
    const day = Math.max(0, daysBetween(start, date));
    const last = steps.at(-1);
    if (last && last.day === day) last.done = undated + index + 1;
    else steps.push({ day, done: undated + index + 1 });
  }
  const last = steps.at(-1);
  const now = daysBetween(start, today);
  if (last && last.day < now) steps.push({ day: now, done: last.done });
  return steps;
}

const plotHeight = 240;
const width = 720;
const shapes = ['circle', 'square', 'triangle-up'] as const;

function burnUpDrawing(input: BurnUpInput): Drawing {
  const { scope } = input;
  const callouts = calloutsOf(input);
  const top = callouts.length * 17 + (callouts.length > 0 ? 8 : 0);
  const steps = doneByDay(input);
  const now = steps.at(-1) ?? { day: 0, done: 0 };
  const lastDay = Math.max(1, now.day, ...callouts.map((one) => one.day));
  const ticks = ticksFromZero([scope, now.done], 5, true);
  const ys = leftAxis('y', ticks.values, (value) => formatNumber(value));
  const gutter =
    Math.ceil(Math.max(24, ...ticks.values.map((one) => widthOf(formatNumber(one), type.small)))) + 10;
  const plotWidth = plotWidthFor(callouts, lastDay, width - gutter);
  const xs = bottomAxis('x', everyFewDays(lastDay), (value) => addDays(input.start, value));
  const scales = [
    linear('x', [0, lastDay], [0, plotWidth]),
    linear('y', ticks.domain, [plotHeight, 0]),
    ...ys.scales,
    ...xs.scales,
  ];
  const marks = [
    ...fanMarks(callouts, now, scope),
    ...scopeAndDone(steps, scope, lastDay),
    ...calloutMarks(callouts, { px: (day) => (plotWidth * day) / lastDay, top, scope }),
  ];
  const axes = [...ys.axes, ...xs.axes];
  const plot = group({ x: gutter, y: top }, { scales, axes, marks, width: plotWidth, height: plotHeight });
  return frame({
    id: 'burn-up',
    title: input.title,
    note: `${now.done} of ${plural(scope, 'ticket')} done on ${input.today}.`,
    description: describeBurnUp(input),
    legend: legendOf(scope, chances(input).length > 0),
    body: { width, height: top + plotHeight + 24, marks: [plot] },
  });
}

/** As wide as leaves every date room to the right of its line. */
function plotWidthFor(callouts: readonly Callout[], lastDay: number, room: number): number {
  const limits = callouts
    .filter((one) => one.day > 0)
    .map((one) => ((room - 8 - widthOf(one.text, type.text)) * lastDay) / one.day);
  return Math.min(room - 36, ...limits);
}

function everyFewDays(lastDay: number): number[] {
  const step = dayStep(lastDay, 7, [1, 2, 7, 14, 28, 56, 91, 182, 364]);
  return Array.from({ length: Math.floor(lastDay / step) + 1 }, (_, index) => index * step);
}

function legendOf(scope: number, withFan: boolean): LegendEntry[] {
  const fan: LegendEntry[] = [{ text: 'Forecast: 50, 85 and 95 % chance', sign: 'band', part: 'target' }];
  return [
    { text: 'Tickets done', sign: 'line', part: 'now' },
    { text: `Scope: ${plural(scope, 'ticket')}`, sign: 'dashes', part: 'before' },
    ...(withFan ? fan : []),
  ];
}

/** From today's point one area to each date at the height of the scope, the likelier dates within. */
function fanMarks(
  callouts: readonly Callout[],
  now: { readonly day: number; readonly done: number },
  scope: number,
): Mark[] {
  const days = callouts.filter((one) => one.shape).map((one) => one.day);
  return days.flatMap((day, index) => {
    const corners = [
      { x: now.day, y: now.done },
      { x: day, y: scope },
      { x: days[index - 1] ?? day, y: scope },
      { x: now.day, y: now.done },
    ];
    const place = { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' } };
    const color = { value: ink('target') };
    const area = rowsAs('line', corners, {
      ...place,
      fill: color,
      fillOpacity: { value: 0.3 - index * 0.08 },
    });
    const edge = rule(
      [
        { scale: 'x', value: now.day },
        { scale: 'y', value: now.done },
        { scale: 'x', value: day },
        { scale: 'y', value: scope },
      ],
      { stroke: ink('target'), width: index === 0 ? 2 : 1, ...(index === 0 ? {} : { dash: [4, 3] }) },
    );
    return index === 0 ? [edge] : [area, edge];
  });
}

function scopeAndDone(
  steps: readonly { day: number; done: number }[],
  scope: number,
  lastDay: number,
): Mark[] {
  const level = { scale: 'y', value: scope };
  const last = steps.at(-1) ?? { day: 0, done: 0 };
  return [
    rule([0, level, { scale: 'x', value: lastDay }, level], {
      stroke: ink('before'),
      width: 2,
      dash: [6, 4],
    }),
    rowsAs('line', steps, {
      x: { scale: 'x', field: 'day' },
      y: { scale: 'y', field: 'done' },
      interpolate: { value: 'step-after' },
      stroke: { value: ink('now') },
      strokeWidth: { value: 2.5 },
    }),
    symbol({ x: { scale: 'x', value: last.day }, y: { scale: 'y', value: last.done } }, 'circle', {
      fill: ink('now'),
      size: 60,
    }),
  ];
}

/** A dated point of the scope line, named above the plot. */
interface Callout {
  readonly day: number;
  readonly text: string;
  readonly part: 'muted' | 'target';
  readonly shape?: string;
}

/** By date, so that no leader line of one runs through the words of another. */
function calloutsOf(input: BurnUpInput): Callout[] {
  const { plannedEnd } = input;
  const day = (date: IsoDate) => Math.max(0, daysBetween(input.start, date));
  const planned: Callout[] = plannedEnd
    ? [{ day: day(plannedEnd), text: `planned end ${plannedEnd}`, part: 'muted' }]
    : [];
  const fan = chances(input).map(({ chance, date }, index): Callout => {
    const shape = shapes[index] ?? 'circle';
    return { day: day(date), text: `${chance} % by ${date}`, part: 'target', shape };
  });
  return [...planned, ...fan].sort((a, b) => a.day - b.day);
}

/** Each on a line of its own, so that dates close to each other cannot hide one another. */
function calloutMarks(
  callouts: readonly Callout[],
  at: { px: (day: number) => number; top: number; scope: number },
): Mark[] {
  const texts: Label[] = [];
  const marks: Mark[] = [];
  for (const [index, { day, text, part, shape }] of callouts.entries()) {
    const y = -at.top + index * 17 + 8;
    const x = at.px(day);
    texts.push({ x: x + 6, y, text, part });
    const end = shape ? { scale: 'y', value: at.scope } : plotHeight;
    marks.push(rule([x, y - 7, x, end], { stroke: ink(part), width: 1, dash: [2, 2] }));
    if (shape) marks.push(symbol({ x, y: end }, shape, { fill: ink(part), size: 70 }));
  }
  return [...marks, labels(texts)];
}
