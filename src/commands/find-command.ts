import { closest } from '../domain/closest.ts';
import { type CommandSpec, commonOptions, usage } from './context.ts';
import { type CommandEntry, commandTable, groupNames } from './table.ts';

/** Which command a call names. */
export type Named =
  /** `rest` is the call without the words of the command's name. */
  | { readonly kind: 'command'; readonly entry: CommandEntry; readonly rest: readonly string[] }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'none' };

/**
 * Finds the command among options that may stand before it. The first word that is neither an option nor the
 * value of one names it, and so `-C status check` is a check in the folder "status". Throws
 * `usage/unknown-command` with the nearest name.
 */
export async function findCommand(argv: readonly string[]): Promise<Named> {
  const words = await wordsOf(argv);
  const [first, second] = words;
  if (!first) return { kind: 'none' };
  const without = (...taken: readonly number[]) => argv.filter((_, index) => !taken.includes(index));
  if (groupNames.has(first.word)) {
    if (!second) return { kind: 'group', group: first.word };
    const name = `${first.word} ${second.word}`;
    const entry = commandTable.find((one) => one.name === name);
    if (entry) return { kind: 'command', entry, rest: without(first.index, second.index) };
    throw unknownMember(first.word, name);
  }
  const entry = commandTable.find((one) => one.name === first.word);
  if (entry) return { kind: 'command', entry, rest: without(first.index) };
  throw unknownCommand(first.word, second?.word);
}

/** The words that are no options and no values, as far as the command's own arguments. */
async function wordsOf(argv: readonly string[]): Promise<{ word: string; index: number }[]> {
  const found: { word: string; index: number }[] = [];
  let takesValue: (word: string) => boolean = commonTakesValue;
  for (let index = 0; index < argv.length && found.length < 2; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') continue;
    if (!word.startsWith('-') || word === '-') {
      found.push({ word, index });
      // What follows is the command's own to read, and no other has to be loaded for it.
      if (commandTable.some((one) => one.name === word)) break;
      continue;
    }
    // An option that only some commands know, before the command: what it takes is theirs to say.
    if (!isCommon(word) && !word.includes('=') && takesValue === commonTakesValue)
      takesValue = await anyTakesValue();
    if (takesValue(word)) index += 1;
  }
  return found;
}

const nameOf = (word: string) => word.replace(/^--?/, '').replaceAll('_', '-');

const isCommon = (word: string) =>
  commonOptions.some((one) => (word.startsWith('--') ? one.name : one.short) === nameOf(word));

const commonTakesValue = (word: string) =>
  commonOptions.some(
    (one) => one.value !== undefined && (word.startsWith('--') ? one.name : one.short) === nameOf(word),
  );

async function anyTakesValue(): Promise<(word: string) => boolean> {
  const specs: CommandSpec[] = await Promise.all(commandTable.map((one) => one.load()));
  const names = new Set(
    specs.flatMap((one) => one.options.flatMap(({ name, value }) => (value === undefined ? [] : [name]))),
  );
  return (word) => commonTakesValue(word) || (word.startsWith('--') && names.has(nameOf(word)));
}

function unknownMember(group: string, typed: string) {
  const inside = commandTable.map((one) => one.name).filter((name) => name.startsWith(`${group} `));
  const near = closest(typed, inside);
  const hint = near
    ? `Did you mean "scend ${near}"?`
    : `There ${inside.length === 1 ? 'is' : 'are'} ${inside.map((one) => `"scend ${one}"`).join(', ')}.`;
  return usage('unknown-command', `"scend ${typed}" is no command`, hint);
}

function unknownCommand(word: string, next: string | undefined) {
  const names = [...commandTable.map((one) => one.name), ...groupNames];
  const near = closest(word, names) ?? (next === undefined ? null : closest(`${word} ${next}`, names));
  return usage(
    'unknown-command',
    `"${word}" is no command`,
    near ? `Did you mean "scend ${near}"?` : 'Run "scend --help" for the commands.',
  );
}
