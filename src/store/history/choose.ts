import { madeAt } from './moment.ts';
import { type Origin, outdated } from './origins.ts';
import type { PackPlaces } from './places.ts';

/** The origin that counts. */
export interface Chosen {
  readonly origin: Origin;
  /** In milliseconds since 1970; null where no date of the commit can be true. */
  readonly made: number | null;
  /** True where all that is known is that it was no later. */
  readonly bound: boolean;
}

/**
 * Chooses among the origins of one question. One that another descends from was undone in between, and does
 * not count. The others came about each on its own: the first of them counts, by their dates, then by their
 * ids. Where not all of that is known, the last one does, as a bound. Null without origins.
 */
export function chooser(pack: PackPlaces, now: Date) {
  // Tickets that were ticked together share their origins.
  const known = new Map<string, ReturnType<typeof outdated>>();
  return async (origins: readonly Origin[]): Promise<Chosen | null> => {
    const places = origins.map((one) => one.place);
    const key = places.map((one) => one.commit).join();
    const older = known.get(key) ?? outdated(pack, places);
    known.set(key, older);
    const gone = await older;
    const left = origins.filter((one) => !gone?.has(one.place.commit));
    const bound = gone === null || left.some((one) => one.bound);
    const ordered = left
      .map((origin) => ({ origin, made: madeAt(origin.place.facts, now), bound }))
      .sort((a, b) => byDate(a, b) * (bound ? -1 : 1));
    return ordered.find((one) => one.made !== null) ?? ordered[0] ?? null;
  };
}

function byDate(a: Chosen, b: Chosen): number {
  const [left, right] = [a.origin.place.commit, b.origin.place.commit];
  return (a.made ?? 0) - (b.made ?? 0) || (left < right ? -1 : left > right ? 1 : 0);
}
