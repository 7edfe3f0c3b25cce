import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { describeOverTime, describePicture } from '../../src/charts/index.ts';
import { clean, widthOf, wrap } from '../../src/charts/text.ts';
import { dayStep, formatUnit, ticksFromZero } from '../../src/charts/ticks.ts';
import { addDays } from '../../src/domain/date.ts';
import { test } from '../harness.ts';
import { overTime } from './samples.ts';

test('a label is one line without what hides or turns text', () => {
  assert.is(clean('  a\n\tb  '), 'a b');
  assert.is(clean('a\u202egnp\u2066x\u2069\u200b\u0007\ud800\uffff'), 'agnpx');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.not.match(
        clean(text),
        /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u,
      );
      assert.is(clean(clean(text)), clean(text));
    }),
  );
});

test('wrapped lines fit and lose nothing but spaces, unless there are too many', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.integer({ min: 40, max: 400 }),
      (text, width) => {
        const all = wrap(text, { width, size: 12, maxLines: 1000 });
        for (const line of all) assert.ok(widthOf(line, 12) <= width, line);
        assert.is(all.join('').replaceAll(' ', ''), clean(text).replaceAll(' ', ''));
        const few = wrap(text, { width, size: 12, maxLines: 2 });
        assert.is(few.length, Math.min(2, all.length));
        assert.is(few.at(-1)?.endsWith('…') ?? false, all.length > 2 || (all.at(-1)?.endsWith('…') ?? false));
        for (const line of few) assert.ok(widthOf(line, 12) <= width, line);
      },
    ),
  );
});

test('ticks are round, enclose all values and zero, and read apart', () => {
  assert.equal(ticksFromZero([12, 3.5], 3).values, [0, 5, 10, 15]);
  assert.equal(ticksFromZero([-40, 20], 3).values, [-40, -20, 0, 20]);
  assert.equal(ticksFromZero([0, 0], 3, true).values, [0, 1]);
  assert.equal(ticksFromZero([0.1, 0.3], 3).values, [0, 0.1, 0.2, 0.3]);
  fc.assert(
    fc.property(
      fc.array(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((one) => Math.round(one * 1e6) / 1e6),
        { maxLength: 8 },
      ),
      fc.integer({ min: 2, max: 8 }),
      (values, count) => {
        const { domain, values: ticks, step } = ticksFromZero(values, count);
        const slack = step * 1e-6;
        for (const one of [0, ...values]) assert.ok(domain[0] <= one + slack && one <= domain[1] + slack);
        assert.ok(ticks.length >= 2 && ticks.length <= count + 3, `${ticks.length}`);
        assert.ok(ticks.includes(0));
        const texts = ticks.map((one) => formatUnit('points', one, step));
        assert.is(new Set(texts).size, texts.length, texts.join(' '));
      },
    ),
  );
});

test('the words of a picture stay within a line, however much was measured', () => {
  const points = Array.from({ length: 500 }, (_, day) => ({
    date: addDays('2026-01-05', day),
    value: 1000 - day,
  }));
  const few = describeOverTime({ ...overTime, series: [{ ...overTime.series[1]!, points }] });
  assert.is(
    few,
    'Metrics over time: Net promoter score 1,000 on 2026-01-05, 496 more, 503 on 2027-05-17, 502 on 2027-05-18, 501 on 2027-05-19 (target 20 on 2026-04-05)',
  );
  const series = Array.from({ length: 300 }, () => ({ ...overTime.series[0]!, points }));
  const many = describePicture({ name: 'metrics_over_time', input: { ...overTime, series } });
  assert.is(many.length, 3000);
  assert.ok(many.endsWith('…'));
});

test('numbers carry their unit, and time axes few ticks', () => {
  assert.is(formatUnit('fraction', 0.125), '12.5 %');
  assert.is(formatUnit('fraction', 0.025, 0.025), '2.5 %');
  assert.is(formatUnit('percentage_points', -0.05), '−5 pp');
  assert.is(formatUnit('hours', -1234.5), '−1,234.5 h');
  assert.is(formatUnit('percent', 343.96), '343.96 %');
  assert.is(dayStep(74, 7, [1, 7, 14]), 14);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), (days) => {
      assert.ok(days / dayStep(days, 7, [1, 2, 7, 14, 28, 56, 91, 182, 364]) <= 7);
    }),
  );
});
