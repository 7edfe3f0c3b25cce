import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { dateIn, isDate, isTimeZone } from '../../src/domain/date.ts';
import { test } from '../harness.ts';

const two = (most: number) => fc.nat({ max: most }).map((one) => String(one).padStart(2, '0'));
const year = fc.oneof(fc.nat({ max: 9999 }), fc.constantFrom(0, 4, 100, 400, 1900, 2000, 2024, 2100));

test('a date is one when the calendar has it', () => {
  fc.assert(
    fc.property(year, two(14), two(33), (one, month, day) => {
      const text = `${String(one).padStart(4, '0')}-${month}-${day}`;
      const instant = new Date(`${text}T00:00:00Z`);
      const known = !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
      assert.is(isDate(text), known, text);
    }),
    { numRuns: 3_000 },
  );
  for (const text of ['2026-1-5', '2026-01-05 ', '2026-01-05\n', '26-01-05', '+02026-01-05', ''])
    assert.is(isDate(text), false, text);
});

test('a day begins and ends with its zone, asked once or again', () => {
  const instant = new Date('2026-03-01T02:00:00Z');
  for (let n = 0; n < 2; n += 1) {
    assert.is(dateIn(instant, 'America/New_York'), '2026-02-28');
    assert.is(dateIn(instant, 'Asia/Tokyo'), '2026-03-01');
    assert.not.ok(isTimeZone('Mars/Olympus'));
    assert.throws(() => dateIn(instant, 'Mars/Olympus'), /time zone/i);
  }
});
