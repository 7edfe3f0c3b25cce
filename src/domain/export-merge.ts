import type { TicketChange } from './lifecycle.ts';
import type { TicketEntry } from './ticket.ts';

/** What reading a ticked export back into the pack would do. */
export interface ExportMerge {
  readonly changes: readonly TicketChange[];
  /** Tickets that the export and the pack changed differently since the export was made. */
  readonly conflicts: readonly {
    readonly ticketId: string;
    readonly field: string;
    readonly theirs: string;
    readonly ours: string;
  }[];
  /** Tickets of the export that the pack does not have. */
  readonly unknown: readonly string[];
  /** Without the original export: tickets further along in the pack, which was kept. */
  readonly behind: readonly string[];
}

const fields = ['box', 'statusLine', 'started', 'completed', 'assignee', 'notes'] as const;
type Field = (typeof fields)[number];

/**
 * Merges an edited export into the pack, ticket by ticket and field by field. With the export as it was made
 * (`base`) only what was changed in it counts; without, only progress does: nothing is ever un-ticked on the
 * word of a file of unknown age.
 */
export function mergeExport(
  base: readonly TicketEntry[] | null,
  edited: readonly TicketEntry[],
  pack: readonly TicketEntry[],
): ExportMerge {
  const was = base === null ? null : new Map(base.map((one) => [one.ticketId, one]));
  const now = new Map(pack.map((one) => [one.ticketId, one]));
  const changes: TicketChange[] = [];
  const conflicts: ExportMerge['conflicts'][number][] = [];
  const behind: string[] = [];
  for (const entry of edited) {
    const ours = now.get(entry.ticketId);
    if (!ours) continue;
    const merged: Partial<Record<Field, string | null>> = {};
    for (const field of fields) {
      const before = was ? (was.get(entry.ticketId)?.[field] ?? null) : ours[field];
      if (entry[field] === before || entry[field] === ours[field]) continue;
      if (ours[field] !== before) {
        conflicts.push({
          ticketId: entry.ticketId,
          field,
          theirs: `${entry[field]}`,
          ours: `${ours[field]}`,
        });
      } else if (was === null && !isProgress(field, entry, ours)) behind.push(entry.ticketId);
      else merged[field] = entry[field];
    }
    const change = toChange(entry.ticketId, merged, ours);
    if (change) changes.push(change);
  }
  const unknown = edited.filter((one) => !now.has(one.ticketId)).map((one) => one.ticketId);
  return { changes, conflicts, unknown, behind: [...new Set(behind)] };
}

function isProgress(field: Field, edited: TicketEntry, ours: TicketEntry): boolean {
  if (field === 'box') return edited.box === 'done';
  // Without the original an open box beside "done" is no progress: it may have been un-ticked.
  const open = edited.box === 'open';
  if (open && (edited.statusLine === 'done' || field === 'completed')) return false;
  if (field === 'statusLine')
    return ours.box !== 'done' && edited.statusLine !== null && edited.statusLine !== 'not_started';
  return edited[field] !== null && ours[field] === null;
}

function toChange(
  ticketId: string,
  merged: Partial<Record<Field, string | null>>,
  ours: TicketEntry,
): TicketChange | null {
  const change: { -readonly [K in keyof TicketChange]: TicketChange[K] } = { ticketId };
  if (merged.box === 'done' || merged.box === 'open') change.box = merged.box;
  // Obsidian's marks are a status; written as one, every editor shows it.
  if (merged.box === 'in_progress' || merged.box === 'skipped') change.status = merged.box;
  if (merged.statusLine) change.status = merged.statusLine as NonNullable<TicketChange['status']>;
  if (merged.started && ours.started === null) change.started = merged.started;
  if (merged.completed) change.completed = merged.completed;
  if (merged.assignee) change.assignee = merged.assignee;
  if (merged.notes) change.notes = merged.notes;
  return Object.keys(change).length > 1 ? change : null;
}
