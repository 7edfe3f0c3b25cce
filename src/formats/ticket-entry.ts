import type { ListItem } from 'mdast';
import { closest } from '../domain/closest.ts';
import { isDate } from '../domain/date.ts';
import type { RuleId } from '../domain/rules.ts';
import { type Box, type TicketEntry, type TicketStatus, ticketStatuses } from '../domain/ticket.ts';
import type { Source } from './source.ts';
import { type Detail, type DetailKey, parseHours, parseIdList, readDetail } from './ticket-details.ts';

/** Takes a finding at an offset of the source. */
export type Report = (rule: RuleId, at: number, message: string, hint?: string) => void;

// A fresh process reads a pack once, before anything is compiled: loops by index are cheap then, iterators are not.

/** The details among a ticket's own bullets, in their order; the first of a kind counts, a second is reported. */
export function readDetails(
  source: Source,
  children: readonly ListItem['children'][number][],
  base: number,
  report: Report,
): Detail[] {
  const details: Detail[] = [];
  for (let index = 0; index < children.length; index += 1) {
    const list = children[index]!;
    if (list.type !== 'list') continue;
    for (let nth = 0; nth < list.children.length; nth += 1) {
      const detail = readDetail(source, list.children[nth]!, base, report);
      if (!detail) continue;
      if (find(details, detail.key)) {
        report('pack/duplicate-detail', detail.itemStart, `"${detail.key}" stands here a second time`);
      } else details.push(detail);
    }
  }
  return details;
}

function find(details: readonly Detail[], key: DetailKey): Detail | undefined {
  for (let index = 0; index < details.length; index += 1) {
    if (details[index]!.key === key) return details[index];
  }
  return undefined;
}

/** A ticket from its line, its box and its details; values that cannot be read are reported and null. */
export function readEntry(
  line: { readonly ticketId: string; readonly title: string },
  box: Box,
  details: readonly Detail[],
  around: { readonly sprint: number | null; readonly system: string | null; readonly report: Report },
): TicketEntry {
  const text = (key: DetailKey) => find(details, key)?.value || null;
  const { report } = around;
  return {
    ticketId: line.ticketId,
    title: line.title,
    box,
    statusLine: readStatus(find(details, 'status'), report),
    assignee: text('assignee'),
    started: readDate(find(details, 'started'), report),
    completed: readDate(find(details, 'completed'), report),
    notes: text('notes'),
    system: text('system') ?? around.system,
    dependsOn: parseIdList(text('depends on') ?? ''),
    estimatedHours: readHours(find(details, 'estimate'), report),
    sprint: around.sprint,
  };
}

/** True for one of the five statuses, as written in files. */
export function isStatus(text: string): text is TicketStatus {
  return (ticketStatuses as readonly string[]).includes(text);
}

function readStatus(detail: Detail | undefined, report: Report): TicketStatus | null {
  if (!detail || detail.value === '') return null;
  if (isStatus(detail.value)) return detail.value;
  const written = plain(detail.value).toLowerCase().replace(/[ -]+/g, '_');
  if (isStatus(written)) return written;
  const near = closest(written, ticketStatuses);
  report(
    'pack/unknown-status',
    detail.valueStart,
    `"${detail.value}" is no status`,
    near ? `Did you mean "${near}"?` : undefined,
  );
  return null;
}

function readDate(detail: Detail | undefined, report: Report): string | null {
  if (!detail || detail.value === '') return null;
  if (isDate(detail.value)) return detail.value;
  const written = plain(detail.value);
  if (isDate(written)) return written;
  report('pack/bad-date', detail.valueStart, `"${detail.value}" is no date`);
  return null;
}

function readHours(detail: Detail | undefined, report: Report): number | null {
  if (!detail || detail.value === '') return null;
  const hours = parseHours(plain(detail.value));
  if (hours === null) {
    report('pack/bad-estimate', detail.valueStart, `"${detail.value}" is no number of hours`);
  }
  return hours;
}

/** A value without the code or emphasis marks that an editor may have put around it. */
function plain(value: string): string {
  if (!isMark(value.charCodeAt(0)) && !isMark(value.charCodeAt(value.length - 1))) return value.trim();
  return value.replace(/^[*_`]+(?=\w)|(?<=\w)[*_`]+$/g, '').trim();
}

function isMark(code: number): boolean {
  return code === 0x2a || code === 0x5f || code === 0x60;
}
