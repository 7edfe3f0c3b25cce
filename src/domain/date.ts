/** A calendar date as written in files: `YYYY-MM-DD`. */
export type IsoDate = string;

const dayMs = 86_400_000;

/** True only for a date that the calendar has: `2026-02-30` and `2026-1-5` are not dates. */
export function isDate(text: string): boolean {
  if (text.length !== 10 || text.charAt(4) !== '-' || text.charAt(7) !== '-') return false;
  const day = digits(text, 8, 10);
  return day >= 1 && day <= daysIn(digits(text, 0, 4), digits(text, 5, 7));
}

/** The number between two places of a text; NaN unless all of it are digits. */
function digits(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = 10 * number + digit;
  }
  return number;
}

/** Days of a month of the Gregorian calendar; 0 for a month that it does not have, or in no year. */
function daysIn(year: number, month: number): number {
  if (Number.isNaN(year)) return 0;
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  if (month === 4 || month === 6 || month === 9 || month === 11) return 30;
  return month >= 1 && month <= 12 ? 31 : 0;
}

/** The date `days` days after `date` (before it when negative). */
export function addDays(date: IsoDate, days: number): IsoDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** Whole days from `from` to `to`; negative when `to` is the earlier one. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs);
}

/** The calendar date of an instant in an IANA time zone. Throws a RangeError for an unknown zone. */
export function dateIn(instant: Date, timeZone: string): IsoDate {
  // The first use of Intl costs a process more than Node's own start does by half.
  if (timeZone === 'UTC') {
    const [date = ''] = instant.toISOString().split('T');
    if (isDate(date) && !date.startsWith('0000')) return date;
  }
  const parts = formatterOf(timeZone).formatToParts(instant);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/** True when the runtime knows the IANA time zone. */
export function isTimeZone(name: string): boolean {
  if (name === 'UTC') return true;
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/** By zone: to make one takes longer than to read a firm's file. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    const digits = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    formatter = new Intl.DateTimeFormat('en-US', { timeZone, ...digits });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/** The later of the dates given, or null when there is none. */
export function latestDate(dates: Iterable<IsoDate | null | undefined>): IsoDate | null {
  let latest: IsoDate | null = null;
  for (const date of dates) if (date && (latest === null || date > latest)) latest = date;
  return latest;
}
