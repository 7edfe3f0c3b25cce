import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import { kinds, type Schema } from '../../src/formats/schema.ts';
import { schemaOf, validatorOf } from '../../src/formats/validators.ts';
import { Chunks } from '../../src/store/chunks.ts';
import { test } from '../harness.ts';

const run = fileURLToPath(new URL('../../dist/run', import.meta.url));
const chunks = new Chunks(run, null, createRequire(import.meta.url));
chunks.open('./common.js');

/** What the build compiled beforehand. */
const built = (kind: string) =>
  chunks.load(`./validator-${kind}.js`) as { validate: ValidateFunction; schema: Schema };

interface Node {
  readonly [key: string]: unknown;
  readonly $defs?: Readonly<Record<string, Node>>;
  readonly $ref?: string;
  readonly anyOf?: readonly Node[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: boolean | Node;
  readonly propertyNames?: Node;
}

const texts = ['a_1', 'v1.0', 'EUR', 'f'.repeat(64), '2026-01-05', '5ce4d000-0d0e-5a11-8d0c-5ce4d5ce4d00'];

function textFor({ format, pattern }: Node): string {
  if (format === 'date') return '2026-01-05';
  if (format === 'uuid') return texts.at(-1) as string;
  return texts.find((one) => pattern === undefined || new RegExp(pattern, 'u').test(one)) ?? '';
}

/** A document with every key that a schema names. */
function sample(node: Node, defs: Readonly<Record<string, Node>>): unknown {
  if (node.$ref) return sample({ ...defs[node.$ref.replace('#/$defs/', '')], $ref: '' }, defs);
  if (node.anyOf) return sample(node.anyOf[0] ?? {}, defs);
  if ('const' in node) return node.const;
  if (node.enum) return node.enum[0];
  switch ([node.type].flat()[0]) {
    case 'object': {
      const named = Object.entries(node.properties ?? {}).map(([key, one]) => [key, sample(one, defs)]);
      const more = node.additionalProperties;
      const name = node.propertyNames ? sample({ type: 'string', ...node.propertyNames }, defs) : 'a_1';
      if (typeof more === 'object') named.push([name, sample(more, defs)]);
      return Object.fromEntries(named);
    }
    case 'array':
      return Array.from({ length: node.minItems ?? 1 }, () => sample(node.items ?? {}, defs));
    case 'string':
      return textFor(node);
    case 'integer':
    case 'number':
      return node.minimum ?? (node.exclusiveMinimum ?? 0) + 1;
    case 'boolean':
      return true;
    default:
      return null;
  }
}

const wrong = [
  null,
  true,
  -1,
  1.5,
  1e9,
  '',
  'x',
  '2026-02-30',
  'y'.repeat(20_000),
  [],
  [[1], [1]],
  {},
  { zz: 1 },
];

/** The document with one value of it replaced, one key left out, or one added: every one of these. */
function* broken(value: unknown): Generator<unknown> {
  yield* wrong;
  if (Array.isArray(value)) {
    yield [...value, ...value];
    for (const [at, item] of value.entries())
      for (const other of broken(item)) yield value.map((one, n) => (n === at ? other : one));
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, 'an-unknown/key~': 1 };
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      yield rest;
      for (const other of broken(item)) yield { ...rest, [key]: other };
    }
  }
}

const told = (validate: ValidateFunction, value: unknown) =>
  JSON.stringify([validate(value), validate.errors ?? null]);

for (const kind of kinds) {
  test(`a ${kind} is judged by the build's validator as by ajv, error by error`, () => {
    const { validate, schema } = built(kind);
    const compiled = validatorOf(kind);
    assert.equal(schema, schemaOf(kind));
    const { then, else: other, $defs = {} } = schema as Node & { then?: Node; else?: Node };
    // A plan may stand alone, or in what --json printed.
    const whole = (then && other ? [{ type: 'object', ...then }, other] : [schema as Node]).map((one) =>
      sample(one, $defs),
    );
    const seen = { right: 0, faulty: 0 };
    for (const value of whole.flatMap((one) => [one, ...broken(one)])) {
      const expected = told(compiled, value);
      seen[expected.startsWith('[true') ? 'right' : 'faulty'] += 1;
      if (told(validate, value) !== expected) assert.is(told(validate, value), expected);
    }
    assert.ok(seen.right > 0 && seen.faulty > 20, JSON.stringify(seen));
  });
}
