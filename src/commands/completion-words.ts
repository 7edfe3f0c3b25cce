import type { CommandSpec, OptionSpec } from './context.ts';

/** All that completion has to know of the commands, as plain data. */
export interface CompletionTable {
  /** Options of every command. */
  readonly common: readonly OptionSpec[];
  readonly commands: readonly CompletedCommand[];
}

export interface CompletedCommand extends Pick<CommandSpec, 'arguments' | 'options'> {
  /** As typed: `pack create`. */
  readonly name: string;
  readonly summary: string;
}

export interface Candidate {
  readonly value: string;
  /** Shown beside the value by shells that can; may be empty. */
  readonly about: string;
}

/** What values are looked up: in the workspace, by the shell, or in the standards; `none` is free text. */
export type ValueKind =
  | 'firms'
  | 'labels'
  | 'versions'
  | 'zones'
  | 'currencies'
  | 'files'
  | 'folders'
  | 'none';

/** What may stand at the cursor. */
export interface Wanted {
  /** What the word being typed holds before the part that is completed: `--firm=`. */
  readonly before: string;
  /** The part that is completed, as far as it is typed. */
  readonly typed: string;
  readonly source: readonly Candidate[] | ValueKind;
  /** The firm named so far, and the folder of `-C`. */
  readonly firm: string | null;
  readonly dir: string | null;
}

/** What an option's value is, by the name that help gives it, where it has no `choices`. Every name stands here. */
export const valueKinds: Readonly<Record<string, ValueKind>> = {
  '<slug>': 'firms',
  '<label>': 'labels',
  '<version>': 'versions',
  '<zone>': 'zones',
  '<code>': 'currencies',
  '<file>': 'files',
  '<export>': 'files',
  '<dir>': 'folders',
  '<date>': 'none',
  '<format>': 'none',
  '<heading=n>': 'none',
  '<i/n>': 'none',
  '<ids>': 'none',
  '<revision>': 'none',
  '<mail>': 'none',
  '<n>': 'none',
  '<name-mail>': 'none',
  '<name=counts>': 'none',
  '<name=value>': 'none',
  '<number>': 'none',
  '<text>': 'none',
  '<value>': 'none',
  '<word>': 'none',
};

/** What an argument is, by its name; `slug` is that of a new firm. */
export const argumentKinds: Readonly<Record<string, ValueKind>> = {
  base: 'none',
  dir: 'folders',
  files: 'files',
  file: 'files',
  paths: 'files',
  parts: 'files',
  plan: 'files',
  slug: 'none',
};

/** Reads a command line up to the cursor; the last word is the one being typed, and may be empty. */
export function wantedAt(words: readonly string[], table: CompletionTable): Wanted {
  const current = words.at(-1) ?? '';
  const line = readLine(words.slice(0, -1), table);
  const { firm, dir } = line;
  const want = (source: Wanted['source'], before = '', typed = current): Wanted => ({
    before,
    typed,
    source,
    firm,
    dir,
  });
  if (line.open) return valueWanted(line.open, want, '', current);
  const equals = /^(--[^=]+=)([\s\S]*)$/.exec(current);
  if (equals?.[1] && !line.onlyArguments) {
    const option = findOption(equals[1].slice(0, -1), line.command, table);
    return option?.value === undefined ? want('none') : valueWanted(option, want, equals[1], equals[2] ?? '');
  }
  if (current.startsWith('-') && !line.onlyArguments) return want(optionsOf(line, table));
  if (line.command === null) return want(nextWords(line.words, table));
  const takes = line.command.arguments ?? [];
  const last = takes.at(-1);
  const argument = takes[line.args.length] ?? (last?.many ? last : undefined);
  if (argument) return want(choices(argument) ?? argumentKinds[argument.name] ?? 'none');
  return want(optionsOf(line, table));
}

