import fc from 'fast-check';
import type { Nodes, Root } from 'mdast';
import { remark } from 'remark';
import remarkGfm from 'remark-gfm';
import { visit } from 'unist-util-visit';
import * as assert from 'uvu/assert';
import type { Firm } from '../../src/domain/firm.ts';
import { aggregate } from '../../src/domain/learning/aggregate.ts';
import { builtInMetrics } from '../../src/domain/metric.ts';
import { hiddenCharacters } from '../../src/domain/text.ts';
import { renderOutcomesPage } from '../../src/formats/global-outcomes-page.ts';
import { inline, item, table } from '../../src/formats/inline.ts';
import { parsePackFile } from '../../src/formats/pack-file.ts';
import { renderPack } from '../../src/formats/pack-render.ts';
import { renderEvidence } from '../../src/formats/projection-text.ts';
import { parseRoadmapFile } from '../../src/formats/roadmap-file.ts';
import { noProjection, renderNewRoadmap } from '../../src/formats/roadmap-new.ts';
import { makeSource } from '../../src/formats/source.ts';
import { renderScalar } from '../../src/formats/yaml.ts';
import { test } from '../harness.ts';
import { someFirms } from '../many-firms.ts';
import { firm, packText, refreshed, stateOf } from '../refresh-state.ts';

/** What opens, closes or continues something in Markdown, HTML, YAML, a terminal or a log. */
const parts = [
  '|',
  '\\',
  '\\|',
  '\\\\',
  '\\\\|',
  '-->',
  '<!--',
  '<!-- scend:end outcomes -->',
  '<!-- scend:begin x -->',
  '`',
  '```',
  '~~~',
  '# ',
  '## ',
  '- ',
  '+ ',
  '* ',
  '1. ',
  '2) ',
  '> ',
  '---',
  '===',
  '\n',
  '\n\n',
  '\r',
  '\t',
  '[',
  ']',
  '[ ] ',
  '[x] ',
  '[a](b)',
  '![a](b)',
  '[^1]',
  '[a]: b',
  '<script>',
  '</details>',
  '<',
  '&lt;',
  '@me',
  '**',
  '__',
  '~~',
  '\u001b[31m',
  '\u009b',
  '\u202e',
  '\u2028',
  '::error::',
  '##[error]',
  '| --- |',
  '{{date}}',
  '$&',
  ': ',
  ' #',
  '"',
  "'",
  '\u0000',
  'T1.1.1',
  ' ',
  'a',
  'Z',
  '7',
];
const hostile = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.constantFrom(...parts), { minLength: 1, maxLength: 8 })
      .map((some) => some.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1 }) },
);

const parse = (text: string): Root =>
  remark()
    .use(remarkGfm)
    .parse(text.replace(/^---\n[\s\S]*?\n---\n/, ''));

/** The blocks of a text and how they lie in one another, whatever words they hold. */
function shape(node: Nodes): string {
  const inside = () => ('children' in node ? node.children.map(shape).join(' ') : '');
  switch (node.type) {
    case 'heading':
      return `h${node.depth}`;
    case 'paragraph':
      return 'p';
    case 'tableRow':
      return `${node.children.length}`;
    case 'html':
      return node.value;
    case 'code':
      return `code:${node.lang}:${node.value.split('\n').length}`;
    case 'listItem':
      return `item${node.checked ?? ''}(${inside()})`;
    case 'list':
      return `${node.ordered ? 'ol' : 'ul'}(${inside()})`;
    default:
      return `${node.type}(${inside()})`;
  }
}

/** What a text that the engine makes alone never has: links, pictures of others, HTML but its own comment. */
function foreign(text: string): string[] {
  const found: string[] = [];
  visit(parse(text), (node) => {
    if (node.type === 'html' && !/^<!-- (?:Derived by "scend aggregate"|scend:)/.test(node.value))
      found.push(node.value);
    if (/^(?:link|image|footnote)/.test(node.type)) found.push(node.type);
  });
  return found;
}

const harmless = (text: string) =>
  assert.not.match(text.replace(/\n/g, ''), new RegExp(hiddenCharacters.source, 'u'));

test('a word from a file is one word in a table, in a list and in a heading', () => {
  fc.assert(
    fc.property(hostile, hostile, (one, other) => {
      const words = [inline(one), inline(other)];
      const text = `# ${words[0]} x\n\n${table(['A', 'B'], [words, words])}\n\n- ${item(words[1] ?? '')}\n- ${item(`${words[0]}: 3`)}\n\nEnd.`;
      assert.is(
        shape(parse(text)),
        'root(h1 table(2 2 2) ul(item(p) item(p)) p)'.replace('item(p) item(p)', shapeOfItems(words)),
        text,
      );
      assert.equal(foreign(text), []);
      harmless(text);
    }),
    { numRuns: 500, includeErrorInReport: true },
  );
});

/** An item without a word has no paragraph. */
const shapeOfItems = ([, second = '']: readonly string[]) => `item(${second === '' ? '' : 'p'}) item(p)`;

/** One refresh of a roadmap whose every name is `words`. */
function refreshWith(words: string) {
  const state = stateOf({
    measured: true,
    pack: packText.replace('name: Start', `name: ${renderScalar(words)}`),
  });
  const name = (text: string | null) => (text === null ? null : words);
  return refreshed({
    ...state,
    firm: { ...state.firm, name: words },
    pack: {
      ...state.pack,
      settled: {
        ...state.pack.settled,
        pack: {
          ...state.pack.settled.pack,
          tickets: state.pack.settled.pack.tickets.map((one) => ({
            ...one,
            title: words,
            notes: name(one.notes),
          })),
        },
      },
    },
    settings: { ...state.settings, metrics: state.settings.metrics.map((one) => ({ ...one, label: words })) },
    systemNames: new Map([
      ['1', words],
      ['2', words],
    ]),
  });
}

