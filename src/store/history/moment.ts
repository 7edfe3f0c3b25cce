import { dateIn, type IsoDate } from '../../domain/date.ts';
import type { CommitFacts } from '../git/reader.ts';

/** Git is not older than this year. */
const earliest = Date.UTC(2005, 0, 1);

/** Clocks of different machines may differ by a day, in milliseconds. */
const slack = 86_400_000;

/**
 * When a commit's change was made, in milliseconds since 1970: the author's date; the committer's where the
 * author's lies before Git or in the future; null where both do. `now` is the latest it can have been.
 */
export function madeAt(facts: CommitFacts, now: Date): number | null {
  const moments = [facts.authored * 1000, facts.committed * 1000];
  return moments.find((one) => one >= earliest && one <= now.getTime() + slack) ?? null;
}

/** The calendar date of a moment from `madeAt`. */
export function dateOf(moment: number | null, timeZone: string): IsoDate | null {
  return moment === null ? null : dateIn(new Date(moment), timeZone);
}
