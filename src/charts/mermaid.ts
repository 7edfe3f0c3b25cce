import { daysBetween, type IsoDate, latestDate } from '../domain/date.ts';
import { plural } from '../domain/number.ts';
import type { Totals } from '../domain/rollup.ts';
import { clean, shorten } from './text.ts';

/** A sprint's plan and state, as a diagram needs them. */
export interface SprintBar {
  readonly number: number;
  readonly name: string | null;
  readonly plannedStart: IsoDate | null;
  readonly plannedEnd: IsoDate | null;
  /** Tickets done, and tickets to be done in all. */
  readonly done: number;
  readonly active: number;
  /** Day on which its last ticket was done; null unless it is complete. */
  readonly delivered: IsoDate | null;
  /** Expected end; null when delivered or unplanned. */
  readonly expectedEnd: IsoDate | null;
  readonly late: boolean;
}

/** What has a meaning in some Mermaid diagram, and what is written in its place. */
const substitutes: Readonly<Record<string, string>> = {
  ':': ' –',
  ';': ',',
  '#': '№ ',
  '"': '”',
  '`': '’',
  '[': '(',
  '{': '(',
  ']': ')',
  '}': ')',
  '<': '‹',
  '>': '›',
  '|': '/',
  '\\': '/',
};

/**
 * Text from a file as part of a label in a Mermaid diagram. What has a meaning there is replaced by what reads
 * alike and has none in any release of Mermaid; its entity codes would depend on the renderer's decoding them.
 */
export function mermaidText(text: string, length = 40): string {
  const plain = clean(text)
    .replace(/[:;#"`[\]{}<>|\\]/g, (one) => substitutes[one] ?? '')
    // Two percent signs begin a comment, two dollar signs a formula.
    .replace(/([%$])\1+/g, '$1');
  return shorten(plain, length);
}

/**
 * The sprints as a Mermaid Gantt diagram: planned beside delivered or expected, each bar with its dates in words.
 * Null when no sprint has planned dates.
 */
export function sprintGantt(sprints: readonly SprintBar[]): string | null {
  const planned = sprints.flatMap((one) =>
    one.plannedStart && one.plannedEnd ? [{ ...one, from: one.plannedStart, to: one.plannedEnd }] : [],
  );
  if (planned.length === 0) return null;
  const sections = planned.flatMap((one) => {
    return [`  section Sprint ${one.number}`, ...bars(one).map((bar) => `    ${bar}`)];
  });
  const dates = planned.flatMap((one) => [
    one.from,
    latestDate([one.to, one.delivered, one.expectedEnd]) ?? one.to,
  ]);
  const sorted = [...dates].sort();
  const weeks = Math.ceil((daysBetween(sorted[0] ?? '', sorted.at(-1) ?? '') + 1) / 7);
  return fenced([
    'gantt',
    '  accTitle: Sprints, planned and actual',
    `  accDescr: ${shorten(planned.map(describeSprint).join(', '), 3000)}`,
    '  dateFormat YYYY-MM-DD',
    '  axisFormat %Y-%m-%d',
    `  tickInterval ${Math.max(1, Math.ceil(weeks / 7))}week`,
    '  todayMarker off',
    '  inclusiveEndDates',
    ...sections,
  ]);
}

type Planned = SprintBar & { readonly from: IsoDate; readonly to: IsoDate };

/**
 * `words :tags, start, end`. The words begin with ours, so that no name is read as a keyword; the names stand here because
 * Mermaid lets a longer title of a section run into the bars. Grey is the plan, colour what became of it.
 */
function bars(one: Planned): string[] {
  const name = one.name ? ` — ${mermaidText(one.name)}` : '';
  const plan = `Planned to ${one.to}${name} :done, ${one.from}, ${one.to}`;
  const count = `${one.done} of ${one.active} done`;
  if (one.delivered) {
    const from = one.from <= one.delivered ? one.from : one.delivered;
    return [plan, `Delivered ${one.delivered}, ${count} :${from}, ${one.delivered}`];
  }
  if (!one.expectedEnd) return [plan];
  const word = one.late ? 'Late, expected' : 'Expected';
  const tag = one.late ? 'crit, ' : '';
  return [plan, `${word} ${one.expectedEnd}, ${count} :${tag}${one.from}, ${one.expectedEnd}`];
}

function describeSprint({ number, from, to, delivered, expectedEnd }: Planned): string {
  const end = delivered ? ` delivered ${delivered}` : expectedEnd ? ` expected ${expectedEnd}` : '';
  return `sprint ${number} planned ${from} to ${to}${end}`;
}

/**
 * The tickets by status as Mermaid bars, each with its name and count beside it. Drawn as a Gantt diagram that counts from 0:
 * a pie tells its parts apart by colour alone, and an xychart fills half a page. Null when there is no ticket.
 */
export function ticketsByStatus(totals: Totals): string | null {
  const parts = [
    ['Done', totals.done],
    ['In progress', totals.inProgress],
    ['Blocked', totals.blocked],
    ['Not started', totals.notStarted],
    ['Put off', totals.skipped],
  ] as const;
  const present = parts.filter(([, count]) => count > 0);
  if (present.length === 0) return null;
  const described = present.map(([word, count]) => `${count} ${word.toLowerCase()}`).join(', ');
  const most = Math.max(...present.map(([, count]) => count));
  return fenced([
    'gantt',
    `  title ${plural(totals.tickets, 'ticket')} by status`,
    '  accTitle: Tickets by status',
    `  accDescr: ${described}`,
    // Counts instead of dates: seconds, written as plain numbers.
    '  dateFormat X',
    '  axisFormat %s',
    `  tickInterval ${Math.max(1, Math.ceil(most / 8))}second`,
    '  todayMarker off',
    ...present.flatMap(([word, count]) => [
      `  section ${word}`,
      `    ${count} ${word.toLowerCase()} :0, ${count}`,
    ]),
  ]);
}

function fenced(lines: readonly string[]): string {
  return ['```mermaid', ...lines, '```'].join('\n');
}
