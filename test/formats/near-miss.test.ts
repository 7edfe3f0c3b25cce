import * as assert from 'uvu/assert';
import { parsePackFile } from '../../src/formats/pack-file.ts';
import { makeSource } from '../../src/formats/source.ts';
import { parsePackBody } from '../../src/formats/ticket-pack.ts';
import { test } from '../harness.ts';

/** Reads `body` under a sprint heading; line numbers count from the body's first line. */
function read(body: string) {
  const source = makeSource('pack.md', `## Sprint 1 — Start\n\n${body}\n`);
  const pack = parsePackBody(source);
  return {
    tickets: pack.tickets.map(({ entry }) => `${entry.ticketId} ${entry.box}`),
    entries: pack.tickets.map((one) => one.entry),
    found: pack.diagnostics.map((one) => `${one.line - 2}:${one.column} ${one.rule}`),
    hints: pack.diagnostics.map((one) => one.hint),
  };
}

/** What a person typed → tickets read, findings at line:column. */
const table: [body: string, tickets: string[], found: string[]][] = [
  // A ticket in every dress that Markdown allows.
  ['- [ ] T1 – Title', ['T1 open'], []],
  ['* [x] T1 – Title', ['T1 done'], []],
  ['+ [X] T1 – Title', ['T1 done'], []],
  ['1. [ ] T1 – Title', ['T1 open'], []],
  ['1) [X] T1 – Title', ['T1 done'], []],
  ['- [x] **T1.1** – Title', ['T1.1 done'], []],
  ['- [ ] `T1` – Title', ['T1 open'], []],
  ['- [ ] **T1 – Title**', ['T1 open'], []],
  ['- [ ]\tT1 – Title', ['T1 open'], []],
  ['-    [ ] T1 – Title', ['T1 open'], []],
  ['   - [ ] T1 – Title', ['T1 open'], []],
  ['- [x] S3-T1: Title', ['S3-T1 done'], []],
  ['- [x] T001 Title', ['T001 done'], []],
  ['- [/] T1 – Title', ['T1 in_progress'], []],
  ['- [-] T1 – Title', ['T1 skipped'], []],
  ['- [x] 1.10 – Title', ['1.10 done'], []],
  ['- group\n  - [x] T1 – Title', ['T1 done'], []],
  ['- [ ] T1 – Title\n\n[x]: https://example.org', ['T1 open'], []],
  // Near misses.
  ['-[ ] T1 – Title', [], ['1:1 pack/not-a-task']],
  ['- [ ]T1 – Title', [], ['1:1 pack/not-a-task']],
  ['- [] T1 – Title', [], ['1:1 pack/not-a-task']],
  ['- [  ] T1 – Title', [], ['1:1 pack/not-a-task']],
  ['- [ x ] T1 – Title', [], ['1:1 pack/not-a-task']],
  ['- [✓] T1 – Title', [], ['1:1 pack/not-a-task']],
  ['- [\u00a0] T1 – Title', [], ['1:1 pack/not-a-task']],
  ['-\u00a0[ ] T1 – Title', [], ['1:1 pack/not-a-task']],
  ['- [x]\u00a0T1 – Title', [], ['1:1 pack/not-a-task']],
  ['– [ ] T1 – Title', [], ['1:1 pack/not-a-task']],
  ['• [x] T1 – Title', [], ['1:1 pack/not-a-task']],
  ['- \\[ ] T1 – Title', [], ['1:1 pack/not-a-task']],
  ['# [ ] T1 – Title', [], ['1:1 pack/not-a-task']],
  ['[x] T1 – Title', [], ['1:1 pack/not-a-task']],
  ['-     [ ] T1 – Title', [], ['1:1 pack/indented-code']],
  ['    - [ ] T1 – Title', [], ['1:5 pack/indented-code']],
  ['\t- [ ] T1 – Title', [], ['1:2 pack/indented-code']],
  // What the ticket above took in of it is not reported a second time; what is wrong in itself is.
  [
    '- [ ] T1 – A\n  - Status: done\n  - Estimate: 2h\n-[x] T2 – B\n  - Status: done\n  - Estimate: 3h\n- [ ] T3 – C\n  - Status: odd',
    ['T1 open', 'T3 open'],
    ['8:13 pack/unknown-status', '4:1 pack/not-a-task'],
  ],
  [
    '- [ ] T1 – A\n  - Status: done\n  - Status: done\n-[x] T2 – B\n  - Status: done',
    ['T1 open'],
    ['3:3 pack/duplicate-detail', '4:1 pack/not-a-task'],
  ],
  ['- [ ] Buy milk', [], ['1:1 pack/task-without-id']],
  ['- [ ] 24h reminder', [], ['1:1 pack/task-without-id']],
  ['```\n- [ ] T1 – Title\n```', [], ['2:1 pack/ticket-in-code']],
  ['<!-- - [ ] T1 – Title -->', [], []],
  ['<!--\n- [ ] T1 – Title\n-->', [], ['2:1 pack/ticket-in-code']],
  ['```\n- [ ] T1 – Title\n- [ ] T2 – Title', [], ['1:1 pack/unclosed']],
  ['<!--\n- [ ] T1 – Title', [], ['1:1 pack/unclosed']],
  ['> - [ ] T1 – Title\n> - [ ] T2 – Title', [], ['1:3 pack/ticket-in-quote']],
  ['<div>\n- [ ] T1 – Title\n</div>', [], ['2:1 pack/ticket-in-quote']],
  ['- [ ] T1 – One\n- [ ] T1 – Two', ['T1 open', 'T1 open'], ['2:7 pack/duplicate-id']],
  ['- [ ] T1 – Title\nStatus: done', ['T1 open'], ['2:1 pack/detail-not-bullet']],
  ['- [ ] T1 – Title\n      - Status: done', ['T1 open'], ['2:7 pack/detail-not-bullet']],
  ['- [ ] T1 – Title\n- Status: done', ['T1 open'], ['2:1 pack/detail-not-nested']],
  ['- [ ] T1 – Title\n - Status: done', ['T1 open'], ['2:2 pack/detail-not-nested']],
  ['- Status: done', [], ['1:1 pack/detail-not-nested']],
  ['- [ ] T1 – Title\n  - Status: done\n  - Status: blocked', ['T1 open'], ['3:3 pack/duplicate-detail']],
  ['- [ ] T1 – Title\n  - Status: dnoe', ['T1 open'], ['2:13 pack/unknown-status']],
  ['- [ ] T1 – Title\n  - Started: 2026-02-30', ['T1 open'], ['2:14 pack/bad-date']],
  ['- [ ] T1 – Title\n  - Status： done', ['T1 open'], ['2:11 pack/full-width-colon']],
  ['- [ ] T1 – Title\n  - status: Done', ['T1 open'], []],
  ['- [ ] T1 – Title\n\t- Status: done', ['T1 open'], []],
  [
    '- [ ] T1.1 – Title\n  - [ ] caller hears a greeting\n  - [x] GA4 event fires\n  - [ ] 24h later',
    ['T1.1 open'],
    [],
  ],
  ['- [ ] T1 – Title\n  - [ ] T2 – Sub-ticket', ['T1 open', 'T2 open'], []],
  ['- [x](https://example.org) T1', [], []],
  ['- Notes: prose, not a detail', [], []],
];

