import { percentDone } from './number.ts';
import { compareIds, type TicketInstance, type TicketStatus } from './ticket.ts';

/** Counts by status; they always add up to `tickets`. */
export interface Totals {
  readonly tickets: number;
  readonly done: number;
  readonly inProgress: number;
  readonly blocked: number;
  readonly notStarted: number;
  readonly skipped: number;
}

export type SystemStatus = 'planned' | 'in_progress' | 'implemented' | 'deprecated';
export type PackStatus = 'not_started' | 'in_progress' | 'completed';

export interface Progress extends Totals {
  /** tickets − skipped: what there is to do. */
  readonly active: number;
  /** done / active as a whole percentage; null when nothing is active. */
  readonly pct: number | null;
}

export interface Rollup {
  readonly pack: Progress & { readonly status: PackStatus };
  readonly sprints: ReadonlyMap<number | null, Progress & { readonly status: PackStatus }>;
  readonly systems: ReadonlyMap<string, Progress & { readonly status: SystemStatus }>;
  readonly assignees: ReadonlyMap<string | null, Progress>;
}

/** Counts the tickets by status and derives the percentage done. */
export function progressOf(tickets: readonly { readonly status: TicketStatus }[]): Progress {
  const count = (status: TicketStatus) => tickets.filter((one) => one.status === status).length;
  const done = count('done');
  const skipped = count('skipped');
  const active = tickets.length - skipped;
  return {
    tickets: tickets.length,
    done,
    inProgress: count('in_progress'),
    blocked: count('blocked'),
    notStarted: count('not_started'),
    skipped,
    active,
    pct: percentDone(done, active),
  };
}

/** `implemented`: something to do and all of it done; `deprecated`: all skipped; `planned`: nothing started. */
export function systemStatus(progress: Progress): SystemStatus {
  if (progress.active > 0 && progress.done === progress.active) return 'implemented';
  if (progress.tickets > 0 && progress.active === 0) return 'deprecated';
  return progress.done + progress.inProgress + progress.blocked === 0 ? 'planned' : 'in_progress';
}

/** `completed`: at least one done and the rest done or skipped; `not_started`: no ticket begun or skipped away. */
export function packStatus(progress: Progress): PackStatus {
  if (progress.done > 0 && progress.done === progress.active) return 'completed';
  return progress.done + progress.inProgress + progress.blocked === 0 ? 'not_started' : 'in_progress';
}

/** Rollups of a pack, and of each sprint, system and assignee in it. */
export function rollUp(tickets: readonly TicketInstance[]): Rollup {
  const group = <K>(key: (one: TicketInstance) => K, order: (a: K, b: K) => number) => {
    const groups = new Map<K, TicketInstance[]>();
    for (const one of tickets) {
      const members = groups.get(key(one));
      if (members) members.push(one);
      else groups.set(key(one), [one]);
    }
    return [...groups].sort(([a], [b]) => order(a, b)).map(([k, of]) => [k, progressOf(of)] as const);
  };
  const withPackStatus = (progress: Progress) => ({ ...progress, status: packStatus(progress) });
  const nullLast = <T>(order: (a: T, b: T) => number) => {
    return (a: T | null, b: T | null) => (a === null ? (b === null ? 0 : 1) : b === null ? -1 : order(a, b));
  };
  return {
    pack: withPackStatus(progressOf(tickets)),
    sprints: new Map(
      group(
        (one) => one.sprint,
        nullLast<number>((a, b) => a - b),
      ).map(([k, p]) => [k, withPackStatus(p)]),
    ),
    systems: new Map(
      group((one) => one.systemId, compareIds).map(([k, p]) => [k, { ...p, status: systemStatus(p) }]),
    ),
    assignees: new Map(
      group(
        (one) => one.assignee,
        nullLast<string>((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
      ),
    ),
  };
}
