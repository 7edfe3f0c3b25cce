import type { KnownDate, KnownPast } from '../domain/settle-pack.ts';
import type { TicketEntry, TicketMarks } from '../domain/ticket.ts';
import type { GitView } from './git-view.ts';
import { type Chosen, chooser } from './history/choose.ts';
import { dateOf } from './history/moment.ts';
import { findOrigins, type Origin, type Question } from './history/origins.ts';
import { type HistoryLimits, PackPlaces, usualLimits } from './history/places.ts';

export interface HistoryOptions {
  /** In which dates are told. */
  readonly timeZone: string;
  /** No commit was made later, but for one of a clock that is up to a day fast. */
  readonly now: Date;
  readonly limits?: HistoryLimits;
}

/**
 * Looks up what history tells of the given tickets, which stand in HEAD as they stand now: what they were
 * before, and the dates that they lack. Nothing where HEAD has no pack.
 */
export async function ticketPasts(
  git: GitView | null,
  path: string,
  tickets: readonly TicketEntry[],
  options: HistoryOptions,
): Promise<Map<string, KnownPast>> {
  const pasts = new Map<string, KnownPast>();
  if (!git || git.head.oid === null || tickets.length === 0) return pasts;
  const pack = new PackPlaces(git.reader, options.limits ?? usualLimits);
  const head = await pack.at(git.head.oid, git.toRepo(path));
  if (!head) return pasts;
  const asked = tickets.map((now) => ({ now, ...questionsOf(now) }));
  const questions = asked.flatMap((one) => [one.state, one.done, one.begun]);
  const origins = await findOrigins(
    pack,
    head,
    questions.filter((one) => one !== null),
  );
  const choose = chooser(pack, options.now);
  const answer = (question: Question | null) => choose((question && origins.get(question)) ?? []);
  for (const { now, state, done, begun } of asked) {
    const last = await answer(state);
    const completed = now.box === 'done' ? await answer(done) : last;
    pasts.set(now.ticketId, {
      before: last && !last.bound ? marksBefore(now, last.origin) : null,
      cut: last?.bound === true,
      started: dateTold(await answer(begun), options.timeZone),
      completed: dateTold(completed, options.timeZone),
    });
  }
  return pasts;
}

/** What is asked about a ticket: since when it stands as it does, and since when for the dates it lacks. */
function questionsOf(now: TicketEntry) {
  const ask = (holds: Question['holds']): Question => ({ ticketId: now.ticketId, holds });
  return {
    state: ask((then) => then.box === now.box && then.statusLine === now.statusLine),
    done: now.completed === null && now.box === 'done' ? ask((then) => then.box === 'done') : null,
    begun: now.started === null && isBegun(now) ? ask(isBegun) : null,
  };
}

/** Under way or done, by one mark at least. */
function isBegun({ box, statusLine: line }: TicketMarks): boolean {
  if (box === 'done' || box === 'in_progress') return true;
  return line === 'in_progress' || line === 'blocked' || line === 'done';
}

/**
 * Checkbox and Status as they were before an origin: of two marks the one that differs is the one that was
 * changed there. A merge may have taken each from another parent; then both were changed, one on each side.
 */
function marksBefore(
  now: TicketMarks & { readonly ticketId: string },
  { parents }: Origin,
): TicketMarks | null {
  const then = parents.places.flatMap(({ states }) => states?.get(now.ticketId) ?? []);
  const sameBox = then.find((one) => one.box === now.box);
  const sameLine = then.find((one) => one.statusLine === now.statusLine);
  if (sameBox && sameLine) return { box: sameLine.box, statusLine: sameBox.statusLine };
  return sameBox ?? sameLine ?? then[0] ?? null;
}

function dateTold(chosen: Chosen | null, timeZone: string): KnownDate | null {
  const date = chosen && dateOf(chosen.made, timeZone);
  if (!chosen || date === null) return null;
  return { date, commit: chosen.origin.place.commit, ...(chosen.bound && { bound: true }) };
}
