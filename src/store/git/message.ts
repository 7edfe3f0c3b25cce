import { refusal } from './refusal.ts';

/**
 * The message as Git stores it: no space at line ends, no runs of empty lines, one line end at the close.
 * Throws `git/bad-message` when nothing is left or it holds a NUL.
 */
export function cleanMessage(message: string): string {
  const lines = message
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => trimEnd(line, (char) => char === ' ' || char === '\t' || char === '\r'));
  const kept = lines.filter((line, i) => line !== '' || (lines[i - 1] ?? '') !== '');
  const text = kept.join('\n').replace(/^\n+|\n+$/g, '');
  if (text !== '' && !text.includes('\0')) return `${text}\n`;
  throw refusal(
    'git/bad-message',
    text === '' ? 'the commit message is empty' : 'the commit message holds a NUL character',
    'Give the commit a message of plain text.',
  );
}

/** The text without the characters at its end that the test holds for; linear, unlike a pattern with `$`. */
export function trimEnd(text: string, drop: (char: string) => boolean): string {
  let end = text.length;
  while (end > 0 && drop(text[end - 1]!)) end -= 1;
  return text.slice(0, end);
}
