import { builtInMetrics } from '../domain/metric.ts';
import type { RowTable } from './import-rows.ts';

/** What the rows of a table are. */
export type RowKind = 'tickets' | 'instances' | 'snapshots' | 'outcomes' | 'packs';

/** Columns by what they are called elsewhere; the first name is that of the entity's own field. */
export const ticketColumns = {
  ticketId: ['ticket_id', 'ticket', 'ticket_no', 'ticket_key', 'key', 'id'],
  title: ['title', 'name', 'ticket_title', 'summary', 'task'],
  sprint: ['sprint', 'sprint_number', 'sprint_no'],
  sprintName: ['sprint_name'],
  dependsOn: ['dependencies', 'depends_on', 'depends', 'prerequisites', 'blocked_by'],
  hours: ['estimated_hours', 'hours', 'estimate', 'estimate_hours', 'estimated'],
  system: ['system_id', 'system'],
  status: ['status', 'state'],
  assignee: ['assignee', 'assigned_to', 'owner'],
  started: ['started_at', 'started', 'start_date'],
  completed: ['completed_at', 'completed', 'done_at', 'finished_at'],
  notes: ['notes', 'note', 'comment', 'comments'],
  description: ['description'],
  type: ['ticket_type', 'type'],
  tags: ['tags'],
  validation: ['validation_criteria', 'validation'],
} as const;
export type TicketColumn = keyof typeof ticketColumns;

/** The table's own column for a field, or null when it has none. */
export function columnOf(columns: readonly string[], field: TicketColumn): string | null {
  return ticketColumns[field].find((one) => columns.includes(one)) ?? null;
}

const byTableName: Readonly<Record<string, RowKind>> = {
  tickets: 'tickets',
  ticket_instances: 'instances',
  instances: 'instances',
  implementation_snapshots: 'snapshots',
  snapshots: 'snapshots',
  roadmap_outcomes: 'outcomes',
  outcomes: 'outcomes',
  ticket_packs: 'packs',
  packs: 'packs',
};

/** What a table holds, by its name and else by its columns; null when it is none of the kinds. */
export function kindOf({ name, columns }: RowTable): RowKind | null {
  if (name !== null && byTableName[name]) return byTableName[name];
  if (name !== null && /^(?:firms|roadmaps|roadmap_sections|systems?|users)$/.test(name)) return null;
  const has = (column: string) => columns.includes(column);
  if (has('deltas')) return 'outcomes';
  if (has('sprint_assignments')) return 'packs';
  if (has('label') && (has('metrics') || builtInMetrics.some((one) => has(one.name)))) return 'snapshots';
  if (columnOf(columns, 'ticketId') === null) return null;
  if (columnOf(columns, 'title') !== null) return 'tickets';
  return columnOf(columns, 'status') === null ? null : 'instances';
}
