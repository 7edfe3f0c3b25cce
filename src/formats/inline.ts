import { clean } from '../charts/text.ts';
import { hiddenCharacters } from '../domain/text.ts';

/**
 * Text from a file as it may stand inside generated Markdown: it cannot open a link, HTML or a table cell,
 * end a managed block, or mention anybody.
 */
export function inline(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(hiddenCharacters, '')
    .replace(/(\\*)([[\]|])/g, escapedMark)
    .replaceAll('<', '&lt;')
    .replace(/@(?=[\w-])/g, '&#64;')
    .trim();
}

/** A mark behind an even number of backslashes is not escaped yet: each two of them are one that is meant. */
function escapedMark(_: string, backslashes: string, mark: string): string {
  return `${backslashes}${backslashes.length % 2 === 0 ? '\\' : ''}${mark}`;
}

/** `inline` text, and what follows it, where a line begins: it opens no heading, list, quote, code or rule. */
export function item(text: string): string {
  return text
    .replace(/^(?:#{1,6}|[-+*])(?=\s|$)|^>|^[`~]{3}|^[=-]+$|^(?:[-*_]\s*){3,}$/, '\\$&')
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2');
}

/** Words with a capital letter in front. */
export function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * A picture as Markdown. The alternative text is plain: nothing in it is read as Markdown, HTML or a mention.
 * `path` is a file name without spaces or brackets.
 */
export function image(alternative: string, path: string): string {
  const text = clean(alternative)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('@', '&#64;')
    .replace(/[\\`*_[\]~|!]/g, '\\$&');
  return `![${text}](${path})`;
}

/** A GFM table; cells are Markdown already. Numbers stand right-aligned where `align` says `right`. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly ('left' | 'right')[] = [],
): string {
  const rule = head.map((_, i) => (align[i] === 'right' ? '---:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
