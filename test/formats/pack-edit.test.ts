import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { hasErrors } from '../../src/domain/diagnostic.ts';
import type { TicketChange } from '../../src/domain/lifecycle.ts';
import { applyEdits } from '../../src/formats/edit.ts';
import { changedEntry, editPack } from '../../src/formats/pack-edit.ts';
import { parsePackFile } from '../../src/formats/pack-file.ts';
import { encodeSource, makeSource } from '../../src/formats/source.ts';
import { parsePackBody } from '../../src/formats/ticket-pack.ts';
import { packText } from '../arbitraries.ts';
import { test } from '../harness.ts';

const runs = 1_500;

function edit(text: string, changes: TicketChange[]): string {
  const source = makeSource('p.md', text);
  const { tickets } = parsePackBody(source);
  const result = editPack(source, 0, tickets, changes);
  assert.equal(result.diagnostics, []);
  return result.text;
}

test('parse and no edit gives identical bytes', () => {
  fc.assert(
    fc.property(packText, (text) => {
      const source = makeSource('p.md', text);
      const { pack } = parsePackFile(source, {
        id: '7f0c1111-2222-4333-8444-555566667777',
        slug: 'acme',
        createdAt: '2026-01-05',
      });
      const after = pack ? editPack(pack.source, pack.bodyStart, pack.body.tickets, []).text : source.text;
      assert.ok(Buffer.from(encodeSource(source, after)).equals(Buffer.from(text, 'utf8')));
    }),
    { numRuns: runs },
  );
});

const change = fc.record(
  {
    box: fc.constantFrom('open' as const, 'done' as const),
    status: fc.constantFrom(
      'not_started' as const,
      'in_progress' as const,
      'blocked' as const,
      'done' as const,
    ),
    started: fc.constant('2026-02-03'),
    completed: fc.constantFrom('2026-02-14', null),
  },
  { requiredKeys: [] },
);

test('a change touches only its own ticket, and reads back exactly as asked', () => {
  let edited = 0;
  fc.assert(
    fc.property(packText, change, fc.nat(), (text, asked, pick) => {
      const source = makeSource('p.md', text);
      const before = parsePackBody(source, 0);
      if (hasErrors(before.diagnostics) || before.tickets.length === 0) return;
      const index = pick % before.tickets.length;
      const ticket = before.tickets[index]!;
      const wanted: TicketChange = { ticketId: ticket.entry.ticketId, ...asked };
      const result = editPack(source, 0, before.tickets, [wanted]);
      if (result.diagnostics.length > 0) {
        assert.is(result.text, source.text, 'a refused edit changes nothing');
        return;
      }
      edited += 1;
      const after = parsePackBody(makeSource('p.md', result.text), 0);
      assert.equal(
        after.tickets.map((one) => one.entry),
        before.tickets.map((one, i) => (i === index ? changedEntry(one.entry, wanted) : one.entry)),
      );
      // Everything in front of the ticket and behind its own bullets is byte for byte the same.
      const ends = [ticket.textEnd, ...ticket.details.map((one) => one.itemEnd)];
      const tail = source.text.slice(Math.max(...ends)).replace(/^[^\r\n]*(?:\r\n|\n)?/, '');
      assert.ok(result.text.startsWith(source.text.slice(0, ticket.itemStart)));
      assert.ok(result.text.endsWith(tail));
      assert.is(applyEdits(source.text, result.edits), result.text);
    }),
    { numRuns: runs },
  );
  assert.ok(edited > runs / 4, `only ${edited} documents were edited`);
});

const table: [name: string, before: string, change: TicketChange, after: string][] = [
  ['ticks a box', '- [ ] T1 – A\n', { ticketId: 'T1', box: 'done' }, '- [x] T1 – A\n'],
  ['ticks over Obsidian’s mark', '- [/] T1 – A\n', { ticketId: 'T1', box: 'done' }, '- [x] T1 – A\n'],
  [
    'copies indent, bullet and line ending',
    '* [x] T1 – A\r\n\t* Status:  in_progress  \r\n\t* Notes: n\r\n',
    { ticketId: 'T1', status: 'done', started: '2026-01-02', completed: '2026-01-03' },
    '* [x] T1 – A\r\n\t* Status:  done  \r\n\t* Started: 2026-01-02\r\n\t* Completed: 2026-01-03\r\n\t* Notes: n\r\n',
  ],
  [
    'goes under a ticket without bullets, at the end of the file',
    '1. [x] T1 – A',
    { ticketId: 'T1', completed: '2026-01-03' },
    '1. [x] T1 – A\n   - Completed: 2026-01-03',
  ],
  [
    'does not take acceptance items under its wing',
    '- [x] T1 – A\n    - [x] rings\n',
    { ticketId: 'T1', completed: '2026-01-03' },
    '- [x] T1 – A\n    - Completed: 2026-01-03\n    - [x] rings\n',
  ],
  [
    'fills an empty value',
    '- [x] T1 – A\n  - Completed:\n',
    { ticketId: 'T1', completed: '2026-01-03' },
    '- [x] T1 – A\n  - Completed: 2026-01-03\n',
  ],
  [
    'takes a completion date out with its line',
    '- [ ] T1 – A\n  - Completed: 2026-01-03\n  - Notes: n',
    { ticketId: 'T1', completed: null },
    '- [ ] T1 – A\n  - Notes: n',
  ],
  [
    'keeps what stands under a bullet that goes',
    '- [ ] T1 – A\n  - Completed: 2026-01-03\n    - by phone\n',
    { ticketId: 'T1', completed: null },
    '- [ ] T1 – A\n  - Completed:\n    - by phone\n',
  ],
  [
    'sets a date in front of a nested ticket',
    '- [x] T1 – A\n  - [ ] T2 – B\n',
    { ticketId: 'T1', completed: '2026-01-03' },
    '- [x] T1 – A\n  - Completed: 2026-01-03\n  - [ ] T2 – B\n',
  ],
];

for (const [name, before, wanted, after] of table) {
  test(name, () => {
    assert.is(edit(before, [wanted]), after);
  });
}

test('a ticket that shares its line with its parent is refused, not mangled', () => {
  const source = makeSource('p.md', '- - [ ] T1 – A\n');
  const { tickets } = parsePackBody(source);
  const result = editPack(source, 0, tickets, [{ ticketId: 'T1', completed: '2026-01-03' }]);
  assert.is(result.text, source.text);
  assert.is(result.diagnostics[0]?.rule, 'pack/cannot-edit');
});
