import { formatNumber, plural } from '../domain/number.ts';
import { table } from '../formats/inline.ts';
import type { Outline, Section } from './diff-outline.ts';
import { cutLines } from './diff-text.ts';
import type { Item } from './diff-words.ts';
import { markdownCode, markdownLines, markdownText } from './markdown-text.ts';

/** Bytes of Markdown at most; GitHub refuses a job summary of 1 MiB. */
export const mostBytes = 900_000;
/** A longer list is folded, and one that is far longer is cut. */
const folded = 15;
const mostItems = 200;
const mostRows = 60;
/** Lines of a changelog. */
const mostLines = 150;

/** The changes of all firms as Markdown for a pull request, cut between two of its parts where it is too long. */
export function diffMarkdown(
  head: readonly string[],
  outlines: readonly Outline[],
  limit = mostBytes,
): string {
  const blocks = [...head.map((line) => markdownText(line)), ...outlines.flatMap(outlineBlocks)];
  const sizes = blocks.map((one) => Buffer.byteLength(one) + 2);
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  if (whole <= limit) return blocks.join('\n\n');
  // Room for the note itself.
  let room = limit - 200;
  const kept = sizes.findIndex((size) => {
    room -= size;
    return room < 0;
  });
  const lines = blocks.slice(kept).join('\n\n').split('\n').length;
  const bytes = sizes.slice(kept).reduce((sum, size) => sum + size, 0);
  const note = `*${plural(lines, 'line')} (${formatNumber(Math.ceil(bytes / 1000), 0)} kB) left out here; "scend diff" prints the rest.*`;
  return [...blocks.slice(0, kept), note].join('\n\n');
}

/** Blocks that each stand for themselves: none opens what another closes. */
function outlineBlocks({ slug, name, headline, sections }: Outline): string[] {
  const title = name === slug ? markdownCode(slug) : `${markdownText(name, 120)} (${markdownCode(slug)})`;
  const line = headline.map((part) => `**${markdownText(part)}**`).join(' · ');
  return [`### ${title}`, ...(line === '' ? [] : [line]), ...sections.flatMap(sectionBlocks)];
}

function sectionBlocks(section: Section): string[] {
  if (section.kind === 'file') {
    const { shown, left } = cutLines(section.text, mostLines);
    const rest = left === 0 ? [] : [`… ${plural(left, 'more line')} in the file`];
    return [details(markdownText(section.title), markdownLines([...shown, ...rest]))];
  }
  if (section.kind === 'table') {
    const rows = section.rows.slice(0, mostRows).map((row) => row.map((cell) => markdownText(cell)));
    const made = table(
      section.head,
      rows,
      section.head.map(() => 'left'),
    );
    const left = section.rows.length - rows.length;
    return [`**${section.title}**`, made, ...(left > 0 ? [`… and ${formatNumber(left)} more`] : [])];
  }
  const { title, items } = section;
  const left = items.length - mostItems;
  const lines = [
    ...items.slice(0, mostItems).map(itemLine),
    ...(left > 0 ? [`- … and ${formatNumber(left)} more`] : []),
  ];
  const heading = `${title} (${formatNumber(items.length)})`;
  if (items.length > folded) return [details(heading, lines.join('\n'))];
  return [`**${heading}**`, lines.join('\n')];
}

function itemLine({ id, text }: Item): string {
  return id === null ? `- ${markdownText(text)}` : `- ${markdownCode(id)} ${markdownText(text)}`;
}

/** `summary` and `body` are Markdown already, and hold no HTML. */
function details(summary: string, body: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
}
