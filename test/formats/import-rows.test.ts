import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { builtInMetrics } from '../../src/domain/metric.ts';
import { dateOfStamp } from '../../src/domain/stamp.ts';
import { ticketStatuses } from '../../src/domain/ticket.ts';
import { kindOf, type RowKind } from '../../src/formats/import-kinds.ts';
import { columnName, type RowTable, readCsv, readJsonRows } from '../../src/formats/import-rows.ts';
import { snapshotsFromRows } from '../../src/formats/import-snapshots.ts';
import { packFromRows } from '../../src/formats/import-tickets.ts';
import { type JsonNode, parseJsonTree } from '../../src/formats/json-tree.ts';
import { parsePackFile } from '../../src/formats/pack-file.ts';
import { differsFrom, renderImportedPack } from '../../src/formats/pack-imported.ts';
import { makeSource } from '../../src/formats/source.ts';
import { test } from '../harness.ts';
import { firm } from '../refresh-state.ts';

function tablesOf(read: { tables: RowTable[] }) {
  const tables: Record<RowKind, RowTable[]> = {
    tickets: [],
    instances: [],
    packs: [],
    snapshots: [],
    outcomes: [],
  };
  for (const one of read.tables) {
    const kind = kindOf(one);
    if (kind) tables[kind].push(one);
  }
  return tables;
}

const fromCsv = (text: string, titles = new Map<string, string>()) => {
  const read = readCsv(makeSource('t.csv', text));
  const packed = packFromRows(tablesOf(read), titles, 'America/New_York');
  return {
    ...packed,
    found: [...read.diagnostics, ...packed.diagnostics].map(
      (one) => `${one.line}:${one.column} ${one.message}`,
    ),
  };
};
const fromJson = (data: unknown, timeZone = 'America/New_York') => {
  const read = readJsonRows(makeSource('t.json', JSON.stringify(data, null, 1)));
  const packed = packFromRows(tablesOf(read), new Map(), timeZone);
  return {
    ...packed,
    found: [...read.diagnostics, ...packed.diagnostics].map(
      (one) => `${one.line}:${one.column} ${one.message}`,
    ),
  };
};

function plainOf(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries([...node.entries].map(([key, one]) => [key, plainOf(one)]));
    case 'array':
      return node.items.map(plainOf);
    case 'text':
      return node.text;
    case 'number':
      return Number(node.text);
    default:
      return node.kind === 'null' ? null : node.kind === 'true';
  }
}

test('JSON reads as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, '\t', 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const { node } = parseJsonTree(makeSource('a.json', text));
      // Through text, as a key __proto__ is set differently by the two.
      assert.is(JSON.stringify(plainOf(node!)), JSON.stringify(JSON.parse(text)));
    }),
  );
});

test('what is no JSON is told at its place', () => {
  const at = (text: string) =>
    parseJsonTree(makeSource('a.json', text)).diagnostics.map(
      (one) => `${one.line}:${one.column} ${one.message}`,
    );
  assert.equal(at('[\n {"a": 1,}\n]'), ['2:10 a key in quotes belongs here']);
  assert.equal(at('[1, 01]'), ['1:6 "," belongs here']);
  assert.equal(at('{"a": 1, "a": 2}'), ['1:10 the key "a" stands here twice']);
  assert.equal(at('["x'), ['1:2 this text has no closing quote']);
  assert.equal(at('[1'), ['1:3 "," belongs here']);
  assert.equal(at('[NaN]'), ['1:2 this is no JSON value']);
  assert.equal(at('[] []'), ['1:4 the JSON has ended before this']);
  assert.equal(at('['.repeat(5000)), ['1:42 the JSON has more than 40 levels']);
});

test('columns have one name, however they are written', () => {
  for (const one of ['ticketId', 'ticket_id', 'Ticket ID', 'ticket-id', 'TicketId'])
    assert.is(columnName(one), 'ticket_id');
  assert.is(columnName('at30dSnapshotId'), 'at30d_snapshot_id');
});

test('dates are those of the firm, and strict', () => {
  const table: [string, string | null][] = [
    ['2026-01-06', '2026-01-06'],
    ['2026-01-07T02:30:00Z', '2026-01-06'],
    ['2026-01-07 02:30:00+00', '2026-01-06'],
    ['2026-01-06T23:30:00.123456-05:00', '2026-01-06'],
    ['2026-01-07T02:30:00', '2026-01-07'],
    ['2026-02-30', null],
    ['2026-02-30T10:00:00Z', null],
    ['2026-01-06T25:00:00Z', null],
    ['06.01.2026', null],
    ['1/6/2026', null],
    ['2026-1-6', null],
    ['1767657600', null],
  ];
  for (const [text, date] of table) assert.is(dateOfStamp(text, 'America/New_York'), date, text);
});

