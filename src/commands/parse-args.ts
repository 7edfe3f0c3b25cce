import { type ParseArgsConfig, parseArgs } from 'node:util';
import { didYouMean } from '../domain/closest.ts';
import { packageVersion } from '../store/assets.ts';
import { type CommandSpec, commonOptions, type Flags, type OptionSpec, usage } from './context.ts';
import { findCommand } from './find-command.ts';
import { commandHelp, groupHelp, mainHelp } from './help.ts';
import { commandTable } from './table.ts';

/** What a command line asks for. */
export type Call =
  | {
      readonly kind: 'run';
      /** As in the table: `pack create`. */
      readonly name: string;
      readonly command: CommandSpec;
      readonly args: readonly string[];
      readonly flags: Flags;
    }
  | {
      readonly kind: 'print';
      readonly text: string;
      /** The same for `--json`. */
      readonly data: { readonly help: string } | { readonly version: string };
      readonly exitCode: number;
    };

/** The words of a call before `--`, after which nothing is an option. */
function beforeDashes(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}

/** Whether a call asks for JSON, told before it is understood, so that a wrong call answers in JSON too. */
export function asksForJson(argv: readonly string[]): boolean {
  return beforeDashes(argv).some((one) => one === '--json' || one.startsWith('--json='));
}

/**
 * Understands a command line. cac writes the help; the values are read by `parseArgs`, because cac turns
 * `1.10` into 1.1, lets an unknown command pass, and knows no command of two words. Throws `usage/…`.
 */
export async function readCall(argv: readonly string[]): Promise<Call> {
  const options = beforeDashes(argv);
  const wantsHelp = options.includes('--help') || options.includes('-h');
  const found = await findCommand(argv);
  if (found.kind === 'command') {
    const { entry, rest } = found;
    const command = await entry.load();
    if (wantsHelp) return help(commandHelp(entry, command));
    const { args, flags } = readOptions(entry.name, command, rest);
    return { kind: 'run', name: entry.name, command, args, flags };
  }
  if (found.kind === 'group') {
    const { group } = found;
    const text = await groupHelp(group);
    if (wantsHelp) return help(text);
    const names = commandTable.map((one) => one.name).filter((one) => one.startsWith(`${group} `));
    const hint = `Write ${names.map((one) => `"scend ${one}"`).join(' or ')}; see "scend ${group} --help".`;
    return incomplete(argv, text, `"scend ${group}" lacks its second word`, hint);
  }
  if (wantsHelp) return help(mainHelp());
  if (options.includes('--version') || options.includes('-v')) {
    const version = packageVersion();
    return { kind: 'print', text: `scend ${version}\n`, data: { version }, exitCode: 0 };
  }
  return incomplete(argv, mainHelp(), 'no command was given', 'Run "scend --help" for the commands.');
}

function help(text: string, exitCode = 0): Call {
  return { kind: 'print', text, data: { help: text }, exitCode };
}

/** A call without its command: who typed nothing more is shown what there is. */
function incomplete(argv: readonly string[], text: string, message: string, hint: string): Call {
  if (!argv.some((one) => one.startsWith('-'))) return help(text, 2);
  throw usage('missing-command', message, hint);
}

function readOptions(
  name: string,
  command: CommandSpec,
  rest: readonly string[],
): { args: string[]; flags: Flags } {
  const specs = [...command.options, ...commonOptions];
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const one of specs) {
    options[one.name] = {
      type: one.value === undefined ? 'boolean' : 'string',
      ...(one.many ? { multiple: true } : {}),
    };
  }
  const words = prepare(rest, specs, name);
  // Everything that it could object to has been refused by name before.
  const parsed = parseArgs({ args: words, options, allowPositionals: true, strict: true });
  checkArguments(name, command, parsed.positionals);
  return { args: parsed.positionals, flags: parsed.values as Flags };
}

