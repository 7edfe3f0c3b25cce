import type { ListItem } from 'mdast';
import type { RuleId } from '../domain/rules.ts';
import { rangeOf } from './markdown.ts';
import type { Source } from './source.ts';
import { isId, joinLines } from './ticket-line.ts';

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

/** Keys with their colon as nearly everyone writes them, by the code of their first letter. */
const usual = new Map<number, { readonly start: string; readonly key: DetailKey }[]>();
for (const key of detailKeys) {
  const written = [key, key.charAt(0).toUpperCase() + key.slice(1)];
  for (const one of written) {
    const first = one.charCodeAt(0);
    usual.set(first, [...(usual.get(first) ?? []), { start: `${one}:`, key }]);
  }
}
/** What else a detail may begin with: the marks of bold type, and `Hours`. */
const otherFirsts = '*_hH';

/** How a detail begins: its key, and the length of what stands before its value. */
interface DetailStart {
  readonly key: DetailKey;
  readonly length: number;
  /** Where the colon is a full-width one; -1 for an ordinary one. */
  readonly wideColon: number;
}

/** Reads the start of a detail from the text between two offsets. */
function detailStart(text: string, at: number, end: number): DetailStart | null {
  const keys = usual.get(text.charCodeAt(at));
  if (!keys && !otherFirsts.includes(text.charAt(at))) return null;
  for (let index = 0; keys !== undefined && index < keys.length; index += 1) {
    const { start, key } = keys[index]!;
    if (!text.startsWith(start, at)) continue;
    const after = text.charCodeAt(at + start.length);
    if (after !== 0x2a && after !== 0x5f) return { key, length: start.length, wideColon: -1 };
  }
  const match = detailText.exec(text.slice(at, end));
  if (!match?.[2]) return null;
  return { key: canonical(match[2]), length: match[0].length, wideColon: match[0].indexOf('：') };
}

/** True when a line of text starts like a detail; says which. */
export function detailKeyOf(text: string): DetailKey | null {
  return detailStart(text, 0, text.length)?.key ?? null;
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
  const paragraph = item.children[0];
  if (paragraph?.type !== 'paragraph' || (item.checked ?? null) !== null) return null;
  const itemRange = rangeOf(item, base);
  const range = rangeOf(paragraph, base);
  if (!range || !itemRange) return null;
  const { text } = source;
  const start = range[0];
  const end = range[1];
  const found = detailStart(text, start, end);
  if (!found) return null;
  if (found.wideColon >= 0) report('pack/full-width-colon', start + found.wideColon, 'a full-width colon');
  const afterColon = start + found.length;
  let valueStart = afterColon;
  while (valueStart < end && (text.charCodeAt(valueStart) === 0x20 || text.charCodeAt(valueStart) === 0x09))
    valueStart += 1;
  const value = text.slice(valueStart, end).trimEnd();
  return {
    key: found.key,
    value: joinLines(value),
    itemStart: itemRange[0],
    itemEnd: itemRange[1],
    afterColon,
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
  if (isId(text) && !text.includes('and')) return [text];
  return text
    .split(/[,;\s]+|\band\b/)
    .map((word) => word.replace(/^[[(*`_]+|[\])*`_.]+$/g, ''))
    .filter(isId);
}
