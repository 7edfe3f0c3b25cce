import type { Mark } from 'vega';
import { bottomAxis } from './axes.ts';
import { type Drawing, draw } from './draw.ts';
import { frame } from './frame.ts';
import { block, group, type Label, labels, linear, rect, rowsAs, rule, type } from './marks.ts';
import { shorten, widthOf, wrap } from './text.ts';
import { ink } from './theme.ts';
import { formatUnit, type Ticks, ticksFromZero, type Unit } from './ticks.ts';

/** A group's figures; null where it is too small to show them. */
export interface QuartileGroup {
  readonly name: string;
  readonly n: number;
  readonly p25: number | null;
  readonly median: number | null;
  readonly p75: number | null;
  /** Interval of the median. */
  readonly interval?: { readonly low: number; readonly high: number } | null;
}

/** A group whose figures are kept back, with the reason, as "fewer than 5 firms". */
export interface HiddenGroup {
  readonly name: string;
  readonly n: number | null;
  readonly hidden: string;
}

export interface QuartileInput {
  readonly title: string;
  /** What the values are, as "Reduction of the lead response time after 60 days". */
  readonly note: string;
  readonly unit: Unit;
  readonly rows: readonly (QuartileGroup | HiddenGroup)[];
}

/** Median and middle half of each group on one scale, with the zero line; as SVG text. */
export function quartileChart(input: QuartileInput): Promise<string> {
  return draw(quartileDrawing(input));
}

/** The figures of the picture in a sentence, for those who do not see it. */
export function describeQuartiles({ note, unit, rows }: QuartileInput): string {
  const figures = rows.map((one) => `${shorten(one.name, 80)} (${countOf(one)}): ${figuresOf(one, unit)}`);
  return `${note}: ${figures.join('; ')}`;
}

function countOf({ n }: QuartileGroup | HiddenGroup): string {
  return n === null ? 'n hidden' : `n = ${n}`;
}

function figuresOf(one: QuartileGroup | HiddenGroup, unit: Unit): string {
  if ('hidden' in one) return `hidden: ${one.hidden}`;
  const text = (value: number) => formatUnit(unit, value);
  if (one.median === null) return 'no figures';
  const half =
    one.p25 === null || one.p75 === null ? '' : `, half of them ${text(one.p25)} to ${text(one.p75)}`;
  const sure = one.interval ? `, 95 % interval ${text(one.interval.low)} to ${text(one.interval.high)}` : '';
  return `median ${text(one.median)}${half}${sure}`;
}

const nameWidth = 190;
/** Room above the rows for the heading of the medians. */
const head = 18;

function quartileDrawing(input: QuartileInput): Drawing {
  const { unit, rows } = input;
  const shown = rows.filter((one): one is QuartileGroup => !('hidden' in one));
  const values = shown
    .flatMap((one) => [one.p25, one.median, one.p75, one.interval?.low, one.interval?.high])
    .filter((one) => one !== null && one !== undefined);
  const medians = shown.map((one) => (one.median === null ? '' : formatUnit(unit, one.median)));
  const valueWidth = Math.ceil(Math.max(50, ...medians.map((one) => widthOf(one, type.label, true))));
  const plot = nameWidth + 24;
  const width = Math.max(720, plot + 260 + valueWidth + 36);
  const plotWidth = width - plot - valueWidth - 36;
  const ticks = ticksThatFit(values, unit, plotWidth);
  const content = rowsOf(rows, { unit, plot, end: width });
  const shownTicks = values.length === 0 ? [0] : ticks.values;
  const axis = bottomAxis('x', shownTicks, (value) => formatUnit(unit, value, ticks.step));
  const x = linear('x', ticks.domain, [0, plotWidth]);
  const zero = { scale: 'x', value: 0 };
  return frame({
    id: 'quartiles',
    title: input.title,
    note: input.note,
    description: describeQuartiles(input),
    legend: [
      { text: 'Median', sign: 'tick', part: 'now' },
      { text: 'Middle half (25th to 75th percentile)', sign: 'band', part: 'now' },
      ...(shown.some((one) => one.interval)
        ? [{ text: '95 % interval of the median', sign: 'dashes', part: 'target' } as const]
        : []),
    ],
    body: {
      width,
      height: head + content.height + 26,
      marks: [
        group(
          { x: plot, y: head },
          {
            scales: [x, linear('y', [0, 1], [content.height, 0]), ...axis.scales],
            axes: [...axis.axes],
            marks: [
              rule([zero, 0, zero, content.height], { stroke: ink('axis'), width: 1.5 }),
              ...content.marks,
            ],
            width: plotWidth,
            height: content.height,
          },
        ),
        labels([
          {
            x: width,
            y: 6,
            text: medians.some(Boolean) ? 'median' : '',
            size: type.small,
            align: 'right',
            part: 'muted',
          },
          ...content.texts.map((one) => ({ ...one, y: one.y + head })),
        ]),
      ],
    },
  });
}