const text = fc.constantFrom(
  'Map [Zillow] leads',
  'A | b, "c"',
  'Wait; then (x)',
  'naïve — dash',
  '#1 thing',
  '5 * 3 = 15',
  'C:\\path',
);
const id = fc
  .tuple(fc.constantFrom('T1', 'T2', 'L0'), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .map((one) => one.join('.'));
const day = fc.integer({ min: 10, max: 28 }).map((one) => `2026-01-${one}`);
const ticket = fc.record({
  ticket_id: id,
  title: text,
  sprint: fc.option(fc.integer({ min: 1, max: 3 })),
  estimated_hours: fc.option(fc.constantFrom(0.5, 2, 12)),
  status: fc.constantFrom(...ticketStatuses),
  assignee: fc.option(fc.constantFrom('Mia', 'J. de Vries')),
  started_at: fc.option(fc.constant('2026-01-05')),
  completed: day,
  notes: fc.option(text),
});

test('rows of tickets and instances become the same entities, and read back as them', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(ticket, { minLength: 1, maxLength: 10, selector: (one) => one.ticket_id }),
      fc.boolean(),
      (rows, camel) => {
        const name = (key: string) =>
          camel ? key.replace(/_([a-z])/g, (_, one: string) => one.toUpperCase()) : key;
        const keyed = (row: object) =>
          Object.fromEntries(Object.entries(row).map(([key, value]) => [name(key), value]));
        const first = rows[0]?.ticket_id ?? '';
        const tickets = rows.map((one) => ({
          ticket_id: one.ticket_id,
          title: one.title,
          sprint: one.sprint,
          dependencies: one.ticket_id === first ? [] : [first],
          estimated_hours: one.estimated_hours,
        }));
        const instances = rows.map((one) => ({
          ticket_id: one.ticket_id,
          ticket_pack_id: 'p',
          status: one.status,
          assignee: one.assignee,
          started_at: one.started_at,
          completed_at: one.status === 'done' ? one.completed : null,
          notes: one.notes,
        }));
        const { pack, found } = fromJson({
          [name('tickets')]: tickets.map(keyed),
          [name('ticket_instances')]: instances.map(keyed),
        });
        assert.equal(found, []);
        const again = pack.tickets.map((one) => ({
          ticket_id: one.ticketId,
          title: one.title,
          sprint: one.sprint,
          dependencies: one.dependsOn,
          estimated_hours: one.estimatedHours,
        }));
        assert.equal(again, tickets);
        assert.equal(
          pack.tickets.map((one) => [
            one.ticketId,
            one.status,
            one.assignee,
            one.started,
            one.completed,
            one.notes,
          ]),
          instances.map((one) => [
            one.ticket_id,
            one.status,
            one.assignee,
            one.started_at,
            one.completed_at,
            one.notes,
          ]),
        );
        const front = {
          id: '11111111-2222-4333-8444-555566667777',
          firm: firm.slug,
          version: 'v1.0',
          createdAt: '2026-01-05',
          sprints: pack.sprints,
        };
        const back = parsePackFile(makeSource('p.md', renderImportedPack(pack, front, 'Acme')), firm);
        const wrong = pack.tickets.map((one) =>
          differsFrom(
            one,
            back.pack?.facts.entries.find((entry) => entry.ticketId === one.ticketId),
          ),
        );
        assert.equal(wrong.filter(Boolean), [], JSON.stringify(back.diagnostics));
        for (const one of pack.tickets) {
          assert.is(
            back.pack?.facts.entries.find((entry) => entry.ticketId === one.ticketId)?.title,
            one.title.replace(/\s+/g, ' '),
          );
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('CSV: separators, quotes, line breaks in a cell, BOM and CRLF', () => {
  for (const [separator, eol] of [
    [',', '\n'],
    [';', '\r\n'],
    ['\t', '\r\n'],
  ]) {
    const rows = [
      ['Ticket ID', 'Title', 'Sprint', 'Depends on', 'Hours'],
      ['A1', '"One, ""two""; three"', 'Sprint 1 — Go', '', '1.5'],
      ['A2', `"Two${eol}lines"`, '1', 'A1', ''],
      ['A3', 'Three', 'backlog', '"A1;A2"', '2h'],
    ];
    const { pack, found } = fromCsv(`\uFEFF${rows.map((one) => one.join(separator)).join(eol ?? '')}${eol}`);
    assert.equal(found, ['3:1 line breaks in "title" became spaces (first in row 2)']);
    assert.equal(
      pack.tickets.map((one) => [
        one.ticketId,
        one.title,
        one.sprint,
        one.dependsOn.join(),
        one.estimatedHours,
      ]),
      [
        ['A1', 'One, "two"; three', 1, '', 1.5],
        ['A2', 'Two lines', 1, 'A1', null],
        ['A3', 'Three', null, 'A1,A2', 2],
      ],
    );
    assert.equal(
      pack.sprints.map((one) => `${one.number} ${one.name}`),
      ['1 Go'],
    );
  }
});

test('every fault of every row is told, with the row and its line', () => {
  const { found } = fromCsv(
    'ticket_id,title,sprint,hours,status,started_at,completed_at\nA1,One,1,lots,dnoe,,\nA1,,Foundation,,done,2026-02-30,\n,Two,,,,,\nA B,Three,,,blocked,,2026-01-05\nA5,Five,,,done,2026-01-06,2026-01-05\n',
  );
  assert.equal(
    [...new Set(found)].sort(),
    [
      '2:1 row 1: "dnoe" is no status',
      '2:1 row 1: "hours": "lots" is no number of hours',
      '3:1 row 2: "sprint": "Foundation" is no sprint',
      '3:1 row 2: "started_at": "2026-02-30" is no date',
      '3:1 row 2: A1 has no title, and the library does not know it',
      '3:1 row 2: A1 stands here again, first in row 1 (t.csv:2)',
      '4:1 row 3: there is no ticket id',
      '5:1 row 4: "A B" is no ticket id',
      '5:1 row 4: A B is blocked and has a completion date',
      '6:1 row 5: A5 was completed 2026-01-05, before it was started 2026-01-06',
    ].sort(),
  );
});

test('a CSV file that is broken is told at its line', () => {
  const found = (source: string) =>
    readCsv(makeSource('t.csv', source)).diagnostics.map((one) => `${one.line} ${one.message}`);
  assert.equal(found('id,title\nA1,One\nA2,Two,more\n'), [
    '3 this row has more or fewer cells than the head has columns',
  ]);
  assert.equal(found('id,title\nA1,"One\n'), ['2 a quotation mark is not closed']);
  assert.equal(found('id,ID\nA1,B\n'), ['1 the column "ID" stands twice']);
  assert.equal(found(''), ['1 the file has no rows']);
});

test('sprints of a pack name instances by their ids', () => {
  const instances = [
    { id: 'i1', ticketId: 'A1', status: 'not_started', ticketPackId: 'p' },
    { id: 'i2', ticketId: 'A2', status: 'not_started', ticketPackId: 'p' },
  ];
  const tickets = [
    { ticketId: 'A1', title: 'One' },
    { ticketId: 'A2', title: 'Two' },
  ];
  const packs = (ids: string[]) => [
    {
      version: 'v1.0',
      sprintAssignments: [
        { sprintNumber: 2, name: 'Go', ticketInstanceIds: ids, plannedStart: '2026-01-05', plannedEnd: null },
      ],
    },
  ];
  const { pack, found } = fromJson({ tickets, ticketInstances: instances, ticketPacks: packs(['i2']) });
  assert.equal(found, []);
  assert.equal(pack.sprints, [{ number: 2, name: 'Go', plannedStart: '2026-01-05', plannedEnd: null }]);
  assert.equal(
    pack.tickets.map((one) => one.sprint),
    [null, 2],
  );
  assert.match(
    fromJson({ tickets, ticketInstances: instances, ticketPacks: packs(['i9']) }).found.join(),
    'names the instance i9, which has no row',
  );
  const two = [...instances, { id: 'i3', ticketId: 'A3', status: 'done', ticketPackId: 'q' }];
  assert.match(fromJson({ tickets, ticketInstances: two }).found.join(), 'this row is of another pack (q)');
});

function snapshots(rows: object[], csv?: string) {
  const read =
    csv === undefined
      ? readJsonRows(makeSource('s.json', JSON.stringify(rows)))
      : readCsv(makeSource('s.csv', csv));
  const { snapshots: all, diagnostics } = snapshotsFromRows(
    tablesOf(read).snapshots,
    firm,
    builtInMetrics,
    'UTC',
  );
  return { all, found: diagnostics.map((one) => one.message) };
}

test('snapshots: metrics in an object or in columns, and never coerced', () => {
  const good = {
    label: 'baseline',
    date: '2026-01-05',
    metrics: { close_rate: 0.1, nps: null, leadResponseMinutes: 12 },
  };
  const { all, found } = snapshots([good]);
  assert.equal(found, []);
  assert.equal(all[0]?.metrics, { lead_response_minutes: 12, close_rate: 0.1, nps: null });
  assert.equal(snapshots([], 'label,date,close_rate,nps\n60d,2026-03-06,13%,61\n').all[0]?.metrics, {
    close_rate: 0.13,
    nps: 61,
  });
  const faults: [object, string][] = [
    [
      { ...good, metrics: { close_rate: 13 } },
      'row 1: close_rate 13: a rate lies between 0 and 1; write 13% or 0.13',
    ],
    [
      { ...good, metrics: { lead_response_minutes: '1,200' } },
      'row 1: lead_response_minutes 1,200: write 1200 without separators',
    ],
    [{ ...good, metrics: { nps: true } }, 'row 1: nps is no number'],
    [{ ...good, metrics: { npss: 1 } }, 'row 1: "npss" is no metric of this workspace'],
    [{ ...good, metrics: {} }, 'row 1: no metric was measured'],
    [{ ...good, label: '61d' }, 'row 1: "61d" is no label'],
    [{ ...good, date: null }, 'row 1: there is no date'],
    [{ ...good, firm: 'other' }, 'row 1: this row is of "other", not of acme'],
  ];
  for (const [row, message] of faults) assert.ok(snapshots([row]).found.includes(message), message);
  assert.ok(
    snapshots([
      { ...good, firmId: 'a' },
      { ...good, firmId: 'b' },
    ]).found.includes('row 2: this row is of another firm (b)'),
  );
});
