import fc from 'fast-check';
import { remark } from 'remark';
import remarkGfm from 'remark-gfm';
import * as assert from 'uvu/assert';
import { clean } from '../../src/charts/text.ts';
import { addDays } from '../../src/domain/date.ts';
import { image } from '../../src/formats/inline.ts';
import { refreshRoadmap } from '../../src/formats/refresh.ts';
import { parseRoadmapFile } from '../../src/formats/roadmap-file.ts';
import { makeSource } from '../../src/formats/source.ts';
import { test } from '../harness.ts';
import {
  firm,
  packText,
  refreshed,
  roadmapText,
  sectionBodies,
  sectionOf,
  stateOf,
} from '../refresh-state.ts';

const hostileWords = fc
  .array(
    fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      '\\',
      '`',
      '*',
      '_',
      '<b>',
      '&lt;',
      '@me',
      '!',
      '|',
      '~',
      ' ',
      'a',
      ':',
    ),
  )
  .map((parts) => parts.join(''));

const managed = /(?:\r?\n){2}<!-- scend:begin [a-z0-9.-]+ -->[\s\S]*?<!-- scend:end [a-z0-9.-]+ -->/g;

/** A roadmap's body without what the engine put in. */
const withoutBlocks = (text: string) => text.slice(text.indexOf('\n# ')).replace(managed, '');

test('sections follow their systems, their snapshots, or the person', () => {
  const { plan } = refreshed(stateOf({ measured: true }));
  const after = Object.fromEntries(plan.sections.map((one) => [one.sectionNumber, one.after]));
  assert.equal(after, {
    1: 'in_progress',
    2: 'implemented',
    3: 'in_progress',
    4: 'in_progress',
    5: 'in_progress',
    6: 'implemented',
    7: 'deprecated',
    8: 'in_progress',
    9: 'planned',
    10: 'in_progress',
  });
});

test('the front matter keeps its comments and becomes the new version', () => {
  const { roadmap } = refreshed(stateOf());
  const front = roadmap.slice(0, roadmap.indexOf('\n# '));
  assert.match(front, 'version: v1.1\nstatus: draft # by the owner\ngenerated_at: 2026-03-07\nmetadata:');
  assert.match(
    front,
    '{ section_number: 6, section_name: ghl_config, status: implemented, systems: ["1"], last_updated_at: 2026-03-07 }',
  );
  assert.match(front, '  - { section_number: 2, section_name: diagnostic_analysis, status: implemented }\n');
  assert.match(
    front,
    '{ section_number: 10, section_name: outcomes_learning, status: planned, last_updated_at: 2026-03-07 }\n---',
  );
});

test('deployed systems and delivered sprints carry their dates', () => {
  const { roadmap } = refreshed(stateOf());
  assert.match(sectionOf(roadmap, 3), '**Deployed: 2026-01-14**');
  assert.is(sectionOf(roadmap, 3).match(/Deployed/g)?.length, 1);
  const five = sectionOf(roadmap, 5);
  assert.match(five, '| 1 — Start | 2026-01-05 to 2026-01-18 | 2/2 (100 %) | ✅ Delivered 2026-01-14 |');
  assert.match(
    five,
    '| 2 — Next | 2026-01-19 to 2026-02-01 | 1/2 (50 %) | expected 2026-03-13 (planned 2026-02-01) |',
  );
  assert.match(five, '**Phase 2 Backlog**\n\n- T2.1.3 – Fifth');
  assert.match(five, '### Sprint 1 — Start\n\n<!-- scend:begin sprint-1 -->\n\n✅ Delivered 2026-01-14');
});

