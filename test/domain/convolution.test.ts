import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { chanceWithin, daysToReach } from '../../src/domain/convolution.ts';
import { test, testIf } from '../harness.ts';
import { sharedFile } from '../vectors.ts';

const levels = [0.5, 0.85, 0.95];

interface Vector {
  daily: number[];
  remaining: number;
  p50: number;
  p85: number;
  p95: number;
  cdf20: number;
  cdf25: number;
  cdf28: number;
}
const text = sharedFile('spec/vectors.json');
const vector = text === null ? null : (JSON.parse(text) as { forecast: Vector }).forecast;

testIf(vector !== null, 'the shared vectors are not beside the checkout', 'shared vectors: forecast', () => {
  const { daily, remaining, p50, p85, p95, ...chances } = vector as Vector;
  assert.equal(daysToReach(daily, [remaining], levels, 1826), [[p50, p85, p95]]);
  for (const [name, chance] of Object.entries(chances)) {
    const days = Number(name.slice(3));
    assert.is(Number(chanceWithin(daily, remaining, days).toFixed(6)), chance, name);
  }
});

test('the worked example: 20 tickets from ten days with ten done', () => {
  const daily = [0, 2, 1, 0, 3, 1, 0, 2, 0, 1];
  assert.equal(daysToReach(daily, [20], levels, 1826), [[20, 25, 29]]);
  const chances = [20, 25, 28].map((days) => Number(chanceWithin(daily, 20, days).toFixed(6)));
  assert.equal(chances, [0.535368, 0.864835, 0.949572]);
});

test('nothing remaining takes no day; what never happens, or too late, has none', () => {
  assert.equal(daysToReach([0, 1], [0], levels, 10), [[0, 0, 0]]);
  assert.equal(daysToReach([0, 0], [1], levels, 10), [[null, null, null]]);
  assert.equal(daysToReach([], [1, 0], levels, 10), [
    [null, null, null],
    [0, 0, 0],
  ]);
  assert.equal(daysToReach([2], [20, 21], levels, 10), [
    [10, 10, 10],
    [null, null, null],
  ]);
});

test('a chance that is just reached counts', () => {
  // Exactly one half in one day, and 1 − 0.5^3 in three.
  assert.equal(daysToReach([0, 1], [1], [0.5, 0.875], 10), [[1, 3]]);
  // 0.95 exactly, though tenths are no binary fractions.
  const daily = [...Array.from({ length: 19 }, () => 1), 0];
  assert.equal(daysToReach(daily, [1], [0.95], 10), [[1]]);
});

const history = fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 12 });
const remaining = fc.nat({ max: 40 });

/** How many of all sequences of `days` days reach the tickets, counted one by one. */
function sequences(daily: readonly number[], tickets: number, days: number): number {
  if (days === 0) return tickets <= 0 ? 1 : 0;
  return daily.reduce((count, one) => count + sequences(daily, tickets - one, days - 1), 0);
}

test('property: equals the counting of every sequence of days', () => {
  const small = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(small, fc.integer({ min: 1, max: 8 }), (daily, tickets) => {
      const expected = [50, 85, 95].map((percent) => {
        // In whole numbers, so that a tie is a tie.
        const enough = (days: number) =>
          100 * sequences(daily, tickets, days) >= percent * daily.length ** days;
        return [1, 2, 3, 4, 5, 6].find(enough) ?? null;
      });
      assert.equal(daysToReach(daily, [tickets], levels, 6), [expected]);
      const chance = sequences(daily, tickets, 5) / daily.length ** 5;
      assert.ok(Math.abs(chanceWithin(daily, tickets, 5) - chance) < 1e-9);
    }),
    { numRuns: 60 },
  );
});

test('property: more tickets and a higher chance never take fewer days', () => {
  const days = (one: number | null | undefined) => one ?? Number.POSITIVE_INFINITY;
  fc.assert(
    fc.property(history, remaining, (daily, tickets) => {
      const [fewer = [], more = []] = daysToReach(daily, [tickets, tickets + 1], levels, 300);
      for (const [at, one] of fewer.entries()) {
        assert.ok(days(one) <= days(more[at]));
        if (at > 0) assert.ok(days(fewer[at - 1]) <= days(one));
      }
    }),
  );
});

test('property: the order of the history does not matter, nor what else is asked', () => {
  const shuffled = history.chain((daily) =>
    fc.tuple(fc.constant(daily), fc.shuffledSubarray(daily, { minLength: daily.length })),
  );
  fc.assert(
    fc.property(shuffled, fc.array(remaining, { maxLength: 5 }), ([daily, other], all) => {
      const together = daysToReach(daily, all, levels, 200);
      assert.equal(daysToReach(other, all, levels, 200), together);
      assert.equal(
        all.flatMap((one) => daysToReach(daily, [one], levels, 200)),
        together,
      );
    }),
  );
});

test('ten thousand tickets agree with the normal approximation', () => {
  const daily = Array.from({ length: 60 }, (_, index) => (index * 7) % 19);
  const mean = daily.reduce((sum, one) => sum + one, 0) / daily.length;
  const variance = daily.reduce((sum, one) => sum + (one - mean) ** 2, 0) / daily.length;
  const [[p50, p85] = []] = daysToReach(daily, [10_000], levels, 1826);
  assert.ok(Math.abs((p50 ?? 0) - 10_000 / mean) < 2, `${p50}`);
  // The 85th percentile of the normal distribution lies 1.0364 deviations above its mean.
  const spread = (1.0364 * Math.sqrt(variance * (p85 ?? 0))) / mean;
  assert.ok(Math.abs((p85 ?? 0) - 10_000 / mean - spread) < 2, `${p85}`);
});
