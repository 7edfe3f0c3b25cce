import type { Mark } from 'vega';
import { formatChange, formatValue, type Metric } from '../domain/metric.ts';
import { type Drawing, draw } from './draw.ts';
import { frame } from './frame.ts';
import { block, group, type Label, labels, linear, rect, rule, symbol, type } from './marks.ts';
import { clean, shorten, widthOf, wrap } from './text.ts';
import { ink } from './theme.ts';

/** One metric before and after, in its own unit; null is "not measured". */
export interface BeforeAfterRow {
  readonly metric: Metric;
  readonly before: number | null;
  readonly after: number | null;
  /** The 90-day target. */
  readonly target: number | null;
}

export interface BeforeAfterInput {
  readonly title: string;
  /** Names of the two measurements, as `Baseline, 2026-01-05`. */
  readonly before: string;
  readonly after: string;
  readonly rows: readonly BeforeAfterRow[];
}

/** Two bars a metric with the target across them, each metric on its own scale from zero, as SVG text. */
export function beforeAfterChart(input: BeforeAfterInput): Promise<string> {
  return draw(beforeAfterDrawing(input));
}

/** The figures of the picture in a sentence, for those who do not see it. */
export function describeBeforeAfter({ before, after, rows }: BeforeAfterInput): string {
  const figures = rows.map(({ metric, ...one }) => {
    const target = one.target === null ? '' : ` (target ${formatValue(metric, one.target)})`;
    return `${shorten(metric.label, 80)} ${said(metric, one.before)} → ${said(metric, one.after)}${target}`;
  });
  return `Before (${clean(before)}) and after (${clean(after)}): ${figures.join('; ')}`;
}

function said(metric: Metric, value: number | null): string {
  return value === null ? 'not measured' : formatValue(metric, value);
}

const line = 18;
const labelWidth = 178;
const words = ['Before', 'After', 'Target'] as const;

/** Widths of the columns; the picture grows where the figures are longer than usual. */
function columnsOf(rows: readonly BeforeAfterRow[]) {
  const widest = (texts: readonly string[]) =>
    Math.ceil(Math.max(0, ...texts.map((one) => widthOf(one, type.text))));
  const values = rows.flatMap(({ metric, before, after, target }) =>
    [before, after, target].map((one) => formatValue(metric, one)),
  );
  const word = labelWidth + 16;
  const value = word + widest(words) + 12 + widest(values);
  const plot = value + 14;
  const changeWidth = Math.min(160, Math.max(90, widest(rows.map(changeOf))));
  const width = Math.max(720, plot + 200 + 16 + changeWidth);
  return {
    word,
    value,
    plot,
    plotEnd: width - changeWidth - 16,
    change: width - changeWidth,
    changeWidth,
    width,
  };
}

function changeOf({ metric, before, after }: BeforeAfterRow): string {
  return before === null || after === null || before === after ? '' : formatChange(metric, before, after);
}

function verdictOf({ metric, before, after }: BeforeAfterRow): Label | null {
  if (before === null || after === null) return null;
  if (before === after) return { x: 0, y: 0, text: 'no change', part: 'muted' };
  const better = metric.better === 'lower' ? after < before : after > before;
  return { x: 0, y: 0, text: better ? 'better' : 'worse', bold: true, part: better ? 'now' : 'worse' };
}

function beforeAfterDrawing(input: BeforeAfterInput): Drawing {
  const columns = columnsOf(input.rows);
  const marks: Mark[] = [];
  let y = 0;
  for (const [index, one] of input.rows.entries()) {
    if (index > 0) marks.push(rule([0, y - 9, columns.width, y - 9], { stroke: ink('grid'), width: 1 }));
    const row = drawRow(one, columns);
    marks.push(group({ x: 0, y }, { scales: [row.scale], marks: row.marks }));
    y += row.height + 18;
  }
  return frame({
    id: 'before-after',
    title: input.title,
    note: `Before: ${input.before}. After: ${input.after}. Each metric has its own scale, which starts at zero. There is no control group.`,
    description: describeBeforeAfter(input),
    legend: [
      { text: 'Before', sign: 'hollow', part: 'before' },
      { text: 'After', sign: 'bar', part: 'now' },
      { text: '90-day target', sign: 'diamond', part: 'target' },
    ],
    body: { width: columns.width, height: Math.max(0, y - 18), marks },
  });
}

function drawRow(one: BeforeAfterRow, columns: ReturnType<typeof columnsOf>) {
  const { metric, before, after, target } = one;
  const name = wrap(metric.label, { width: labelWidth, size: type.label, bold: true });
  const change = wrap(changeOf(one), { width: columns.changeWidth, size: type.text });
  const verdict = verdictOf(one);
  const lines = target === null ? 2 : 3;
  const height = Math.max(lines * line, name.length * 17 + 16, (verdict ? 17 : 0) + change.length * 17);
  const values = [before, after, target].slice(0, lines);
  const known = values.filter((value) => value !== null);
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  const scale = linear('x', [low, high === low ? low + 1 : high], [columns.plot, columns.plotEnd]);
  const x = (value: number) => ({ scale: 'x', value });
  const bar = (value: number | null, row: number, style: object): Mark[] =>
    value === null || value === 0
      ? []
      : [rect({ x: x(Math.min(0, value)), x2: x(Math.max(0, value)), y: row * line + 3, height: 12 }, style)];
  const marks: Mark[] = [
    rule([x(0), 0, x(0), lines * line], { stroke: ink('axis'), width: 1 }),
    ...bar(before, 0, { fill: ink('card'), stroke: ink('before') }),
    ...bar(after, 1, { fill: ink('now') }),
  ];
  if (target !== null) {
    const color = ink('target');
    marks.push(
      rule([x(target), 0, x(target), 2.5 * line], { stroke: color, dash: [3, 3] }),
      symbol({ x: x(target), y: 2.5 * line }, 'diamond', { fill: color, size: 90 }),
    );
  }
  const texts: Label[] = [
    ...block(name, { x: 0, y: line / 2, size: type.label, bold: true }, 17),
    { x: 0, y: name.length * 17 + 8, text: `${metric.better} is better`, size: type.small, part: 'muted' },
    ...values.flatMap((value, row): Label[] => [
      { x: columns.word, y: (row + 0.5) * line, text: words[row] ?? '', part: 'muted' },
      { x: columns.value, y: (row + 0.5) * line, text: formatValue(metric, value), align: 'right' },
      ...(value === null
        ? [{ x: columns.plot + 6, y: (row + 0.5) * line, text: 'not measured', part: 'muted' as const }]
        : []),
    ]),
    ...(verdict ? [{ ...verdict, x: columns.change, y: line / 2 }] : []),
    ...block(change, { x: columns.change, y: line / 2 + (verdict ? 17 : 0) }, 17),
  ];
  return { scale, marks: [...marks, labels(texts)], height };
}
