import { hiddenCharacters } from '../domain/text.ts';

/**
 * Text from a file as a terminal or a log may show it: control characters and text-direction marks become
 * escapes, and no workflow command can be formed.
 */
export function plainText(text: string): string {
  return withoutCommands(text).replace(hiddenCharacters, (character) =>
    character === '\n' || character === '\t' ? ' ' : escapeOf(character),
  );
}

/** The same for a text of several lines. */
export function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}

const escapeOf = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A line that GitHub's runner would take for a command (`::error::`, or `##[` anywhere) is broken up. */
function withoutCommands(text: string): string {
  return text.replace(/##\[/g, '## [').replace(/^(\s*)::/, '$1: :');
}

/** Colours and weights as picocolors writes them; nothing else of a terminal's language is ever printed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
const colourCodes = /(\x1b\[(?:0|1|2|22|3[0-7]|39|9[0-7])m)/;

/**
 * The last gate before a stream, which everything printed passes: whatever a renderer let through of control
 * characters and direction marks becomes escapes here. Colours pass where the stream has colours.
 */
export function printable(text: string, coloured: boolean): string {
  const escaped = (part: string) =>
    part.replace(hiddenCharacters, (one) => (one === '\n' || one === '\t' ? one : escapeOf(one)));
  if (!coloured) return escaped(text);
  return text
    .split(colourCodes)
    .map((part, n) => (n % 2 === 1 ? part : escaped(part)))
    .join('');
}

/**
 * A value as indented JSON that is as safe to print as plain text: what a terminal or a runner could act upon
 * is written as an escape, and reads back as it was.
 */
export function safeJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2) ?? 'null';
  return text
    .replace(hiddenCharacters, (one) => (one === '\n' ? one : escapeOf(one)))
    .replaceAll('##[', '##\\u005b');
}
