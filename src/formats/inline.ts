/**
 * Text from a file as it may stand inside generated Markdown: it cannot open a link, HTML or a table cell,
 * end a managed block, or mention anybody.
 */
export function inline(text: string): string {
  return text
    .replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f]/g, '')
    .replace(/\\?([[\]|])/g, '\\$1')
    .replaceAll('<', '&lt;')
    .replace(/@(?=[\w-])/g, '&#64;')
    .trim();
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
