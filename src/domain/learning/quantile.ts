import { quantileSorted } from 'd3-array';

/** Ranks (from 1) of the two values between which the median lies with the given probability. */
export interface MedianRanks {
  readonly low: number;
  readonly high: number;
  /** 1 − 2·P(Bin(n, ½) < low): at least 0.95. */
  readonly coverage: number;
}

/** Smallest group for which an interval of the median exists at 95 %. */
export const smallestForInterval = 6;

const known = new Map<number, MedianRanks>();

/**
 * The order statistics that enclose the median with at least 95 %, whatever the distribution (sign test
 * interval; Conover, Practical Nonparametric Statistics, 3.2): the highest rank l with
 * P(Bin(n, ½) < l) ≤ 2.5 %, and its mirror image. Null for n < 6, where no two values reach 95 %. Counted in
 * whole numbers, so that no rounding can move a rank.
 */
export function medianRanks(n: number): MedianRanks | null {
  if (n < smallestForInterval) return null;
  const found = known.get(n) ?? countRanks(n);
  known.set(n, found);
  return found;
}

/** Bits behind the binary point, and how far a sum of many rounded terms may be off. */
const bits = 256n;
const one = 1n << bits;
const margin = 1n << 64n;

/**
 * Goes from the middle down, where the cases lie, in fixed point; each of less than 2^60 steps is off by less than
 * two units, so what is further than the margin from a limit is on its side of it. Else it is counted exactly.
 */
function countRanks(n: number): MedianRanks {
  const middle = Math.floor(n / 2);
  // P(Bin(n, ½) = middle), as a product of (2i − 1) / 2i; an odd n has two middles that share the last.
  let term = one;
  const pairs = Math.ceil(n / 2);
  for (let i = 1; i <= pairs; i += 1) term = (term * BigInt(2 * i - 1)) / BigInt(2 * i);
  // P(Bin(n, ½) < low), for low = middle at first.
  let below = n % 2 === 0 ? (one - term) / 2n : one / 2n - term;
  let low = middle;
  while (40n * below > one) {
    if (40n * below - one < 40n * margin) return countExactly(n);
    // C(n, low − 1) from C(n, low).
    term = (term * BigInt(low)) / BigInt(n - low + 1);
    below -= term;
    low -= 1;
  }
  if (one - 40n * below < 40n * margin) return countExactly(n);
  const scaled = (one - 2n * below) * scale;
  const coverage = scaled / one;
  if ((scaled - 2n * margin * scale) / one !== coverage || (scaled + 2n * margin * scale) / one !== coverage)
    return countExactly(n);
  return { low, high: n + 1 - low, coverage: Number(coverage) / Number(scale) };
}

const scale = 10n ** 15n;

/** The same in whole numbers alone, from the end on. */
export function countExactly(n: number): MedianRanks {
  const all = 1n << BigInt(n);
  let term = 1n;
  let below = 0n;
  let low = 0;
  // 40 × the cases below the rank may be at most all cases: 2.5 % on each side.
  while (40n * (below + term) <= all) {
    below += term;
    term = (term * BigInt(n - low)) / BigInt(low + 1);
    low += 1;
  }
  const coverage = Number(((all - 2n * below) * scale) / all) / Number(scale);
  return { low, high: n + 1 - low, coverage };
}

/** Median, quartiles and the median's interval; each null where there are too few values for it. */
export interface Summary {
  readonly n: number;
  readonly median: number | null;
  readonly p25: number | null;
  readonly p75: number | null;
  readonly interval: (MedianRanks & { readonly from: number; readonly to: number }) | null;
}

/** Smallest group of which quartiles are told. */
export const smallestForQuartiles = 4;

/** Summarises values by quantiles of type 7 (Hyndman and Fan 1996), the ones of R, NumPy and d3. */
export function summarise(values: readonly number[]): Summary {
  // Without a comparing function, which is called n log n times.
  const sorted = Array.from(Float64Array.from(values).sort());
  const n = sorted.length;
  const quartile = (p: number) => (n < smallestForQuartiles ? null : (quantileSorted(sorted, p) ?? null));
  const ranks = medianRanks(n);
  return {
    n,
    median: quantileSorted(sorted, 0.5) ?? null,
    p25: quartile(0.25),
    p75: quartile(0.75),
    interval: ranks && { ...ranks, from: sorted[ranks.low - 1]!, to: sorted[ranks.high - 1]! },
  };
}
