/** Two ends of an interval, low ≤ high, in the unit of what it is of. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A proportion as it was counted: `count` of `of`, whole numbers, 0 ≤ count ≤ of, of ≥ 1. */
export interface Counted {
  readonly count: number;
  readonly of: number;
}

/** Answers to the question of the net promoter score; the rest of `n` is passive. promoters + detractors ≤ n, n ≥ 1. */
export interface Answers {
  readonly promoters: number;
  readonly detractors: number;
  readonly n: number;
}

/** Two-sided 95 % point of the standard normal distribution. */
export const z95 = 1.959963984540054;

/** √(a² + b²); Math.hypot may differ in its last digit from one engine to the next, Math.sqrt may not. */
const root = (a: number, b: number) => Math.sqrt(a * a + b * b);
const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/**
 * Wilson's score interval of a proportion, 0–1, at 95 % unless `z` says otherwise. It contains the
 * proportion, stays within 0 and 1 and, unlike p ± z·se, has a width at 0 of 10 too.
 * E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
 * J. Am. Stat. Assoc. 22 (1927), 209–212.
 */
export function wilson({ count, of: n }: Counted, z = z95): Interval {
  const p = count / n;
  const scale = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / scale;
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / scale;
  // At none and at all the end is the proportion itself; binary fractions would miss it by a hair.
  return {
    low: count === 0 ? 0 : clamp(centre - half, 0, p),
    high: count === n ? 1 : clamp(centre + half, p, 1),
  };
}

/**
 * Newcombe's hybrid score interval of the difference a − b of two independent proportions, −1 to 1.
 * Method 10 in R. G. Newcombe, "Interval estimation for the difference between independent proportions",
 * Stat. Med. 17 (1998), 873–890.
 */
export function newcombe(a: Counted, b: Counted, z = z95): Interval {
  const [p, q] = [a.count / a.of, b.count / b.of];
  const [one, other] = [wilson(a, z), wilson(b, z)];
  const difference = p - q;
  return {
    low: clamp(difference - root(p - one.low, other.high - q), -1, 1),
    high: clamp(difference + root(one.high - p, q - other.low), -1, 1),
  };
}

/** Net promoter score in points, −100 to 100: percentage of promoters less that of detractors. */
export function netPromoterScore({ promoters, detractors, n }: Answers): number {
  return (100 * (promoters - detractors)) / n;
}

/** Wald's standard error of a net promoter score in points: 100·√((p + d − (p − d)²) / n); 0 when all agree. */
export function npsStandardError({ promoters, detractors, n }: Answers): number {
  const [p, d] = [promoters / n, detractors / n];
  return 100 * Math.sqrt(Math.max(0, p + d - (p - d) ** 2) / n);
}

/** z of the change from `before` to `after`, by the two Wald errors; null when both are 0. */
export function npsChangeZ(before: Answers, after: Answers): number | null {
  const error = root(npsStandardError(before), npsStandardError(after));
  return error === 0 ? null : (netPromoterScore(after) - netPromoterScore(before)) / error;
}

/**
 * Three more answers in the weights of a triangle: ¾ promoters, 1½ passives, ¾ detractors. AW(3, T) in
 * B. Rocks, "Interval estimation for the 'Net Promoter Score'", Am. Stat. 70 (2016), 365–372.
 */
function adjusted({ promoters, detractors, n }: Answers): Answers {
  return { promoters: promoters + 0.75, detractors: detractors + 0.75, n: n + 3 };
}

/**
 * Adjusted Wald interval AW(3, T) of a net promoter score in points, within −100 and 100. It is drawn
 * towards 0, so that a single answer can lie outside of its own interval.
 */
export function npsInterval(answers: Answers, z = z95): Interval {
  const wider = adjusted(answers);
  const [centre, half] = [netPromoterScore(wider), z * npsStandardError(wider)];
  return { low: clamp(centre - half, -100, 100), high: clamp(centre + half, -100, 100) };
}

/** The same of the difference a − b of two independent scores, in points, within −200 and 200. */
export function npsDifference(a: Answers, b: Answers, z = z95): Interval {
  const [one, other] = [adjusted(a), adjusted(b)];
  const centre = netPromoterScore(one) - netPromoterScore(other);
  const half = z * root(npsStandardError(one), npsStandardError(other));
  return { low: clamp(centre - half, -200, 200), high: clamp(centre + half, -200, 200) };
}
