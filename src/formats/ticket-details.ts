import type { ListItem } from 'mdast';
import type { RuleId } from '../domain/rules.ts';
import { rangeOf } from './markdown.ts';
import type { Source } from './source.ts';
import { joinLines } from './ticket-line.ts';

export const detailKeys = [
  'status',
  'assignee',
  'started',
  'completed',
  'notes',
  'system',
  'depends on',
  'estimate',
] as const;
export type DetailKey = (typeof detailKeys)[number];

/** A `Key: value` bullet under a ticket; offsets are into the source. */
export interface Detail {
  readonly key: DetailKey;
  readonly value: string;
  readonly itemStart: number;
  readonly itemEnd: number;
  /** Right behind the colon (and the mark that may close a bold key). */
  readonly afterColon: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

const names = detailKeys.join('|').replace(' ', '[ _-]');
const aliases = 'depends|dependencies|hours';
const detailText = new RegExp(
  `^(\\*\\*|__|\\*|_)?(${names}|${aliases})[ \\t]*(\\*\\*|__|\\*|_)?[ \\t]*([:：])(\\*\\*|__|\\*|_)?`,
  'i',
);

/** First characters of the names above, and of bold type. */
const firsts = new Set([...detailKeys, 'hours', '*', '_'].map((one) => one.charCodeAt(0)));

function mayBeDetail(first: number): boolean {
  return firsts.has(first | 0x20) || firsts.has(first);
}

/** True when a line of text starts like a detail; says which. */
export function detailKeyOf(text: string): DetailKey | null {
  const match = detailText.exec(text);
  return match?.[2] ? canonical(match[2]) : null;
}

function canonical(written: string): DetailKey {
  const key = written.toLowerCase().replace(/[_-]/g, ' ');
  if (key === 'depends' || key === 'dependencies') return 'depends on';
  if (key === 'hours') return 'estimate';
  return key as DetailKey;
}

/** Reads a list item as a detail, or null when it is something else. */
export function readDetail(
  source: Source,
  item: ListItem,
  base: number,
  report: (rule: RuleId, at: number, message: string) => void,
): Detail | null {
  const [paragraph] = item.children;
  const itemRange = rangeOf(item, base);
  if (paragraph?.type !== 'paragraph' || !itemRange || (item.checked ?? null) !== null) return null;
  const range = rangeOf(paragraph, base);
  if (!range) return null;
  const [start, end] = range;
  const text = source.text.slice(start, end);
  if (!mayBeDetail(text.charCodeAt(0))) return null;
  const match = detailText.exec(text);
  if (!match?.[2]) return null;
  if (match[4] === '：') {
    report('pack/full-width-colon', start + match[0].indexOf('：'), 'a full-width colon');
  }
  const after = text.slice(match[0].length);
  const lead = /^[ \t]*/.exec(after)?.[0].length ?? 0;
  const value = after.slice(lead).trimEnd();
  const valueStart = start + match[0].length + lead;
  return {
    key: canonical(match[2]),
    value: joinLines(value),
    itemStart: itemRange[0],
    itemEnd: itemRange[1],
    afterColon: start + match[0].length,
    valueStart,
    valueEnd: valueStart + value.length,
  };
}

/** Hours from `2h`, `1.5 hours` or `3`; null when it is none of these. */
export function parseHours(text: string): number | null {
  const match = /^(\d{1,4}(?:\.\d{1,2})?)[ \t]*(?:h|hrs?|hours?)?$/i.exec(text.trim());
  return match ? Number(match[1]) : null;
}

/** Ids from `T1.1.1, T1.1.2` or `T1.1.1 and A2`; `none` and a dash mean no id. */
export function parseIdList(text: string): string[] {
  if (text === '') return [];
  return text
    .split(/[,;\s]+|\band\b/)
    .map((word) => word.replace(/^[[(*`_]+|[\])*`_.]+$/g, ''))
    .filter((word) => /\d/.test(word) && /^[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$/.test(word));
}
