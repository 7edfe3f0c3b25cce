/**
 * What amounts are worth today, in their own currency: `amounts[0]` is paid or received now, `amounts[t]`
 * at the end of year t. `rate` is a part of one a year, above −1. Σ amountₜ / (1 + rate)ᵗ.
 */
export function presentValue(amounts: readonly number[], rate: number): number {
  let sum = 0;
  // Multiplied year by year: a power may differ in its last digit from one engine to the next.
  let factor = 1;
  for (const amount of amounts) {
    sum += amount / factor;
    factor *= 1 + rate;
  }
  return sum;
}

/** What benefits are worth today less what the costs are. */
export function netPresentValue(benefits: readonly number[], costs: readonly number[], rate: number): number {
  return presentValue(benefits, rate) - presentValue(costs, rate);
}

/**
 * Return in percent of discounted costs, 100 × net present value / present value of the costs, as in
 * Forrester's Total Economic Impact; null when the costs are worth nothing.
 */
export function discountedRoiPercent(
  benefits: readonly number[],
  costs: readonly number[],
  rate: number,
): number | null {
  const cost = presentValue(costs, rate);
  return cost === 0 ? null : (100 * netPresentValue(benefits, costs, rate)) / cost;
}
