import fc from 'fast-check';
import type { Nodes } from 'mdast';
import { remark } from 'remark';
import remarkGfm from 'remark-gfm';
import * as assert from 'uvu/assert';
import { diffMarkdown } from '../../src/report/diff-markdown.ts';
import type { Outline } from '../../src/report/diff-outline.ts';
import { outlineText } from '../../src/report/diff-text.ts';
import { markdownText } from '../../src/report/markdown-text.ts';
import { plainText } from '../../src/report/plain.ts';
import { test } from '../harness.ts';

const parser = remark().use(remarkGfm);

/** Things that mean something to Markdown, to HTML, to GitHub, or to a terminal. */
const pieces = [
  ...['</details>', '<details>', '<!--', '-->', '<script>alert(1)</script>', '<b', '&lt;', '&#60;', '&'],
  ...['@octocat', '@org/team', '#12', 'GH-7', 'a/b#3', ':tada:', 'http://x.yz', 'https://x.yz/a', 'www.x.yz'],
  ...[
    'me@x.yz',
    'mailto:me@x.yz',
    '|',
    '\\|',
    '\\',
    '`',
    '```',
    '``',
    '*',
    '**',
    '_',
    '__',
    '~~',
    '~~~',
    '$x$',
  ],
  ...[
    '[a](b)',
    '![a](b)',
    '[a]',
    '[^1]',
    '[x]',
    '[ ]',
    '# ',
    '#',
    '###### h',
    '- ',
    '+ ',
    '* ',
    '1. ',
    '2) ',
  ],
  ...[
    '---',
    '===',
    '***',
    '> ',
    '\n',
    '\r\n',
    '\n\n',
    '\t',
    '    ',
    '  \n',
    '\u202e',
    '\u0000',
    '\u001b[31m',
  ],
  ...['::error::', '##[error]', 'word', 'x', '7', '.', ' ', 'é', '𝒳'],
];
const nasty = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((all) => all.join(''));
const anything = fc.oneof(nasty, fc.string(), fc.string({ unit: 'binary' }));

const outline = (text: (n: number) => string, items = 2): Outline => ({
  slug: 'acme',
  name: text(0),
  headline: [text(1), text(2)],
  sections: [
    {
      kind: 'list',
      title: 'Done',
      items: Array.from({ length: items }, () => ({ id: 'T1.1.1', text: text(3) })),
    },
    {
      kind: 'list',
      title: 'Scope',
      items: [
        { id: null, text: text(4) },
        { id: null, text: text(5) },
      ],
    },
    {
      kind: 'table',
      title: 'Sprints',
      head: ['Sprint', 'Before'],
      rows: [
        [text(6), text(7)],
        [text(8), 'x'],
      ],
    },
    { kind: 'file', title: 'Changelog of v1.1', text: text(9) },
    { kind: 'list', title: 'Edited by hand', items: [{ id: null, text: text(10) }] },
  ],
});

/** Types of the nodes, and of HTML its tags; neighbouring texts count as one. */
function shape(node: Nodes): unknown {
  if (node.type === 'html') return ['html', node.value.match(/<[^>]*>/g)];
  if (!('children' in node)) return node.type;
  const children = node.children.map(shape);
  return [node.type, children.filter((one, n) => one !== 'text' || children[n - 1] !== 'text')];
}

const textOf = (node: Nodes): string =>
  'children' in node ? node.children.map(textOf).join('') : 'value' in node ? node.value : '';

/** As `renderResult` prints it, line by line. */
const printed = (markdown: string) => markdown.split('\n').map(plainText).join('\n');

test('text from files cannot change the structure of the Markdown', () => {
  // A word where the text has one, as an empty text has no node.
  const word = (text: string) => (markdownText(text) === '' ? '' : 'word');
  fc.assert(
    fc.property(fc.array(anything, { minLength: 11, maxLength: 11 }), fc.boolean(), (texts, long) => {
      const items = long ? 20 : 2;
      const given = printed(
        diffMarkdown(['head'], [outline((n) => (n === 9 ? 'word' : (texts[n] ?? '')), items)]),
      );
      const harmless = printed(
        diffMarkdown(['head'], [outline((n) => (n === 9 ? 'word' : word(texts[n] ?? '')), items)]),
      );
      assert.equal(shape(parser.parse(given)), shape(parser.parse(harmless)), given);
    }),
    { numRuns: 150 },
  );
});

