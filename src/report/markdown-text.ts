import { hiddenCharacters } from '../domain/text.ts';

/** What opens or closes anything in GitHub's Markdown, wherever it stands. */
const marks = /[\\`*_[\]~|<>&$]/g;

/** An empty character; as text it shows nothing. */
const gap = '\u200b';

/**
 * Text from a file as words of generated Markdown: nothing in it opens a link, an image, HTML, code, a formula,
 * a table cell or a list, and it names nobody and no issue. Character references are used, as those are never
 * read as markup; where GitHub looks at the text itself (mentions, issues, addresses), an empty character is
 * put between. At most `most` characters are shown.
 */
export function markdownText(text: string, most = 400): string {
  const plain = [...text.replace(/\s+/g, ' ').replace(hiddenCharacters, '').trim()];
  const shown = plain.length > most ? `${plain.slice(0, most - 1).join('')}…` : plain.join('');
  return shown
    .replace(/@/g, `@${gap}`)
    .replace(/(#|GH-)(?=\d)/gi, `$1${gap}`)
    .replace(/:(?=[^\s\d])/g, `:${gap}`)
    .replace(/(www)(?=\.)/gi, `$1${gap}`)
    .replace(/^\d{1,9}(?=[.)](?:\s|$))/, `$&${gap}`)
    .replace(marks, reference)
    .replace(/^(?:[-#]|\+(?=\s|$))/, reference)
    .replaceAll(gap, reference);
}

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** A short name from a file as code: an id of a ticket. Nothing in code is a mention, a link or HTML. */
export function markdownCode(text: string): string {
  const plain = text.replace(/\s+/g, ' ').replace(hiddenCharacters, '').replace(/[`|]/g, "'").trim();
  return plain === '' ? '—' : `\`${plain}\``;
}

/** A file's text as a block of code, longer fenced than anything in it. */
export function markdownFence(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [fence, ...lines.map(visible), fence].join('\n');
}

function visible(line: string): string {
  return line.replaceAll('\t', '  ').replace(hiddenCharacters, '');
}
