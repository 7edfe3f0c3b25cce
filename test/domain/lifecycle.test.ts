import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { settle } from '../../src/domain/lifecycle.ts';
import { packStatus, progressOf, rollUp, systemStatus } from '../../src/domain/rollup.ts';
import {
  type Box,
  compareIds,
  systemOf,
  type TicketEntry,
  type TicketInstance,
  type TicketStatus,
  ticketStatuses,
} from '../../src/domain/ticket.ts';
import { test } from '../harness.ts';

const packId = '7f0c1111-2222-4333-8444-555566667777';
const today = '2026-03-06';

function entry(box: Box, statusLine: TicketStatus | null, more: Partial<TicketEntry> = {}): TicketEntry {
  return {
    ticketId: 'T1.1.1',
    title: 'Title',
    box,
    statusLine,
    assignee: null,
    started: null,
    completed: null,
    notes: null,
    system: null,
    dependsOn: [],
    estimatedHours: null,
    sprint: 1,
    ...more,
  };
}

type Row = [
  name: string,
  now: TicketEntry,
  head: TicketEntry | null,
  status: TicketStatus | 'contradiction',
  change: object | null,
];

const open = entry('open', 'not_started');
const done = entry('done', 'done', { started: '2026-01-06', completed: '2026-01-12' });

const table: Row[] = [
  ['agreement needs nothing', open, open, 'not_started', null],
  [
    'a tick completes',
    entry('done', 'not_started'),
    open,
    'done',
    { status: 'done', started: today, completed: today },
  ],
  [
    'a tick on begun work keeps its start',
    entry('done', 'in_progress', { started: '2026-01-06' }),
    entry('open', 'in_progress', { started: '2026-01-06' }),
    'done',
    { status: 'done', completed: today },
  ],
  [
    'a Status of done ticks the box',
    entry('open', 'done'),
    open,
    'done',
    { box: 'done', started: today, completed: today },
  ],
  ['a Status starts the work', entry('open', 'in_progress'), open, 'in_progress', { started: today }],
  ['skipping is no start', entry('open', 'skipped'), open, 'skipped', null],
  [
    'un-ticking reopens begun work',
    { ...done, box: 'open' },
    done,
    'in_progress',
    { status: 'in_progress', completed: null },
  ],
  [
    'a Status away from done reopens',
    { ...done, statusLine: 'blocked' },
    done,
    'blocked',
    { box: 'open', completed: null },
  ],
  ['both changed and contradict', entry('done', 'blocked'), open, 'contradiction', null],
  [
    'no commit: the box decides done',
    entry('done', 'in_progress'),
    null,
    'done',
    { status: 'done', started: today, completed: today },
  ],
  [
    'no commit: an open box is not done',
    entry('open', 'done'),
    null,
    'not_started',
    { status: 'not_started' },
  ],
  ['no commit: the line decides the rest', entry('open', 'blocked'), null, 'blocked', { started: today }],
  [
    'neither changed: the box decides done',
    entry('done', 'blocked'),
    entry('done', 'blocked'),
    'done',
    { status: 'done', started: today, completed: today },
  ],
  [
    'without a Status line the box is all',
    entry('done', null),
    null,
    'done',
    { started: today, completed: today },
  ],
  [
    'Obsidian’s half tick',
    entry('in_progress', 'not_started'),
    open,
    'in_progress',
    { status: 'in_progress', started: today },
  ],
  [
    'Obsidian’s dash, without a commit',
    entry('skipped', 'not_started'),
    null,
    'skipped',
    { status: 'skipped' },
  ],
  [
    'dates are never overwritten',
    entry('done', 'done', { started: '2026-01-01', completed: '2026-01-02' }),
    open,
    'done',
    null,
  ],
  [
    'work ended by hand began no later',
    entry('done', 'done', { completed: '2026-01-02' }),
    open,
    'done',
    { started: '2026-01-02' },
  ],
];

for (const [name, now, head, status, change] of table) {
  test(name, () => {
    const settled = settle(now, { packId, head, today });
    if (settled.kind === 'contradiction') {
      assert.is('contradiction', status);
      return;
    }
    assert.is(settled.instance.status, status);
    assert.equal(settled.change, change === null ? null : { ticketId: 'T1.1.1', ...change });
  });
}

