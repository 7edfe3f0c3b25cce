import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { certaintyOf, certaintyText } from '../../src/domain/certainty.ts';
import { builtInMetrics, delta, type Metric } from '../../src/domain/metric.ts';
import type { Evidence } from '../../src/domain/snapshot.ts';
import { test } from '../harness.ts';

const noShow: Metric = {
  name: 'no_show_rate',
  label: 'No-shows',
  unit: 'fraction',
  better: 'lower',
  min: 0,
  max: 1,
  about: '',
};
const metrics = [...builtInMetrics, noShow];
const rate = (numerator: number, denominator: number): Evidence => ({ numerator, denominator });
const between = (name: string, before: Evidence, after: Evidence) => {
  const metric = metrics.find((one) => one.name === name)!;
  const [found] = certaintyOf(metrics, { evidence: { [name]: before } }, { evidence: { [name]: after } });
  assert.ok(found, name);
  return { ...found, text: certaintyText(metric, found) };
};

test('a change within noise, one beyond it and one for the worse, in words', () => {
  const noise = between('lead_to_appt_rate', rate(105, 420), rate(23, 69));
  assert.is(noise.verdict, 'noise');
  assert.is(noise.text, 'within noise: the 95 % interval of the change, −2.6 to 20.7 pp, includes no change');
  const better = between('lead_to_appt_rate', rate(105, 420), rate(230, 690));
  assert.is(better.verdict, 'better');
  assert.match(better.text, /^beyond noise: .* pp, lies above no change$/);
  const worse = between('lead_to_appt_rate', rate(230, 690), rate(105, 420));
  assert.is(worse.verdict, 'worse');
  assert.match(worse.text, /, lies below no change: it got worse$/);
});

test('where lower is better, fewer are an improvement', () => {
  const found = between('no_show_rate', rate(200, 400), rate(100, 400));
  assert.is(found.verdict, 'better');
  assert.ok(found.change.low > 0.15 && found.change.high < 0.35);
});

test('the net promoter score carries its plain errors and z too', () => {
  const found = between(
    'nps',
    { promoters: 61, detractors: 19, n: 100 },
    { promoters: 70, detractors: 9, n: 100 },
  );
  assert.is(found.verdict, 'noise');
  assert.is(Math.round((found.wald?.z ?? 0) * 1e4) / 1e4, 1.8618);
  assert.match(found.text, 'points, includes no change');
});

test('without counts on both sides nothing is said', () => {
  const one = { evidence: { close_rate: rate(1, 4), nps: { n: 100 } } };
  assert.equal(certaintyOf(metrics, one, { evidence: {} }), []);
  assert.equal(certaintyOf(metrics, { evidence: {} }, one), []);
  assert.equal(certaintyOf(metrics, { evidence: { nps: { n: 9 } } }, one), []);
});

test('the interval has the sign of the deltas and turns with its sides', () => {
  const counted = fc
    .record({ of: fc.integer({ min: 1, max: 900 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ of, part }) => rate(Math.round(part * of), of));
  fc.assert(
    fc.property(fc.constantFrom('close_rate', 'no_show_rate'), counted, counted, (name, a, b) => {
      const metric = metrics.find((one) => one.name === name)!;
      const value = (one: Evidence) => (one.numerator ?? 0) / (one.denominator ?? 1);
      const found = between(name, a, b);
      const gain = delta(metric, value(a), value(b)) ?? Number.NaN;
      assert.ok(found.change.low <= gain + 1e-8 && gain <= found.change.high + 1e-8);
      if (found.verdict !== 'noise') assert.is(found.verdict, gain > 0 ? 'better' : 'worse');
      const turned = between(name, b, a);
      assert.ok(Math.abs(turned.change.low + found.change.high) < 1e-8);
    }),
  );
});