for (const [body, tickets, found] of table) {
  test(JSON.stringify(body), () => {
    const result = read(body);
    assert.equal(result.tickets, tickets);
    assert.equal(result.found, found);
  });
}

test('the hint of a near miss is the line that works', () => {
  assert.equal(read('• [✓] T1.2 – Title').hints, ['Write "- [x] T1.2 – Title".']);
  assert.equal(read('  - [\u00a0] T1.2 – Title').hints, ['Write "  - [ ] T1.2 – Title".']);
  for (const broken of ['-[ ] T1 – A', '- [ x ] T1 – A', '    - [ ] T1 – A', '* []  T1 – A']) {
    const fixed = /"(.*)"/.exec(read(broken).hints[0] ?? '')?.[1] ?? '';
    assert.equal(read(fixed).found, [], fixed);
    assert.is(read(fixed).tickets.length, 1, fixed);
  }
});

test('a ticket that waits for a mistyped one is not told to take that out', () => {
  const front =
    '---\nschema: scend/ticket-pack@1\nid: 7a1f0c52-6f5b-4d4e-9c39-0b6d7a1c2e11\nfirm: acme\nversion: v1.0\ncreated_at: 2026-01-05\nsprints: []\n---\n';
  const firm = { id: '7a1f0c52-6f5b-4d4e-9c39-0b6d7a1c2e11', slug: 'acme', createdAt: '2026-01-05' };
  const of = (first: string) =>
    parsePackFile(makeSource('pack.md', `${front}${first}\n\n- [ ] T2 – B\n  - Depends on: T1\n`), firm)
      .diagnostics.map((one) => one.rule)
      .filter((one) => one !== 'pack/sprint-missing');
  assert.equal(of('- [ ] T1 – A'), []);
  assert.equal(of('-[ ] T1 – A'), ['pack/not-a-task']);
  assert.equal(of('- [ ] T3 – A'), ['pack/unknown-dependency']);
});

test('details are read with their values, also over two lines', () => {
  const [entry] = read(
    '- [ ] T3.2.1 – A title\n  over two lines\n  - **Status:** blocked\n  - Assignee: Ana\n  - Notes: waits for\n    the carrier\n  - Depends on: T1.1.1, T1.1.2\n  - Estimate: 1.5h\n  - System: 4',
  ).entries;
  assert.equal(entry, {
    ticketId: 'T3.2.1',
    title: 'A title over two lines',
    box: 'open',
    statusLine: 'blocked',
    assignee: 'Ana',
    started: null,
    completed: null,
    notes: 'waits for the carrier',
    system: '4',
    dependsOn: ['T1.1.1', 'T1.1.2'],
    estimatedHours: 1.5,
    sprint: 1,
  });
});
