import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { Economics } from '../../src/domain/firm.ts';
import { estimateRoi } from '../../src/domain/roi.ts';
import { adjustRoi, noRoiSettings, type RiskFactors, roiAssumptions } from '../../src/domain/roi-adjusted.ts';
import { test, testIf } from '../harness.ts';
import { sharedFile } from '../vectors.ts';

const economics: Economics = {
  currency: 'USD',
  blendedHourlyRate: 50,
  annualLeadVolume: 420,
  avgDealValue: 7500,
  grossMargin: 1,
  recaptureRate: 1,
  implementationCost: 16_800,
  costAvoidanceItems: [],
};
const before = { lead_to_appt_rate: 0.25, close_rate: 0.1, weekly_ops_hours: 12 };
const after = { lead_to_appt_rate: 0.33, close_rate: 0.13, weekly_ops_hours: 5 };
const plain = (over: Partial<Economics> = {}, current = after) =>
  estimateRoi({ baseline: before, current, economics: { ...economics, ...over }, goLiveDays: null });
const risk: RiskFactors = { timeSavings: 0.1, revenue: 0.15, costAvoidance: 0, implementationCost: 0.05 };
const settings = { discountRate: 0.1, risk, defaulted: [] };

function near(actual: number | null | undefined, expected: number, tolerance: number): void {
  assert.ok(typeof actual === 'number' && Math.abs(actual - expected) <= tolerance, `${actual}, ${expected}`);
}

test('the Hayes example, discounted and adjusted for risk', () => {
  const found = adjustRoi(plain(), settings);
  near(found.netPresentValue, 51_004.55, 0.005);
  near(found.riskAdjusted?.benefitAnnual, 64_307.25, 1e-6);
  near(found.riskAdjusted?.implementationCost, 17_640, 1e-6);
  near(found.riskAdjusted?.netRoiPercent, 264.55, 0.005);
  near(found.riskAdjusted?.netPresentValue, 64_307.25 / 1.1 - 17_640, 1e-6);
  near(adjustRoi(plain({ implementationCost: 30_000 }), settings).riskAdjusted?.netRoiPercent, 104.15, 0.005);
});

test('without the settings nothing is added', () => {
  assert.equal(adjustRoi(plain(), noRoiSettings), plain());
  const discounted = adjustRoi(plain(), { ...noRoiSettings, discountRate: 0 });
  assert.not('riskAdjusted' in discounted);
  near(discounted.netPresentValue, 74_585 - 16_800, 1e-6);
  assert.not('netPresentValue' in adjustRoi(plain(), { ...noRoiSettings, risk }));
});

test('what is missing makes null what needs it, with the reason', () => {
  const found = adjustRoi(plain({ implementationCost: null, avgDealValue: null }), settings);
  assert.is(found.netPresentValue, null);
  assert.equal(found.riskAdjusted, {
    benefitAnnual: null,
    implementationCost: null,
    netRoiPercent: null,
    netPresentValue: null,
  });
  assert.match(found.reasons.net_present_value ?? '', 'benefit_annual, implementation_cost');
  assert.match(found.reasons.risk_adjusted_benefit_annual ?? '', 'revenue_impact_annual');
  assert.match(found.reasons.risk_adjusted_implementation_cost ?? '', 'implementation_cost');
  assert.match(found.reasons.risk_adjusted_net_roi_percent ?? '', 'missing');
  assert.ok(found.reasons.risk_adjusted_net_present_value);
  const free = adjustRoi(plain({ implementationCost: 0 }), settings);
  assert.is(free.riskAdjusted?.netRoiPercent, null);
  assert.is(free.reasons.risk_adjusted_net_roi_percent, 'zero_cost');
});

test('risk never improves a figure, not even a loss', () => {
  const part = fc.double({ min: 0, max: 0.99, noNaN: true });
  const hours = fc.integer({ min: 0, max: 60 });
  const rate = fc.integer({ min: 0, max: 100 }).map((one) => one / 100);
  const worse = adjustRoi(plain({}, { ...after, weekly_ops_hours: 20 }), settings);
  near(worse.riskAdjusted?.benefitAnnual, -8 * 52 * 50 * 1.1 + 56_385 * 0.85, 1e-6);
  fc.assert(
    fc.property(hours, rate, rate, fc.tuple(part, part, part, part), (weekly, a, c, parts) => {
      const current = { lead_to_appt_rate: a, close_rate: c, weekly_ops_hours: weekly };
      const [timeSavings, revenue, costAvoidance, implementationCost] = parts;
      const roi = plain({}, current);
      const factors = { timeSavings, revenue, costAvoidance, implementationCost };
      const found = adjustRoi(roi, { discountRate: null, risk: factors, defaulted: [] }).riskAdjusted;
      assert.ok((found?.benefitAnnual ?? 0) <= (roi.benefitAnnual ?? 0) + 1e-6);
      assert.ok((found?.implementationCost ?? 0) >= 16_800);
    }),
  );
});

test('every setting is an assumption with its source', () => {
  assert.equal(roiAssumptions(noRoiSettings), {});
  assert.equal(roiAssumptions({ ...settings, defaulted: ['cost_avoidance'] }), {
    discount_rate: { value: 0.1, source: 'scend.yaml' },
    risk_time_savings: { value: 0.1, source: 'scend.yaml' },
    risk_revenue: { value: 0.15, source: 'scend.yaml' },
    risk_cost_avoidance: { value: 0, source: 'default' },
    risk_implementation_cost: { value: 0.05, source: 'scend.yaml' },
  });
});

interface Vectors {
  hayes: { expect: { npv10_16800: number; risk_adj_roi_16800: number; risk_adj_roi_30000: number } };
}
const text = sharedFile('spec/vectors.json');
const vectors = text === null ? null : (JSON.parse(text) as Vectors);

testIf(
  vectors !== null,
  'the shared vectors are not beside the checkout',
  'shared vectors: risk, NPV',
  () => {
    const { expect } = (vectors as Vectors).hayes;
    near(adjustRoi(plain(), settings).netPresentValue, expect.npv10_16800, 0.005);
    near(adjustRoi(plain(), settings).riskAdjusted?.netRoiPercent, expect.risk_adj_roi_16800, 0.005);
    const dearer = adjustRoi(plain({ implementationCost: 30_000 }), settings);
    near(dearer.riskAdjusted?.netRoiPercent, expect.risk_adj_roi_30000, 0.005);
  },
);