function checkArguments(name: string, command: CommandSpec, args: readonly string[]): void {
  const takes = command.arguments ?? [];
  const see = `See "scend ${name} --help".`;
  if (args.length > takes.length && takes.at(-1)?.many !== true)
    throw usage('extra-argument', `"${args[takes.length]}" is one argument too many`, see);
  const missing = takes.slice(args.length).find((one) => one.required);
  if (missing) throw usage('missing-argument', `<${missing.name}> is missing: ${missing.about}`, see);
  const empty = args.findIndex((one, n) => one === '' && (takes[n] ?? takes.at(-1))?.empty !== true);
  if (empty < 0) return;
  const { name: word = '', about = '' } = takes[empty] ?? takes.at(-1) ?? {};
  throw usage('empty-value', `<${word}> is empty: ${about}`, see);
}

/**
 * Brings options into the one form that `parseArgs` cannot take for anything else, `--name=value`: underscores
 * become dashes, a short name its long one, and whatever is unknown, repeated, empty or without its value is
 * refused by name.
 */
function prepare(words: readonly string[], specs: readonly OptionSpec[], command: string): string[] {
  const seen = new Set<string>();
  const options: string[] = [];
  const positionals: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (word === '--') {
      positionals.push(...words.slice(i + 1));
      break;
    }
    const option = optionIn(word);
    if (!option) {
      positionals.push(word);
      continue;
    }
    const spec = find(specs, option, command);
    if (seen.has(spec.name) && !spec.many && spec.value !== undefined)
      throw usage('repeated-option', `--${spec.name} was given twice`, 'Give it once.');
    seen.add(spec.name);
    if (spec.value === undefined) {
      if (option.value !== null)
        throw usage(
          'unexpected-value',
          `--${spec.name} is a switch and takes no value, not "${option.value}"`,
          `Write --${spec.name} alone, or leave it out.`,
        );
      options.push(`--${spec.name}`);
      continue;
    }
    options.push(
      `--${spec.name}=${option.value === null ? nextValue(spec, words[i + 1]) : filled(spec, option.value)}`,
    );
    if (option.value === null) i += 1;
  }
  return [...options, '--', ...positionals];
}

interface TypedOption {
  readonly typed: string;
  readonly name: string;
  readonly short: boolean;
  /** What was typed onto it (`--name=value`, `-Cdir`); null when nothing was. */
  readonly value: string | null;
}

function optionIn(word: string): TypedOption | null {
  const long = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word);
  if (long?.[1] !== undefined)
    return {
      typed: `--${long[1]}`,
      name: long[1].replaceAll('_', '-'),
      short: false,
      value: long[2] ?? null,
    };
  // A negative number is a value, and a lone dash a file name.
  const short = /^-([^-\d.])=?([\s\S]*)$/.exec(word);
  if (short?.[1] !== undefined)
    return { typed: `-${short[1]}`, name: short[1], short: true, value: short[2] || null };
  return null;
}

function find(specs: readonly OptionSpec[], option: TypedOption, command: string): OptionSpec {
  const found = specs.find((one) => (option.short ? one.short : one.name) === option.name);
  if (found) return found;
  const near = option.short
    ? ''
    : didYouMean(
        option.name,
        specs.map((one) => one.name),
      ).replace(/"(.*)"/, '"--$1"');
  throw usage(
    'unknown-option',
    `"scend ${command}" has no option ${option.typed}`,
    near || `See "scend ${command} --help".`,
  );
}

/** A value that stands apart from its option; only a number may begin with a dash there. */
function nextValue(spec: OptionSpec, next: string | undefined): string {
  if (next !== undefined && !optionIn(next) && next !== '--') return filled(spec, next);
  const how = `Write --${spec.name} ${spec.value}`;
  const hint = next ? `${how}; a value that begins with a dash is written --${spec.name}=VALUE.` : `${how}.`;
  throw usage('missing-value', `--${spec.name} needs a value: ${spec.about}`, hint);
}

function filled(spec: OptionSpec, value: string): string {
  if (value === '' && spec.empty !== true)
    throw usage(
      'empty-value',
      `--${spec.name} is empty: ${spec.about}`,
      `Write --${spec.name} ${spec.value}.`,
    );
  return value;
}
