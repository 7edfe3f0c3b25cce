/** What is told of repeated measurements. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What one run took. */
export interface Cost {
  /** User and system time of the command and all its children, in milliseconds. */
  readonly cpu: number;
  /** From start to end, in milliseconds. */
  readonly wall: number;
  /** The largest resident set of any of its processes, in MiB; null where it cannot be told. */
  readonly memory: number | null;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * How many times the reference something costs: the ratio of the medians, with the smallest and largest ratio of
 * one turn, whose two runs stood side by side.
 */
export function ratio(values: readonly number[], reference: readonly number[]): Spread {
  const turns = Math.min(values.length, reference.length);
  const each = Array.from({ length: turns }, (_, i) => (values[i] ?? 0) / (reference[i] ?? 0));
  return { ...spread(each), median: median(values) / median(reference) };
}

/** The mean of several runs of one turn; the memory is the largest. */
export function mean(costs: readonly Cost[]): Cost {
  const sum = (of: (one: Cost) => number) => costs.reduce((total, one) => total + of(one), 0) / costs.length;
  const sizes = costs.flatMap(({ memory }) => (memory === null ? [] : [memory]));
  return {
    cpu: sum((one) => one.cpu),
    wall: sum((one) => one.wall),
    memory: sizes.length > 0 ? Math.max(...sizes) : null,
  };
}
