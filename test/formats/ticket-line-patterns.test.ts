import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { isDate } from '../../src/domain/date.ts';
import { headingText } from '../../src/formats/markdown.ts';
import { boxEnd, readId } from '../../src/formats/ticket-line.ts';
import { test } from '../harness.ts';

/** What is read by hand for speed, as patterns that say the same in a line each. */
const id = /^(\*\*|__|\*|_|`|~~)?([A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*)/;
const afterId = /^(?:[\s–—−:|.,)*_`-]|$)/;
const box = /^(?:[-*+]|\d{1,9}[.)])[ \t]*\[[ xX/\-\t\r\n]\]/;
const around = /^#{1,6}[ \t]*|[ \t]+#+[ \t]*$|[\r\n]+[=-]+[ \t]*$/g;

const parts = 'T1|A|9|.|-|–|:| |  |\t|\n|\r\n|\u00a0|*|**|_|__|`|~|~~|/|@|#|##|===|[|]|[ ]|[x]|é|x'.split(
  '|',
);
const text = fc.array(fc.constantFrom(...parts), { maxLength: 7 }).map((some) => some.join(''));

test('ids, boxes and headings are those of their patterns', () => {
  fc.assert(
    fc.property(text, fc.constantFrom('', '- ', '-', '1.', '12) ', '*\t'), (some, bullet) => {
      const match = id.exec(some);
      let rest = match ? some.slice(match[0].length) : '';
      if (match?.[1] && rest.startsWith(match[1])) rest = rest.slice(match[1].length);
      const found = match && /\d/.test(match[2] ?? '') && afterId.test(rest) ? match[2] : null;
      assert.is(readId(some)?.id ?? null, found, JSON.stringify(some));
      assert.is(boxEnd(bullet + some, 0), box.exec(bullet + some)?.[0].length ?? -1, bullet + some);
      assert.is(headingText(`# ${some}`), `# ${some}`.replace(around, '').trim(), JSON.stringify(some));
    }),
    { numRuns: 5_000 },
  );
});

test('a date is one that the calendar has', () => {
  const two = fc.integer({ min: 0, max: 33 }).map((one) => String(one).padStart(2, '0'));
  const year = fc.integer({ min: 0, max: 9999 }).map((one) => String(one).padStart(4, '0'));
  fc.assert(
    fc.property(year, two, two, (y, m, d) => {
      const date = new Date(`${y}-${m}-${d}T00:00:00Z`);
      const real = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${y}-${m}-${d}`);
      assert.is(isDate(`${y}-${m}-${d}`), real);
    }),
    { numRuns: 5_000 },
  );
});
