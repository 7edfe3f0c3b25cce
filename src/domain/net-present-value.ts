/**
 * What amounts are worth today, in their own currency: `amounts[0]` is paid or received now, `amounts[t]`
 * at the end of year t. `rate` is a part of one a year, above −1. Σ amountₜ / (1 + rate)ᵗ.
 */
export function presentValue(amounts: readonly number[], rate: number): number {
  return amounts.reduce((sum, amount, year) => sum + amount / (1 + rate) ** year, 0);
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
