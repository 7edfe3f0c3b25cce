import { type ParseArgsConfig, parseArgs } from 'node:util';
import { cac } from 'cac';
import { closest, didYouMean } from '../domain/closest.ts';
import { packageVersion } from '../store/assets.ts';
import { type CommandSpec, commonOptions, type Flags, type OptionSpec, usage } from './context.ts';
import { type CommandEntry, commandTable } from './table.ts';

/** What a command line asks for. */
export type Call =
  | {
      readonly kind: 'run';
      readonly command: CommandSpec;
      readonly args: readonly string[];
      readonly flags: Flags;
    }
  | { readonly kind: 'print'; readonly text: string; readonly exitCode: number };

const groups = new Set(
  commandTable.flatMap((one) => (one.name.includes(' ') ? [one.name.split(' ')[0] ?? ''] : [])),
);

/**
 * Understands a command line. cac holds the table and writes the help; the values are read by `parseArgs`,
 * because cac turns `1.10` into 1.1, lets an unknown command pass, and knows no command of two words.
 */
export async function readCall(argv: readonly string[]): Promise<Call> {
  const found = findCommand(argv);
  const wantsHelp = argv.includes('--help') || argv.includes('-h');
  if (!found) return withoutCommand(argv, wantsHelp);
  const command = await found.entry.load();
  if (wantsHelp) return { kind: 'print', text: helpFor(found.entry, command), exitCode: 0 };
  const { args, flags } = readOptions(found.entry.name, command, found.rest);
  return { kind: 'run', command, args, flags };
}

function findCommand(argv: readonly string[]): { entry: CommandEntry; rest: string[] } | null {
  const words = argv.flatMap((word, index) => (word.startsWith('-') ? [] : [{ word, index }]));
  for (const [position, { word, index }] of words.entries()) {
    const next = words[position + 1];
    const two = next ? commandTable.find((one) => one.name === `${word} ${next.word}`) : undefined;
    if (two && next) return { entry: two, rest: argv.filter((_, i) => i !== index && i !== next.index) };
    if (groups.has(word)) return null;
    const one = commandTable.find((entry) => entry.name === word);
    if (one) return { entry: one, rest: argv.filter((_, i) => i !== index) };
  }
  return null;
}

function withoutCommand(argv: readonly string[], wantsHelp: boolean): Call {
  if (argv.includes('--version') || argv.includes('-v')) {
    return { kind: 'print', text: `scend ${packageVersion()}\n`, exitCode: 0 };
  }
  const word = argv.find((one) => !one.startsWith('-'));
  const group = word !== undefined && groups.has(word) ? word : null;
  const bare = word === undefined || group !== null;
  if (wantsHelp && bare) return { kind: 'print', text: mainHelp(group), exitCode: 0 };
  if (word === undefined) {
    const option = argv.find((one) => one.startsWith('-'));
    if (option === undefined) return { kind: 'print', text: mainHelp(null), exitCode: 2 };
    throw usage('missing-command', 'no command was given', 'Run "scend --help" for the commands.');
  }
  const typed = argv
    .filter((one) => !one.startsWith('-'))
    .slice(0, 2)
    .join(' ');
  const names = commandTable.map((one) => one.name);
  if (group !== null) {
    const inside = names.filter((name) => name.startsWith(`${group} `));
    throw usage(
      'unknown-command',
      `"scend ${typed}" is no command`,
      `Did you mean "scend ${closest(typed, inside) ?? inside[0]}"?`,
    );
  }
  const near = closest(word, names) ?? closest(typed, names);
  throw usage(
    'unknown-command',
    `"${word}" is no command`,
    near ? `Did you mean "scend ${near}"?` : 'Run "scend --help" for the commands.',
  );
}

function readOptions(
  name: string,
  command: CommandSpec,
  rest: readonly string[],
): { args: string[]; flags: Flags } {
  const specs = [...command.options, ...commonOptions];
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const one of specs) {
    options[one.name] = {
      type: one.value === undefined ? 'boolean' : 'string',
      ...(one.many ? { multiple: true } : {}),
      ...(one.short ? { short: one.short } : {}),
    };
  }
  const words = prepare(rest, specs, name);
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: words, options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw usage('bad-option', message, `See "scend ${name} --help".`);
  }
  const takes = command.arguments ?? [];
  const many = takes.at(-1)?.name.endsWith('s') === true;
  const args = parsed.positionals;
  if (args.length > takes.length && !many) {
    throw usage(
      'extra-argument',
      `"${args[takes.length]}" is one argument too many`,
      `See "scend ${name} --help".`,
    );
  }
  const missing = takes.slice(args.length).find((one) => one.required);
  if (missing)
    throw usage(
      'missing-argument',
      `<${missing.name}> is missing: ${missing.about}`,
      `See "scend ${name} --help".`,
    );
  return { args, flags: parsed.values as Flags };
}

/**
 * Brings options into the form that `parseArgs` reads safely: underscores become dashes, a negative number
 * after an option is its value, and an unknown or repeated option is refused with the nearest name.
 */