test('unfinished sprints carry their forecast, with what it rests on', () => {
  const { plan, roadmap } = refreshed(stateOf());
  assert.ok(plan.forecast.enough);
  const { pack, sprints, history } = plan.forecast;
  assert.equal(history, { from: '2026-01-06', to: '2026-03-06', days: 60, completions: 3 });
  assert.equal(
    sprints.map((one) => [one.number, one.forecast]),
    [[2, pack]],
  );
  // One ticket is left; a day brings one with a chance of 3/60: 1 − 0.95^d.
  const after = [14, 37, 59].map((days) => addDays('2026-03-07', days));
  assert.equal([pack.p50, pack.p85, pack.p95], after);
  const five = sectionOf(roadmap, 5);
  assert.match(five, '| Timeline | Forecast (50 / 85 / 95 %) |');
  assert.match(five, '| ✅ Delivered 2026-01-14 | — |');
  assert.match(five, `(planned 2026-02-01) | ${after.join(' / ')} |`);
  assert.match(
    five,
    'Forecast of 2026-03-07, from 60 days with 3 tickets done (2026-01-06 to 2026-03-06): by the three dates',
  );
  assert.match(five, `The whole pack (1 ticket is left): ${after.join(' / ')}.\n`);
});

test('with too little history the sprints say so, and what is lacking', () => {
  const five = sectionOf(refreshed(stateOf(), '2026-01-15').roadmap, 5);
  assert.match(five, /^\| 2 — Next .*\| not enough history \|$/m);
  assert.match(five, 'at least 10 days with at least 1 ticket done; so far 9 days with 2 tickets done');
});

test('a complete workflow moves to Delivered, byte for byte', () => {
  const four = sectionOf(refreshed(stateOf()).roadmap, 4);
  const [planned = '', delivered = ''] = four.split('### Delivered');
  assert.not.match(planned, '#### Intake');
  assert.match(planned, '#### Routing\n\nLater.\n\nTickets: T2.1.1, T2.1.2');
  assert.match(delivered, '| Intake | T1.1.1, T1.1.2 | 2026-01-14 |');
  assert.match(delivered, '#### Intake\n\nFirst *two* tickets.\n\nTickets: T1.1.1, T1.1.2');
});

test('workflows written as a list move as items', () => {
  const four =
    '## 4. Pilot Scope\n\n### Planned\n\n- **Intake** of leads (T1.1.1, T1.1.2)\n  - a nested line\n- Routing T2.1.2\n';
  const { roadmap } = refreshed(stateOf({ roadmap: roadmapText({ 4: four }) }));
  const [planned = '', delivered = ''] = sectionOf(roadmap, 4).split('### Delivered');
  assert.match(planned, '### Planned\n\n- Routing T2.1.2\n');
  assert.match(delivered, '- **Intake** of leads (T1.1.1, T1.1.2)\n  - a nested line');
});

test('section 10 without a snapshot says how to capture one; with an outcome it shows its arithmetic', () => {
  const without = sectionOf(refreshed(stateOf()).roadmap, 10);
  assert.match(without, 'Baseline pending');
  assert.match(without, 'scend snapshot --firm acme --label baseline');
  const { roadmap } = refreshed(stateOf({ measured: true }));
  const ten = sectionOf(roadmap, 10);
  assert.match(ten, '| Net promoter score | 42 | 60 | 61 | 1.583 | 1 | 50 % |');
  assert.match(ten, 'Before/after, no control group');
  assert.match(ten, '| Revenue impact | — (missing: extra_deals_annual) |');
});

test('sections 5 and 8 show pictures with their figures in words, and only what there is', () => {
  const { roadmap, pictures } = refreshed(stateOf({ measured: true }));
  assert.equal(
    pictures.map((one) => one.name),
    ['before_after', 'metrics_over_time', 'burn_up'],
  );
  const [five, eight] = [sectionOf(roadmap, 5), sectionOf(roadmap, 8)];
  assert.match(
    eight,
    '![Before (baseline, 2026-01-05) and after (60 days, 2026-03-06): Weekly operations hours 12 h → 5 h (target 2 h); Net promoter score 42 → 61 (target 60)](acme_CHART_before_after_v1.1.svg)',
  );
  assert.match(
    eight,
    '![Metrics over time: Weekly operations hours 12 h on 2026-01-05, 5 h on 2026-03-06 (target 2 h on 2026-04-05); Net promoter score 42 on 2026-01-05, 61 on 2026-03-06 (target 60 on 2026-04-05)](acme_CHART_metrics_over_time_v1.1.svg)',
  );
  assert.match(
    five,
    '![Burn-up: 3 of 4 tickets done by 2026-03-07; the first on 2026-01-12; planned end 2026-02-01; 50 % chance to be done by ',
  );
  assert.match(
    five,
    '    Late, expected 2026-03-13, 1 of 2 done :crit, 2026-01-19, 2026-03-13\n```\n\n```mermaid\n',
  );
  assert.match(five, '  section Put off\n    1 put off :0, 1\n```\n\n![');

  const bare = refreshed(stateOf());
  assert.equal(
    bare.pictures.map((one) => one.name),
    ['burn_up'],
  );
  assert.not.match(sectionOf(bare.roadmap, 8), '![');
  const pack = packText
    .replaceAll('[x]', '[ ]')
    .replace(/Status: done\n.*\n.*Completed.*/g, 'Status: not_started');
  assert.equal(refreshed(stateOf({ pack })).pictures, []);
});

