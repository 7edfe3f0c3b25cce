import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { remark } from 'remark';
import { visit } from 'unist-util-visit';
import * as assert from 'uvu/assert';
import { test, withTempDir } from '../harness.ts';
import { blocksOf, isExcerpt, matches } from './blocks.ts';
import { Reader } from './reader.ts';
import { renderReference } from './reference.ts';
import { renderRunPicture } from './run-picture.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SOPs/LEARNING_LOOP_USAGE_GUIDE.md',
  'SOPs/SCEND_ROADMAP_ENGINE_ARCHITECTURE_v1.md',
];

for (const name of documents) {
  test(`${name}, followed from its first line to its last`, async () => {
    const blocks = blocksOf(read(name));
    assert.ok(blocks.some((one) => one.kind === 'typed'));
    await withTempDir((home) => {
      const reader = new Reader(home);
      for (const block of blocks) {
        try {
          reader.follow(block);
        } catch (error) {
          throw new Error(`${name}:${block.line}: ${error instanceof Error ? error.message : error}`);
        }
      }
    });
  });
}

test('SOPs/REFERENCE.md is what the code says', async () => {
  assert.is(
    read('SOPs/REFERENCE.md'),
    await renderReference(),
    'SOPs/REFERENCE.md is out of date: npm run docs',
  );
});

test('SOPs/run.svg shows a run as it is', async () => {
  assert.is(read('SOPs/run.svg'), await renderRunPicture(), 'SOPs/run.svg is out of date: npm run docs');
});

/** The anchors that GitHub gives to a page's headings. */
function anchorsOf(markdown: string): Set<string> {
  const headings = markdown.match(/^#{1,6} .*$/gm) ?? [];
  return new Set(
    headings.map((one) =>
      one
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test('every link within the documents leads somewhere', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(new URL('SOPs', root)).map((one) => `SOPs/${one}`),
  ];
  let followed = 0;
  for (const page of pages.filter((one) => one.endsWith('.md'))) {
    visit(remark().parse(read(page)), (node) => {
      if ((node.type !== 'link' && node.type !== 'image') || /^[a-z]+:/.test(node.url)) return;
      const [path, anchor] = node.url.split('#') as [string, string | undefined];
      const target = new URL(path === '' ? new URL(page, root) : path, new URL(page, root));
      assert.ok(existsSync(target), `${page}: ${node.url}`);
      if (anchor) assert.ok(anchorsOf(readFileSync(target, 'utf8')).has(anchor), `${page}: ${node.url}`);
      followed += 1;
    });
  }
  assert.ok(followed > 20);
});

test('the files and types that the documents name are there', () => {
  let named = 0;
  for (const page of ['CONTRIBUTING.md', 'SOPs/SCEND_ROADMAP_ENGINE_ARCHITECTURE_v1.md']) {
    const text = read(page);
    const file = (path: string) => new URL(/^(?:src|test)\//.test(path) ? path : `src/${path}`, root);
    for (const [, path = ''] of text.matchAll(
      /`((?:src|test|domain|formats|store|report|commands|charts)\/[\w/.-]+\.ts)`/g,
    )) {
      assert.ok(existsSync(file(path)), `${page}: ${path}`);
      named += 1;
    }
    for (const [, types = '', path = ''] of text.matchAll(/((?:`\w+`, )*`\w+`) in `([\w/-]+\.ts)`/g)) {
      for (const [, type = ''] of types.matchAll(/`(\w+)`/g))
        assert.match(
          readFileSync(file(path), 'utf8'),
          new RegExp(`export (?:interface|type|function|const) ${type}\\b`),
        );
    }
  }
  assert.ok(named > 20);
});

test('a block of every kind is told apart', () => {
  const text = [
    '```sh\ntrue\n```',
    '```console exit=1\n$ one\nout\n$ two\n```',
    '```diff\n-a\n+b\n```',
    '```yaml excerpt=f.yaml\na: 1\n```',
    '```yaml file=g.yaml\na: 1\n```',
    '```yaml\na: 1\n```',
  ];
  const kinds = blocksOf(text.join('\n\n')).map((one) => [one.kind, one.line]);
  assert.equal(kinds, [
    ['typed', 2],
    ['typed', 6],
    ['typed', 8],
    ['edit', 12],
    ['excerpt', 17],
    ['file', 21],
    ['shown', 25],
  ]);
});

test('what is shown is compared with what is printed', () => {
  assert.ok(matches('a … c\n…\nz', 'a b c\nd\ne\nz\n'));
  assert.ok(matches('', '\n'));
  assert.not.ok(matches('a', 'a\nb'));
  assert.not.ok(matches('a.c', 'abc'));
  assert.ok(isExcerpt('b\nc', 'a\nb\nc\nd'));
  assert.not.ok(isExcerpt('b\nd', 'a\nb\nc\nd'));
});