function prepare(words: readonly string[], specs: readonly OptionSpec[], command: string): string[] {
  const known = new Map(specs.map((one) => [one.name, one]));
  const seen = new Set<string>();
  const prepared: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (word === '--') return [...prepared, ...words.slice(i)];
    const match = /^--([^=]+)(=[\s\S]*)?$/.exec(word);
    if (!match?.[1]) {
      prepared.push(word);
      continue;
    }
    const name = match[1].replaceAll('_', '-');
    const spec = known.get(name);
    if (!spec && name !== 'help') {
      const hint = didYouMean(name, [...known.keys()]).replace(/"(.*)"/, '"--$1"');
      throw usage(
        'unknown-option',
        `"scend ${command}" has no option --${match[1]}`,
        hint || `See "scend ${command} --help".`,
      );
    }
    if (spec && seen.has(name) && !spec.many && spec.value !== undefined) {
      throw usage('repeated-option', `--${name} was given twice`, 'Give it once.');
    }
    seen.add(name);
    const next = words[i + 1];
    if (spec?.value !== undefined && match[2] === undefined) {
      if (next === undefined || (next.startsWith('-') && next !== '-' && !/^-\.?\d/.test(next))) {
        throw usage(
          'missing-value',
          `--${name} needs a value: ${spec.about}`,
          `Write --${name} ${spec.value}.`,
        );
      }
      prepared.push(`--${name}=${next}`);
      i += 1;
    } else prepared.push(`--${name}${match[2] ?? ''}`);
  }
  return prepared;
}

function helpFor(entry: CommandEntry, spec: CommandSpec): string {
  const cli = cac('scend');
  const takes = (spec.arguments ?? []).map((one) => {
    const name = one.name.endsWith('s') && !one.required ? `...${one.name}` : one.name;
    return one.required ? `<${name}>` : `[${name}]`;
  });
  const command = cli.command([entry.name, ...takes].join(' '), entry.summary);
  command.usage([entry.name, ...takes, '[options]'].join(' '));
  for (const one of [...spec.options, ...commonOptions]) {
    const about = one.required ? `${one.about} (required)` : one.about;
    command.option(
      `${one.short ? `-${one.short}, ` : ''}--${one.name}${one.value ? ` ${one.value}` : ''}`,
      about,
    );
  }
  for (const one of spec.examples) command.example(`  ${one}`);
  const purpose = `${entry.summary[0]?.toUpperCase()}${entry.summary.slice(1)}.`;
  const about = (spec.arguments ?? []).map((one) => `  ${one.name}  ${one.about}`);
  return `${purpose}\n\n${captureHelp(cli, [entry.name], about)}`;
}

function mainHelp(group: string | null): string {
  const cli = cac('scend');
  const entries = commandTable.filter((one) => group === null || one.name.startsWith(`${group} `));
  for (const one of entries) cli.command(one.name, one.summary);
  const lines = [
    'Scend keeps client roadmaps in Git: tickets in Markdown, measurements in YAML, each version a commit.',
    '',
    'Usage:',
    '  $ scend <command> [options]',
    '',
    'Commands:',
    ...table(cli.commands.map((one) => [one.rawName, one.description])),
    '',
    'Options of every command:',
    ...table([
      ...commonOptions.map((one) => [
        `${one.short ? `-${one.short}, ` : ''}--${one.name}${one.value ? ` ${one.value}` : ''}`,
        one.about,
      ]),
      ['-h, --help', 'what a command does, its options and examples'],
      ['-v, --version', 'the version of this release'],
    ]),
    '',
    'The loop: init → firm add → pack create → snapshot --label baseline → tick tickets → sync → snapshot → outcomes → refresh',
    'Start with: scend init my-practice --example',
    '',
  ];
  return lines.join('\n');
}

function table(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map((row) => row[0]?.length ?? 0));
  return rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}`);
}

/** cac prints its help with console.info; this takes the same sections as text. */
function captureHelp(
  cli: ReturnType<typeof cac>,
  words: readonly string[],
  about: readonly string[],
): string {
  let text = '';
  cli.help((sections) => {
    const own = sections.filter(
      (one) => one.body.trim() !== '' && (one.title !== undefined || !/^scend\b/.test(one.body.trim())),
    );
    if (about.length > 0) own.splice(1, 0, { title: 'Arguments', body: about.join('\n') });
    text = own.map((one) => (one.title ? `${one.title}:\n${one.body}` : one.body)).join('\n\n');
    return [];
  });
  const info = console.info;
  console.info = () => {};
  try {
    cli.parse(['node', 'scend', ...words], { run: false });
    cli.outputHelp();
  } finally {
    console.info = info;
  }
  // cac lists "--no-x" with a default; to a reader it is a switch like any other.
  const plain = text.replaceAll(' (default: true)', '').replace('Display this message', 'this text');
  return `${plain.replace(/[ \t]+$/gm, '').trimEnd()}\n`;
}
