import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { attributesOf, parseAttributes } from '../../../src/store/git/attribute-rules.ts';
import { wildmatch } from '../../../src/store/git/wildmatch.ts';
import { test, withTempDir } from '../../harness.ts';
import { baseEnv } from './sandbox.ts';

const MATCHES: readonly (readonly [pattern: string, text: string, expected: boolean])[] = [
  ['foo', 'foo', true],
  ['foo', 'foobar', false],
  ['*.md', 'a.md', true],
  ['*.md', 'dir/a.md', false],
  ['**/a.md', 'a.md', true],
  ['**/a.md', 'x/y/a.md', true],
  ['dir/**', 'dir/x/y', true],
  ['dir/**', 'dirx', false],
  ['a/**/b', 'a/b', true],
  ['a/**/b', 'a/x/y/b', true],
  ['a/**/b', 'axb', false],
  ['a**b', 'a/b', false],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['[^a-c]x', 'dx', true],
  ['[]]', ']', true],
  ['[!]a-]', '-', false],
  ['[[:digit:]]', '7', true],
  ['[[:nope:]]', 'n', false],
  ['[a', 'a', false],
  ['\\*', '*', true],
  ['\\', '\\', false],
  ['*', '', true],
  ['', '', true],
  ['é*', 'éx', true],
];

test('globs match as in Git', () => {
  for (const [pattern, text, expected] of MATCHES)
    assert.is(wildmatch(pattern, text), expected, `${pattern} ${text}`);
  assert.ok(wildmatch('A*B', 'aXb', { ignoreCase: true }));
  assert.ok(wildmatch('a*c', 'a/b/c', { pathname: false }));
});

const PATTERN = ['a', 'b', '*', '**', '/', '?', '[ab]', '[!a]', '[a-', ']', '\\', '.', '/**', '**/'];
const PATH = ['a', 'b', '/', '.', 'aa', 'ab/'];

test('any attribute pattern matches the paths it matches in Git', () =>
  withTempDir((dir) => {
    const patterns = fc.array(
      fc.array(fc.constantFrom(...PATTERN), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
      {
        minLength: 12,
        maxLength: 12,
      },
    );
    const paths = fc
      .array(
        fc.array(fc.constantFrom(...PATH), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
        {
          minLength: 8,
          maxLength: 8,
        },
      )
      .map((list) =>
        list.filter((path) => path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')),
      );
    mkdirSync(join(dir, 'repo'));
    const options = { cwd: join(dir, 'repo'), env: baseEnv(dir) };
    spawnSync('git', ['init', '-q'], options);
    fc.assert(
      fc.property(patterns, paths, (lines, wanted) => {
        if (wanted.length === 0) return;
        const text = lines.map((pattern, i) => `${pattern} hit${i}`).join('\n');
        writeFileSync(join(dir, 'repo', '.gitattributes'), text);
        const { stdout } = spawnSync('git', ['check-attr', '-a', '-z', '--', ...wanted], options);
        const fields = stdout.toString('utf8').split('\0');
        const byGit = new Set(
          fields.flatMap((field, i) => (i % 3 === 1 ? [`${fields[i - 1]} ${field}`] : [])),
        );
        const file = parseAttributes(text, '', true);
        const byUs = new Set(
          wanted.flatMap((path) =>
            [...attributesOf([file], path, false).keys()].map((name) => `${path} ${name}`),
          ),
        );
        assert.equal([...byUs].sort(), [...byGit].sort(), text);
      }),
      { numRuns: 200 },
    );
  }));

test('no pattern and no attributes file takes long', () => {
  const timed = (what: string, body: () => void) => {
    const started = performance.now();
    body();
    assert.ok(performance.now() - started < 15_000, `${what}: ${performance.now() - started} ms`);
  };
  timed('stars', () => assert.not(wildmatch(`${'*a'.repeat(200)}b`, 'a'.repeat(2000))));
  timed('directories', () => assert.not(wildmatch(`${'**/'.repeat(300)}b`, 'a/'.repeat(1000))));
  for (const token of ['**/', '*', '*?', '*/', 'a*', '[a]', '**/*/', '\\', '?']) {
    const text = `${token.repeat(2000 / token.length)}x text\n`.repeat(500);
    timed(token, () =>
      attributesOf([parseAttributes(text, '', true)], `firms/${'a'.repeat(40)}/x.md`, false),
    );
  }
});
