import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { diffFirm, type FirmState, firmParts, isUnchanged } from '../../src/domain/diff.ts';
import { occurrencesIn } from '../../src/domain/diff-findings.ts';
import { diffPack, moveOf, type PackState } from '../../src/domain/diff-tickets.ts';
import { builtInMetrics } from '../../src/domain/metric.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { progressOf } from '../../src/domain/rollup.ts';
import type { Snapshot } from '../../src/domain/snapshot.ts';
import { type TicketInstance, type TicketStatus, ticketStatuses } from '../../src/domain/ticket.ts';
import { test } from '../harness.ts';
import { ticket } from '../tickets.ts';

const packOf = (tickets: readonly TicketInstance[]): NonNullable<FirmState['pack']> => ({
  id: '00000000-0000-4000-8000-000000000001',
  firm: 'acme',
  version: 'v1.0',
  createdAt: '2026-01-05',
  sprints: [1, 2].map((number) => ({ number, name: `S${number}`, plannedStart: null, plannedEnd: null })),
  tickets,
  entries: tickets.map((one) => ({
    ticketId: one.ticketId,
    title: one.title,
    box: one.status === 'done' ? 'done' : 'open',
    statusLine: one.status,
    assignee: one.assignee,
    started: one.startedAt,
    completed: one.completedAt,
    notes: one.notes,
    system: null,
    dependsOn: [],
    estimatedHours: null,
    sprint: one.sprint,
  })),
});

const state = (over: Partial<FirmState> = {}): FirmState => ({
  slug: 'acme',
  firm: null,
  pack: packOf([]),
  snapshots: [],
  outcomes: [],
  recommendations: [],
  versions: ['v1.0'],
  roadmap: null,
  unreadable: [],
  ...over,
});

const compare = (before: FirmState | null, after: FirmState | null) =>
  diffFirm({
    before,
    after,
    metrics: builtInMetrics,
    systemNames: new Map(),
    edits: [],
    changelogs: new Map(),
  });

const of = (id: string, status: TicketStatus, over: Partial<TicketInstance> = {}): TicketInstance => ({
  ...ticket(status, 1),
  ticketId: id,
  ...over,
});

const tickets = fc
  .uniqueArray(
    fc.record({
      number: fc.integer({ min: 1, max: 12 }),
      status: fc.constantFrom(...ticketStatuses),
      sprint: fc.constantFrom(1, 2, null),
      title: fc.constantFrom('One', 'Two'),
      assignee: fc.constantFrom('Ana', null),
    }),
    { selector: (one) => one.number },
  )
  .map((all) =>
    all.map(({ number, status, ...over }) => of(`T${(number % 3) + 1}.1.${number}`, status, over)),
  );

test('every change of status has one name, and none has no name', () => {
  for (const from of ticketStatuses)
    for (const to of ticketStatuses) {
      assert.is(moveOf(from, to) === null, from === to, `${from} → ${to}`);
      assert.is(moveOf(from, to) === 'reopened', from === 'done' && to !== 'done', `${from} → ${to}`);
      assert.is(moveOf(from, to) === 'done', to === 'done' && from !== 'done', `${from} → ${to}`);
    }
  assert.is(moveOf('blocked', 'in_progress'), 'resumed');
  assert.is(moveOf('skipped', 'not_started'), 'restored');
  assert.is(moveOf('in_progress', 'not_started'), 'set_back');
});

test('what is told of the tickets accounts for every ticket that is done', () => {
  fc.assert(
    fc.property(tickets, tickets, (before, after) => {
      const told = diffPack(packOf(before), packOf(after));
      const count = (kind: string) => told.moves.filter((one) => one.kind === kind).length;
      const gone = told.removed.filter((one) => one.status === 'done').length;
      const expected = progressOf(before).done + count('done') - count('reopened') - gone;
      assert.is(progressOf(after).done, expected);
      const back = diffPack(packOf(after), packOf(before));
      assert.equal(told.added, back.removed);
      assert.equal(
        told.retitled.map((one) => [one.ticket.ticketId, one.from, one.ticket.title]),
        back.retitled.map((one) => [one.ticket.ticketId, one.ticket.title, one.from]),
      );
    }),
  );
});