test('a picture with a new name alone is no change of its section', () => {
  const first = refreshed(stateOf({ measured: true }));
  const pack = packText.replace('T2.1.2 – Fourth', 'T2.1.2 – Another title');
  const second = refreshed({
    ...stateOf({ measured: true, pack, roadmap: first.roadmap, metadata: first.metadata, version: 'v1.1' }),
    outcome: stateOf({ measured: true }).outcome,
  });
  assert.match(first.changelog, 'Section 8 (Metrics Dashboard)');
  assert.match(sectionOf(second.roadmap, 8), 'acme_CHART_before_after_v1.2.svg');
  assert.not.match(second.roadmap, '_CHART_before_after_v1.1.svg');
  assert.not.match(second.changelog, 'Section 8 (Metrics Dashboard)');
});

test('what is finished is drawn as of its last day', () => {
  const done = packText.replace(
    '- [ ] T2.1.2 – Fourth\n  - Status: not_started',
    '- [x] T2.1.2 – Fourth\n  - Status: done\n  - Started: 2026-02-01\n  - Completed: 2026-02-03',
  );
  const { roadmap } = refreshed(stateOf({ pack: done }), '2026-06-01');
  assert.match(sectionOf(roadmap, 5), '![Burn-up: 4 of 4 tickets done by 2026-02-03;');
});

test('the words of a picture are plain text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), hostileWords), (words) => {
      const tree = remark()
        .use(remarkGfm)
        .parse(`Before.\n\n${image(`Figures ${words} end`, 'a_v1.1.svg')}\n\nAfter.`);
      const [, paragraph] = tree.children;
      assert.is(tree.children.length, 3);
      assert.ok(paragraph?.type === 'paragraph' && paragraph.children.length === 1);
      const [only] = paragraph.children;
      assert.ok(only?.type === 'image');
      assert.equal([only.url, only.alt], ['a_v1.1.svg', clean(`Figures ${words} end`)]);
    }),
  );
});

test('nothing changed gives no version, and a refresh twice is one version', () => {
  const first = refreshed(stateOf({ measured: true }));
  const state = stateOf({
    measured: true,
    roadmap: first.roadmap,
    metadata: first.metadata,
    version: 'v1.1',
  });
  // The outcome belongs to v1.0 in both.
  const again = { ...state, outcome: stateOf({ measured: true }).outcome };
  assert.equal(refreshRoadmap(again, { today: '2027-01-01', major: false, fileOf: (v) => v }), {
    kind: 'unchanged',
    version: 'v1.1',
  });
});

