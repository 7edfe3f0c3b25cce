import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { applyEdits } from '../../src/formats/edit.ts';
import { makeSource } from '../../src/formats/source.ts';
import { parseYaml, removeKey, renderScalar, setKey } from '../../src/formats/yaml.ts';
import { test } from '../harness.ts';

type Path = (string | number)[];
type Value = string | number | boolean | null;

const set = (text: string, path: Path, key: string, value: Value): string | null => {
  const yaml = parseYaml(makeSource('f.yaml', text));
  const edits = setKey(yaml, path, key, value);
  return edits && applyEdits(text, edits);
};

const table: [name: string, before: string, path: Path, key: string, value: Value, after: string | null][] = [
  ['a value where it stands', 'a: 1 # kept\nb:  "x"\n', [], 'b', 'z', 'a: 1 # kept\nb:  z\n'],
  ['a value under CRLF', 'a: 1\r\nb: 2\r\n', [], 'a', 3, 'a: 3\r\nb: 2\r\n'],
  ['an empty value', 'a:\nb: 2\n', [], 'a', 'x', 'a: x\nb: 2\n'],
  ['an empty value before a comment', 'a: # note\nb: 2\n', [], 'a', 'x', 'a: x # note\nb: 2\n'],
  ['a new key at the end', 'a: 1 # kept\n', [], 'b', true, 'a: 1 # kept\nb: true\n'],
  ['a new key without a final newline', 'a: 1', [], 'b', 2, 'a: 1\nb: 2'],
  [
    'a new key in a list of maps',
    's:\n  - n: 1\n    m: 2 # c\n  - n: 3\n',
    ['s', 0],
    'k',
    'v',
    's:\n  - n: 1\n    m: 2 # c\n    k: v\n  - n: 3\n',
  ],
  [
    'a new key in a flow map',
    's:\n  - { n: 1, m: [2, 3] }\n',
    ['s', 0],
    'k',
    'v',
    's:\n  - { n: 1, m: [2, 3], k: v }\n',
  ],
  ['a text that needs quotes', 'a: 1\n', [], 'a', 'x: y', 'a: "x: y"\n'],
  ['a text that looks like a number', 'a: 1\n', [], 'a', '1.10', 'a: "1.10"\n'],
  ['a text that looks like a fraction', 'a: 1\n', [], 'a', '.0', 'a: ".0"\n'],
  ['a block scalar is left alone', 'a: |\n  text\n', [], 'a', 'x', null],
  ['a map is left alone', 'a:\n  b: 1\n', [], 'a', 'x', null],
];

for (const [name, before, path, key, value, after] of table) {
  test(`set ${name}`, () => {
    assert.is(set(before, path, key, value), after);
  });
}

test('a key goes with its line, and only where that is safe', () => {
  const remove = (text: string, key: string) => {
    const edits = removeKey(parseYaml(makeSource('f.yaml', text)), [], key);
    return edits && applyEdits(text, edits);
  };
  assert.is(remove('a: 1\nb: 2 # with its comment\nc: 3\n', 'b'), 'a: 1\nc: 3\n');
  assert.is(remove('a: 1\r\nb: 2\r\n', 'b'), 'a: 1\r\n');
  assert.is(remove('a: 1\n', 'z'), 'a: 1\n');
  assert.is(remove('{ a: 1, b: 2 }\n', 'b'), null);
});

const key = fc.constantFrom('alpha', 'beta', 'gamma', 'delta');
const scalar = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('v1.10', '2026-01-05', 'no', '007', '- x', '#c', "it's", 'ä 😀'),
);
const line = fc.oneof(
  fc
    .tuple(key, scalar, fc.constantFrom('', ' # note', '   '))
    .map(([k, v, tail]) => [k, `${k}: ${renderScalar(v as Value)}${tail}`] as const),
  fc.constantFrom(['', '# a comment'] as const, ['', ''] as const),
);
const document = fc
  .record({ lines: fc.array(line, { minLength: 1, maxLength: 8 }), eol: fc.constantFrom('\n', '\r\n') })
  .map(({ lines, eol }) => {
    const seen = new Set<string>();
    const kept = lines.filter(([k]) => k === '' || (!seen.has(k) && seen.add(k)));
    return ['first: 1', ...kept.map(([, text]) => text)].join(eol) + eol;
  });

test('any value set in any document reads back, and every other line stays', () => {
  fc.assert(
    fc.property(document, key, scalar, (text, name, value) => {
      const before = parseYaml(makeSource('f.yaml', text));
      assert.equal(before.diagnostics, []);
      const after = set(text, [], name, value as Value);
      assert.ok(after !== null);
      const read = parseYaml(makeSource('f.yaml', after ?? ''));
      assert.equal(read.diagnostics, []);
      assert.equal({ ...(read.value as object) }, { ...(before.value as object), [name]: value });
      const others = (all: string) => all.split(/(?<=\n)/).filter((one) => !one.startsWith(`${name}:`));
      assert.equal(others(after ?? ''), others(text));
    }),
    { numRuns: 1_500 },
  );
});
