import type { FieldChange } from '../domain/diff-tickets.ts';
import { formatNumber } from '../domain/number.ts';
import type { TicketInstance } from '../domain/ticket.ts';

/** A line of a list: an id, where it is about something that has one, and words. Both are plain text. */
export interface Item {
  readonly id: string | null;
  readonly text: string;
}

/** A ticket by its id and title, with what is to be said of it. */
export function ticketItem(one: TicketInstance, more = ''): Item {
  return { id: one.ticketId, text: `${one.title}${more}` };
}

/** `assignee Ana → Michael, notes — → waiting`. */
export function fieldsText(fields: readonly FieldChange[]): string {
  return fields
    .map(({ field, from, to }) => `${field.replaceAll('_', ' ')} ${valueText(from)} → ${valueText(to)}`)
    .join(', ');
}

function valueText(value: FieldChange['from']): string {
  return value === null ? '—' : typeof value === 'number' ? formatNumber(value, 4) : value;
}