test('a firm is unchanged exactly when its tickets are the same, in whatever order they stand', () => {
  fc.assert(
    fc.property(tickets, tickets, (before, after) => {
      const told = (a: readonly TicketInstance[], b: readonly TicketInstance[]) =>
        compare(state({ pack: packOf(a) }), state({ pack: packOf(b) }));
      assert.ok(isUnchanged(told(before, [...before].reverse())));
      const key = (all: readonly TicketInstance[]) =>
        JSON.stringify([...all].sort((a, b) => (a.ticketId < b.ticketId ? -1 : 1)));
      assert.is(isUnchanged(told(before, after)), key(before) === key(after));
    }),
  );
});

test('dates that are written down for a ticket as it stands are no change; other details are', () => {
  const done = of('T1.1.1', 'done', { completedAt: '2026-01-09' });
  const before = packOf([done]);
  const unwritten: PackState = {
    ...before,
    entries: before.entries.map((one) => ({ ...one, completed: null })),
  };
  assert.equal(diffPack(unwritten, before).edited, []);
  const later = packOf([{ ...done, completedAt: '2026-01-12', notes: 'by phone' }]);
  assert.equal(diffPack(before, later).edited[0]?.fields, [
    { field: 'notes', from: null, to: 'by phone' },
    { field: 'completed', from: '2026-01-09', to: '2026-01-12' },
  ]);
});

const snapshot = (id: string, date: string, metrics: Snapshot['metrics']): Snapshot => ({
  id,
  firmId: 'f',
  date,
  label: date === '2026-01-05' ? 'baseline' : 'custom',
  source: 'manual',
  metrics,
  notes: null,
  evidence: {},
  sequence: 1,
});

test('a metric is compared by its newest known value, and one that got worse is a regression', () => {
  const before = [snapshot('a', '2026-01-05', { nps: 42, close_rate: 0.1, lead_response_minutes: 12 })];
  const after = [
    ...before,
    snapshot('b', '2026-03-06', { nps: 40, close_rate: null, lead_response_minutes: 3 }),
  ];
  const diff = compare(state({ snapshots: before }), state({ snapshots: after }));
  assert.equal(
    diff.measured.metrics.map((one) => [one.metric.name, one.before, one.after, one.gain]),
    [
      ['lead_response_minutes', 12, 3, 9],
      ['nps', 42, 40, -2],
    ],
  );
  assert.equal(
    occurrencesIn(diff).map((one) => `${one.failure}: ${one.message}`),
    ['regression: Net promoter score got worse: 42 → 40'],
  );
});

test('reopened tickets and fewer that are done are told, at the ticket and at the pack', () => {
  const before = state({
    pack: packOf([of('T1.1.1', 'done'), of('T1.1.2', 'done'), of('T1.1.3', 'blocked')]),
  });
  const after = state({ pack: packOf([of('T1.1.2', 'blocked'), of('T1.1.3', 'in_progress')]) });
  const found = occurrencesIn(compare(before, after));
  assert.equal(
    found.map((one) => [one.failure, one.message, one.about.kind]),
    [
      ['regression', '0 tickets done, 2 before', 'pack'],
      ['reopened', 'T1.1.2 was done and is blocked now', 'ticket'],
    ],
  );
});

const outcome = (label: string, status: Outcome['classification']['status']): Outcome =>
  ({
    roadmapVersion: 'v1.0',
    targetLabel: label,
    targetDate: '2026-03-06',
    deltas: {},
    roi: { benefitAnnual: null, netRoiPercent: null },
    classification: { status, reason: null, score: 0.4 },
    notes: null,
  }) as unknown as Outcome;

