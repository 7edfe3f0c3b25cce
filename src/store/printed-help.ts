import { readFileSync, writeSync } from 'node:fs';

/** What the build wrote down: the version, and the help of each command and group by its name, the general one at "". */
export interface HelpTable {
  readonly version: string;
  readonly help: Readonly<Record<string, string>>;
}

const helpOptions = new Set(['--help', '-h']);
const versionOptions = new Set(['--version', '-v']);

/** What a call prints that asks for help or the version and nothing else; null for any other call. */
export function helpIn(table: () => HelpTable, words: readonly string[]): string | null {
  const last = words.at(-1) ?? '';
  if (words.length === 1 && versionOptions.has(last)) return `scend ${table().version}\n`;
  if (!helpOptions.has(last) || words.length > 3) return null;
  const { help } = table();
  const name = words.slice(0, -1).join(' ');
  return Object.hasOwn(help, name) ? (help[name] ?? null) : null;
}

/**
 * Prints it, and says whether it did; what goes wrong is left to the command line itself. It goes straight to the
 * file descriptor, because to make the stream takes longer than all the rest.
 */
export function printHelp(
  path: string,
  words: readonly string[],
  stream: () => NodeJS.WritableStream,
): boolean {
  try {
    const text = helpIn(() => JSON.parse(readFileSync(path, 'utf8')) as HelpTable, words);
    if (text === null) return false;
    // A terminal of Windows takes UTF-8 from the stream alone.
    if (process.platform === 'win32') stream().write(text);
    else print(Buffer.from(text), stream);
    return true;
  } catch {
    return false;
  }
}

function print(bytes: Buffer, stream: () => NodeJS.WritableStream): void {
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(1, bytes, from);
    } catch (error) {
      if (from === 0) throw error;
      stream().write(bytes.subarray(from));
      return;
    }
  }
}
