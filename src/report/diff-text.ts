import type { Outline, Section } from './diff-outline.ts';
import { wrap } from './forecast.ts';
import { grid } from './grid.ts';

/** How much of a changelog the text shows, in lines. */
const mostLines = 40;

/** A firm's changes for a terminal. */
export function outlineText({ slug, name, headline, sections }: Outline): string[] {
  const title = name === slug ? slug : `${name} (${slug})`;
  const head = headline.length === 0 ? title : `${title}: ${headline.join('; ')}`;
  return [...wrap(oneLine(head)), ...sections.flatMap(sectionText)];
}

function sectionText(section: Section): string[] {
  if (section.kind === 'table') {
    const rows = [
      section.head.map((_, column) => (column === 0 ? '' : section.head[column])),
      ...section.rows,
    ];
    return [
      '',
      `  ${section.title}`,
      ...indented(grid(rows.map((row) => row.map((cell) => oneLine(cell ?? ''))))),
    ];
  }
  if (section.kind === 'list') {
    const items = section.items.map(({ id, text }) => (id === null ? [oneLine(text)] : [id, oneLine(text)]));
    const withId = items.filter((one) => one.length > 1);
    const rows = withId.length === items.length ? grid(items) : items.map((one) => `  ${one.join('  ')}`);
    return ['', `  ${section.title} (${section.items.length})`, ...indented(rows)];
  }
  const { shown, left } = cutLines(section.text, mostLines);
  const rest = left === 0 ? [] : [`    … ${left} more lines in the file`];
  return ['', `  ${section.title}`, ...shown.map((line) => `    | ${line}`.trimEnd()), ...rest];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`.trimEnd());
}

/** A value from a file never begins a line of its own. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** The first lines of a text without the blank ones at its end, and how many are left. */
export function cutLines(
  text: string,
  most: number,
): { readonly shown: readonly string[]; readonly left: number } {
  const lines = text
    .replace(/\s+$/, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd());
  return { shown: lines.slice(0, most), left: Math.max(0, lines.length - most) };
}
