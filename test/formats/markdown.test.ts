import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { remark } from 'remark';
import remarkGfm from 'remark-gfm';
import * as assert from 'uvu/assert';
import { parseLibrary } from '../../src/formats/library.ts';
import { parseMarkdown, rangeOf } from '../../src/formats/markdown.ts';
import { makeSource } from '../../src/formats/source.ts';
import { parsePackBody } from '../../src/formats/ticket-pack.ts';
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

test('reading changes nothing of what was parsed', () => {
  const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const sample = 'firms/hayes_real_estate';
  const pack = makeSource('pack.md', file(`${sample}/ticket-pack.md`));
  const library = makeSource('library.md', file('templates/ticket-library.md'));
  for (const [source, read] of [
    [pack, () => parsePackBody(pack)],
    [library, () => parseLibrary(library)],
  ] as const) {
    const first = parseMarkdown(source, 0, { reading: 'all' }).blocks;
    const before = JSON.stringify(first);
    read();
    const again = parseMarkdown(source, 0, { reading: 'all' }).blocks;
    assert.is(JSON.stringify(again), before);
    assert.ok(again.length > 10);
  }
});

/** Only the parser reads a quotation without a space behind its mark. */
const quoted = makeSource('p.md', '# Old\n\n>Text.\n');

test('a piece is parsed once', () => {
  const first = parseMarkdown(quoted).blocks;
  const again = parseMarkdown(quoted).blocks;
  assert.is(again.length, 2);
  assert.is(again[1]?.node, first[1]?.node);
});

test('what was parsed long ago is let go', () => {
  const first = parseMarkdown(quoted).blocks;
  for (let n = 0; n < 12; n += 1)
    parseMarkdown(makeSource('p.md', `>New ${n}\n\n<!--\n${'some words\n'.repeat(9_000)}-->\n`));
  const again = parseMarkdown(quoted).blocks;
  assert.is.not(again[1]?.node, first[1]?.node);
  assert.equal(again, first);
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

test('ten thousand tickets in one list are read, and one odd line among them is too much for the parser', () => {
  const list = Array.from(
    { length: 10_000 },
    (_, n) => `- [ ] T${n} – Title\n  - Status: not_started\n  - Estimate: 2h\n`,
  );
  const pack = parsePackBody(makeSource('p.md', list.join('')));
  assert.is(pack.tickets.length, 10_000);
  assert.equal(pack.diagnostics, []);
  const odd = parsePackBody(makeSource('p.md', `${list.join('')}\n> a quotation\n\n${list.join('')}>\n`));
  assert.equal(
    odd.diagnostics.map((one) => one.message),
    ['more than 6000 bullets without a heading between them'],
  );
});

test('a thousand near misses in short lists are told one by one', () => {
  const part = (n: number) =>
    `## Part ${n}\n\n- [ ] T${n} – A\n  - Status: odd\n-[ ] U${n} – B\n  - Status: odd\n`;
  const text = Array.from({ length: 1_000 }, (_, n) => part(n)).join('\n');
  const { tickets, diagnostics } = parsePackBody(makeSource('p.md', text));
  assert.is(tickets.length, 1_000);
  assert.is(diagnostics.filter((one) => one.rule === 'pack/not-a-task').length, 1_000);
});

test('a rule of dashes is no bomb', () => {
  assert.equal(parseMarkdown(makeSource('p.md', `${'- '.repeat(60)}-\n`)).diagnostics, []);
  assert.equal(parseMarkdown(makeSource('p.md', `${'-'.repeat(80)}\n${'*'.repeat(60)}\n`)).diagnostics, []);
});
