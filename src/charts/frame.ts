import type { Mark, Scale, Spec } from 'vega';
import type { Drawing } from './draw.ts';
import { block, group, type Label, labels, rect, rowsAs, rule, symbol, type } from './marks.ts';
import { clean, widthOf, wrap } from './text.ts';
import { type Ink, ink } from './theme.ts';

/** What the legend says of one kind of mark. */
export interface LegendEntry {
  readonly text: string;
  readonly sign: 'bar' | 'hollow' | 'line' | 'dashes' | 'diamond' | 'band' | 'tick';
  readonly part: Ink;
}

export interface FrameInput {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly description: string;
  readonly legend: readonly LegendEntry[];
  readonly body: {
    readonly width: number;
    readonly height: number;
    readonly marks: readonly Mark[];
    readonly scales?: Scale[];
  };
}

const pad = 20;

/** A card with a title, a note and a legend above the body. */
export function frame({ id, title, note, description, legend, body }: FrameInput): Drawing {
  const width = body.width + 2 * pad;
  const titleLines = wrap(title, { width: body.width, size: type.title, bold: true });
  const noteLines = note === '' ? [] : wrap(note, { width: body.width, size: type.text, maxLines: 6 });
  const noteY = pad + titleLines.length * 22;
  const legendY = noteY + noteLines.length * 17 + (legend.length > 0 ? 8 : 0);
  const signs = legendRow(legend, body.width);
  const bodyY = legendY + signs.height + 10;
  const height = Math.ceil(bodyY + body.height + pad);
  const spec: Spec = {
    width,
    height,
    padding: 0,
    autosize: 'none',
    config: { events: { bind: 'none' } },
    marks: [
      card(width, height),
      labels([
        ...block(titleLines, { x: pad, y: pad + 8, size: type.title, bold: true }, 22),
        ...block(noteLines, { x: pad, y: noteY + 8, part: 'muted' }, 17),
      ]),
      group({ x: pad, y: legendY }, { marks: signs.marks }),
      group(
        { x: pad, y: bodyY },
        {
          marks: [...body.marks],
          ...(body.scales ? { scales: body.scales } : {}),
          width: body.width,
          height: body.height,
        },
      ),
    ],
  };
  return { id, title: clean(title), description, width, height, spec };
}

/** Opaque, so that the picture reads the same on a page of any colour. */
function card(width: number, height: number): Mark {
  return rowsAs('rect', [{}], {
    x: { value: 0.5 },
    y: { value: 0.5 },
    width: { value: width - 1 },
    height: { value: height - 1 },
    cornerRadius: { value: 6 },
    fill: { value: ink('card') },
    stroke: { value: ink('edge') },
  });
}

function legendRow(legend: readonly LegendEntry[], width: number): { marks: Mark[]; height: number } {
  let [x, y] = [0, 0];
  const marks: Mark[] = [];
  const texts: Label[] = [];
  for (const one of legend) {
    const wide = 30 + widthOf(one.text, type.text) + 18;
    if (x > 0 && x + wide > width) [x, y] = [0, y + 20];
    marks.push(...sign(one, x, y + 8));
    texts.push({ x: x + 30, y: y + 8, text: one.text });
    x += wide;
  }
  return {
    marks: legend.length === 0 ? [] : [...marks, labels(texts)],
    height: legend.length === 0 ? 0 : y + 18,
  };
}

function sign({ sign: shape, part }: LegendEntry, x: number, y: number): Mark[] {
  const color = ink(part);
  switch (shape) {
    case 'bar':
      return [rect({ x, y: y - 5, width: 22, height: 10 }, { fill: color })];
    case 'hollow':
      return [rect({ x, y: y - 5, width: 22, height: 10 }, { stroke: color, fill: ink('card') })];
    case 'band':
      return [rect({ x, y: y - 5, width: 22, height: 10 }, { fill: color, opacity: 0.25 })];
    case 'tick':
      return [rule([x + 11, y - 7, x + 11, y + 7], { stroke: color, width: 3 })];
    case 'diamond':
      return [symbol({ x: x + 11, y }, 'diamond', { fill: color, size: 90 })];
    case 'line':
      return [
        rule([x, y, x + 22, y], { stroke: color, width: 2 }),
        symbol({ x: x + 11, y }, 'circle', { fill: color, size: 45 }),
      ];
    case 'dashes':
      return [rule([x, y, x + 22, y], { stroke: color, width: 2, dash: [5, 4] })];
  }
}
