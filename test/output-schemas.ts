import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import { commandTable } from '../src/commands/table.ts';
import { isDate } from '../src/domain/date.ts';
import { isUuid } from '../src/domain/id.ts';
import { type CommandResult, renderJson } from '../src/report/result.ts';

const folder = fileURLToPath(new URL('../schemas/', import.meta.url));

/** Names of the schemas of what commands print: `pack-create`, and those that belong to no command. */
export const outputSchemas = readdirSync(`${folder}commands`)
  .filter((one) => one.endsWith('.schema.json'))
  .map((one) => one.replace('.schema.json', ''));

export function readOutputSchema(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(`${folder}commands/${name}.schema.json`, 'utf8'));
}

const validators = new Map<string, ValidateFunction>();
let ajv: Ajv2020 | null = null;

/** The validator of a schema of `schemas/commands/`; a word that JSON Schema does not know is a fault of the schema. */
export function outputValidator(name: string): ValidateFunction {
  let validator = validators.get(name);
  if (validator) return validator;
  if (!ajv) {
    ajv = new Ajv2020({ allErrors: true, strictSchema: true, strictTypes: false });
    ajv.addFormat('date', isDate);
    ajv.addFormat('uuid', isUuid);
    // What a file holds has schemas of its own, which these refer to.
    for (const one of readdirSync(folder).filter((file) => file.endsWith('.schema.json')))
      ajv.addSchema({ ...JSON.parse(readFileSync(folder + one, 'utf8')), $schema: undefined });
    for (const one of outputSchemas) ajv.addSchema(readOutputSchema(one));
  }
  validator = ajv.getSchema(String(readOutputSchema(name).$id));
  assert.ok(validator, `schemas/commands/${name}.schema.json cannot be compiled`);
  validators.set(name, validator);
  return validator;
}

/** Which schema the answer to a call has. */
export function schemaNameOf(args: readonly string[]): string {
  if (args.some((one) => one === '--help' || one === '-h')) return 'help';
  const words = args.filter((one) => !one.startsWith('-'));
  for (const [n, word] of words.entries()) {
    for (const name of [`${word} ${words[n + 1]}`, word])
      if (commandTable.some((one) => one.name === name)) return name.replaceAll(' ', '-');
  }
  return args.includes('--version') ? 'version' : 'envelope';
}

/** Fails unless the whole output is one document of the command's schema that fits the exit code. */
export function checkOutput(
  args: readonly string[],
  { code, out }: { readonly code: number | null; readonly out: string },
): void {
  const name = schemaNameOf(args);
  assert.ok(outputSchemas.includes(name), `there is no schemas/commands/${name}.schema.json`);
  const document = JSON.parse(out) as { ok: boolean };
  const validate = outputValidator(name);
  if (!validate(document)) {
    const faults = (validate.errors ?? []).map(
      (one) => `${one.instancePath} ${one.message} ${JSON.stringify(one.params)}`,
    );
    assert.unreachable(`scend ${args.join(' ')}: not as ${name}.schema.json says\n${faults.join('\n')}`);
  }
  assert.is(document.ok, code === 0, `scend ${args.join(' ')} exited ${code}`);
}

/** The same for a command that was run without a command line. */
export function checkResult(name: string, result: CommandResult): void {
  checkOutput([...name.split(' '), '--json'], { code: result.exitCode, out: renderJson(result) });
}
