import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import { builtInMetrics } from '../../src/domain/metric.ts';
import { sectionNames } from '../../src/domain/roadmap.ts';
import { snapshotLabels, snapshotSources } from '../../src/domain/snapshot.ts';
import { kinds, readKind } from '../../src/formats/schema.ts';
import { makeSource } from '../../src/formats/source.ts';
import { parseYaml } from '../../src/formats/yaml.ts';
import { test } from '../harness.ts';

const folder = fileURLToPath(new URL('../../schemas/', import.meta.url));
const schema = (kind: string) => JSON.parse(readFileSync(`${folder}${kind}.schema.json`, 'utf8'));

test('there is one schema per kind, each with id, title and description', () => {
  const files = readdirSync(folder).filter((one) => one.endsWith('.json'));
  assert.equal(files.sort(), kinds.map((one) => `${one}.schema.json`).sort());
  for (const kind of kinds) {
    const { $id, title, description, $schema } = schema(kind);
    assert.is($id, `urn:scend:schema:${kind}:1`);
    assert.match($schema, '2020-12');
    assert.ok(title && description, kind);
  }
});

test('every schema is a schema', () => {
  const ajv = new Ajv2020();
  for (const kind of kinds) assert.ok(ajv.validateSchema(schema(kind)), `${kind}: ${ajv.errorsText()}`);
  assert.not.ok(ajv.validateSchema({ type: 'objekt' }));
});

interface Node {
  readonly title?: string;
  readonly description?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly [key: string]: unknown;
}

/** Paths of all properties that an editor could say nothing about. */
function undescribed(
  kind: string,
  node: unknown,
  path: string,
  defs: Readonly<Record<string, Node>>,
): string[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap((one) => undescribed(kind, one, path, defs));
  const { properties = {}, ...rest } = node as Node;
  const own = Object.entries(properties).flatMap(([name, one]) => {
    const text = one.description ?? defs[one.$ref?.replace('#/$defs/', '') ?? '']?.description ?? '';
    const here = `${path}/${name}`;
    return [...(/^\S.*\.$/.test(text) ? [] : [here]), ...undescribed(kind, one, here, defs)];
  });
  const below = Object.entries(rest)
    .filter(([key]) => key !== 'enum' && key !== 'required')
    .flatMap(([key, one]) => undescribed(kind, one, key === 'items' ? path : `${path}/${key}`, defs));
  return [...own, ...below];
}

test('every property of every schema says in a sentence what it is', () => {
  const found = kinds.flatMap((kind) => undescribed(kind, schema(kind), kind, schema(kind).$defs ?? {}));
  assert.equal(found, []);
});

test('the schemas say what the catalogue says: metrics, labels, sources, sections', () => {
  const snapshot = schema('snapshot').properties;
  for (const { name, min, max } of builtInMetrics) {
    const property = snapshot.metrics.properties[name];
    assert.is(property.minimum ?? null, min, name);
    assert.is(property.maximum ?? null, max, name);
    assert.equal(
      property,
      schema('roadmap').properties.metadata.properties.roi_projection.properties.targets.properties[name],
    );
  }
  assert.equal(
    Object.keys(snapshot.metrics.properties),
    builtInMetrics.map((one) => one.name),
  );
  assert.equal(snapshot.label.enum, [...snapshotLabels]);
  assert.equal(snapshot.source.enum, [...snapshotSources]);
  assert.equal(schema('roadmap').properties.sections.items.properties.section_name.enum, [...sectionNames]);
});

const valid =
  'schema: scend/firm@1\nid: 7f0c1111-2222-4333-8444-555566667777\nslug: acme\nname: Acme\nindustry: legal\ncreated_at: 2026-01-05\n';

function check(text: string) {
  const yaml = parseYaml(makeSource('firm.yaml', text));
  const read = readKind<Record<string, unknown>>(yaml, 'firm');
  return {
    value: read.value,
    found: [...yaml.diagnostics, ...read.diagnostics].map(
      (one) => `${one.line}:${one.column} ${one.severity} ${one.rule}`,
    ),
    hints: read.diagnostics.map((one) => one.hint),
  };
}

const table: [name: string, text: string, found: string[]][] = [
  ['a valid file', valid, []],
  ['a missing key, at the nearest key', valid.replace('name: Acme\n', ''), ['1:1 error schema/required']],
  [
    'a date that is none, at its value',
    valid.replace('2026-01-05', '2026-13-45'),
    ['6:13 error schema/invalid'],
  ],
  ['a misspelt key is kept and named', `${valid}team_sise: 9\n`, ['7:1 warning schema/unknown-key']],
  [
    'a nested value, in flow style under CRLF',
    `${valid}economics: { currency: USD, gross_margin: 2 }\n`.replaceAll('\n', '\r\n'),
    ['7:43 error schema/invalid'],
  ],
  ['a newer format', valid.replace('firm@1', 'firm@2'), ['1:9 error schema/newer']],
  ['another kind', valid.replace('scend/firm@1', 'scend/snapshot@1'), ['1:9 error schema/kind']],
  ['no schema line is version 0', valid.replace('schema: scend/firm@1\n', ''), ['1:1 info schema/old']],
  ['a duplicate key', `${valid}name: Other\n`, ['7:1 error yaml/duplicate-key']],
  [
    'an alias',
    `${valid}cohort: &a x\nowner_name: *a\n`,
    ['7:12 error yaml/forbidden', '8:13 error yaml/forbidden'],
  ],
  ['a merge key', `${valid}<<: {a: 1}\n`, ['7:1 error yaml/forbidden']],
  ['a tag that runs code', `${valid}cohort: !!js/function x\n`, ['7:9 error yaml/syntax']],
  ['a reserved key', `${valid}__proto__: {a: 1}\n`, ['7:1 error yaml/forbidden']],
  ['two documents', `${valid}---\na: 1\n`, ['7:1 error yaml/syntax']],
  ['a directive', `%YAML 1.1\n---\n${valid}`, ['1:1 error yaml/forbidden']],
  ['deep nesting', `a: ${'['.repeat(10_000)}\n`, ['1:44 error yaml/too-deep']],
  ['broken syntax', 'a: b: c\n', ['1:4 error yaml/syntax']],
];

for (const [name, text, found] of table) {
  test(`YAML: ${name}`, () => {
    assert.equal(check(text).found, found);
  });
}

test('text stays as written where the schema wants text', () => {
  const { value } = check(
    valid
      .replace('slug: acme', 'slug: 007')
      .replace('name: Acme', 'name: 1.10')
      .replace('industry: legal', 'industry: true'),
  );
  assert.is(value?.slug, '007');
  assert.is(value?.name, '1.10');
  assert.is(value?.industry, 'true');
});

test('a misspelt key names the key that was meant', () => {
  assert.equal(check(`${valid}team_sise: 9\n`).hints, ['Did you mean "team_size"?']);
});
