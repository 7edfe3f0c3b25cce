import { closest } from './closest.ts';
import type { Recommendation } from './roadmap.ts';
import { compareIds, type Ticket } from './ticket.ts';

/** What to take from the library. Systems (`1`), subsystems (`3.1`) and tickets, less the exclusions. */
export interface SelectionRequest {
  readonly systems: readonly string[];
  readonly tickets: readonly string[];
  readonly exclude: readonly string[];
}

export interface Prerequisite {
  readonly ticket: Ticket;
  /** The selected tickets that need it, directly. */
  readonly neededBy: readonly string[];
}

export type Selection =
  | {
      readonly ok: true;
      readonly tickets: readonly Ticket[];
      readonly prerequisites: readonly Prerequisite[];
    }
  | { readonly ok: false; readonly problems: readonly SelectionProblem[] };

export interface SelectionProblem {
  readonly kind: 'unknown' | 'excluded-prerequisite' | 'cycle' | 'empty';
  readonly message: string;
  readonly hint: string;
}

/** Takes the wanted tickets and everything they depend on; unknown names and circles are named, all at once. */
export function selectTickets(library: readonly Ticket[], request: SelectionRequest): Selection {
  const problems: SelectionProblem[] = [];
  const byId = new Map(library.map((one) => [one.ticketId, one]));
  const resolve = (name: string): readonly Ticket[] => {
    const found = library.filter(
      (one) => one.ticketId === name || one.systemId === name || one.subsystemId === name,
    );
    if (found.length === 0) problems.push(unknown(name, library));
    return found;
  };
  const wanted = new Set(
    [...request.systems, ...request.tickets].flatMap(resolve).map((one) => one.ticketId),
  );
  const excluded = new Set(request.exclude.flatMap(resolve).map((one) => one.ticketId));
  for (const id of excluded) wanted.delete(id);
  const neededBy = addPrerequisites(wanted, excluded, byId, problems);
  const all = library.filter((one) => wanted.has(one.ticketId) || neededBy.has(one.ticketId));
  if (problems.length === 0 && all.length === 0) {
    problems.push({
      kind: 'empty',
      message: 'no ticket is selected',
      hint: 'Name systems or tickets, such as --systems 1,2,3.1.',
    });
  }
  const cycle = findCycle(all);
  if (cycle) {
    problems.push({
      kind: 'cycle',
      message: `tickets depend on each other in a circle: ${cycle.join(' → ')}`,
      hint: 'Remove one of these dependencies in the library.',
    });
  }
  if (problems.length > 0) return { ok: false, problems };
  const prerequisites = all
    .filter((one) => neededBy.has(one.ticketId))
    .map((ticket) => ({ ticket, neededBy: [...(neededBy.get(ticket.ticketId) ?? [])].sort(compareIds) }));
  return { ok: true, tickets: all, prerequisites };
}

function unknown(name: string, library: readonly Ticket[]): SelectionProblem {
  const names = library.flatMap((one) => [one.ticketId, one.subsystemId, one.systemId]);
  const near = closest(name, new Set(names));
  const systems = [...new Set(library.map((one) => one.systemId))].join(', ');
  return {
    kind: 'unknown',
    message: `the library has no system, subsystem or ticket "${name}"`,
    hint: near ? `Did you mean "${near}"?` : `Its systems are ${systems || 'none'}.`,
  };
}

function addPrerequisites(
  wanted: ReadonlySet<string>,
  excluded: ReadonlySet<string>,
  byId: ReadonlyMap<string, Ticket>,
  problems: SelectionProblem[],
): Map<string, Set<string>> {
  const neededBy = new Map<string, Set<string>>();
  const queue = [...wanted];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    for (const needed of byId.get(id)?.dependencies ?? []) {
      if (wanted.has(needed)) continue;
      if (excluded.has(needed)) {
        problems.push({
          kind: 'excluded-prerequisite',
          message: `${id} needs ${needed}, which is excluded`,
          hint: `Exclude ${id} as well, or keep ${needed}.`,
        });
      } else if (!byId.has(needed)) {
        problems.push({
          kind: 'unknown',
          message: `${id} needs ${needed}, which the library does not have`,
          hint: 'Mend the library.',
        });
      } else {
        const by = neededBy.get(needed);
        if (by) by.add(id);
        else {
          neededBy.set(needed, new Set([id]));
          queue.push(needed);
        }
      }
    }
  }
  return neededBy;
}

/** A circle of dependencies as ids, first repeated at the end; null when there is none. */
export function findCycle(tickets: readonly Ticket[]): string[] | null {
  const byId = new Map(tickets.map((one) => [one.ticketId, one]));
  const finished = new Set<string>();
  for (const { ticketId } of tickets) {
    // An explicit stack: a library may be deeper than the call stack.
    const path: { id: string; next: number }[] = finished.has(ticketId) ? [] : [{ id: ticketId, next: 0 }];
    const onPath = new Set(path.map((one) => one.id));
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const needed = byId.get(top.id)?.dependencies[top.next];
      top.next += 1;
      if (needed === undefined) {
        finished.add(top.id);
        onPath.delete(top.id);
        path.pop();
      } else if (onPath.has(needed)) {
        const ids = path.map((one) => one.id);
        return [...ids.slice(ids.indexOf(needed)), needed];
      } else if (byId.has(needed) && !finished.has(needed)) {
        path.push({ id: needed, next: 0 });
        onPath.add(needed);
      }
    }
  }
  return null;
}

const phaseOrder = { mvp: 0, quick_win: 1, phase_2: 2 } as const;

/**
 * Orders tickets so that each follows what it depends on; among those that are ready, by recommended sprint
 * and phase, then as the library has them.
 */
export function topologicalOrder(
  tickets: readonly Ticket[],
  recommendations: readonly Recommendation[],
): Ticket[] {
  const ids = new Set(tickets.map((one) => one.ticketId));
  const rank = new Map(tickets.map((one, index) => [one.ticketId, rankOf(one, recommendations, index)]));
  const before = (a: Ticket, b: Ticket) => {
    const [x, y] = [rank.get(a.ticketId) ?? [], rank.get(b.ticketId) ?? []];
    const i = x.findIndex((value, index) => value !== y[index]);
    return i < 0 ? 0 : (x[i] ?? 0) - (y[i] ?? 0);
  };
  const placed = new Set<string>();
  const ordered: Ticket[] = [];
  const waiting = [...tickets].sort(before);
  while (waiting.length > 0) {
    const next = waiting.findIndex((one) => one.dependencies.every((id) => placed.has(id) || !ids.has(id)));
    // Circles have been refused before; taking the first keeps this total.
    const [ticket] = waiting.splice(Math.max(0, next), 1);
    if (!ticket) break;
    placed.add(ticket.ticketId);
    ordered.push(ticket);
  }
  return ordered;
}

function rankOf(ticket: Ticket, recommendations: readonly Recommendation[], index: number): number[] {
  const own = recommendations.find((one) => one.ticketIds.includes(ticket.ticketId));
  const system = recommendations.find(
    (one) => one.systemId === ticket.systemId || one.systemId === ticket.subsystemId,
  );
  const found = own ?? system;
  return [found?.sprintNumber ?? Number.MAX_SAFE_INTEGER, phaseOrder[found?.phase ?? 'mvp'], index];
}
