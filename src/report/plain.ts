/**
 * Text from a file as a terminal or a log may show it: control characters and text-direction marks become
 * escapes, and no workflow command can be formed.
 */
export function plainText(text: string): string {
  return withoutCommands(text).replace(
    /[\p{Cc}\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu,
    (character) => {
      if (character === '\n' || character === '\t') return ' ';
      return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
    },
  );
}

/** A line that GitHub's runner would take for a command (`::error::`, or `##[` anywhere) is broken up. */
function withoutCommands(text: string): string {
  return text.replace(/##\[/g, '## [').replace(/^(\s*)::/, '$1: :');
}
