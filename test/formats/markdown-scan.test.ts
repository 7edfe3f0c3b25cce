import fc from 'fast-check';
import type { Nodes } from 'mdast';
import * as assert from 'uvu/assert';
import { parseMarkdown, type Reading, rangeOf } from '../../src/formats/markdown.ts';
import { parseWithRemark } from '../../src/formats/markdown-parser.ts';
import { makeSource, type Source } from '../../src/formats/source.ts';
import { parsePackBody, readPackBody } from '../../src/formats/ticket-pack.ts';
import { test, testIf } from '../harness.ts';
import { anyDocument, realDocuments } from '../markdown-texts.ts';
import { sharedFile } from '../vectors.ts';

/** How many random documents: many in a run of their own, `SCEND_FUZZ=100000 npm test markdown-scan`. */
const runs = Number(process.env.SCEND_FUZZ ?? 1_000);
const seed = process.env.SCEND_SEED ? { seed: Number(process.env.SCEND_SEED) } : {};
const real = realDocuments();

/** A node's type and place, and those of what lies in it as blocks; `starts` of paragraphs of tasks if asked for. */
function shape(node: Nodes, base: number, starts: boolean, task = false): unknown {
  const range = rangeOf(node, base);
  const place = range && node.type === 'paragraph' && task && !starts ? range.slice(1) : range;
  const own = [node.type, place];
  if (node.type === 'heading') return [...own, node.depth];
  if (node.type === 'list')
    return [...own, node.ordered, node.children.map((one) => shape(one, base, starts))];
  if (node.type === 'listItem') {
    const checked = node.checked ?? null;
    return [...own, checked, node.children.map((one) => shape(one, base, starts, checked !== null))];
  }
  if (node.type === 'blockquote' || node.type === 'footnoteDefinition')
    return [...own, node.children.map((one) => shape(one, base, starts))];
  return own;
}

const whole = (source: Source) => parseWithRemark(source.text).children;
const isScanned = (source: Source, reading: Reading) =>
  parseMarkdown(source, 0, { reading }).pieces.every((one) => one.blocks === null);

function checkDocument(text: string): Source {
  const source = makeSource('p.md', text);
  const truth = whole(source);
  for (const reading of ['items', 'blocks'] as const) {
    const starts = reading === 'blocks';
    const { blocks } = parseMarkdown(source, 0, { reading });
    assert.equal(
      blocks.map(({ node, base }) => shape(node, base, starts)),
      truth.map((node) => shape(node, 0, starts)),
      JSON.stringify(text),
    );
  }
  const parsed = truth.map((node) => ({ node, base: 0 }));
  const pieces = [{ start: 0, end: source.text.length, blocks: parsed }];
  const expected = readPackBody(source, 0, { blocks: parsed, pieces, diagnostics: [] });
  const found = parsePackBody(source, 0);
  assert.equal(found, expected, JSON.stringify(text));
  return source;
}

test('documents of people and of the engine are read as the parser reads them', () => {
  for (const { path, text } of real) {
    const source = checkDocument(text);
    if (process.env.SCEND_FUZZ === undefined) continue;
    const front = /^---\r?\n[\s\S]*?\n---\r?\n/.exec(source.text)?.[0].length ?? 0;
    const { pieces } = parseMarkdown(source, front);
    const scanned = pieces.reduce((sum, one) => sum + (one.blocks ? 0 : one.end - one.start), 0);
    console.log(`${((100 * scanned) / (source.text.length - front)).toFixed(1)} % of ${path}`);
  }
});

const library = sharedFile('data/ticket-library.md');
testIf(
  library !== null,
  'the library is not beside the checkout',
  'a long library is read by its lines alone',
  () => {
    assert.ok(isScanned(checkDocument(library!), 'blocks'));
  },
);

const quoted = fc.constantFrom(
  '> words',
  '> **bold** [link](https://example.org)',
  '> `code',
  '> code`',
  '> trailing ',
  '> T1.1 – [ ] x',
  '',
  'lazy words',
  '>',
  '> ',
  '>words',
  '>  two',
  '>     code',
  '>\ttab',
  ' > words',
  '    > code',
  '> > deeper',
  '> - item',
  '> 1. item',
  '> - [ ] T1.1 – Task',
  '> # heading',
  '> ===',
  '> ---',
  '> | a |',
  '> | - |',
  '> [a]: https://example.org',
  '> [^1]: note',
  '> <b>',
  '> ```',
  '- item',
  '  > in the item',
  '# heading',
  '---',
  '| a |',
  '| - |',
  '<!-- x -->',
);

test('quotations are read as the parser reads them', () => {
  let scanned = 0;
  const lines = fc.array(quoted, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(lines, fc.constantFrom('\n', '\r\n'), (some, eol) => {
      if (isScanned(checkDocument(some.join(eol)), 'blocks') && some.some((one) => one.startsWith('> ')))
        scanned += 1;
    }),
    { numRuns: runs, ...seed },
  );
  assert.ok(scanned > runs / 50, `${scanned} of ${runs}`);
});

test('any document is read as the parser reads it, and most without it', () => {
  const count = { documents: 0, items: 0, blocks: 0 };
  fc.assert(
    fc.property(anyDocument(real), (text) => {
      // The parser takes a second byte order mark away without counting it.
      fc.pre(!text.startsWith('\uFEFF\uFEFF'));
      const source = checkDocument(text);
      count.documents += 1;
      if (isScanned(source, 'items')) count.items += 1;
      if (isScanned(source, 'blocks')) count.blocks += 1;
    }),
    { numRuns: runs, ...seed },
  );
  if (process.env.SCEND_FUZZ !== undefined) console.log(JSON.stringify(count));
  // A scanner that never answered would agree with the parser on everything.
  assert.ok(count.items > count.documents / 4 && count.blocks > count.documents / 5, JSON.stringify(count));
});
