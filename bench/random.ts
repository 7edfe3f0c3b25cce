/** Whole numbers below a bound, the same on every machine (Lehmer's generator, its state mixed first). */
export function dice(seed: number): (below: number) => number {
  let state = (Math.imul(seed ^ 0x5bd1e995, 48_271) >>> 1) % 2_147_483_646 || 1;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  next();
  next();
  return (below) => next() % below;
}
