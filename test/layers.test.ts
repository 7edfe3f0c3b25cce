import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { globbySync } from 'globby';
import * as assert from 'uvu/assert';
import { test } from './harness.ts';

const src = fileURLToPath(new URL('../src/', import.meta.url));

/** Read down: a folder imports only from itself and from those above it. */
const layers = ['domain', 'charts', 'formats', 'store', 'report', 'commands', 'cli.ts', 'bin.ts'];

/** Packages that only one layer may touch. */
const reserved: Record<string, string[]> = {
  'isomorphic-git': ['store'],
  'node:fs': ['store'],
  'node:fs/promises': ['store'],
  chokidar: ['store'],
  vega: ['charts'],
  cac: ['commands'],
  '@clack/prompts': ['commands'],
};

const files = globbySync('**/*.ts', { cwd: src }).map((file) => ({
  file,
  layer: file.split('/')[0] ?? '',
  text: readFileSync(src + file, 'utf8'),
}));

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:^|\n)(?:import|export)\s[^;]*?from '([^']+)'|import\('([^']+)'\)/g)].map(
    (one) => one[1] ?? one[2] ?? '',
  );
}

test('the source is there and imports are found in it', () => {
  assert.ok(files.length > 80);
  assert.ok(files.flatMap((one) => importsOf(one.text)).length > 300);
});

test('a folder imports only from those above it', () => {
  const wrong = files.flatMap(({ file, layer, text }) =>
    importsOf(text)
      .filter((one) => one.startsWith('.'))
      .map((one) => new URL(one, `file:///${file}`).pathname.slice(1).split('/')[0] ?? '')
      .filter((target) => target !== layer && layer !== 'index.ts')
      .filter((target) => layers.indexOf(target) > layers.indexOf(layer))
      .map((target) => `${file} → ${target}`),
  );
  assert.equal(wrong, []);
});

test('domain and charts are pure: no node modules, no clock, no randomness', () => {
  const impure = files
    .filter((one) => one.layer === 'domain' || one.layer === 'charts')
    .flatMap(({ file, text }) => {
      const modules = importsOf(text).filter((one) => one.startsWith('node:'));
      const calls = text.match(/\b(?:Date\.now|new Date\(\)|Math\.random|process\.)/g) ?? [];
      return [...modules, ...calls].map((one) => `${file}: ${one}`);
    });
  assert.equal(impure, []);
});

test('only cli.ts and bin.ts use process, and each outside package has its layer', () => {
  const wrong = files.flatMap(({ file, layer, text }) => [
    ...(!['cli.ts', 'bin.ts'].includes(file) &&
    /\bprocess\.(?:argv|env|exit|exitCode|stdout|stderr|stdin|cwd)\b/.test(text)
      ? [`${file}: process`]
      : []),
    ...importsOf(text)
      .filter((one) => reserved[one] && !reserved[one]?.includes(layer))
      .map((one) => `${file}: ${one}`),
  ]);
  assert.equal(wrong, []);
});

test('a chart library is loaded only by what draws', () => {
  const importers = files.filter((one) => importsOf(one.text).includes('vega'));
  const dynamic = importers.filter((one) => /await import\('vega'\)/.test(one.text)).map((one) => one.file);
  const fixed = importers.filter((one) =>
    /(?:^|\n)(?:import|export) (?!type )[^;]*from 'vega'/.test(one.text),
  );
  assert.equal(dynamic, ['charts/draw.ts']);
  assert.equal(fixed, []);
});
