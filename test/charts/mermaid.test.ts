import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { mermaidText, type SprintBar, sprintGantt, ticketsByStatus } from '../../src/charts/index.ts';
import { test } from '../harness.ts';

const sprint: SprintBar = {
  number: 1,
  name: 'Start',
  plannedStart: '2026-01-05',
  plannedEnd: '2026-01-18',
  done: 2,
  active: 2,
  delivered: '2026-01-14',
  expectedEnd: null,
  late: false,
};
const open = { ...sprint, number: 2, done: 1, delivered: null };

test('a sprint shows its plan beside what became of it', () => {
  const text = sprintGantt([
    sprint,
    { ...open, expectedEnd: '2026-03-13', late: true },
    { ...open, number: 3, name: null, expectedEnd: '2026-01-18' },
    { ...open, number: 4, plannedStart: null },
  ]);
  assert.is(
    text,
    [
      '```mermaid',
      'gantt',
      '  accTitle: Sprints, planned and actual',
      '  accDescr: sprint 1 planned 2026-01-05 to 2026-01-18 delivered 2026-01-14, sprint 2 planned 2026-01-05 to 2026-01-18 expected 2026-03-13, sprint 3 planned 2026-01-05 to 2026-01-18 expected 2026-01-18',
      '  dateFormat YYYY-MM-DD',
      '  axisFormat %Y-%m-%d',
      '  tickInterval 2week',
      '  todayMarker off',
      '  inclusiveEndDates',
      '  section Sprint 1',
      '    Planned to 2026-01-18 — Start :done, 2026-01-05, 2026-01-18',
      '    Delivered 2026-01-14, 2 of 2 done :2026-01-05, 2026-01-14',
      '  section Sprint 2',
      '    Planned to 2026-01-18 — Start :done, 2026-01-05, 2026-01-18',
      '    Late, expected 2026-03-13, 1 of 2 done :crit, 2026-01-05, 2026-03-13',
      '  section Sprint 3',
      '    Planned to 2026-01-18 :done, 2026-01-05, 2026-01-18',
      '    Expected 2026-01-18, 1 of 2 done :2026-01-05, 2026-01-18',
      '```',
    ].join('\n'),
  );
  assert.is(sprintGantt([{ ...sprint, plannedStart: null }]), null);
});

test('a sprint delivered before its planned start still has a bar', () => {
  assert.match(sprintGantt([{ ...sprint, delivered: '2026-01-02' }]) ?? '', ':2026-01-02, 2026-01-02');
});

test('tickets by status name each part that there is', () => {
  const totals = { tickets: 85, done: 46, inProgress: 3, blocked: 0, notStarted: 35, skipped: 1 };
  const text = ticketsByStatus(totals) ?? '';
  assert.match(text, 'title 85 tickets by status');
  assert.match(text, 'accDescr: 46 done, 3 in progress, 35 not started, 1 put off');
  assert.match(text, '  section Done\n    46 done :0, 46\n');
  assert.not.match(text, /blocked/i);
  assert.is(
    ticketsByStatus({ tickets: 0, done: 0, inProgress: 0, blocked: 0, notStarted: 0, skipped: 0 }),
    null,
  );
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(
    'x :crit, 2026-01-01',
    '%%{init: {"theme":"dark"}}%%',
    'a\n  section Other',
    '```\n# out',
    'click me "javascript:alert(1)"',
    '#quot; #35; ;',
    '<!-- scend:end sprints -->',
    '$$x$$ [a](b) {c}',
  ),
);

test('a name is nothing but a name', () => {
  assert.is(
    mermaidText('Phase #2: "Build" [a] {b} <c> `d` | e; 50 %% \\'),
    'Phase № 2 – ”Build” (a) (b) ‹c› ’d’ / e…',
  );
  fc.assert(
    fc.property(hostile, (name) => {
      assert.not.match(mermaidText(name), /[:;#"`[\]{}<>|\\\r\n]|%%|\$\$/);
      const lines = sprintGantt([{ ...sprint, name }])?.split('\n') ?? [];
      const plain = sprintGantt([sprint])?.split('\n') ?? [];
      assert.is(lines.length, plain.length);
      for (const [index, line] of lines.entries()) {
        if (!line.includes('Planned to')) assert.is(line, plain[index]);
        else assert.match(line, /^ {4}Planned to 2026-01-18(?: — [^:;#"]*)? :done, 2026-01-05, 2026-01-18$/);
      }
    }),
  );
});
