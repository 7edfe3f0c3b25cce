import fc from 'fast-check';
import { remark } from 'remark';
import remarkGfm from 'remark-gfm';
import * as assert from 'uvu/assert';
import { parseMarkdown, rangeOf } from '../../src/formats/markdown.ts';
import { makeSource } from '../../src/formats/source.ts';
import { packBody } from '../arbitraries.ts';
import { test } from '../harness.ts';

test('parsing in pieces sees the same blocks as parsing the whole', () => {
  const whole = remark().use(remarkGfm);
  fc.assert(
    fc.property(packBody, (text) => {
      const source = makeSource('p.md', text);
      const pieces = parseMarkdown(source).blocks.map(({ node, base }) => [node.type, rangeOf(node, base)]);
      const expected = whole.parse(source.text).children.map((node) => [node.type, rangeOf(node, 0)]);
      assert.equal(pieces, expected);
    }),
    { numRuns: 1_500 },
  );
});

test('a blank line is found under CRLF, and a line ending is not taken for one', () => {
  const inFence = '```md\r\nx\r\n## no heading\r\n```\r\n\r\n## Heading\r\n';
  const { blocks } = parseMarkdown(makeSource('p.md', inFence));
  assert.equal(
    blocks.map(({ node }) => node.type),
    ['code', 'heading'],
  );
});

const bombs: [name: string, text: string][] = [
  ['nested bullets', `${'- '.repeat(4_000)}x\n`],
  ['quotes', `${'> '.repeat(400)}x\n`],
  ['deep indentation', `${' '.repeat(600)}- x\n`],
  ['a very long line', `- [ ] T1 – ${'*a_'.repeat(10_000)}\n`],
];
for (const [name, text] of bombs) {
  test(`a bomb of ${name} is a finding`, () => {
    const { blocks, diagnostics } = parseMarkdown(makeSource('p.md', text));
    assert.equal(blocks, []);
    assert.equal(
      diagnostics.map((one) => one.rule),
      ['markdown/too-deep'],
    );
  });
}

test('a rule of dashes is no bomb', () => {
  assert.equal(parseMarkdown(makeSource('p.md', `${'- '.repeat(60)}-\n`)).diagnostics, []);
  assert.equal(parseMarkdown(makeSource('p.md', `${'-'.repeat(80)}\n${'*'.repeat(60)}\n`)).diagnostics, []);
});