/** As many ticks as have room for their text. */
function ticksThatFit(values: readonly number[], unit: Unit, width: number): Ticks {
  const fits = ({ values: ticks, step }: Ticks) => {
    const widest = Math.max(...ticks.map((one) => widthOf(formatUnit(unit, one, step), type.small)));
    return (widest + 8) * (ticks.length - 1) <= width;
  };
  const all = [5, 4, 3, 2, 1].map((count) => ticksFromZero(values, count, unit === 'count'));
  return all.find(fits) ?? ticksFromZero(values, 1);
}

/** Where a row stands: its middle, and the columns around it. */
interface RowPlace {
  readonly unit: Unit;
  readonly plot: number;
  readonly end: number;
  readonly middle: number;
}

/** The rows from above: names and medians as labels in the body, boxes on the plot's scale. */
function rowsOf(rows: QuartileInput['rows'], columns: Pick<RowPlace, 'unit' | 'plot' | 'end'>) {
  const { plot, end } = columns;
  const texts: Label[] = [];
  const lines: Mark[] = [];
  const boxes: { readonly group: QuartileGroup; readonly middle: number }[] = [];
  let y = 0;
  for (const one of rows) {
    const name = wrap(one.name, { width: nameWidth, size: type.label });
    const height = Math.max(38, name.length * 17 + 24);
    const place = { ...columns, middle: y + height / 2 };
    if (y > 0) lines.push(rule([-plot, y, end - plot, y], { stroke: ink('grid'), width: 1 }));
    texts.push(...nameLabels(name, countOf(one), place.middle));
    if ('hidden' in one || one.median === null) {
      const held = heldBack('hidden' in one ? `hidden: ${one.hidden}` : 'no figures', place);
      lines.push(held.back);
      texts.push(...held.texts);
    } else {
      const text = formatUnit(columns.unit, one.median);
      texts.push({ x: end, y: place.middle, text, size: type.label, bold: true, align: 'right' });
      boxes.push({ group: one, middle: place.middle });
    }
    y += height;
  }
  return { texts, marks: [...lines, ...boxMarks(boxes)], height: Math.max(38, y) };
}

function nameLabels(name: readonly string[], count: string, middle: number): Label[] {
  const first = middle - ((name.length + 1) * 16) / 2 + 8;
  return [
    ...block(name, { x: 0, y: first, size: type.label }, 16),
    { x: 0, y: first + name.length * 16, text: count, size: type.small, part: 'muted' },
  ];
}

/** Why a row has no box, on a ground of its own, so that no line of the grid runs through the words. */
function heldBack(why: string, { plot, end, middle }: RowPlace): { back: Mark; texts: Label[] } {
  const lines = wrap(why, { width: end - plot - 20, size: type.text, maxLines: 2 });
  const wide = Math.max(...lines.map((text) => widthOf(text, type.text)));
  const size = { width: wide + 8, height: lines.length * 16 + 4 };
  return {
    back: rect({ x: 6, y: middle - size.height / 2, ...size }, { fill: ink('card') }),
    texts: block(lines, { x: plot + 10, y: middle - (lines.length - 1) * 8, part: 'muted' }, 16),
  };
}

/** Boxes, intervals and medians, one mark of each kind for all rows. */
function boxMarks(rows: readonly { readonly group: QuartileGroup; readonly middle: number }[]): Mark[] {
  const scaled = { x: { scale: 'x', field: 'x' }, y: { field: 'y' } };
  const between = { ...scaled, x2: { scale: 'x', field: 'x2' } };
  const stroke = (part: 'now' | 'target', width: number) => {
    return { stroke: { value: ink(part) }, strokeWidth: { value: width } };
  };
  const boxes = rows
    .filter(({ group: { p25, p75 } }) => p25 !== null && p75 !== null)
    .map(({ group: { p25, p75 }, middle }) => ({ x: p25, x2: p75, y: middle - 8 }));
  const intervals = rows.flatMap(({ group: { interval }, middle }) =>
    interval ? [{ x: interval.low, x2: interval.high, y: middle }] : [],
  );
  const medians = rows.map(({ group: { median }, middle }) => ({
    x: median,
    y: middle - 11,
    y2: middle + 11,
  }));
  return [
    rowsAs('rect', boxes, {
      ...between,
      height: { value: 16 },
      fill: { value: ink('now') },
      fillOpacity: { value: 0.25 },
      ...stroke('now', 1),
    }),
    rowsAs('rule', intervals, {
      ...between,
      y2: { field: 'y' },
      strokeDash: { value: [5, 4] },
      ...stroke('target', 2),
    }),
    rowsAs('rule', medians, { ...scaled, y2: { field: 'y2' }, ...stroke('now', 3.5) }),
  ];
}
