import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { selectTickets, topologicalOrder } from '../../src/domain/selection.ts';
import { fillSprints } from '../../src/domain/sprint-fill.ts';
import type { Ticket } from '../../src/domain/ticket.ts';
import { parseLibrary } from '../../src/formats/library.ts';
import { makeSource } from '../../src/formats/source.ts';
import { test, testIf } from '../harness.ts';
import { sharedFile } from '../vectors.ts';

function ticket(ticketId: string, dependencies: string[] = [], estimatedHours: number | null = 2): Ticket {
  const [system = '', sub = ''] = ticketId.slice(1).split('.');
  return {
    ticketId,
    systemId: system,
    systemName: `System ${system}`,
    subsystemId: `${system}.${sub}`,
    subsystemName: '',
    title: ticketId,
    description: null,
    dependencies,
    validationCriteria: [],
    estimatedHours,
    ticketType: null,
    tags: [],
  };
}

const library = [
  ticket('T1.1.1'),
  ticket('T1.1.2', ['T1.1.1']),
  ticket('T1.2.1', ['T2.1.1']),
  ticket('T2.1.1'),
  ticket('T2.1.2', ['T1.1.2']),
];
const request = (systems: string[], tickets: string[] = [], exclude: string[] = []) => ({
  systems,
  tickets,
  exclude,
});
const ids = (tickets: readonly Ticket[]) => tickets.map((one) => one.ticketId);

test('selection by system, subsystem and ticket, with prerequisites named', () => {
  const found = selectTickets(library, request(['1.2'], ['T2.1.2']));
  assert.ok(found.ok);
  assert.equal(ids(found.tickets), ['T1.1.1', 'T1.1.2', 'T1.2.1', 'T2.1.1', 'T2.1.2']);
  assert.equal(
    found.prerequisites.map((one) => [one.ticket.ticketId, one.neededBy]),
    [
      ['T1.1.1', ['T1.1.2']],
      ['T1.1.2', ['T2.1.2']],
      ['T2.1.1', ['T1.2.1']],
    ],
  );
});

const refusals: [string, ReturnType<typeof request>, readonly Ticket[], string][] = [
  ['an unknown system', request(['7']), library, 'no system, subsystem or ticket "7"'],
  [
    'an unknown exclusion',
    request(['1'], [], ['T9.9.9']),
    library,
    'no system, subsystem or ticket "T9.9.9"',
  ],
  [
    'an excluded prerequisite',
    request(['1'], [], ['T2.1.1']),
    library,
    'T1.2.1 needs T2.1.1, which is excluded',
  ],
  ['nothing selected', request([]), library, 'no ticket is selected'],
  [
    'a circle',
    request(['1']),
    [ticket('T1.1.1', ['T1.1.2']), ticket('T1.1.2', ['T1.1.3']), ticket('T1.1.3', ['T1.1.1'])],
    'T1.1.1 → T1.1.2 → T1.1.3 → T1.1.1',
  ],
  ['a dependency the library lacks', request(['1']), [ticket('T1.1.1', ['T1.9.9'])], 'T1.1.1 needs T1.9.9'],
];
for (const [name, wanted, from, message] of refusals) {
  test(`selection refuses ${name}`, () => {
    const found = selectTickets(from, wanted);
    assert.is(found.ok, false);
    assert.match(found.ok ? '' : found.problems.map((one) => one.message).join('\n'), message);
    if (!found.ok) for (const one of found.problems) assert.ok(one.hint);
  });
}

test('an excluded ticket that nothing needs is left out', () => {
  const found = selectTickets(library, request(['1'], [], ['T1.1.2']));
  assert.ok(found.ok);
  assert.equal(ids(found.tickets), ['T1.1.1', 'T1.2.1', 'T2.1.1']);
});

test('order: prerequisites first, then phases, then the library', () => {
  const phases = [
    { systemId: '2', ticketIds: [], phase: 'mvp' as const, sprintNumber: null },
    { systemId: '1', ticketIds: [], phase: 'phase_2' as const, sprintNumber: null },
  ];
  assert.equal(ids(topologicalOrder(library, phases)), ['T2.1.1', 'T1.1.1', 'T1.1.2', 'T2.1.2', 'T1.2.1']);
  assert.equal(ids(topologicalOrder(library, [])), ['T1.1.1', 'T1.1.2', 'T2.1.1', 'T1.2.1', 'T2.1.2']);
});

