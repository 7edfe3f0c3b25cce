import { addDays, type IsoDate } from './date.ts';
import type { Ticket } from './ticket.ts';

export interface SprintPlan {
  readonly number: number;
  readonly name: string;
  readonly plannedStart: IsoDate;
  readonly plannedEnd: IsoDate;
  readonly tickets: readonly Ticket[];
  readonly hours: number;
}

export interface FillOptions {
  readonly start: IsoDate;
  readonly days: number;
  readonly minTickets: number;
  readonly maxTickets: number;
  /** Hours that fit a sprint; null for no limit. */
  readonly hours: number | null;
}

/** Hours taken for a ticket that states none; said in the output wherever it is used. */
export const assumedHours = 2;

/**
 * Cuts ordered tickets into sprints of near-equal hours, each within the allowed number of tickets. As many
 * sprints as size and hours ask for, never so many that one falls below the smallest size.
 */
export function fillSprints(ordered: readonly Ticket[], options: FillOptions): SprintPlan[] {
  const { minTickets, maxTickets } = options;
  const hoursOf = (one: Ticket) => one.estimatedHours ?? assumedHours;
  const total = ordered.reduce((sum, one) => sum + hoursOf(one), 0);
  const byHours = options.hours === null ? 1 : Math.ceil(total / options.hours);
  const bySize = Math.ceil(ordered.length / maxTickets);
  // Without a limit on hours the middle of the allowed sizes is the most useful sprint.
  const usual =
    options.hours === null ? Math.round(ordered.length / ((minTickets + maxTickets) / 2 + 2)) : byHours;
  const most = Math.max(1, Math.floor(ordered.length / minTickets));
  const count = Math.max(bySize, Math.min(most, Math.max(1, usual)));
  const sprints: SprintPlan[] = [];
  let taken = 0;
  let spent = 0;
  for (let number = 1; number <= count; number += 1) {
    const left = count - number;
    const least = Math.max(
      1,
      ordered.length - taken - left * maxTickets,
      Math.min(minTickets, ordered.length - taken),
    );
    const mostNow = Math.min(
      maxTickets,
      ordered.length - taken - left * Math.min(minTickets, Math.floor(ordered.length / count)),
    );
    const goal = (total * number) / count;
    let size = 0;
    let hours = 0;
    for (const one of ordered.slice(taken)) {
      const after = spent + hours + hoursOf(one);
      const nearer = Math.abs(after - goal) <= Math.abs(spent + hours - goal);
      if (size >= Math.max(least, mostNow) || (size >= least && !nearer && left > 0)) break;
      size += 1;
      hours += hoursOf(one);
    }
    const tickets = ordered.slice(taken, taken + size);
    const start = addDays(options.start, (number - 1) * options.days);
    sprints.push({
      number,
      name: sprintName(tickets, number),
      plannedStart: start,
      plannedEnd: addDays(start, options.days - 1),
      tickets,
      hours,
    });
    taken += size;
    spent += hours;
  }
  return sprints;
}

/** A sprint is named for the systems that most of its tickets belong to; people rename it as they like. */
function sprintName(tickets: readonly Ticket[], number: number): string {
  const counts = new Map<string, number>();
  for (const one of tickets) counts.set(one.systemName, (counts.get(one.systemName) ?? 0) + 1);
  const names = [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 2)
    .map(([name]) => name);
  return names.join(', ') || `Sprint ${number}`;
}
