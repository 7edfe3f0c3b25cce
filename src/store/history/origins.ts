import type { TicketMarks } from '../../domain/ticket.ts';
import type { PackPlaces, Parents, Place } from './places.ts';

/** Something that is so of a ticket now, and that history is asked the beginning of. */
export interface Question {
  readonly ticketId: string;
  readonly holds: (marks: TicketMarks) => boolean;
}

/** A commit at which what was asked began, on one of the ways that it took into HEAD. */
export interface Origin {
  readonly place: Place;
  /** True where it may have begun earlier, in a commit that is not known. */
  readonly bound: boolean;
  /** The pack in the commit's parents. */
  readonly parents: Parents;
}

/** A commit to look at, and what is asked there. */
interface Step {
  readonly place: Place;
  readonly asked: Set<Question>;
  readonly waiting: Question[];
}

/**
 * Where each question, true at `head`, became true: it is passed from a commit to every parent in which it
 * is true already, and a commit without such a parent is an origin. Several, where branches that were merged
 * did the same, or one of them was merged late.
 */
export async function findOrigins(
  pack: PackPlaces,
  head: Place,
  questions: readonly Question[],
): Promise<Map<Question, Origin[]>> {
  const found = new Map<Question, Origin[]>(questions.map((one) => [one, []]));
  const steps = new Map<string, Step>();
  const open = new Set<Step>();
  const ask = (place: Place, question: Question) => {
    const key = `${place.commit} ${place.path}`;
    const step = steps.get(key) ?? { place, asked: new Set(), waiting: [] };
    steps.set(key, step);
    if (step.asked.has(question)) return;
    step.asked.add(question);
    step.waiting.push(question);
    open.add(step);
  };
  for (const question of questions) ask(head, question);
  for (let step = takeNewest(open); step; step = takeNewest(open)) {
    const { place } = step;
    const parents = await pack.parents(place);
    for (const question of step.waiting.splice(0)) {
      const holders = parents.places.filter((one) => isTrueIn(one.states, question));
      for (const one of holders) ask(one.place, question);
      if (parents.cut || holders.length === 0) {
        found.get(question)?.push({ place, bound: parents.cut, parents });
      }
    }
  }
  return found;
}

function isTrueIn(states: Parents['places'][number]['states'], { ticketId, holds }: Question): boolean {
  if (states === null) return true;
  const marks = states.get(ticketId);
  return marks !== undefined && holds(marks);
}

/** The step committed last, so that all that is asked of a commit mostly comes to it at once. */
function takeNewest(open: Set<Step>): Step | undefined {
  let newest: Step | undefined;
  for (const step of open) {
    if (!newest || step.place.facts.committed > newest.place.facts.committed) newest = step;
  }
  if (newest) open.delete(newest);
  return newest;
}

/** How far the clocks of committers are trusted to agree, in seconds; the same as in `git describe`. */
const skew = 86_400;

/**
 * The commits among `places` that another of them descends from; null when that cannot be known. Commits made
 * more than a day before all of them are not gone through.
 */
export async function outdated(
  pack: PackPlaces,
  places: readonly Place[],
): Promise<ReadonlySet<string> | null> {
  const wanted = new Set(places.map((one) => one.commit));
  const oldest = Math.min(...places.map((one) => one.facts.committed)) - skew;
  const older = new Set<string>();
  const seen = new Set<string>();
  const open = places.flatMap((one) => one.facts.parents);
  let complete = true;
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    if (seen.has(oid)) continue;
    seen.add(oid);
    if (wanted.has(oid)) older.add(oid);
    if (older.size === wanted.size - 1) return older;
    const facts = await pack.commit(oid);
    if (facts && facts.committed < oldest) continue;
    if (!facts || facts.cut) complete = false;
    open.push(...(facts?.parents ?? []));
  }
  return complete ? older : null;
}
