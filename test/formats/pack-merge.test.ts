import * as assert from 'uvu/assert';
import type { Sides } from '../../src/domain/merge-order.ts';
import { mergePacks, type PackMerge } from '../../src/formats/pack-merge.ts';
import { test } from '../harness.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
const maxBytes = 4 * 1_048_576;

function merge(
  sides: Sides<string>,
  labels?: { ours: string; theirs: string },
): PackMerge & { text: string } {
  const bytes = { base: encode(sides.base), ours: encode(sides.ours), theirs: encode(sides.theirs) };
  const merged = mergePacks(bytes, { maxBytes, ...(labels && { labels }) });
  return { ...merged, text: decode(merged.bytes) };
}

const front = `---
schema: scend/ticket-pack@1
id: 7f0c1111-2222-4333-8444-555566667777
firm: acme
version: v1.0
created_at: 2026-01-05 # kept
sprints:
  - { number: 1, name: Foundation }
  - { number: 2, name: Growth }
---
`;
const base = `${front}# Acme

Intro.

## Sprint 1 — Foundation

- [ ] T1.1 – First
- [ ] T1.2 – Second
  - Status: not_started
- [ ] T1.3 – Third
  - Status: not_started
  - Depends on: T1.1
  - Custom: kept
  - [ ] accepted

Prose between.

## Sprint 2 — Growth

- [ ] T2.1 – Fourth
- [ ] T2.2 – Fifth
  - Started: 2026-02-01
`;

type Swap = readonly [from: string, to: string];

function edit(text: string, ...swaps: readonly Swap[]): string {
  return swaps.reduce((now, [from, to]) => {
    assert.ok(now.includes(from), `nothing to replace: ${from}`);
    return now.replace(from, () => to);
  }, text);
}

/** Both sides' edits must come out as if one person had made them all, whoever merges whom. */
function bothSurvive(ours: readonly Swap[], theirs: readonly Swap[], from = base): void {
  const wanted = edit(from, ...ours, ...theirs);
  const sides = { base: from, ours: edit(from, ...ours), theirs: edit(from, ...theirs) };
  for (const one of [sides, { ...sides, ours: sides.theirs, theirs: sides.ours }]) {
    const merged = merge(one);
    assert.is(merged.asText, null);
    assert.is(merged.conflicts.length, 0);
    assert.is(merged.text, wanted);
  }
}

const third = `- [ ] T1.3 – Third
  - Status: not_started
  - Depends on: T1.1
  - Custom: kept
  - [ ] accepted
`;

test('neighbours ticked by two people are both ticked', () =>
  bothSurvive([['[ ] T1.1', '[x] T1.1']], [['[ ] T1.2', '[x] T1.2']]));

test('a tick and an assignee of one ticket both stay', () => {
  bothSurvive([['[ ] T1.2', '[x] T1.2']], [['– Second\n', '– Second\n  - Assignee: Ana\n']]);
});

test('two new details of one ticket stand in their usual order', () => {
  const merged = merge({
    base,
    ours: edit(base, ['– First\n', '– First\n  - Started: 2026-03-01\n']),
    theirs: edit(base, ['– First\n', '– First\n  - Assignee: Ana\n']),
  });
  assert.is(merged.text, edit(base, ['– First\n', '– First\n  - Assignee: Ana\n  - Started: 2026-03-01\n']));
});

test('a ticket that one moves and the other edits is moved and edited', () => {
  const moved = edit(base, [third, ''], ['- [ ] T2.2', `${third}- [ ] T2.2`]);
  const edited: Swap[] = [
    ['[ ] T1.3', '[x] T1.3'],
    ['Custom: kept', 'Custom: new'],
    ['[ ] accepted', '[x] accepted'],
  ];
  const wanted = edit(moved, ...edited);
  for (const sides of [
    { base, ours: moved, theirs: edit(base, ...edited) },
    { base, ours: edit(base, ...edited), theirs: moved },
  ]) {
    const merged = merge(sides);
    assert.is(merged.conflicts.length, 0);
    assert.is(merged.text, wanted);
  }
});

test('tickets and a sprint that both add at one place are all there, in an order that does not depend on whose', () => {
  const ours = edit(base, ['2026-02-01\n', '2026-02-01\n- [ ] T2.4 – Ours\n']);
  const theirs = edit(
    base,
    ['2026-02-01\n', '2026-02-01\n- [ ] T2.3 – Theirs\n\n## Sprint 3 — New\n\n- [ ] T3.1 – Last\n'],
    ['Growth }\n', 'Growth }\n  - { number: 3, name: New }\n'],
  );
  const wanted = edit(theirs, ['– Theirs\n', '– Theirs\n- [ ] T2.4 – Ours\n']);
  assert.is(merge({ base, ours, theirs }).text, wanted);
  assert.is(merge({ base, ours: theirs, theirs: ours }).text, wanted);
});

