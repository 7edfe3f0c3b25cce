import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { sectionTitles } from '../../src/domain/roadmap.ts';
import { findFigures, offeredFigures } from '../../src/formats/import-figures.ts';
import { type ImportFile, type ImportHeading, readImportFile } from '../../src/formats/import-headings.ts';
import { findIds } from '../../src/formats/import-ids.ts';
import { headingsCalled, mapHeadings, type Override } from '../../src/formats/import-mapping.ts';
import { parseRoadmapFile } from '../../src/formats/roadmap-file.ts';
import { buildBody } from '../../src/formats/roadmap-import.ts';
import { noProjection, roadmapFront } from '../../src/formats/roadmap-new.ts';
import { parseSectionNames } from '../../src/formats/section-names-file.ts';
import { makeSource } from '../../src/formats/source.ts';
import { test, testIf } from '../harness.ts';
import { firm } from '../refresh-state.ts';
import { sharedFile } from '../vectors.ts';

const tablePath = new URL('../../templates/section-names.yaml', import.meta.url);
const table = parseSectionNames(makeSource('names.yaml', readFileSync(tablePath, 'utf8'))).value ?? [];

function filesOf(texts: readonly string[]): ImportFile[] {
  return texts.map((text, index) => {
    const { file, diagnostics } = readImportFile(makeSource(`f${index + 1}.md`, text));
    assert.equal(diagnostics, []);
    return file!;
  });
}

