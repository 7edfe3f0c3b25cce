import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  type Answers,
  type Counted,
  type Interval,
  netPromoterScore,
  newcombe,
  npsChangeZ,
  npsDifference,
  npsInterval,
  npsStandardError,
  wilson,
  z95,
} from '../../src/domain/statistics.ts';
import { test, testIf } from '../harness.ts';
import { sharedFile } from '../vectors.ts';

function near(actual: number | null, expected: number, tolerance: number, what: string): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= tolerance,
    `${what}: ${actual} is not ${expected}`,
  );
}

const of = (count: number, all: number): Counted => ({ count, of: all });

// The worked examples of Newcombe's two papers of 1998, as printed there, to four decimals.
const singles: [Counted, low: number, high: number][] = [
  [of(81, 263), 0.2553, 0.3662],
  [of(15, 148), 0.0624, 0.1605],
  [of(0, 20), 0, 0.1611],
  [of(1, 29), 0.0061, 0.1718],
];
const differences: [Counted, Counted, low: number, high: number][] = [
  [of(56, 70), of(48, 80), 0.0524, 0.3339],
  [of(9, 10), of(3, 10), 0.1705, 0.809],
  [of(6, 7), of(2, 7), 0.0582, 0.8062],
  [of(5, 56), of(0, 29), -0.0381, 0.1926],
  [of(0, 10), of(0, 20), -0.1611, 0.2775],
  [of(10, 10), of(0, 10), 0.6075, 1],
];

test("Wilson's interval gives the published examples", () => {
  for (const [counted, low, high] of singles) {
    const found = wilson(counted);
    near(found.low, low, 0.00005, JSON.stringify(counted));
    near(found.high, high, 0.00005, JSON.stringify(counted));
  }
});

test("Newcombe's interval gives the published examples", () => {
  for (const [a, b, low, high] of differences) {
    const found = newcombe(a, b);
    near(found.low, low, 0.00005, JSON.stringify([a, b]));
    near(found.high, high, 0.00005, JSON.stringify([a, b]));
  }
});

test('a net promoter score: error, adjusted interval, and its change', () => {
  const answers = { promoters: 61, detractors: 19, n: 100 };
  assert.is(netPromoterScore(answers), 42);
  near(npsStandardError(answers), 7.8968, 0.00005, 'error');
  // By hand: p = 61.75/103, d = 19.75/103, centre 40.7767, error 7.78963.
  const { low, high } = npsInterval(answers);
  near(low, 40.7767 - z95 * 7.78963, 0.0005, 'low');
  near(high, 40.7767 + z95 * 7.78963, 0.0005, 'high');
  near(npsChangeZ(answers, { promoters: 70, detractors: 9, n: 100 }), 1.8618, 0.00005, 'z');
  const all = { promoters: 5, detractors: 0, n: 5 };
  assert.is(npsStandardError(all), 0);
  assert.is(npsChangeZ(all, all), null);
});

const counted = fc
  .record({ of: fc.integer({ min: 1, max: 5000 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ of: all, part }): Counted => ({ count: Math.round(part * all), of: all }));
const answers = fc
  .record({
    n: fc.integer({ min: 1, max: 5000 }),
    named: fc.double({ min: 0, max: 1, noNaN: true }),
    promote: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ n, named, promote }): Answers => {
    const either = Math.round(named * n);
    const promoters = Math.round(promote * either);
    return { promoters, detractors: either - promoters, n };
  });
const within = ({ low, high }: Interval, from: number, to: number) =>
  from <= low && low <= high && high <= to;

test("Wilson's interval contains the proportion, lies within 0 and 1, and mirrors", () => {
  fc.assert(
    fc.property(counted, (one) => {
      const found = wilson(one);
      assert.ok(within(found, 0, 1));
      assert.ok(found.low <= one.count / one.of && one.count / one.of <= found.high);
      assert.ok(found.low < found.high);
      const mirrored = wilson({ count: one.of - one.count, of: one.of });
      near(mirrored.low, 1 - found.high, 1e-12, 'mirror');
      near(mirrored.high, 1 - found.low, 1e-12, 'mirror');
    }),
  );
});

