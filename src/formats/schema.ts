import type { ErrorObject } from 'ajv/dist/2020.js';
import { didYouMean } from '../domain/closest.ts';
import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import { diagnoseAt } from './source.ts';
import { schemaOf, validatorOf } from './validators.ts';
import { keyOffsetAt, offsetAt, type Path, scalarSource, type YamlText } from './yaml.ts';

export const kinds = [
  'workspace',
  'firm',
  'ticket-pack',
  'roadmap',
  'recommendations',
  'snapshot',
  'outcome',
  'rollup',
  'metadata',
  'global-outcomes',
  'learning-part',
  'plan',
  'section-names',
] as const;
export type Kind = (typeof kinds)[number];

/** Version of every kind that this release writes. */
export const currentVersion = 1;

/** What the engine itself reads of a JSON Schema. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
}

export { schemaOf };

/** Whether plain data is as the schema of a kind wants it. */
export function conforms(kind: Kind, value: unknown): boolean {
  return validatorOf(kind)(value);
}

/** What reading a YAML file gives: its value (null with errors), the text behind it, and the findings. */
export interface Read<T> {
  readonly value: T | null;
  readonly yaml: YamlText;
  readonly diagnostics: Diagnostic[];
}

export interface ReadOptions {
  /** Values for keys that files of version 0 lack; only used when there is no `schema:` line. */
  readonly defaults?: () => Readonly<Record<string, unknown>>;
}

/**
 * Checks a parsed YAML text against the schema of its kind. Text that YAML would read as a number is given
 * back as it was written wherever the schema wants a string (`1.10` stays `1.10`). A file without a
 * `schema:` line is version 0: it is read with `defaults` and reported once.
 */
export function readKind<T>(
  yaml: YamlText,
  kind: Kind,
  options: ReadOptions = {},
): { readonly value: T | null; readonly diagnostics: Diagnostic[] } {
  if (yaml.diagnostics.length > 0) return { value: null, diagnostics: [] };
  const { source } = yaml;
  if (yaml.value === null) {
    const message = `the ${kind} file is empty`;
    return { value: null, diagnostics: [diagnoseAt(source, 'schema/invalid', yaml.start, message)] };
  }
  if (typeof yaml.value !== 'object' || Array.isArray(yaml.value)) {
    const message = `a ${kind} file holds keys and values`;
    return { value: null, diagnostics: [diagnoseAt(source, 'schema/invalid', yaml.start, message)] };
  }
  const diagnostics: Diagnostic[] = [];
  const schema = schemaOf(kind);
  const lost = hasLostText(yaml.value, schema);
  let value = (lost ? restoreStrings(yaml, yaml.value, schema, []) : yaml.value) as Record<string, unknown>;
  const stated = value.schema;
  if (stated === undefined) {
    diagnostics.push(diagnose('schema/old', { file: source.file }, `${kind} file without a schema line`));
    value = { schema: `scend/${kind}@${currentVersion}`, ...options.defaults?.(), ...value };
  } else {
    const wrong = wrongKind(yaml, kind, stated);
    if (wrong) return { value: null, diagnostics: [wrong] };
  }
  const validate = validatorOf(kind);
  if (!validate(value)) diagnostics.push(...explain(yaml, validate.errors ?? []));
  const failed = diagnostics.some((one) => one.severity === 'error');
  return { value: failed ? null : (value as T), diagnostics };
}

function wrongKind(yaml: YamlText, kind: Kind, stated: unknown): Diagnostic | null {
  const at = () => offsetAt(yaml, ['schema']);
  const match = /^scend\/([a-z-]+)@(\d{1,4})$/.exec(String(stated));
  if (!match?.[1] || !match[2]) {
    const hint = `Write "schema: scend/${kind}@${currentVersion}".`;
    return diagnoseAt(yaml.source, 'schema/kind', at(), `"${String(stated)}" is no schema of Scend`, hint);
  }
  if (match[1] !== kind) {
    const hint = (kinds as readonly string[]).includes(match[1])
      ? undefined
      : `Write "schema: scend/${kind}@${currentVersion}".`;
    return diagnoseAt(
      yaml.source,
      'schema/kind',
      at(),
      `a ${kind} file belongs here; the line says ${match[1]}`,
      hint,
    );
  }
  if (Number(match[2]) > currentVersion) {
    const message = `${kind}@${match[2]} is newer than ${kind}@${currentVersion}, which this release of scend reads`;
    return diagnoseAt(yaml.source, 'schema/newer', at(), message);
  }
  return Number(match[2]) === currentVersion
    ? null
    : diagnoseAt(yaml.source, 'schema/kind', at(), `${kind}@${match[2]} does not exist`);
}