/** Imports texts as files of one roadmap. */
function take(texts: readonly string[], maps: Readonly<Record<string, Override>> = {}, settle = false) {
  const files = filesOf(texts);
  const overrides = new Map<ImportHeading, Override>();
  for (const [said, value] of Object.entries(maps)) {
    const [heading] = headingsCalled(
      files.flatMap((one) => one.headings),
      said,
    );
    assert.ok(heading, said);
    overrides.set(heading!, value);
  }
  let mapped = mapHeadings(files, table, overrides);
  // As a person would, who leaves everything doubtful where it stands.
  const doubtful = () =>
    mapped.find(({ placing }) => placing.kind === 'twice' || placing.kind === 'unplaced');
  for (let one = doubtful(); settle && one; one = doubtful()) {
    overrides.set(one.heading, 'append');
    mapped = mapHeadings(files, table, overrides);
  }
  const body = buildBody(files, mapped);
  const front = roadmapFront({
    id: '22222222-2222-4333-8444-555566667777',
    firm,
    version: 'v1.0',
    today: '2026-01-05',
    projection: noProjection,
    sections: 9,
  });
  const parsed = parseRoadmapFile(makeSource('r.md', `${front}\n${body.text}`), firm, 'v1.0');
  const placed = mapped.map(({ heading, placing }) =>
    'section' in placing
      ? `${heading.text}: ${placing.kind} ${placing.section}`
      : `${heading.text}: ${placing.kind}`,
  );
  return {
    mapped,
    placed,
    body,
    parsed,
    headings: body.text.split('\n').filter((one) => /^#{1,2} /.test(one)),
  };
}

/** The text of one section of the result. */
function sectionText({ parsed }: ReturnType<typeof take>, number: number): string {
  const section = parsed.roadmap?.sections.get(number);
  return section ? parsed.roadmap!.source.text.slice(section.heading.start, section.end) : '';
}

test('one file with unnumbered headings: by name and by synonym, and each gets its number', () => {
  const taken = take(
    [
      '# Acme Roadmap\n\nIntro.\n\n# Executive Summary\n\nA.\n\n# Diagnostic\n\n## Findings\n\nB.\n\n# System Architecture\n\nC.\n\n# KPIs & Metrics\n\nD.\n',
    ],
    { 'KPIs & Metrics': 8 },
  );
  assert.equal(taken.placed, [
    'Acme Roadmap: opening',
    'Executive Summary: opens 1',
    'Diagnostic: opens 2',
    'Findings: within',
    'System Architecture: opens 3',
    'KPIs & Metrics: opens 8',
  ]);
  assert.equal(taken.headings, [
    '# Acme Roadmap',
    '# 1. Executive Summary',
    '# 2. Diagnostic',
    '## Findings',
    '# 3. System Architecture',
    '# 4. Pilot Scope',
    '# 5. Implementation Sprints',
    '# 6. GHL Configuration',
    '# 7. Workflow SOPs',
    '# 8. KPIs & Metrics',
    '# 9. Appendix',
  ]);
  assert.equal(taken.body.made, [4, 5, 6, 7, 9]);
  assert.equal(taken.parsed.diagnostics, []);
});

const eight = [
  ['EXECUTIVE SUMMARY', '# Why now\n\n## 1. First\n'],
  ['DIAGNOSTIC', '## Metrics\n'],
  ['SYSTEM ARCHITECTURE', '# System 1 — Intake\n\n# Appendix of terms\n'],
  ['HIGH-LEVERAGE AI SYSTEMS', '# Executive Summary\n\n## Implementation Plan\n'],
  ['IMPLEMENTATION', '# Sprint 1\n'],
  ['GHL SETUP', '# 3. Third step\n\n## Section 2 of the form\n'],
  ['SOPS', '## 4) Fourth\n\n## 5: Fifth\n\n## 6 – Sixth\n'],
  ['KPIS', 'No heading.\n'],
].map(([name, more], index) => `# SECTION ${index + 1} — ${name}\n\nText ${index + 1}.\n\n${more}`);

test('eight files: sub-headings at level 1 and 2 stay inside, and those that read like a section open none', () => {
  const taken = take(eight);
  assert.equal(
    taken.mapped.flatMap(({ placing }) =>
      'section' in placing ? [`${placing.kind} ${placing.section}`] : [],
    ),
    [1, 2, 3, 4, 5, 6, 7, 8].map((one) => `opens ${one}`),
  );
  assert.equal(
    taken.body.changes.map((one) => `${one.file}:${one.line} ${one.what.split(' ')[0]}`),
    ['f1.md:7 "\\"', 'f6.md:5 "\\"', 'f6.md:7 "&#32;"', 'f7.md:5 "\\"', 'f7.md:7 "\\"', 'f7.md:9 "&#32;"'],
  );
  assert.equal([...taken.parsed.roadmap!.sections.keys()], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (let number = 1; number <= 8; number += 1) assert.match(sectionText(taken, number), `Text ${number}.`);
  assert.match(sectionText(taken, 6), '# 3\\. Third step\n\n## Section&#32;2 of the form');
  assert.equal(taken.body.made, [9]);
});

test('an Appendix after the numbered sections is section 9, whatever stands inside them', () => {
  const taken = take([`${eight.join('\n')}\n# Appendix\n\nTerms.\n`]);
  assert.match(sectionText(taken, 9), '# 9. Appendix\n\nTerms.');
  assert.equal(taken.body.made, []);
});

test('a sub-heading that was written apart still reads the same to Markdown', () => {
  const taken = take(['# SECTION 1 — A\n\n# 3. B\n\n4. Not a heading\n\n## 2 — D\n']);
  assert.equal(
    taken.parsed.roadmap!.sections.get(1)!.headings.map((one) => one.text),
    ['3\\. B', '2&#32;— D'],
  );
});

test('numbers that contradict the name give way to it; a bare number counts where the numbers ascend', () => {
  const renumbered = take(['# 1. Executive Summary\n\n# 2. Implementation Plan\n\n# 3. Metrics\n']);
  assert.equal(
    renumbered.headings.filter((_, index) => [0, 4, 7].includes(index)),
    ['# 1. Executive Summary', '# 5. Implementation Plan', '# 8. Metrics'],
  );
  const numbered = take(['# 1. Where we stand\n\n# 2. What hurts\n\n# 4. First steps\n']);
  assert.equal(numbered.placed, [
    '1. Where we stand: opens 1',
    '2. What hurts: opens 2',
    '4. First steps: opens 4',
  ]);
});

test('"Section 3" in another order than ours keeps its own number unless told otherwise', () => {
  const taken = take(['# SECTION 3: Plan\n\na\n'], { 'SECTION 3: Plan': 5 });
  assert.match(taken.body.text, '# SECTION 5: Plan\n');
});

test('underlined headings get a prefix that does not make a list of them', () => {
  const taken = take(['Executive Summary\n=================\n\nA.\n\nAppendix\n========\n\nB.\n']);
  assert.match(taken.body.text, 'Section 1 — Executive Summary\n=================\n\nA.');
  assert.match(sectionText(taken, 9), 'Section 9 — Appendix\n========\n\nB.');
});

test('systems and sprints stand inside a section whose heading is put before the first', () => {
  const taken = take([
    '# Plan\n\n## System 1 — Intake\n\na\n\n## System 2 — Routing\n\nb\n\n## Sprint 1 — Go\n\nc\n',
  ]);
  assert.equal(taken.placed, [
    'Plan: opening',
    'System 1 — Intake: before 3',
    'System 2 — Routing: within',
    'Sprint 1 — Go: before 5',
  ]);
  assert.match(
    taken.body.text,
    '## 3. GHL Architecture\n\n## System 1 — Intake\n\na\n\n## System 2 — Routing\n\nb\n\n## 4. Pilot Scope\n\n## 5. Implementation Sprints\n\n## Sprint 1 — Go',
  );
});

test('a heading that names nothing has no place until somebody says so', () => {
  const text = '# Executive Summary\n\nA.\n\n# Team\n\nB.\n\n## Ana\n\nC.\n\n# Appendix\n\nD.\n';
  assert.equal(take([text]).placed[1], 'Team: unplaced');
  assert.match(
    sectionText(take([text]), 9),
    '# 9. Appendix\n\nD.\n\n## Imported, not placed\n\n# Team\n\nB.\n\n## Ana\n\nC.\n',
  );
  assert.match(sectionText(take([text], { Team: 'append' }), 1), 'A.\n\n# Team\n\nB.\n\n## Ana\n\nC.');
  assert.match(sectionText(take([text], { Team: 7 }), 7), '# 7. Team\n\nB.\n\n## Ana\n\nC.');
  const without = take([text], { Team: 'skip' });
  assert.not.match(without.body.text, '## Ana');
  assert.equal(without.body.changes.find((one) => one.line === 5)?.what, 'left out, lines 5 to 12');
});

test('a section that begins again right away is joined, one that begins twice in two places is refused', () => {
  const joined = take(['# Metrics\n\nA.\n\n# KPIs\n\nB.\n']);
  assert.equal(joined.placed, ['Metrics: opens 8', 'KPIs: within']);
  assert.equal(take(['# Metrics\n\n# Appendix\n\n# KPIs\n']).placed[2], 'KPIs: twice 8');
});

test('headings in code are none, CRLF and tabs stay, and a BOM between two files goes', () => {
  const first = '# Executive Summary\r\n\r\n```\r\n# Appendix\r\n```\r\n\tcode\t \r\n';
  const taken = take([first, '\uFEFF# Diagnostic\r\n\r\nB.']);
  assert.is(
    taken.body.text.slice(0, taken.body.text.indexOf('# 3.')),
    `# 1. Executive Summary\r\n\r\n\`\`\`\r\n# Appendix\r\n\`\`\`\r\n\tcode\t \r\n\r\n# 2. Diagnostic\r\n\r\nB.\r\n\r\n`,
  );
  assert.not.match(taken.body.text, /[^\r]\n/);
});

test('front matter of another tool goes to the Appendix as code, and that of Scend is no text from elsewhere', () => {
  const taken = take(['---\ntitle: "Plan ```` x"\n---\n# Executive Summary\n\nA.\n']);
  assert.match(sectionText(taken, 9), '## Front matter of f1.md\n\n`````yaml\ntitle: "Plan ```` x"\n`````\n');
  const own = readImportFile(makeSource('a.md', '---\nschema: scend/roadmap@1\n---\n# A\n'));
  assert.equal(
    own.diagnostics.map((one) => `${one.line} ${one.rule}`),
    ['2 schema/kind'],
  );
});

test('a fence without an end, a mark of ours and an empty file are found in their own file', () => {
  const rules = (text: string) =>
    readImportFile(makeSource('a.md', text)).diagnostics.map((one) => `${one.line} ${one.rule}`);
  assert.equal(rules('# A\n\n```\nb\n'), ['3 roadmap/unclosed']);
  assert.equal(rules('# A\n\n<!-- scend:begin sprints -->\n'), ['3 roadmap/block']);
  assert.equal(rules(' \n\n'), ['1 import/empty']);
});

test('a heading can be told by its words or by its place', () => {
  const [file] = filesOf(['# Team\n\n# A, b = c\n\n## Team\n']);
  const called = (said: string) => headingsCalled(file!.headings, said).map((one) => one.line);
  assert.equal(called('Team'), [1, 5]);
  assert.equal(called('f1.md:5'), [5]);
  assert.equal(called('5'), [5]);
  assert.equal(called('# a b C'), [3]);
  assert.equal(called('nothing'), []);
});

const words = [
  ...sectionTitles,
  'Metrics',
  'Team',
  'System 1 — A',
  'Sprint 2',
  'SECTION 4 — X',
  '3. Y',
  'Section 2',
  '7) Z',
  'KPIs',
];
const heading = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(...words))
  .map(([depth, text]) => `${'#'.repeat(depth)} ${text}`);
const line = fc.oneof(
  { weight: 2, arbitrary: heading },
  {
    weight: 1,
    arbitrary: fc.constantFrom('Text.', '- item', '', '    code', '> quote', '| a | b |', '\tx\t', '***'),
  },
);
const document = fc
  .tuple(fc.array(line, { maxLength: 25 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, eol]) => `Start.${eol}${eol}${lines.map((one) => one + eol + eol).join('')}`);

test('whatever the headings are: every line stays, in its order, and the sections read back as shown', () => {
  fc.assert(
    fc.property(fc.array(document, { minLength: 1, maxLength: 3 }), (texts) => {
      const taken = take(texts, {}, true);
      assert.equal(taken.parsed.diagnostics, []);
      const shown = taken.mapped.flatMap(({ placing }) => ('section' in placing ? [placing.section] : []));
      assert.equal(
        [...taken.parsed.roadmap!.sections.keys()].sort((a, b) => a - b),
        [...shown, ...taken.body.made].sort((a, b) => a - b),
      );
      const changed = new Set(taken.body.changes.map((one) => `${one.file}:${one.line}`));
      const result = taken.body.text.split('\n');
      let at = 0;
      for (const [index, text] of texts.entries()) {
        for (const [number, one] of text.split('\n').entries()) {
          if (changed.has(`f${index + 1}.md:${number + 1}`) || one.trim() === '') continue;
          at = result.indexOf(one, at) + 1;
          assert.ok(at > 0, `"${one}" is gone`);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('figures are offered by the words around them, and never guessed', () => {
  const figures = (text: string) => findFigures(filesOf([text]));
  const one = (text: string) => figures(text).map(({ value, field }) => `${value} ${field}`);
  assert.equal(one('We save 364 hours a year.'), ['364 time_savings_hours_annual']);
  assert.equal(one('Staff time saved: $18,200 per year.'), ['18200 time_savings_value_annual']);
  assert.equal(one('Revenue grows by 56,385 USD annually; net ROI 343.96 %.'), [
    '56385 revenue_impact_annual',
    '343.96 net_roi_12_months',
  ]);
  assert.equal(one('| Cost avoided per year | $1.2k |'), ['1200 cost_avoidance_annual']);
  assert.equal(one('Revenue per month: $5,000.'), ['5000 null']);
  assert.equal(one('Revenue a year: 18.200 €.'), ['null revenue_impact_annual']);
  assert.equal(one('Close rate 13 %, 12 hours a week.'), []);
  const offered = offeredFigures(figures('ROI 300 %.\n\nROI 340 %.\n\nWe save 10 hours per year.\n'));
  assert.equal([...offered.single], [['time_savings_hours_annual', 10]]);
  assert.equal(offered.several, ['net_roi_12_months']);
});

test('ids of the text: those that are known, and those that are built like one', () => {
  const found = findIds(
    filesOf(['T1.3.1 and A1 and L0.1.2, T001, but GA4 and 1.2.3 and Q4.\nT1.3.1\n']),
    new Set(['T1.3.1', 'A1']),
  );
  assert.equal(found.known, ['A1', 'T1.3.1']);
  assert.equal(
    found.unknown.map((one) => `${one.id} ${one.line}`),
    ['L0.1.2 1', 'T001 1'],
  );
});

test('one heading in the table of names means one section', () => {
  const text =
    'schema: scend/section-names@1\nsections:\n  - { section_number: 1, names: [Plan] }\n  - { section_number: 5, names: ["3. plan"] }\n';
  assert.equal(
    parseSectionNames(makeSource('n.yaml', text)).diagnostics.map((one) => `${one.line} ${one.rule}`),
    ['4 settings/invalid'],
  );
  assert.ok(table.length === 10);
});

const seed = sharedFile('seed/000_59820afdfd01e32c.txt');
testIf(
  seed !== null,
  'the first requirement is not beside the checkout',
  'the first requirement itself is a roadmap',
  () => {
    const taken = take([seed!]);
    assert.equal(
      taken.mapped.flatMap(({ placing }) => ('section' in placing ? [placing.section] : [])),
      [3, 5, 8, 9],
    );
    assert.equal(taken.parsed.diagnostics, []);
    assert.is(taken.body.changes.length, 4);
    assert.match(sectionText(taken, 3), '## SYSTEM L7 — Documentation & Usage Guide');
  },
);
