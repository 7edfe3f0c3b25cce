import type { GroupMark, Mark, Scale } from 'vega';
import { type Ink, ink } from './theme.ts';

/** One label: its place in pixels, `y` the middle of its line. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly size?: number;
  readonly bold?: boolean;
  readonly align?: 'left' | 'right' | 'center';
  readonly part?: Ink;
}

/** Sizes of type in pixels. */
export const type = { title: 16, label: 13, text: 12, small: 11 } as const;

/** Labels as one mark. */
export function labels(all: readonly Label[]): GroupMark {
  const rows = all
    .filter((one) => one.text !== '')
    .map(({ x, y, text, size = type.text, bold = false, align = 'left', part = 'text' }) => {
      return { x, y, text, size, weight: bold ? 600 : 400, align, ink: ink(part) };
    });
  return rowsAs('text', rows, {
    x: { field: 'x' },
    y: { field: 'y' },
    text: { field: 'text' },
    fontSize: { field: 'size' },
    fontWeight: { field: 'weight' },
    align: { field: 'align' },
    fill: { field: 'ink' },
    baseline: { value: 'middle' },
  });
}

/** Lines of one label, from `y`, the middle of the first, downwards. */
export function block(lines: readonly string[], at: Omit<Label, 'text'>, lineHeight: number): Label[] {
  return lines.map((text, index) => ({ ...at, text, y: at.y + index * lineHeight }));
}

/** A mark for each row of plain data, in a group of its own, so that no name is needed. */
export function rowsAs(kind: Mark['type'], rows: readonly object[], channels: object): GroupMark {
  return {
    type: 'group',
    aria: false,
    data: [{ name: 'rows', values: [...rows] }],
    marks: [{ type: kind, aria: false, from: { data: 'rows' }, encode: { enter: channels } } as Mark],
  };
}

/** A part of a picture at a place of its own, with scales that only it sees. */
export function group(
  place: { readonly x: number; readonly y: number },
  content: Pick<GroupMark, 'scales' | 'axes' | 'marks'> & {
    readonly width?: number;
    readonly height?: number;
  },
): GroupMark {
  const { width = 0, height = 0, ...rest } = content;
  const value = (of: number) => ({ value: of });
  return {
    type: 'group',
    aria: false,
    encode: {
      enter: { x: value(place.x), y: value(place.y), width: value(width), height: value(height) },
    },
    ...rest,
  };
}

/** A linear scale from its domain to pixels; nothing rounded, nothing widened. */
export function linear(
  name: string,
  domain: readonly [number, number],
  range: readonly [number, number],
): Scale {
  return { name, type: 'linear', domain: [...domain], range: [...range], zero: false, nice: false };
}

interface Paint {
  readonly fill?: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly dash?: readonly number[];
  readonly opacity?: number;
  readonly size?: number;
}

function paint({ fill, stroke, width, dash, opacity, size }: Paint): object {
  return {
    ...(fill ? { fill: { value: fill } } : {}),
    ...(stroke ? { stroke: { value: stroke }, strokeWidth: { value: width ?? 1.5 } } : {}),
    ...(dash ? { strokeDash: { value: [...dash] } } : {}),
    ...(opacity === undefined ? {} : { opacity: { value: opacity } }),
    ...(size === undefined ? {} : { size: { value: size } }),
  };
}

/** A value in pixels, or on a scale. */
export type At = number | { readonly scale: string; readonly value: number };

const at = (place: At) => (typeof place === 'number' ? { value: place } : place);

/** One rectangle, from corner to size or, with `x2`, to another place on a scale. */
export function rect(
  place: {
    readonly x: At;
    readonly y: At;
    readonly width?: number;
    readonly x2?: At;
    readonly height: number;
  },
  style: Paint,
): Mark {
  return {
    type: 'rect',
    aria: false,
    encode: {
      enter: {
        x: at(place.x),
        y: at(place.y),
        ...(place.x2 === undefined ? { width: { value: place.width ?? 0 } } : { x2: at(place.x2) }),
        height: { value: place.height },
        ...paint(style),
      },
    },
  };
}

/** One straight line from (x, y) to (x2, y2). */
export function rule([x, y, x2, y2]: readonly [At, At, At, At], style: Paint): Mark {
  return {
    type: 'rule',
    aria: false,
    encode: { enter: { x: at(x), y: at(y), x2: at(x2), y2: at(y2), ...paint(style) } },
  };
}

/** One symbol around a place. */
export function symbol(place: { readonly x: At; readonly y: At }, shape: string, style: Paint): Mark {
  return {
    type: 'symbol',
    aria: false,
    encode: { enter: { x: at(place.x), y: at(place.y), shape: { value: shape }, ...paint(style) } },
  };
}