interface Line {
  /** Words that are neither options nor their values, as far as no command is known. */
  words: string[];
  command: CompletedCommand | null;
  args: string[];
  given: Set<string>;
  /** The option whose value comes next. */
  open: OptionSpec | null;
  /** Behind `--`. */
  onlyArguments: boolean;
  firm: string | null;
  dir: string | null;
}

function readLine(words: readonly string[], table: CompletionTable): Line {
  const line: Line = {
    words: [],
    command: null,
    args: [],
    given: new Set(),
    open: null,
    onlyArguments: false,
    firm: null,
    dir: null,
  };
  const take = (option: OptionSpec, value: string) => {
    if (option.name === 'firm') line.firm = value;
    if (option.name === 'cwd') line.dir = value;
  };
  for (const word of words) {
    if (line.open) {
      take(line.open, word);
      line.open = null;
    } else if (word === '--') line.onlyArguments = true;
    else if (word.startsWith('-') && word !== '-' && !line.onlyArguments) {
      const [name = '', ...rest] = word.split('=');
      const option = findOption(name, line.command, table);
      if (!option) continue;
      line.given.add(option.name);
      if (option.value === undefined) continue;
      if (rest.length > 0) take(option, rest.join('='));
      else line.open = option;
    } else if (line.command) line.args.push(word);
    else {
      line.words.push(word);
      line.command = table.commands.find((one) => one.name === line.words.join(' ')) ?? null;
    }
  }
  return line;
}

/** An option by the word it is given as; before the command is known, one that any command has. */
function findOption(
  word: string,
  command: CompletedCommand | null,
  table: CompletionTable,
): OptionSpec | undefined {
  const all = [
    ...table.common,
    ...(command ? command.options : table.commands.flatMap((one) => one.options)),
  ];
  const name = word.startsWith('--') ? word.slice(2).replaceAll('_', '-') : null;
  return all.find((one) => (name === null ? one.short === word.slice(1) : one.name === name));
}

function valueWanted(
  option: OptionSpec,
  want: (source: Wanted['source'], before: string, typed: string) => Wanted,
  before: string,
  typed: string,
): Wanted {
  const fixed = choices(option);
  if (fixed === null) return want(valueKinds[option.value ?? ''] ?? 'none', before, typed);
  // Of a list with commas the last part is being typed.
  const comma = typed.lastIndexOf(',') + 1;
  return want(fixed, before + typed.slice(0, comma), typed.slice(comma));
}

/** The fixed values of an option (`choices`, or `<text|json>`) or of an argument. */
export function choices(one: {
  readonly choices?: readonly string[];
  readonly value?: string;
}): Candidate[] | null {
  const written = /^<?([^<>|]+(?:\|[^<>|]+)+)>?$/.exec(one.value ?? '')?.[1]?.split('|');
  const values = one.choices ?? written;
  return values ? values.map((value) => ({ value, about: '' })) : null;
}

function optionsOf(line: Line, table: CompletionTable): Candidate[] {
  const own = line.command?.options ?? [];
  const left = [...own, ...table.common].filter((one) => one.many || !line.given.has(one.name));
  return [
    ...left.map((one) => ({ value: `--${one.name}`, about: one.about })),
    { value: '--help', about: 'what a command does, its options and examples' },
    ...(line.command || line.words.length > 0
      ? []
      : [{ value: '--version', about: 'the version of this release' }]),
  ];
}

/** The words that go on to a command: `firm`, then `add`. */
function nextWords(words: readonly string[], table: CompletionTable): Candidate[] {
  const found = new Map<string, string>();
  for (const { name, summary } of table.commands) {
    const parts = name.split(' ');
    const next = parts[words.length];
    if (next === undefined || words.some((word, index) => parts[index] !== word)) continue;
    const group = parts.length > words.length + 1;
    const inside = table.commands
      .filter((one) => one.name.startsWith(`${parts.slice(0, words.length + 1).join(' ')} `))
      .map((one) => one.name.split(' ').at(-1));
    if (!found.has(next)) found.set(next, group ? inside.join(', ') : summary);
  }
  return [...found].map(([value, about]) => ({ value, about }));
}
