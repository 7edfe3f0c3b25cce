/** The reference of commands and kinds of file, made from the code: `npm run docs` writes it to SOPs/REFERENCE.md. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  type CommandSpec,
  commonOptions,
  type OptionSpec,
  writeOptions,
} from '../../src/commands/context.ts';
import { type CommandEntry, commandTable } from '../../src/commands/table.ts';

interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly else?: Schema;
}

const schemas = new URL('../../schemas/', import.meta.url);

export async function renderReference(): Promise<string> {
  const commands = await Promise.all(
    commandTable.map(async (entry) => commandPart(entry, await entry.load())),
  );
  const kinds = readdirSync(schemas)
    .filter((name) => name.endsWith('.schema.json'))
    .sort()
    .map((name) => kindPart(name, JSON.parse(readFileSync(new URL(name, schemas), 'utf8')) as Schema));
  const parts = [
    '# Reference',
    'All commands and all kinds of file. This page is made from the code by `npm run docs`; the findings have [a page of their own](RULES.md), the exit codes stand in the [README](../README.md#exit-codes).',
    '## Commands',
    'Options stand before or behind the command; a name may be written with underscores. `scend COMMAND --help` shows the same in the terminal.',
    '### Options of every command',
    optionTable(commonOptions),
    '### Options of every command that writes',
    optionTable(writeOptions),
    ...commands.flat(),
    '## Files',
    'One JSON Schema a kind, in `schemas/`. A name behind a dot stands inside the one before it, `[]` is any item of a list, `*` any name.',
    ...kinds.flat(),
  ];
  return `${parts.join('\n\n')}\n`;
}

function commandPart({ name, summary }: CommandEntry, spec: CommandSpec): string[] {
  const takes = spec.arguments ?? [];
  const words = takes.map((one) => ({ ...one, name: `${one.many ? '...' : ''}${one.name}` }));
  const usage = words.map((one) => (one.required ? `<${one.name}>` : `[${one.name}]`));
  const writes = writeOptions.every((one) => spec.options.includes(one));
  const own = spec.options.filter((one) => !writes || !writeOptions.includes(one));
  return [
    `### scend ${name}`,
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.${writes ? ' Takes the options of every command that writes.' : ''}`,
    `Usage: \`${['scend', name, ...usage, '[options]'].join(' ')}\``,
    ...(takes.length > 0
      ? [
          table(
            ['Argument', 'Meaning'],
            takes.map((one) => [`\`${one.name}\``, one.about]),
          ),
        ]
      : []),
    ...(own.length > 0 ? [optionTable(own)] : []),
    ['```text', ...spec.examples, '```'].join('\n'),
  ];
}

function optionTable(options: readonly OptionSpec[]): string {
  return table(
    ['Option', 'Meaning'],
    options.map(({ name, short, value, about, required }) => [
      `\`${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}\``,
      required ? `${about} (required)` : about,
    ]),
  );
}

function kindPart(file: string, schema: Schema): string[] {
  const rows = fieldsOf(schema, schema, '').map(({ name, type, about }) => [`\`${name}\``, type, about]);
  return [
    `### ${schema.title}`,
    `${schema.description} Schema: [\`${file}\`](../schemas/${file}).`,
    table(['Field', 'Type', 'Meaning'], rows),
  ];
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly about: string;
}

/** @param told where each shared definition was written out first */
function fieldsOf(root: Schema, given: Schema, prefix: string, told = new Map<string, string>()): Field[] {
  const schema = resolved(root, given);
  const needed = new Set(schema.required ?? []);
  const named = Object.entries(schema.properties ?? {});
  const any =
    typeof schema.additionalProperties === 'object' ? [['*', schema.additionalProperties] as const] : [];
  return [...named, ...any].flatMap(([key, field]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    const plain = resolved(root, field);
    const about = field.description ?? plain.description ?? '';
    const type = `${typeOf(plain)}${needed.has(key) ? ', required' : ''}`;
    const first = field.$ref && told.get(field.$ref);
    if (first) return [{ name, type, about: [about, `As \`${first}\`.`].filter(Boolean).join(' ') }];
    if (field.$ref) told.set(field.$ref, name);
    const inner = plain.items
      ? fieldsOf(root, plain.items, `${name}[]`, told)
      : fieldsOf(root, plain, name, told);
    return [{ name, type, about }, ...inner];
  });
}

function resolved(root: Schema, schema: Schema): Schema {
  const name = /^#\/\$defs\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  if (name) return { ...resolved(root, root.$defs?.[name] ?? {}), ...schema };
  if (schema.else) return { ...resolved(root, schema.else), ...schema };
  const choice = schema.anyOf?.find((one) => one.type !== 'null');
  return choice ? { ...choice, ...schema } : schema;
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((one) => `\`${String(one)}\``).join(', ');
  const types = [schema.type ?? 'any'].flat().map((one) => (one === 'null' ? 'empty' : one));
  const { minimum, maximum } = schema;
  const range =
    minimum !== undefined && maximum !== undefined
      ? ` ${minimum} to ${maximum}`
      : minimum !== undefined
        ? ` from ${minimum}`
        : '';
  const item = schema.items && typeof schema.items.type === 'string' ? ` of ${schema.items.type}` : '';
  return `${types.join(' or ')}${schema.format ? ` (${schema.format})` : ''}${range}${item}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((one) => one.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