test('what people wrote survives the next refresh too, and is told in the changelog', () => {
  const first = refreshed(stateOf());
  const edited = first.roadmap
    .replace('Counted in December.', 'Counted in *December* and January.')
    .replace('a refresh leaves it as it is.', 'The script was too long.');
  const pack = packText.replace(
    '- [ ] T2.1.2 – Fourth\n  - Status: not_started',
    '- [x] T2.1.2 – Fourth\n  - Status: done\n  - Started: 2026-03-08\n  - Completed: 2026-03-09',
  );
  const second = refreshed(
    stateOf({ pack, roadmap: edited, metadata: first.metadata, version: 'v1.1' }),
    '2026-03-10',
  );
  assert.is(second.version, 'v1.2');
  assert.match(second.roadmap, 'Counted in *December* and January.');
  assert.match(second.roadmap, 'The script was too long.');
  assert.match(second.changelog, 'Section 2 (Diagnostic Analysis) was edited since v1.1');
  assert.match(second.changelog, 'Section 10 (Outcomes & Learning) was edited since v1.1');
  assert.not.match(second.changelog, 'Section 5 (Implementation Sprints) was edited');
  assert.match(second.changelog, 'T2.1.2 – Fourth (2026-03-09, sprint 2)');
  assert.match(second.changelog, '3 of 4 tickets done'.replace('3', '4'));
  // Over half of the systems are implemented now, so what was delivered leads section 1.
  assert.ok(
    sectionOf(second.roadmap, 1).startsWith(
      '## 1. Executive Summary\n\n<!-- scend:begin delivered-to-date -->',
    ),
  );
  assert.is(second.roadmap.match(/scend:begin delivered-to-date/g)?.length, 1);
  assert.match(sectionOf(second.roadmap, 4), '| Routing | T2.1.1, T2.1.2 | 2026-03-09 |');
});

test('a reopened ticket takes back what was claimed', () => {
  const first = refreshed(stateOf());
  const pack = packText
    .replace('- [x] T1.1.2 – Second\n  - Status: done', '- [ ] T1.1.2 – Second\n  - Status: in_progress')
    .replace('  - Completed: 2026-01-14\n', '');
  const second = refreshed(
    stateOf({ pack, roadmap: first.roadmap, metadata: first.metadata, version: 'v1.1' }),
  );
  assert.match(sectionOf(second.roadmap, 3), '**Reopened:** 1 of 2 tickets done.');
  assert.match(sectionOf(second.roadmap, 4), '| Intake | T1.1.1, T1.1.2 | reopened: 1 of 2 done |');
  assert.match(second.changelog, '### Reopened\n\n- T1.1.2 – Second');
});

test('a new system makes a major version, a new ticket a change of scope', () => {
  const first = refreshed(stateOf());
  const next = (line: string) =>
    refreshed(
      stateOf({
        pack: `${packText}${line}\n`,
        roadmap: first.roadmap,
        metadata: first.metadata,
        version: 'v1.1',
      }),
    );
  const system = next('- [ ] T5.1.1 – Fresh');
  assert.is(system.version, 'v2.0');
  assert.match(system.changelog, '- System added: System 5\n- Added: T5.1.1 – Fresh');
  const ticket = next('- [ ] T2.1.9 – Fresh');
  assert.is(ticket.version, 'v1.2');
  assert.match(ticket.changelog, 'Added: T2.1.9 – Fresh');
  assert.is(refreshed(stateOf(), '2026-03-07', true).version, 'v2.0');
});

test('the export is the pack with version and totals on top', () => {
  const { exported } = refreshed(stateOf());
  assert.match(
    exported,
    'exported_at: 2026-03-07\ntotals: { tickets: 5, done: 3, in_progress: 0, blocked: 0, not_started: 1, skipped: 1, active: 4, pct: 75 }',
  );
  assert.match(exported, '\nversion: v1.1\n');
  assert.is(exported.slice(exported.indexOf('\n# Acme')), packText.slice(packText.indexOf('\n# Acme')));
});

test('text of tickets cannot leave its place in the documents', () => {
  const hostile = 'A | b <!-- scend:end sprints --> [x](javascript:1) </td> @org/team';
  const pack = packText
    .replace('T2.1.3 – Fifth', `T2.1.3 – ${hostile}`)
    .replace('T1.1.1 – First', `T1.1.1 – ${hostile}`);
  const { roadmap, changelog } = refreshed(stateOf({ pack }));
  const read = parseRoadmapFile(makeSource('r.md', roadmap), firm, 'v1.1');
  assert.equal(read.diagnostics, []);
  for (const text of [roadmap, changelog]) {
    assert.not.match(text, '[x](javascript:1)');
    assert.not.match(text, '</td>');
    assert.not.match(text, '@org/team');
    assert.match(text, '\\[x\\](javascript:1) &lt;/td> &#64;org/team');
  }
});

