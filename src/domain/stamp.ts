import { dateIn, type IsoDate, isDate } from './date.ts';

const stamp =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?[ ]?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * The calendar date of an ISO date or date-time as databases write it (`2026-01-06`, `2026-01-06T23:30:00Z`,
 * `2026-01-06 23:30:00+00`), in a time zone; a time without an offset is local already. Null for anything else.
 */
export function dateOfStamp(text: string, timeZone: string): IsoDate | null {
  const [, date, hours, minutes, seconds = '00', offset] = stamp.exec(text) ?? [];
  if (date === undefined || !isDate(date)) return null;
  if (hours === undefined || minutes === undefined) return date;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  if (offset === undefined) return date;
  const zone = offset === 'Z' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(3).replace(':', '') || '00'}`;
  const instant = new Date(`${date}T${hours}:${minutes}:${seconds}${zone}`);
  return Number.isNaN(instant.getTime()) ? null : dateIn(instant, timeZone);
}