test('more counts of the same proportion narrow every interval', () => {
  const width = ({ low, high }: Interval) => high - low;
  fc.assert(
    fc.property(counted, counted, answers, answers, fc.integer({ min: 2, max: 9 }), (a, b, x, y, k) => {
      const times = (one: Counted) => ({ count: one.count * k, of: one.of * k });
      const more = (one: Answers) => ({
        promoters: one.promoters * k,
        detractors: one.detractors * k,
        n: one.n * k,
      });
      assert.ok(width(wilson(times(a))) < width(wilson(a)));
      assert.ok(width(newcombe(times(a), times(b))) < width(newcombe(a, b)));
      // Clamped ends can be equal; they never widen.
      assert.ok(width(npsInterval(more(x))) <= width(npsInterval(x)));
      assert.ok(width(npsDifference(more(x), more(y))) <= width(npsDifference(x, y)));
    }),
  );
});

test('a difference contains its estimate, lies in range, and turns its sign with its sides', () => {
  fc.assert(
    fc.property(counted, counted, (a, b) => {
      const found = newcombe(a, b);
      assert.ok(within(found, -1, 1));
      const difference = a.count / a.of - b.count / b.of;
      assert.ok(found.low <= difference + 1e-12 && difference <= found.high + 1e-12);
      const turned = newcombe(b, a);
      near(turned.low, -found.high, 1e-12, 'turned');
      near(turned.high, -found.low, 1e-12, 'turned');
    }),
  );
  fc.assert(
    fc.property(answers, answers, (a, b) => {
      assert.ok(within(npsInterval(a), -100, 100));
      const found = npsDifference(a, b);
      assert.ok(within(found, -200, 200));
      const turned = npsDifference(b, a);
      near(turned.low, -found.high, 1e-9, 'turned');
      near(turned.high, -found.low, 1e-9, 'turned');
    }),
  );
});

test('an equal share on both sides is never a change beyond noise', () => {
  fc.assert(
    fc.property(counted, answers, (a, x) => {
      const rate = newcombe(a, a);
      assert.ok(rate.low <= 0 && rate.high >= 0);
      const score = npsDifference(x, x);
      assert.ok(score.low <= 0 && score.high >= 0);
    }),
  );
});

type Scored = Answers & { nps: number; se: number };
interface Vectors {
  wilson_95: { x: number; n: number; low: number; high: number }[];
  newcombe_95: { a: [number, number]; b: [number, number]; diff: number; low: number; high: number };
  nps: [Scored, Scored];
  nps_change: { points: number; z: number; significant_at_5_percent: boolean };
}
const text = sharedFile('spec/vectors.json');
const vectors = text === null ? null : (JSON.parse(text) as Vectors);

testIf(
  vectors !== null,
  'the shared vectors are not beside the checkout',
  'shared vectors: intervals',
  () => {
    const { wilson_95, newcombe_95, nps, nps_change } = vectors as Vectors;
    for (const { x, n, low, high } of wilson_95) {
      near(wilson(of(x, n)).low, low, 5e-7, `${x}/${n}`);
      near(wilson(of(x, n)).high, high, 5e-7, `${x}/${n}`);
    }
    const found = newcombe(of(...newcombe_95.a), of(...newcombe_95.b));
    near(found.low, newcombe_95.low, 5e-7, 'low');
    near(found.high, newcombe_95.high, 5e-7, 'high');
    for (const one of nps) {
      near(netPromoterScore(one), one.nps, 1e-9, 'score');
      near(npsStandardError(one), one.se, 5e-5, 'error');
    }
    const [before, after] = nps;
    const z = npsChangeZ(before, after);
    near(netPromoterScore(after) - netPromoterScore(before), nps_change.points, 1e-9, 'points');
    near(z, nps_change.z, 5e-5, 'z');
    assert.is(Math.abs(z ?? 0) > z95, nps_change.significant_at_5_percent);
    // The adjusted interval says the same: no change is among what the answers allow.
    const change = npsDifference(after, before);
    assert.is(change.low > 0 || change.high < 0, nps_change.significant_at_5_percent);
  },
);