test('a marker in a code block is text', () => {
  const two = `${sectionBodies[2]}\n\`\`\`md\n<!-- scend:begin sprints -->\n\`\`\`\n`;
  const { roadmap } = refreshed(stateOf({ roadmap: roadmapText({ 2: two }) }));
  assert.is(
    sectionOf(withoutBlocks(roadmap.replace(/\n\n<!-- scend:begin sprints -->\n`/, '\n§')), 2).includes(
      '```md',
    ),
    true,
  );
  assert.is(roadmap.match(/^<!-- scend:begin sprints -->$/gm)?.length, 2);
});

const line = fc.constantFrom(
  'Prose of a person, with *emphasis* and `code`.  ',
  '- a list item',
  '  - nested',
  '1. numbered',
  '| a | b |\n|---|---|\n| wide   | `x` |',
  '```md\n## 5. Not a section\n```',
  '<!-- a comment\n\nover paragraphs -->',
  '> quoted\n> ## 3. nor this',
  '### A sub-heading',
  '#### Deeper',
  'Setext\n------',
  '<div>\nhtml\n</div>',
  '    indented code',
  '***',
  'Ticket T1.1.1 and System 2 in prose',
  '',
  '[link]: https://example.org',
  'ünï 😀 text',
);
const prose = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));

test('everything a person wrote survives byte for byte', () => {
  let made = 0;
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('1', '2', '3', '5', '6', '7', '8', '9'), prose),
      fc.boolean(),
      fc.boolean(),
      (extra, crlf, bom) => {
        const bodies: Record<number, string> = {};
        for (const [number, text] of Object.entries(extra))
          bodies[Number(number)] = `${sectionBodies[Number(number)]}\n${text}\n`;
        const plain = roadmapText(bodies);
        const source = (bom ? '\uFEFF' : '') + (crlf ? plain.replaceAll('\n', '\r\n') : plain);
        const { roadmap } = refreshed(stateOf({ roadmap: source }));
        made += 1;
        assert.is(roadmap.startsWith('\uFEFF'), bom);
        if (crlf) assert.not.match(roadmap, /[^\r]\n/);
        const before = source.replaceAll('\r\n', '\n').replace('\uFEFF', '');
        const after = withoutBlocks(roadmap.replaceAll('\r\n', '\n'));
        for (const number of [1, 2, 3, 5, 6, 7, 8]) {
          assert.is(sectionOf(after, number), sectionOf(before, number), `section ${number}`);
        }
        assert.ok(after.slice(after.search(/^## 9\. /m)).startsWith(sectionOf(before, 9)));
      },
    ),
    { numRuns: 400 },
  );
  assert.is(made, 400);
});

test('section 4 loses no line, wherever its workflows move', () => {
  const workflow = fc.record({
    name: fc.constantFrom('Intake', 'Routing', 'Other', 'A | b'),
    body: prose,
    tickets: fc.constantFrom('T1.1.1', 'T2.1.2', 'T1.1.1, T2.1.2', 'T9.9.9', ''),
  });
  fc.assert(
    fc.property(fc.array(workflow, { maxLength: 5 }), fc.boolean(), (workflows, withDelivered) => {
      const units = workflows.map(
        (one) =>
          `#### ${one.name}\n\n${one.body
            .replaceAll('### A', '##### A')
            .replaceAll('#### Deeper', '##### Deeper')
            .replace(/Setext\n-+/g, 'x')}\n\nTickets: ${one.tickets}\n`,
      );
      const four = `## 4. Pilot Scope\n\nIntro.\n\n### Planned\n\n${units.join('\n')}${withDelivered ? '\n### Delivered\n' : ''}`;
      const lines = (text: string) =>
        text
          .split('\n')
          .filter((one) => one.trim() !== '')
          .sort();
      const { roadmap } = refreshed(stateOf({ roadmap: roadmapText({ 4: four }) }));
      const after = withoutBlocks(roadmap);
      const expected = lines(sectionOf(roadmapText({ 4: four }), 4));
      const found = lines(sectionOf(after, 4));
      assert.equal(
        found.filter((one) => one !== '### Delivered'),
        expected.filter((one) => one !== '### Delivered'),
      );
    }),
    { numRuns: 400 },
  );
});
