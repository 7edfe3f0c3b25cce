import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { decimalsOf, evidenceFault, parseCounts } from '../../src/domain/evidence.ts';
import { builtInMetrics, type Metric } from '../../src/domain/metric.ts';
import type { Evidence } from '../../src/domain/snapshot.ts';
import { test } from '../harness.ts';

const metric = (name: string): Metric => builtInMetrics.find((one) => one.name === name)!;

test('counts are read strictly, each metric in its own form', () => {
  const table: [string, string, Evidence | RegExp][] = [
    ['close_rate', '23/69', { numerator: 23, denominator: 69 }],
    ['close_rate', ' 23 / 69 ', { numerator: 23, denominator: 69 }],
    ['nps', '61/19/100', { promoters: 61, detractors: 19, n: 100 }],
    ['close_rate', '23', /COUNT\/OF/],
    ['close_rate', '23/69/1', /COUNT\/OF/],
    ['close_rate', '2.5/10', /whole/],
    ['close_rate', '-1/10', /whole/],
    ['close_rate', '1e2/200', /whole/],
    ['close_rate', '1,000/2,000', /whole/],
    ['close_rate', '/69', /whole/],
    ['nps', '61/100', /PROMOTERS\/DETRACTORS\/ANSWERS/],
    ['weekly_ops_hours', '3/4', /measured, not counted/],
  ];
  for (const [name, input, expected] of table) {
    const read = parseCounts(metric(name), input);
    if (expected instanceof RegExp) assert.match(read.ok ? 'read' : read.why, expected, `${name} "${input}"`);
    else assert.equal(read, { ok: true, evidence: expected }, `${name} "${input}"`);
  }
});

test('the digits of a number as it is written', () => {
  const table: [string, number][] = [
    ['0.30', 2],
    ['30%', 2],
    ['33.3 %', 3],
    ['42', 0],
    ['.5', 1],
    ['1e-3', 3],
    ['2.5e1', 0],
    ['', 0],
  ];
  for (const [written, digits] of table) assert.is(decimalsOf(written), digits, `"${written}"`);
});

test('evidence that cannot be, or does not give the value, is found at its key', () => {
  const table: [string, Evidence, number | null, number, string | null, RegExp | null][] = [
    ['close_rate', { numerator: 23, denominator: 69 }, 0.33, 2, null, null],
    ['close_rate', { numerator: 23, denominator: 69 }, 0.3333, 4, null, null],
    ['close_rate', { numerator: 23, denominator: 69 }, 0.34, 2, null, /23\/69 gives 0.3333/],
    ['close_rate', { numerator: 23, denominator: 69 }, 0.33, 4, null, /gives/],
    // Half a digit is rounding, in either direction.
    ['close_rate', { numerator: 1, denominator: 8 }, 0.12, 2, null, null],
    ['close_rate', { numerator: 1, denominator: 8 }, 0.13, 2, null, null],
    // None is none: 4 of 10 does not round to a rate of 0.
    ['close_rate', { numerator: 4, denominator: 10 }, 0, 0, null, /gives 0.4/],
    ['close_rate', { numerator: 0, denominator: 10 }, 0, 0, null, null],
    ['close_rate', { numerator: 10, denominator: 10 }, 1, 0, null, null],
    ['close_rate', { numerator: 70, denominator: 69 }, 1, 0, 'numerator', /more than all/],
    ['close_rate', { numerator: 0, denominator: 0 }, 0, 0, 'denominator', /is 0/],
    ['close_rate', { numerator: -1, denominator: 9 }, 0, 0, 'numerator', /below zero/],
    ['close_rate', { numerator: 1.5, denominator: 9 }, 0.17, 2, 'numerator', /whole/],
    ['close_rate', { numerator: 3 }, 0.5, 1, 'numerator', /without denominator/],
    ['close_rate', { numerator: 3, denominator: 6, n: 7 }, 0.5, 1, 'n', /denominator 6/],
    ['close_rate', { promoters: 3, n: 6 }, 0.5, 1, 'promoters', /has no promoters/],
    ['close_rate', { numerator: 3, denominator: 6 }, null, 0, null, /no value/],
    ['close_rate', { n: 69 }, 0.33, 2, null, null],
    ['close_rate', {}, 0.33, 2, null, null],
    ['nps', { promoters: 61, detractors: 19, n: 100 }, 42, 0, null, null],
    ['nps', { promoters: 61, detractors: 19, n: 137 }, 31, 0, null, null],
    ['nps', { promoters: 61, detractors: 19, n: 137 }, 31, 1, null, /gives 30.7/],
    ['nps', { promoters: 61, detractors: 19, n: 100 }, 43, 0, null, /gives 42/],
    ['nps', { promoters: 61, detractors: 40, n: 100 }, 21, 0, 'promoters', /more than 100/],
    ['nps', { promoters: 0, detractors: 0, n: 0 }, 0, 0, 'n', /nobody/],
    ['nps', { promoters: 61, detractors: 19 }, 42, 0, 'promoters', /without n/],
    ['nps', { numerator: 42, denominator: 100 }, 42, 0, 'numerator', /has no numerator/],
    ['nps', { n: 100 }, 42, 0, null, null],
    ['weekly_ops_hours', { n: 4 }, 12, 0, null, null],
    ['weekly_ops_hours', { n: -4 }, 12, 0, 'n', /below zero/],
  ];
  for (const [name, evidence, value, digits, key, why] of table) {
    const what = `${name} ${JSON.stringify(evidence)} for ${value}`;
    const fault = evidenceFault(metric(name), evidence, value, digits);
    if (why === null) assert.is(fault, null, what);
    else {
      assert.match(fault?.why ?? 'no fault', why, what);
      assert.is(fault?.key, key, what);
    }
  }
});

test('a rate rounded to the digits written always fits what it was counted from', () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      part,
      fc.integer({ min: 2, max: 6 }),
      (of, p, digits) => {
        const evidence = { numerator: Math.round(p * of), denominator: of };
        const written = (evidence.numerator / of).toFixed(digits);
        const rate = metric('close_rate');
        assert.is(evidenceFault(rate, evidence, Number(written), decimalsOf(written)), null);
        const off = Number(written) + 2 * 10 ** -digits;
        assert.is.not(evidenceFault(rate, evidence, off, digits), null);
      },
    ),
  );
});
