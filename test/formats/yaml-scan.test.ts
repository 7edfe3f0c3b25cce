import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { globbySync } from 'globby';
import * as assert from 'uvu/assert';
import { makeSource } from '../../src/formats/source.ts';
import { type Path, parseYaml, parseYamlWhole, scalarSource } from '../../src/formats/yaml.ts';
import { scannedSource, scanYaml } from '../../src/formats/yaml-scan.ts';
import { test } from '../harness.ts';
import { figures, hostileLines, mutated, unusual, usual } from '../yaml-texts.ts';

/** More with YAML_FUZZ_RUNS, as `YAML_FUZZ_RUNS=100000 npx tsx test/run.ts yaml-scan`. */
const runs = Number(process.env.YAML_FUZZ_RUNS ?? 1_500);

const root = fileURLToPath(new URL('../../', import.meta.url));
const patterns = ['firms/**', 'schemas/*.json', 'templates/**', 'scend.yaml', '**/*.yml', '!node_modules'];
const real = globbySync(patterns, { cwd: root, dot: true }).flatMap((file) => {
  const text = readFileSync(root + file, 'utf8');
  const front = /^---\n([\s\S]*?)^---$/m.exec(text)?.[1];
  return file.endsWith('.md') ? (front === undefined ? [] : [{ file, text: front }]) : [{ file, text }];
});

/** Where two values differ, to the sign of zero and the order of keys; null where they do not. */
function difference(a: unknown, b: unknown, path: Path = []): string | null {
  const here = () => `${path.join('.')}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object')
    return Object.is(a, b) ? null : here();
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${here()}, another prototype`;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  if (left.length !== right.length) return here();
  for (const [index, [key, value]] of left.entries()) {
    if (key !== right[index]?.[0]) return `${here()}, keys`;
    const found = difference(value, right[index]?.[1], [...path, Array.isArray(a) ? index : key]);
    if (found) return found;
  }
  return null;
}

function* leaves(value: unknown, path: Path = []): Generator<[Path, unknown]> {
  if (value === null || typeof value !== 'object') yield [path, value];
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* leaves(item, [...path, index]);
  else for (const [key, item] of Object.entries(value)) yield* leaves(item, [...path, key]);
}

/** Holds the scanner against the parser; true where it answered. */
function agrees(text: string): boolean {
  const scanned = scanYaml(text);
  if (scanned === null) return false;
  const whole = parseYamlWhole(makeSource('a.yaml', text));
  assert.equal(whole.diagnostics, [], JSON.stringify(text));
  assert.is(difference(scanned.value, whole.value), null, JSON.stringify(text));
  for (const [path, value] of leaves(scanned.value)) {
    if (typeof value !== 'number' && typeof value !== 'boolean') continue;
    // JSON is flow style, whose scalars are plain all the same.
    assert.is(scannedSource(text, path), scalarSource(whole, path), JSON.stringify(text));
  }
  return true;
}

test('the files of the project are read by the scanner, as the parser reads them', () => {
  const answered = real.filter(({ text }) => agrees(text)).map((one) => one.file);
  const firms = real.map((one) => one.file).filter((file) => file.startsWith('firms/'));
  assert.ok(firms.length > 10);
  assert.equal(
    firms.filter((file) => !answered.includes(file)),
    [],
  );
  for (const { text } of real) agrees(text.replaceAll('\n', '\r\n'));
});

/** Runs a property over texts and says which share of them the scanner answered. */
function fuzz(name: string, texts: fc.Arbitrary<string>, least: number): void {
  test(`the scanner says what the parser says: ${name}`, () => {
    let [answered, all] = [0, 0];
    fc.assert(
      fc.property(texts, (text) => {
        all += 1;
        if (agrees(text)) answered += 1;
      }),
      { numRuns: runs },
    );
    const share = answered / all;
    if (runs > 10_000) console.log(`${name}: ${all} texts, ${(share * 100).toFixed(1)} % by the scanner`);
    assert.ok(share >= least, `${share}`);
  });
}

fuzz('usual texts', usual, 0.5);
fuzz('unusual texts', unusual, 0.05);
fuzz('figures', figures, 0.9);
fuzz('lines of all sorts', hostileLines, 0.01);
const readable = real.map((one) => one.text).filter((text) => scanYaml(text) !== null);
fuzz('changed files', mutated(readable), 0.1);

const traps: [text: string, answered: boolean][] = [
  ['a: 1\na: 2\n', false],
  ['a:\n  - b\n c: 1\n', false],
  ['a: b: c\n', false],
  ['a: b\n c\n', false],
  ['a: b # c\n  d: 1\n', false],
  ['a: &b c\n', false],
  ['a: *b\n', false],
  ['a: !!str 1\n', false],
  ['__proto__: 1\n', false],
  ['a: |\n  b\n', false],
  ['a: "b\n  c"\n', false],
  ['a: 1\n---\nb: 2\n', false],
  ['a:\t1\n', false],
  ['# x\u2028%YAML 1.2\na: 1\n', false],
  [`a: ${'['.repeat(41)}${']'.repeat(41)}\n`, false],
  [`# ${'['.repeat(41)}\na: 1\n`, false],
  [`a: 1\n${' '.repeat(170)}\n`, false],
  ['{\n  "a": 1,\n  "a": 1\n}\n', false],
  ['{\n  "__proto__": 1\n}\n', false],
  [`{\n  "${'k'.repeat(1_100)}": 1\n}\n`, false],
  [`${'k'.repeat(1_100)}: 1\n`, false],
  ['a: 9007199254740993\nb: 9999999999999999\nc: 0.3000000000000001\nd: 999999999999999\n', true],
  ['a: -0\nb: 1e400\nc: 0x1F\nd: 0o17\ne: -.inf\nf: 12345678901234567890123\ng: 1.10\nh: +.5\n', true],
  ['a: 1.\nb: .nan\nc: 1_000\nd: 010\ne: 1:30\nf: ~\ng: NULL\nh: yes\ni: True\nj: tRue\n', true],
  ['a: 2026-01-05 # when\nb: http://x/y#z\nc: it\'s "so"\nd: -\u00e9\n', true],
  ['30: x\nnull: y\n1.10: z\ntrue:\n', true],
];

for (const [text, answered] of traps)
  test(`the scanner and the parser on ${JSON.stringify(text).slice(0, 60)}`, () => {
    assert.is(agrees(text), answered);
  });

test('places come from the parser, asked or not', () => {
  const text = 'a: 1\r\nb:\r\n  - x: "y"\r\n    z: 1.10\r\n';
  const source = makeSource('a.yaml', `---\r\n${text}---\r\n`);
  const [fast, whole] = [parseYaml(source, 5, 5 + text.length), parseYamlWhole(source, 5, 5 + text.length)];
  assert.is(scalarSource(fast, ['b', 0, 'z']), '1.10');
  assert.is(scalarSource(fast, ['b', 0, 'x']), undefined);
  assert.is(JSON.stringify(fast.document()), JSON.stringify(whole.document()));
  assert.equal(fast.document()?.range, whole.document()?.range);
});
