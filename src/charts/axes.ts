import type { Axis, Scale } from 'vega';
import { type } from './marks.ts';
import { ink } from './theme.ts';

/** An axis and the scale that turns its ticks into text. */
export interface LabelledAxis {
  readonly axes: readonly Axis[];
  readonly scales: readonly Scale[];
}

/** Ticks with text of our own: a look-up, so that no locale and no formatter of Vega's takes part. */
function labelled(
  scale: string,
  ticks: readonly number[],
  text: (value: number) => string,
  axis: Omit<Axis, 'scale'> & { readonly orient: Axis['orient'] },
): LabelledAxis {
  const name = `${scale}Text`;
  return {
    scales: [{ name, type: 'ordinal', domain: [...ticks], range: ticks.map(text) }],
    axes: [
      {
        ...axis,
        scale,
        aria: false,
        values: [...ticks],
        grid: true,
        // As long as the other scale's range: without it Vega takes the size of the whole picture.
        gridScale: scale === 'x' ? 'y' : 'x',
        gridColor: ink('grid'),
        domain: false,
        ticks: false,
        labelColor: ink('muted'),
        labelFontSize: type.small,
        labelPadding: 7,
        labelOverlap: false,
        labelBound: false,
        labelFlush: false,
        zindex: 0,
        encode: { labels: { update: { text: { scale: name, field: 'value' } } } },
      } as Axis,
    ],
  };
}

/** Values up the left side, with lines across. */
export function leftAxis(
  scale: string,
  ticks: readonly number[],
  text: (value: number) => string,
): LabelledAxis {
  return labelled(scale, ticks, text, { orient: 'left' });
}

/** Values along the bottom, with lines upwards. */
export function bottomAxis(
  scale: string,
  ticks: readonly number[],
  text: (value: number) => string,
): LabelledAxis {
  return labelled(scale, ticks, text, { orient: 'bottom' });
}