test('an outcome that went off track, or is new and off track, is told; one that stayed so is not', () => {
  const offTrack = (before: Outcome[], after: Outcome[]) =>
    occurrencesIn(compare(state({ outcomes: before }), state({ outcomes: after }))).map((one) => one.message);
  const [on, off] = [outcome('60d', 'on_track'), outcome('60d', 'off_track')];
  assert.equal(offTrack([on], [off]), ['the 60d outcome against v1.0 is off track (before: on track)']);
  assert.equal(offTrack([], [off]), ['the 60d outcome against v1.0 is off track']);
  assert.equal(offTrack([off], [off]), []);
  assert.equal(offTrack([off], [off, outcome('90d', 'off_track')]), [
    'the 90d outcome against v1.0 is off track',
  ]);
  assert.equal(offTrack([off], [on]), []);
});

test('a part that one side cannot read is compared with nothing, is said, and hides no other part', () => {
  const snapshots = [snapshot('a', '2026-01-05', { nps: 42 })];
  const before = state({ pack: packOf([of('T1.1.1', 'done')]), unreadable: [] });
  for (const part of firmParts.filter((one) => one !== 'firm' && one !== 'snapshots')) {
    const after = state({ pack: null, snapshots, unreadable: [part, 'pack'] });
    const diff = compare(before, after);
    assert.ok(diff.notCompared.includes(part) && diff.notCompared.includes('pack'));
    assert.is(diff.measured.added.length, 1, part);
    assert.equal([diff.pack, diff.packKind, diff.sprints], [{ before: null, after: null }, null, []]);
    assert.equal(occurrencesIn(diff), []);
  }
});

test('a pack that comes is told as such, not ticket by ticket; so is a firm', () => {
  const pack = packOf([of('T1.1.1', 'done'), of('T1.1.2', 'not_started')]);
  const diff = compare(state({ pack: null }), state({ pack }));
  assert.equal([diff.packKind, diff.tickets.added, diff.pack.after?.done], ['added', [], 1]);
  const firm = compare(null, state({ pack }));
  assert.equal([firm.kind, firm.packKind, firm.sprints, firm.versions.added], ['added', null, [], []]);
  assert.not.ok(isUnchanged(firm));
});

test('what was recommended, promised and planned is compared field by field', () => {
  const roadmap = (targets: Record<string, number>): FirmState['roadmap'] => ({
    id: 'r',
    firm: 'acme',
    version: 'v1.0',
    status: 'draft',
    generatedAt: '2026-01-05',
    sections: [],
    projection: {
      timeSavingsHoursAnnual: 364,
      timeSavingsValueAnnual: null,
      revenueImpactAnnual: null,
      costAvoidanceAnnual: null,
      netRoi12Months: null,
      targets,
    },
  });
  const recommend = (systemId: string, phase: 'mvp' | 'phase_2') => ({
    systemId,
    ticketIds: [],
    phase,
    sprintNumber: null,
  });
  const before = state({
    recommendations: [recommend('1', 'mvp'), recommend('2', 'mvp')],
    roadmap: roadmap({ nps: 60, close_rate: 0.2 }),
  });
  const later = packOf([]);
  const after = state({
    recommendations: [recommend('1', 'phase_2'), recommend('3', 'mvp')],
    roadmap: roadmap({ nps: 50 }),
    pack: {
      ...later,
      sprints: later.sprints.map((one) => ({ ...one, plannedEnd: '2026-02-01' })).slice(0, 1),
    },
  });
  const { plan } = compare(before, after);
  assert.equal(
    [plan.recommended, plan.unrecommended].map((all) => all.map((one) => one.systemId)),
    [['3'], ['2']],
  );
  assert.equal(plan.recommendations, [
    { systemId: '1', fields: [{ field: 'implementation_phase', from: 'mvp', to: 'phase_2' }] },
  ]);
  assert.equal(plan.targets, [
    { field: 'nps', from: 60, to: 50 },
    { field: 'close_rate', from: 0.2, to: null },
  ]);
  assert.equal(plan.sprints, [
    { number: 1, fields: [{ field: 'planned_end', from: null, to: '2026-02-01' }] },
  ]);
});