const plain = refreshWith('Plain words');

test('names from files change no block of a roadmap, its changelog or its export', () => {
  fc.assert(
    fc.property(hostile, (words) => {
      // A name that is nothing but what cannot be seen is left out with its dash.
      fc.pre(inline(words) !== '');
      const made = refreshWith(words);
      assert.is(shape(parse(made.changelog)), shape(parse(plain.changelog)), made.changelog);
      assert.equal(foreign(made.changelog), []);
      assert.is(shape(parse(made.roadmap)), shape(parse(plain.roadmap)), made.roadmap);
      harmless(made.changelog);
      harmless(made.roadmap);
      const back = parseRoadmapFile(makeSource('acme_ROADMAP_v1.1.md', made.roadmap), firm, 'v1.1');
      assert.equal(back.diagnostics, []);
    }),
    { numRuns: 30, includeErrorInReport: true },
  );
});

function packWith(words: string): string {
  const ticket = (n: number) => ({
    ticketId: `T1.1.${n}`,
    title: words,
    systemId: '1',
    subsystemId: '1.1',
    dependencies: n > 1 ? ['T1.1.1'] : [],
    estimatedHours: n,
  });
  return renderPack({
    id: '11111111-2222-4333-8444-555566667777',
    firm: 'acme',
    firmName: words,
    version: 'v1.0',
    createdAt: '2026-01-05',
    sprints: [
      {
        number: 1,
        name: words,
        plannedStart: '2026-01-05',
        plannedEnd: '2026-01-18',
        hours: 6,
        tickets: [ticket(1), ticket(2), ticket(3)] as never,
      },
    ],
  });
}

test('names from files change no block of a new pack, and it reads back', () => {
  const expected = shape(parse(packWith('Plain words')));
  fc.assert(
    fc.property(hostile, (some) => {
      // A name that begins with a box is taken for a ticket, and said to be none.
      const words = `A ${some}`;
      const text = packWith(words);
      assert.is(shape(parse(text)), expected, text);
      const { pack } = parsePackFile(makeSource('ticket-pack.md', text), firm);
      assert.equal(
        pack?.facts.entries.map((one) => one.ticketId),
        ['T1.1.1', 'T1.1.2', 'T1.1.3'],
      );
      harmless(text);
    }),
    { numRuns: 100, includeErrorInReport: true },
  );
});

test('names from files change no block of a new roadmap', () => {
  const made = (words: string) =>
    renderNewRoadmap({
      id: '22222222-2222-4333-8444-555566667777',
      firm: { ...firm, name: words, industry: words } as Firm,
      version: 'v1.0',
      today: '2026-01-05',
      currency: 'USD',
      targets: { ...noProjection.targets },
      template:
        '# {{firm_name}}\n\n| Firm | Industry |\n| --- | --- |\n| {{firm_name}} | {{industry}} |\n\n- {{date}} {{firm_name}}\n',
    } as Parameters<typeof renderNewRoadmap>[0]);
  const expected = shape(parse(made('Plain words')));
  fc.assert(
    fc.property(hostile, (words) => {
      const text = made(words);
      assert.is(shape(parse(text)), expected, text);
      assert.equal(foreign(text), []);
      harmless(text);
    }),
    { numRuns: 200, includeErrorInReport: true },
  );
});

test('names from files change no block of the page over all firms, nor of where targets come from', () => {
  const firms = someFirms(12).map(({ slug, industry, teamSize, baseline, reached }, i) => ({
    slug,
    industry,
    teamSize,
    systems: i % 2 === 0 ? ['1', '3'] : ['1'],
    milestones: Object.entries(reached).map(([milestone, current]) => ({
      milestone: milestone as '90d',
      roadmapVersion: 'v1.0',
      days: Number.parseInt(milestone, 10),
      status: 'on_track' as const,
      netRoiPercent: 100 + i,
      baseline,
      current,
    })),
  }));
  const made = (words: string) => {
    const metrics = builtInMetrics.map((one) => ({ ...one, label: words }));
    const industry = (one: string) => (one === firms[0]?.industry ? words : one);
    const outcomes = aggregate({
      workspaceId: null,
      firms: firms.map((one) => ({ ...one, industry: industry(one.industry) })),
      total: firms.length,
      unreadable: 0,
      metrics,
      sizeBands: [5, 15],
      minGroupSize: 3,
      shareable: false,
    });
    const systemNames = new Map([
      ['1', words],
      ['3', words],
    ]);
    const sources = metrics.map((metric) => ({ metric, baseline: 1, target: 2, projection: null }));
    return `${renderOutcomesPage(outcomes, { systemNames, pictures: new Map() })}\n\n${renderEvidence(sources, outcomes)}`;
  };
  const expected = shape(parse(made('Plain words')));
  fc.assert(
    fc.property(hostile, (words) => {
      const text = made(words);
      assert.is(shape(parse(text)), expected, text);
      assert.equal(foreign(text), []);
      harmless(text);
    }),
    { numRuns: 30, includeErrorInReport: true },
  );
});
