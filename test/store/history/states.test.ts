import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { makeSource } from '../../../src/formats/source.ts';
import { parsePackBody } from '../../../src/formats/ticket-pack.ts';
import { StateReader } from '../../../src/store/history/states.ts';
import { packBody } from '../../arbitraries.ts';
import { test } from '../../harness.ts';

test('a pack read in pieces has the states of the whole', () => {
  const reader = new StateReader();
  fc.assert(
    fc.property(packBody, (text) => {
      const { tickets, diagnostics } = parsePackBody(makeSource('ticket-pack.md', text));
      const whole = new Map(tickets.map(({ entry }) => [entry.ticketId, [entry.box, entry.statusLine]]));
      const unread = diagnostics.some((one) => one.rule === 'markdown/too-deep');
      const read = reader.read(Buffer.from(text));
      if (read === null) return unread;
      assert.equal(
        [...read].map(([id, marks]) => [id, [marks.box, marks.statusLine]]),
        [...whole],
      );
      return true;
    }),
    { numRuns: 500 },
  );
});