/** Random libraries without circles: a ticket depends only on ones before it. */
const acyclic = fc.integer({ min: 1, max: 130 }).chain((count) =>
  fc
    .record({
      deps: fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: count, maxLength: count }),
      hours: fc.array(fc.option(fc.integer({ min: 1, max: 8 }), { nil: null }), {
        minLength: count,
        maxLength: count,
      }),
    })
    .map(({ deps, hours }) =>
      hours.map((one, i) =>
        ticket(
          `T${1 + (i % 5)}.1.${i}`,
          i === 0 ? [] : (deps[i] ?? []).map((d) => `T${1 + ((d % i) % 5)}.1.${d % i}`),
          one,
        ),
      ),
    ),
);

test('random libraries: every ticket once, after what it needs, in sprints of the allowed size', () => {
  fc.assert(
    fc.property(acyclic, fc.option(fc.integer({ min: 20, max: 80 }), { nil: null }), (tickets, hours) => {
      const ordered = topologicalOrder(tickets, []);
      assert.equal(ids(ordered).sort(), ids(tickets).sort());
      const place = new Map(ids(ordered).map((id, index) => [id, index]));
      for (const one of ordered) {
        for (const id of one.dependencies) assert.ok((place.get(id) ?? 0) < (place.get(one.ticketId) ?? 0));
      }
      const sprints = fillSprints(ordered, {
        start: '2026-01-05',
        days: 14,
        minTickets: 10,
        maxTickets: 20,
        hours,
      });
      assert.equal(
        sprints.flatMap((one) => ids(one.tickets)),
        ids(ordered),
      );
      for (const [index, one] of sprints.entries()) {
        assert.is(one.number, index + 1);
        assert.ok(one.tickets.length <= 20, `sprint of ${one.tickets.length}`);
        if (ordered.length >= 20)
          assert.ok(one.tickets.length >= 10, `sprint of ${one.tickets.length} of ${ordered.length}`);
        assert.ok(one.tickets.length > 0);
      }
    }),
    { numRuns: 500 },
  );
});

test('sprints have planned dates, one after the other', () => {
  const sprints = fillSprints(
    Array.from({ length: 45 }, (_, i) => ticket(`T1.1.${i}`)),
    { start: '2026-01-05', days: 14, minTickets: 10, maxTickets: 20, hours: null },
  );
  assert.is(sprints.length, 3);
  assert.equal(
    sprints.map((one) => [one.plannedStart, one.plannedEnd, one.tickets.length]),
    [
      ['2026-01-05', '2026-01-18', 15],
      ['2026-01-19', '2026-02-01', 15],
      ['2026-02-02', '2026-02-15', 15],
    ],
  );
});

test('the shipped library is whole: ten systems, at least 100 tickets, every field, no finding', () => {
  const text = readFileSync(new URL('../../templates/ticket-library.md', import.meta.url), 'utf8');
  const { library: shipped, diagnostics } = parseLibrary(makeSource('library.md', text));
  assert.equal(diagnostics, []);
  assert.is(shipped.systems.size, 10);
  assert.ok(shipped.tickets.length >= 100);
  for (const one of shipped.tickets) {
    assert.ok(
      one.title && one.description && one.estimatedHours && one.ticketType && one.subsystemName,
      one.ticketId,
    );
    assert.ok(one.validationCriteria.length > 0 && one.tags.length > 0, one.ticketId);
    assert.is(one.systemId, one.ticketId.slice(1).split('.')[0]);
  }
  assert.ok(shipped.tickets.filter((one) => one.dependencies.length > 0).length > 50);
});

const shared = sharedFile('data/ticket-library.md');
testIf(
  shared !== null,
  'the shared library is not beside the checkout',
  'a real library is read as it is',
  () => {
    const { library: real, diagnostics } = parseLibrary(makeSource('library.md', shared ?? ''));
    assert.equal(diagnostics, []);
    assert.is(real.systems.size, 10);
    assert.is(real.subsystems.size, 33);
    assert.is(real.tickets.length, 109);
    assert.is(new Set(real.tickets.map((one) => one.subsystemId)).size, 33);
    assert.is(real.tickets[7]?.title, 'Build 60-second instant-response SMS');
  },
);

test('findings of a library have their places', () => {
  const text =
    '# SYSTEM 1 — A\n\n## 1.1 — B\n\n* **T1.1.1** – One\n  * Depends on: T1.1.2\n  * Estimate: soon\n  * Type: magic\n* **T1.1.2** – Two\n  * Depends on: T1.1.1, T9.9.9\n* **T1.1.2** – Again\n';
  const { diagnostics } = parseLibrary(makeSource('l.md', text));
  assert.equal(diagnostics.map((one) => `${one.line} ${one.rule}`).sort(), [
    '11 library/duplicate-id',
    '5 library/cycle',
    '7 library/bad-detail',
    '8 library/bad-detail',
    '9 library/unknown-dependency',
  ]);
});