const noSchema: Schema = {};

function schemaOfKey(schema: Schema, key: string): Schema {
  const extra = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : noSchema;
  return schema.properties?.[key] ?? extra;
}

/** Whether the schema wants text where YAML reads a value as something else. */
function wantsText(value: unknown, { type }: Schema): boolean {
  if ((typeof value !== 'number' && typeof value !== 'boolean') || type === undefined) return false;
  if (typeof type === 'string') return type === 'string';
  return type.includes('string') && !type.includes('number') && !type.includes('boolean');
}

/** Whether `restoreStrings` would change anything. */
function hasLostText(value: unknown, schema: Schema): boolean {
  if (value === null || typeof value !== 'object') return wantsText(value, schema);
  // Without a schema for what is inside, nothing in it is wanted as text.
  if (schema === noSchema) return false;
  if (Array.isArray(value)) {
    const items = schema.items ?? noSchema;
    return value.some((item) => hasLostText(item, items));
  }
  const map = value as Readonly<Record<string, unknown>>;
  for (const key in map) if (hasLostText(map[key], schemaOfKey(schema, key))) return true;
  return false;
}

function restoreStrings(yaml: YamlText, value: unknown, schema: Schema, path: Path): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => restoreStrings(yaml, item, schema.items ?? noSchema, [...path, index]));
  }
  if (value !== null && typeof value === 'object') {
    const restored: Record<string, unknown> = Object.create(null);
    for (const [key, item] of Object.entries(value)) {
      restored[key] = restoreStrings(yaml, item, schemaOfKey(schema, key), [...path, key]);
    }
    return restored;
  }
  return wantsText(value, schema) ? (scalarSource(yaml, path) ?? String(value)) : value;
}

function explain(yaml: YamlText, errors: readonly ErrorObject[]): Diagnostic[] {
  const useful = errors.filter((one) => one.keyword !== 'anyOf' && one.keyword !== 'if');
  return useful.map((error) => {
    const path = pathOf(error.instancePath);
    const name = path.join('.') || 'the file';
    switch (error.keyword) {
      case 'required': {
        const key = String(error.params.missingProperty);
        return diagnoseAt(
          yaml.source,
          'schema/required',
          keyOffsetAt(yaml, path),
          `${name} lacks "${key}"`,
          `Add "${key}: …".`,
        );
      }
      case 'additionalProperties': {
        const key = String(error.params.additionalProperty);
        const known = Object.keys((error.parentSchema as Schema | undefined)?.properties ?? {});
        const hint = didYouMean(key, known) || undefined;
        return diagnoseAt(
          yaml.source,
          'schema/unknown-key',
          keyOffsetAt(yaml, [...path, key]),
          `"${key}" is not a key of ${name}`,
          hint,
        );
      }
      case 'enum': {
        const allowed = (error.params.allowedValues as unknown[]).map((one) => String(one));
        const near = didYouMean(String(error.data), allowed);
        const hint = near || `One of ${allowed.join(', ')}.`;
        return diagnoseAt(
          yaml.source,
          'schema/invalid',
          offsetAt(yaml, path),
          `${name}: "${String(error.data)}" is not allowed`,
          hint,
        );
      }
      default:
        return diagnoseAt(
          yaml.source,
          'schema/invalid',
          offsetAt(yaml, path),
          `${name}: ${inWords(error)}`,
          describe(error),
        );
    }
  });
}

function inWords(error: ErrorObject): string {
  const shown = typeof error.data === 'object' ? 'this' : JSON.stringify(error.data);
  switch (error.keyword) {
    case 'type': {
      const types = [error.params.type].flat().filter((one) => one !== 'null');
      const words: Record<string, string> = {
        string: 'text',
        object: 'a mapping',
        array: 'a list',
        integer: 'a whole number',
        number: 'a number',
        boolean: 'true or false',
      };
      return `${shown} is not ${types.map((one) => words[one as string] ?? one).join(' or ')}`;
    }
    case 'format':
      return error.params.format === 'date'
        ? `${shown} is no date (YYYY-MM-DD)`
        : `${shown} is no ${error.params.format}`;
    case 'pattern':
      return `${shown} is not written as it must be`;
    case 'const':
      return `must be ${JSON.stringify(error.params.allowedValue)}`;
    default:
      return error.message ?? 'is not valid';
  }
}

function describe(error: ErrorObject): string | undefined {
  return (error.parentSchema as { description?: string } | undefined)?.description;
}

function pathOf(instancePath: string): (string | number)[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