test('a reader sees the text as it is, and nothing in it is an address, a name or an issue for GitHub', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const tree = parser.parse(`- x ${markdownText(text)}`);
      const seen = textOf(tree).replace(/^x ?/, '');
      assert.not.match(seen, /@[a-z0-9]|#\d|GH-\d|:\/\/|www\./i);
      const plain = (one: string) =>
        one.replace(/[\u200b\s]+/g, '').replace(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu, '');
      const whole = [...plain(seen)];
      if (whole.at(-1) !== '…') assert.is(whole.join(''), plain(text));
    }),
    { numRuns: 400 },
  );
});

test('a changelog keeps its headings and bullets, and nothing else in it means anything', () => {
  const written =
    '# A — v1.1\n\nDate: 2026-03-20\n\n## Progress\n\n- T1.1.1 – \\[x\\] &lt;b> **On track**\n- Two\n\nEnd.\n';
  assert.is(
    diffMarkdown([], [{ ...outline(() => 'x'), sections: [{ kind: 'file', title: 'C', text: written }] }])
      .split('\n\n')
      .slice(3, -1)
      .join('\n\n'),
    '**A — v1.1**\n\nDate: 2026-03-20\n\n**Progress**\n\n- T1.1.1 – &#91;x&#93; &#60;b&#62; On track\n- Two\n\nEnd.',
  );
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 5 }), (lines) => {
      const sections: Outline['sections'] = [{ kind: 'file', title: 'C', text: lines.join('\n') }];
      const given = printed(diffMarkdown([], [{ ...outline(() => 'x'), sections }]));
      const types = new Set<string>();
      const html: string[] = [];
      const walk = (node: Nodes) => {
        types.add(node.type);
        if (node.type === 'html') html.push(node.value);
        if ('children' in node) node.children.forEach(walk);
      };
      const tree = parser.parse(given);
      walk(tree);
      const allowed = [
        'root',
        'heading',
        'paragraph',
        'text',
        'strong',
        'list',
        'listItem',
        'inlineCode',
        'html',
      ];
      assert.equal(
        [...types].filter((one) => !allowed.includes(one)),
        [],
        given,
      );
      assert.equal(html, ['<details>\n<summary>C</summary>', '</details>'], given);
      assert.is(tree.children.filter((one) => one.type === 'heading').length, 1);
    }),
    { numRuns: 300 },
  );
});

test('Markdown that is too long ends between two of its parts, and says how much is left out', () => {
  const many = Array.from({ length: 60 }, (_, n) => outline((part) => `Text ${n} ${part} `.repeat(10), 40));
  for (const limit of [900_000, 60_000, 5_000, 1_000]) {
    const markdown = diffMarkdown(['head'], many, limit);
    assert.ok(Buffer.byteLength(markdown) <= limit);
    const count = (part: string) => markdown.split(part).length;
    assert.is(count('<details>'), count('</details>'));
    const whole = diffMarkdown(['head'], many, 1e9);
    const left = /^\*([\d,]+) lines? \([\d,]+ kB\) left out here; .*\*$/.exec(
      markdown.split('\n').at(-1) ?? '',
    );
    if (Buffer.byteLength(whole) <= limit) assert.is(markdown, whole);
    else {
      const kept = markdown.split('\n').slice(0, -2);
      assert.ok(whole.startsWith(kept.join('\n')));
      assert.is(Number(left?.[1]?.replace(',', '')), whole.split('\n').length - kept.length - 1);
    }
  }
});

test('a list that is very long is folded and cut, a changelog too', () => {
  const item = { id: 'T1.1.1', text: 'x'.repeat(5_000) };
  const sections: Outline['sections'] = [
    { kind: 'list', title: 'Done', items: Array.from({ length: 6_000 }, () => item) },
    { kind: 'file', title: 'Changelog', text: `${'y'.repeat(1_000)}\n`.repeat(5_000) },
  ];
  const markdown = diffMarkdown([], [{ slug: 'a', name: 'A', headline: [], sections }]);
  assert.match(markdown, '<summary>Done (6,000)</summary>');
  assert.match(markdown, '- … and 5,800 more');
  assert.match(markdown, '… 4850 more lines in the file');
  assert.ok(markdown.length < 200_000);
});

test('in the text for a terminal no value begins a line of its own', () => {
  const lines = outlineText(outline((n) => `one${n}\ntwo\r\nthree`));
  assert.equal(
    lines.filter((line) => /^\s*(?:two|three)/.test(line)),
    [],
  );
  assert.ok(lines.includes('    | two'));
});
