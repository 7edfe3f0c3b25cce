/**
 * Removes the noise of binary fractions (0.33 − 0.25 = 0.08000000000000002) by rounding to 1e-9, the
 * resolution at which figures are compared and stored.
 */
export function snap(value: number): number {
  const snapped = Math.round(value * 1e9) / 1e9;
  return Object.is(snapped, -0) ? 0 : snapped;
}

/** Rounds to `digits` decimals for storage and display, after snapping, halves away from zero. */
export function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  const scaled = snap(Math.abs(value) * factor);
  const rounded = (Math.sign(value) * Math.floor(scaled + 0.5)) / factor;
  return Object.is(rounded, -0) ? 0 : rounded;
}

/**
 * Percentage done of active, a whole number: rounded half to even, but 100 only when all are done and 0
 * only when none is. Null when nothing is active.
 */
export function percentDone(done: number, active: number): number | null {
  if (active <= 0) return null;
  if (done <= 0) return 0;
  if (done >= active) return 100;
  // Integer arithmetic, so that a tie (62.5) is a tie and not 62.499….
  const floor = Math.floor((100 * done) / active);
  const twiceRest = 2 * (100 * done - floor * active);
  const up = twiceRest > active || (twiceRest === active && floor % 2 === 1);
  return Math.min(99, Math.max(1, floor + (up ? 1 : 0)));
}

/** Writes a number for people: thousands separated, at most `digits` decimals, no trailing zeros. */
export function formatNumber(value: number, digits = 2): string {
  const [whole = '0', fraction] = String(round(Math.abs(value), digits)).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = round(value, digits) < 0 ? '−' : '';
  return `${sign}${grouped}${fraction ? `.${fraction}` : ''}`;
}

/** `1 ticket`, `2 tickets`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
