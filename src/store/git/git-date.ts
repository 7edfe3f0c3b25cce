import { refusal } from './refusal.ts';

/** A moment as commits hold it: seconds since 1970 and the clock's offset from UTC, `+0200`. */
export interface GitDate {
  readonly seconds: number;
  readonly offset: string;
}

/** A moment in the time zone of this machine. */
export function localDate(moment: Date): GitDate {
  return { seconds: Math.floor(moment.getTime() / 1000), offset: formatOffset(-moment.getTimezoneOffset()) };
}

/**
 * Reads a date from the environment: `<seconds> <offset>`, the same behind `@`, ISO 8601 and RFC 2822; without
 * an offset the machine's own counts. Throws `git/bad-date`.
 */
export function parseGitDate(text: string, variable: string): GitDate {
  const date = parseSeconds(text) ?? parseIso(text) ?? parseMail(text);
  if (date !== null) return date;
  throw refusal(
    'git/bad-date',
    `${variable} is no date that can be read: ${JSON.stringify(text)}`,
    `Write it as 2026-01-31T12:00:00+01:00 or as seconds since 1970: @1769857200 +0100`,
    { variable },
  );
}

function parseSeconds(text: string): GitDate | null {
  // Git takes fewer than nine digits for something else, unless marked.
  const found = /^\s*(?:@(\d{1,12})|(\d{9,12}))(?:\s+([+-]\d{4}))?\s*$/.exec(text);
  if (found === null) return null;
  const seconds = Number(found[1] ?? found[2]);
  return { seconds, offset: found[3] ?? localDate(new Date(seconds * 1000)).offset };
}

const ISO =
  /^\s*(\d{4})[-/.](\d\d)[-/.](\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?\s*$/i;

function parseIso(text: string): GitDate | null {
  const found = ISO.exec(text);
  if (found === null) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0));
  return atWallClock([year!, month! - 1, day!, hour!, minute!, second!], found[7]);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MAIL =
  /^\s*(?:[a-z]{3},?\s+)?(\d{1,2})\s+([a-z]{3})[a-z]*\s+(\d{4})\s+(\d\d):(\d\d)(?::(\d\d))?\s*([+-]\d{4}|Z)?\s*$/i;

function parseMail(text: string): GitDate | null {
  const found = MAIL.exec(text);
  const month = MONTHS.indexOf(found?.[2]?.toLowerCase() ?? '');
  if (found === null || month < 0) return null;
  const [hour, minute, second] = found.slice(4, 7).map((part) => Number(part ?? 0));
  return atWallClock([Number(found[3]), month, Number(found[1]), hour!, minute!, second!], found[7]);
}

type WallClock = readonly [
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
];

function atWallClock(clock: WallClock, zone: string | undefined): GitDate | null {
  const utc = new Date(Date.UTC(...clock));
  // 31 February and 25 o'clock would otherwise roll over.
  const day = utc.getUTCMonth() === clock[1] && utc.getUTCDate() === clock[2];
  if (!day || utc.getUTCHours() !== clock[3] || clock[4] > 59 || clock[5] > 60) return null;
  if (zone === undefined) return before1970(localDate(new Date(...clock)));
  const digits = zone.replace(':', '').padEnd(5, '0');
  const minutes = /^z/i.test(zone) ? 0 : Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  const offset = zone.startsWith('-') ? -minutes : minutes;
  return before1970({ seconds: utc.getTime() / 1000 - offset * 60, offset: formatOffset(offset) });
}

function before1970(date: GitDate): GitDate | null {
  return date.seconds < 0 ? null : date;
}

function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  const digits = Math.floor(size / 60) * 100 + (size % 60);
  return `${minutes < 0 ? '-' : '+'}${String(digits).padStart(4, '0')}`;
}
