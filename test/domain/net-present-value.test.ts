import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { discountedRoiPercent, netPresentValue, presentValue } from '../../src/domain/net-present-value.ts';
import { test, testIf } from '../harness.ts';
import { sharedFile } from '../vectors.ts';

function near(actual: number | null, expected: number, tolerance: number, what = ''): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= tolerance,
    `${what}: ${actual} is not ${expected}`,
  );
}

test('amounts now count in full, later ones are discounted by year', () => {
  assert.is(presentValue([], 0.1), 0);
  assert.is(presentValue([100], 0.1), 100);
  near(presentValue([0, 110, 121], 0.1), 200, 1e-9);
  near(netPresentValue([0, 74_585], [16_800], 0.1), 51_004.55, 0.005);
  near(discountedRoiPercent([0, 220], [100], 0.1), 100, 1e-9);
  assert.is(discountedRoiPercent([0, 220], [], 0.1), null);
});

test('without interest a present value is the sum, and more interest never makes a benefit worth more', () => {
  const amounts = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 10 });
  const rate = fc.double({ min: 0, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(amounts, rate, rate, (all, one, other) => {
      assert.is(
        presentValue(all, 0),
        all.reduce((sum, amount) => sum + amount, 0),
      );
      const [low, high] = one < other ? [one, other] : [other, one];
      assert.ok(presentValue(all, high) <= presentValue(all, low) + 1e-6);
      near(netPresentValue(all, all, one), 0, 1e-6);
    }),
  );
});

interface Vectors {
  forrester_salesloft: {
    rate: number;
    costs: number[];
    benefits: number[];
    pv_cost: number;
    pv_benefit: number;
    npv: number;
    roi_percent: number;
  };
}
const text = sharedFile('spec/vectors.json');
const vectors = text === null ? null : (JSON.parse(text) as Vectors);

testIf(
  vectors !== null,
  'the shared vectors are not beside the checkout',
  'shared vectors: three years',
  () => {
    const { rate, costs, benefits, ...expect } = (vectors as Vectors).forrester_salesloft;
    // Printed in whole dollars from parts that were rounded before.
    near(presentValue(costs, rate), expect.pv_cost, 1, 'costs');
    near(presentValue(benefits, rate), expect.pv_benefit, 1, 'benefits');
    near(netPresentValue(benefits, costs, rate), expect.npv, 1, 'net');
    near(discountedRoiPercent(benefits, costs, rate), expect.roi_percent, 0.05, 'ROI');
  },
);