test('what one removes and the other leaves alone is gone; what the other changed is a conflict', () => {
  bothSurvive([[third, '']], [['– First', '– Erste']]);
  const merged = merge({
    base,
    ours: edit(base, [third, '']),
    theirs: edit(base, ['Custom: kept', 'Custom: new']),
  });
  assert.is(merged.conflicts.length, 1);
  assert.equal(merged.conflicts[0]?.says, { ours: 'removed', theirs: 'changed' });
  assert.match(merged.text, '<<<<<<< ours (T1.3: removed)\n=======\n- [ ] T1.3 – Third\n');
});

test('two different statuses are one conflict around checkbox and Status, everything else is merged', () => {
  const merged = merge(
    {
      base,
      ours: edit(base, ['[ ] T1.2', '[x] T1.2'], ['– First', '– Erste']),
      theirs: edit(
        base,
        ['Second\n  - Status: not_started', 'Second\n  - Status: blocked'],
        ['Prose', 'Text'],
      ),
    },
    { ours: 'HEAD', theirs: 'feature' },
  );
  assert.is(
    merged.text,
    edit(
      base,
      ['– First', '– Erste'],
      ['Prose', 'Text'],
      [
        '- [ ] T1.2 – Second\n  - Status: not_started\n',
        '<<<<<<< HEAD (T1.2 Status: done)\n- [x] T1.2 – Second\n  - Status: not_started\n=======\n- [ ] T1.2 – Second\n  - Status: blocked\n>>>>>>> feature (T1.2 Status: blocked)\n',
      ],
    ),
  );
  assert.equal(
    merged.conflicts.map(({ subject, field, says, line }) => ({ subject, field, says, line })),
    [{ subject: 'T1.2', field: 'Status', says: { ours: 'done', theirs: 'blocked' }, line: 18 }],
  );
});

test('done by box here and by Status there is the same thing said twice', () => {
  const merged = merge({
    base,
    ours: edit(base, ['[ ] T1.2', '[x] T1.2']),
    theirs: edit(base, ['Second\n  - Status: not_started', 'Second\n  - Status: done']),
  });
  assert.is(merged.conflicts.length, 0);
  assert.match(merged.text, '- [x] T1.2 – Second\n  - Status: done\n');
});

test('two first dates: the earlier; two corrections of one date: a conflict', () => {
  const started = (id: string, date: string): Swap => [`– ${id}\n`, `– ${id}\n  - Started: ${date}\n`];
  const first = merge({
    base,
    ours: edit(base, started('First', '2026-03-09')),
    theirs: edit(base, started('First', '2026-03-07')),
  });
  assert.is(first.text, edit(base, started('First', '2026-03-07')));
  const corrected = merge({
    base,
    ours: edit(base, ['Started: 2026-02-01', 'Started: 2026-02-02']),
    theirs: edit(base, ['Started: 2026-02-01', 'Started: 2026-02-03']),
  });
  assert.is(corrected.conflicts[0]?.field, 'Started');
});

test('ids that both add to Depends on are both there', () => {
  const merged = merge({
    base,
    ours: edit(base, ['Depends on: T1.1', 'Depends on: T1.1, T1.2']),
    theirs: edit(base, ['Depends on: T1.1', 'Depends on: T1.1, T2.1']),
  });
  assert.match(merged.text, '  - Depends on: T1.1, T1.2, T2.1\n');
});

test('a ticket moved to two sprints is one conflict that names both', () => {
  const three = `${base}\n## Sprint 3 — More\n\n- [ ] T3.1 – Later\n`;
  const merged = merge({
    base: three,
    ours: edit(three, [third, ''], ['- [ ] T2.2', `${third}- [ ] T2.2`]),
    theirs: edit(three, [third, ''], ['- [ ] T3.1', `${third}- [ ] T3.1`]),
  });
  assert.equal(
    merged.conflicts.map((one) => [one.subject, one.field, one.says]),
    [['T1.3', 'sprint', { ours: '2', theirs: '3' }]],
  );
  assert.is(merged.text.split('Custom: kept').length, 2);
});

test('front matter: field by field, sprints by number, the higher version', () => {
  const merged = merge({
    base,
    ours: edit(base, ['version: v1.0', 'version: v1.9'], ['name: Growth }', 'name: Wachstum }']),
    theirs: edit(
      base,
      ['version: v1.0', 'version: v1.10'],
      ['name: Growth }', 'name: Growth, planned_start: 2026-02-02 }\n  - { number: 3, name: More }'],
    ),
  });
  assert.is(merged.conflicts.length, 0);
  const wanted = edit(
    base,
    ['version: v1.0', 'version: v1.10'],
    ['name: Growth }', 'name: Wachstum, planned_start: 2026-02-02 }\n  - { number: 3, name: More }'],
  );
  assert.is(merged.text, wanted);
});

test('prose merges as text, and only the lines in dispute are marked', () => {
  bothSurvive([['Intro.', 'Intro, longer.']], [['Prose between.', 'Other prose.']]);
  const merged = merge({
    base,
    ours: edit(base, ['Prose between.', 'One.']),
    theirs: edit(base, ['Prose between.', 'Other.'], ['[ ] T2.1', '[x] T2.1']),
  });
  assert.is(merged.conflicts.length, 1);
  assert.match(merged.text, '<<<<<<< ours (text after T1.3: One.)\nOne.\n=======\nOther.\n>>>>>>> theirs');
  assert.match(merged.text, '[x] T2.1');
});

