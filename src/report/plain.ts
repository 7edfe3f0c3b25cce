import { hiddenCharacters } from '../domain/text.ts';

/**
 * Text from a file as a terminal or a log may show it: control characters and text-direction marks become
 * escapes, and no workflow command can be formed.
 */
export function plainText(text: string): string {
  return withoutCommands(text).replace(hiddenCharacters, (character) => {
    if (character === '\n' || character === '\t') return ' ';
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

/** A line that GitHub's runner would take for a command (`::error::`, or `##[` anywhere) is broken up. */
function withoutCommands(text: string): string {
  return text.replace(/##\[/g, '## [').replace(/^(\s*)::/, '$1: :');
}
