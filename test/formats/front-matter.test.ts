import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { parseFrontMatter, surelyAgrees } from '../../src/formats/front-matter.ts';
import { grayMatterOf } from '../../src/formats/gray-matter.ts';
import { makeSource } from '../../src/formats/source.ts';
import { test } from '../harness.ts';

const pieces = [
  '---',
  '----',
  '---x',
  '--- ',
  '...',
  'a: 1',
  'Z: 1',
  '# c',
  '#',
  '  # c',
  ' a',
  '1: 2',
  '',
  'é: 1',
  '\u2028a: 1',
];
const eol = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '\n\n');
const text = fc
  .tuple(
    fc.constantFrom('---', '---', '---', '--- ', '---js'),
    fc.array(fc.tuple(eol, fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 }))), {
      maxLength: 8,
    }),
  )
  .map(([first, rest]) => first + rest.flat().join(''));

test('what surely agrees with gray-matter does agree with it', () => {
  let sure = 0;
  fc.assert(
    fc.property(text, (one) => {
      for (let start = 3; start <= 6; start += 1)
        for (let end = start; end <= one.length; end += 1) {
          if (!surelyAgrees(one, start, end)) continue;
          sure += 1;
          assert.is(
            grayMatterOf(one).trim(),
            one.slice(start, end).trim(),
            JSON.stringify([one, start, end]),
          );
        }
    }),
    { numRuns: 3_000 },
  );
  assert.ok(sure > 100, `${sure}`);
});

test('front matter that gray-matter would end elsewhere is refused', () => {
  const found = (of: string) => parseFrontMatter(makeSource('a.md', of)).diagnostics.map((one) => one.rule);
  assert.equal(found('---\na: 1\n---\nb\n'), []);
  assert.equal(found('---\r\na: 1\r\n--- \r\nb\r\n'), []);
  assert.equal(found('---\n# only a comment\n---\n'), ['front-matter/unclosed']);
  assert.equal(found('---\na: 1\n---x\nb: 1\n---\n'), ['front-matter/unclosed']);
  assert.equal(found('---js\na\n---\n'), ['front-matter/language']);
});

test('lines begin behind LF, CRLF and a lone CR', () => {
  assert.equal([...makeSource('a', '\uFEFFa\nb\n').lineStarts], [0, 2, 4]);
  assert.equal([...makeSource('a', 'a\r\nb\rc\n\n').lineStarts], [0, 3, 5, 7, 8]);
});
