import { cac } from 'cac';
import { type CommandSpec, commonOptions, type OptionSpec } from './context.ts';
import { type CommandEntry, commandGroups, commandTable } from './table.ts';

/** The words of a command's arguments: `<slug>`, `[dir]`, `<...files>`. */
function argumentWords(spec: CommandSpec): string[] {
  return (spec.arguments ?? []).map((one) => {
    const name = one.many ? `...${one.name}` : one.name;
    return one.required ? `<${name}>` : `[${name}]`;
  });
}

function optionWords(one: OptionSpec): string {
  return `${one.short ? `-${one.short}, ` : ''}--${one.name}${one.value ? ` ${one.value}` : ''}`;
}

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/** What `scend <command> --help` prints: purpose, arguments, options, examples. */
export function commandHelp(entry: CommandEntry, spec: CommandSpec): string {
  const cli = cac('scend');
  const takes = argumentWords(spec);
  const command = cli.command([entry.name, ...takes].join(' '), entry.summary);
  command.usage([entry.name, ...takes, '[options]'].join(' '));
  for (const one of [...spec.options, ...commonOptions])
    command.option(optionWords(one), one.required ? `${one.about} (required)` : one.about);
  for (const one of spec.examples) command.example(`  ${one}`);
  const about = table((spec.arguments ?? []).map((one) => [one.name, one.about]));
  const more = (spec.more ?? []).map((one) => `${one}\n`).join('');
  return `${sentence(entry.summary)}\n\n${captureHelp(cli, [entry.name], about)}${more && `\n${more}`}`;
}

/** What `scend <group> --help` prints: what the group is for, and each of its commands with arguments and examples. */
export async function groupHelp(group: string): Promise<string> {
  const members = commandTable.filter((one) => one.name.startsWith(`${group} `));
  const specs = await Promise.all(members.map((one) => one.load()));
  const commands = members.map((one, n) => [
    [one.name, ...argumentWords(specs[n] as CommandSpec)].join(' '),
    one.summary,
  ]);
  return lines(
    sentence(commandGroups[group] ?? `commands of "${group}"`),
    '',
    'Usage:',
    `  $ scend ${group} <command> [options]`,
    '',
    'Commands:',
    ...table(commands),
    '',
    ...commonPart(),
    '',
    'Examples:',
    ...specs.flatMap((one) => one.examples.map((example) => `  ${example}`)),
    '',
    `Options of one command: scend ${members[0]?.name} --help`,
  );
}

/** What `scend --help` prints. */
export function mainHelp(): string {
  return lines(
    'Scend keeps client roadmaps in Git: tickets in Markdown, measurements in YAML, each version a commit.',
    '',
    'Usage:',
    '  $ scend <command> [options]',
    '',
    'Commands:',
    ...table(commandTable.map((one) => [one.name, one.summary])),
    '',
    ...commonPart(),
    '',
    'Examples:',
    '  scend init my-practice --example',
    '  scend -C my-practice status',
    '  scend check --help',
    '',
    'The loop: init → firm add → pack create → snapshot --label baseline → tick tickets → sync → snapshot → outcomes → refresh',
    'Start with: scend init my-practice --example',
  );
}

function commonPart(): string[] {
  return [
    'Options of every command:',
    ...table([
      ...commonOptions.map((one) => [optionWords(one), one.about]),
      ['-h, --help', 'what a command does, its options and examples'],
      ['-v, --version', 'the version of this release'],
    ]),
  ];
}

const lines = (...parts: readonly string[]) => `${parts.join('\n')}\n`;

function table(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(0, ...rows.map((row) => row[0]?.length ?? 0));
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