test('line endings, byte order mark and indentation stay as ours has them', () => {
  const ours = `\uFEFF${edit(base, ['[ ] T1.1', '[x] T1.1'], ['  - Status', '\t- Status']).replaceAll('\n', '\r\n')}`;
  const theirs = edit(
    base,
    ['[ ] T2.1', '[x] T2.1'],
    ['Second\n  - Status: not_started', 'Second\n  - Status: blocked\n  - Notes: late'],
  );
  const merged = merge({ base, ours, theirs });
  assert.is(merged.asText, null);
  assert.is(merged.conflicts.length, 0);
  assert.is(
    merged.text,
    `\uFEFF${edit(
      base,
      ['[ ] T1.1', '[x] T1.1'],
      ['[ ] T2.1', '[x] T2.1'],
      ['Second\n  - Status: not_started', 'Second\n\t- Status: blocked\n\t- Notes: late'],
    ).replaceAll('\n', '\r\n')}`,
  );
});

test('both sides added the file: what they share is there once', () => {
  const merged = merge({
    base: '',
    ours: edit(base, ['[ ] T1.1', '[x] T1.1']),
    theirs: edit(base, ['– Second\n', '– Second\n  - Assignee: Ana\n']),
  });
  assert.is(merged.conflicts.length, 0);
  assert.is(
    merged.text,
    edit(base, ['[ ] T1.1', '[x] T1.1'], ['– Second\n', '– Second\n  - Assignee: Ana\n']),
  );
});

test('what cannot be read is merged by lines as Git does, and keeps every byte', () => {
  const broken: [string, string][] = [
    ['duplicate ids', edit(base, ['T2.1 –', 'T1.1 –'])],
    ['broken front matter', edit(base, ['sprints:', 'sprints: {'])],
    ['no front matter', base.slice(front.length)],
    ['markers', edit(base, ['Prose between.', '<<<<<<< a\nx\n=======\ny\n>>>>>>> b'])],
  ];
  for (const [what, text] of broken) {
    const sides = {
      base: text,
      ours: edit(text, ['Intro.', 'Ours.']),
      theirs: edit(text, ['Fifth', 'Fünfte']),
    };
    const merged = merge(sides);
    assert.type(merged.asText, 'string', what);
    assert.is(merged.text, edit(text, ['Intro.', 'Ours.'], ['Fifth', 'Fünfte']), what);
    assert.is(merged.conflicts.length, 0, what);
  }
});

test('Windows-1252 is merged by its bytes, conflicts marked, NUL bytes left alone', () => {
  const latin = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
  const text = edit(base.replaceAll('–', '-').replaceAll('—', '-'), ['Intro.', 'Größe.']);
  const options = { maxBytes, size: 9, labels: { ours: 'HEAD', theirs: 'übung' } };
  const merged = mergePacks(
    {
      base: latin(text),
      ours: latin(edit(text, ['Größe.', 'Maß.'])),
      theirs: latin(edit(text, ['Größe.', 'Länge.'])),
    },
    options,
  );
  assert.match(merged.asText ?? '', 'not UTF-8');
  const marked = `<<<<<<<<< HEAD\nMaß.\n=========\nLänge.\n>>>>>>>>> `;
  const wanted = edit(text, ['Größe.\n', `${marked}@@\n`]);
  const [before = '', after = ''] = wanted.split('@@');
  assert.equal(
    Buffer.from(merged.bytes),
    Buffer.concat([latin(before), encode('übung'), latin(after)].map((one) => Buffer.from(one))),
  );
  const nul = mergePacks({ base: encode('a'), ours: encode('a\0b'), theirs: encode('c') }, options);
  assert.equal([nul.binary, decode(nul.bytes)], [true, 'a\0b']);
});

test('a pack of 1 MB is merged by ticket', () => {
  const tickets = Array.from(
    { length: 40 },
    (_, s) =>
      `\n## Sprint ${s + 1} — Part\n\n${Array.from({ length: 25 }, (_, n) => `- [ ] T${s + 1}.${n + 1} – Title\n  - Status: not_started\n  - Notes: ${'long '.repeat(190)}\n`).join('')}`,
  );
  const big = `${front.replace(/sprints:\n(?: .*\n)+/, '')}${tickets.join('')}`;
  assert.ok(big.length > 900_000);
  const ours = edit(big, ['[ ] T1.1 ', '[x] T1.1 '], ['[ ] T40.25 ', '[x] T40.25 ']);
  const theirs = edit(big, ['[ ] T1.2 ', '[x] T1.2 ']);
  const merged = merge({ base: big, ours, theirs });
  assert.is(merged.asText, null);
  assert.is(merged.text, edit(ours, ['[ ] T1.2 ', '[x] T1.2 ']));
});
