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

/**
 * Lines of a changelog as Markdown again: its headings in bold, its bullets, and every other line a paragraph.
 * Whatever else a line may hold is text, so that no file can open what it does not close.
 */
export function markdownLines(lines: readonly string[]): string {
  const shown = lines.flatMap((line) => {
    const [, mark = '', words = ''] = /^\s*(#{1,6}\s|[-*+]\s)?(.*)$/s.exec(line) ?? [];
    const text = markdownText(asRead(words));
    if (text === '') return [];
    return mark.startsWith('#') ? [`**${text}**`] : mark === '' ? [text] : [`- ${text}`];
  });
  // Bullets that follow each other are one list.
  return shown
    .map((line, n) => (n === 0 ? '' : isBullet(line) && isBullet(shown[n - 1]) ? '\n' : '\n\n') + line)
    .join('');
}

const isBullet = (line: string | undefined) => line?.startsWith('- ') === true;

/** Words as a reader of the changelog sees them: without weight, and without what kept its own text harmless. */
function asRead(words: string): string {
  return words
    .replaceAll('**', '')
    .replace(/\\([[\]|])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&#64;', '@')
    .replaceAll('&amp;', '&');
}