test('a date known from history is preferred to today', () => {
  const settled = settle(entry('done', 'not_started'), {
    packId,
    head: open,
    today,
    history: { completed: '2026-02-02' },
  });
  assert.is(settled.kind === 'settled' && settled.instance.completedAt, '2026-02-02');
  assert.is(settled.kind === 'settled' && settled.instance.startedAt, '2026-02-02');
});

const anyEntry = fc
  .record({
    box: fc.constantFrom<Box>('open', 'done', 'in_progress', 'skipped'),
    line: fc.constantFrom<TicketStatus | null>(null, ...ticketStatuses),
    started: fc.constantFrom(null, '2026-01-06'),
    completed: fc.constantFrom(null, '2026-01-12'),
  })
  .map(({ box, line, started, completed }) => entry(box, line, { started, completed }));

test('settling what was settled changes nothing', () => {
  fc.assert(
    fc.property(anyEntry, fc.option(anyEntry, { nil: null }), (now, head) => {
      const first = settle(now, { packId, head, today });
      if (first.kind === 'contradiction') return;
      const { change, instance } = first;
      const written: TicketEntry = {
        ...now,
        box: change?.box ?? now.box,
        statusLine: change?.status ?? now.statusLine,
        started: change?.started ?? now.started,
        completed: change?.completed === undefined ? now.completed : change.completed,
      };
      const second = settle(written, { packId, head, today: '2026-12-24' });
      assert.is(second.kind, 'settled');
      assert.is(second.kind === 'settled' && second.change, null);
      assert.is(second.kind === 'settled' && second.instance.status, instance.status);
    }),
    { numRuns: 2000 },
  );
});

const instances = fc.array(
  fc.record({
    ticketId: fc.constantFrom('T1.1.1', 'T1.2.1', 'T2.1.1', 'T10.1.1'),
    status: fc.constantFrom(...ticketStatuses),
    sprint: fc.constantFrom(null, 1, 2),
    assignee: fc.constantFrom(null, 'Ana', 'Luis'),
  }),
);

test('totals add up, in the whole and in every grouping', () => {
  fc.assert(
    fc.property(instances, (rows) => {
      const tickets = rows.map(
        (one): TicketInstance => ({
          ...one,
          id: '',
          ticketPackId: '',
          title: '',
          startedAt: null,
          completedAt: null,
          notes: null,
          systemId: systemOf(one.ticketId, null),
        }),
      );
      const rollup = rollUp(tickets);
      const { pack } = rollup;
      assert.is(pack.done + pack.inProgress + pack.blocked + pack.notStarted + pack.skipped, pack.tickets);
      for (const groups of [rollup.sprints, rollup.systems, rollup.assignees]) {
        const sum = [...groups.values()].reduce((total, one) => total + one.tickets, 0);
        assert.is(sum, pack.tickets);
      }
      if (pack.pct === 100) assert.is(pack.done, pack.active);
      if (pack.pct === 0) assert.is(pack.done, 0);
    }),
  );
});

test('the status of a system and of a pack', () => {
  const of = (...statuses: TicketStatus[]) => progressOf(statuses.map((status) => ({ status })));
  const systems: [TicketStatus[], string, string][] = [
    [[], 'planned', 'not_started'],
    [['not_started', 'skipped'], 'planned', 'not_started'],
    [['skipped', 'skipped'], 'deprecated', 'not_started'],
    [['done', 'skipped'], 'implemented', 'completed'],
    [['done', 'not_started'], 'in_progress', 'in_progress'],
    [['blocked'], 'in_progress', 'in_progress'],
  ];
  for (const [statuses, system, pack] of systems) {
    assert.is(systemStatus(of(...statuses)), system, statuses.join());
    assert.is(packStatus(of(...statuses)), pack, statuses.join());
  }
});

test('systems come from the detail, else from the first number of the id', () => {
  const table: [string, string | null, string][] = [
    ['T3.2.1', null, '3'],
    ['S3-T1', null, '3'],
    ['T001', null, '1'],
    ['T3.2.1', '4', '4'],
    ['T3.2.1', 'System 04 – Scoring', '4'],
  ];
  for (const [id, stated, system] of table) assert.is(systemOf(id, stated), system);
  assert.equal(['T1.10.1', 'T10.1.1', 'T1.2.1', 'A2'].sort(compareIds), [
    'A2',
    'T1.2.1',
    'T1.10.1',
    'T10.1.1',
  ]);
});
