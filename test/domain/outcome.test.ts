import * as assert from 'uvu/assert';
import type { Economics } from '../../src/domain/firm.ts';
import { builtInMetrics, type MetricValues, parseMetric } from '../../src/domain/metric.ts';
import { percentDone } from '../../src/domain/number.ts';
import { computeOutcome, deltasOf, resolveEconomics } from '../../src/domain/outcome.ts';
import { estimateRoi } from '../../src/domain/roi.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import type { Snapshot } from '../../src/domain/snapshot.ts';
import { backwardTargets, classify, decide, statusOf } from '../../src/domain/status.ts';
import { nextVersion } from '../../src/domain/version.ts';
import { test, testIf } from '../harness.ts';
import { sharedFile } from '../vectors.ts';

const baseline = {
  lead_response_minutes: 12,
  lead_to_appt_rate: 0.25,
  close_rate: 0.1,
  crm_adoption_rate: 0.2,
  weekly_ops_hours: 12,
  nps: 42,
};
const d60 = {
  lead_response_minutes: 3.5,
  lead_to_appt_rate: 0.33,
  close_rate: 0.13,
  crm_adoption_rate: 0.73,
  weekly_ops_hours: 5,
  nps: 61,
};
const targets = {
  lead_response_minutes: 2,
  lead_to_appt_rate: 0.4,
  crm_adoption_rate: 0.8,
  weekly_ops_hours: 2,
  nps: 60,
};
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

function near(actual: number | null, expected: number, tolerance: number, what = ''): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= tolerance,
    `${what}: ${actual} is not ${expected}`,
  );
}

const roi = (over: Partial<Economics> = {}, current: MetricValues = d60, before: MetricValues = baseline) =>
  estimateRoi({ baseline: before, current, economics: { ...economics, ...over }, goLiveDays: 60 });

test('the Hayes example: hours, revenue, attribution, ROI, payback, ramp', () => {
  const found = roi();
  near(found.timeSavingsHoursAnnual, 364, 1e-9);
  near(found.timeSavingsValueAnnual, 18_200, 1e-9);
  near(found.extraDealsAnnual, 7.518, 1e-9);
  near(found.revenueImpactAnnual, 56_385, 1e-6);
  near(found.revenueFromAppointments, 28_980, 1e-6);
  near(found.revenueFromCloses, 27_405, 1e-6);
  near(found.benefitAnnual, 74_585, 1e-6);
  near(found.netRoiPercent, 343.96, 0.005);
  near(found.benefitCostRatio, 4.4396, 0.00005);
  near(found.paybackMonths, 2.703, 0.0005);
  near(found.rampedBenefitFirstYear, 68_454.73, 0.005);
  near(found.rampedNetRoiPercent, 307.47, 0.005);
  assert.equal(found.reasons, {});
});

test('with a cost of 30,000 the same benefit returns less', () => {
  const found = roi({ implementationCost: 30_000 });
  near(found.netRoiPercent, 148.62, 0.005);
  near(found.paybackMonths, 4.827, 0.0005);
  near(found.rampedNetRoiPercent, 128.18, 0.005);
});

test('attribution sums to the whole and never counts ΔaΔc twice', () => {
  const { revenueFromAppointments: a, revenueFromCloses: c, extraDealsAnnual } = roi();
  near((a ?? 0) + (c ?? 0), 56_385, 1e-6);
  const doubleCounted = 420 * (0.08 * 0.13 + 0.33 * 0.03);
  near(doubleCounted, 8.526, 1e-9, 'the wrong formula');
  assert.ok(Math.abs((extraDealsAnnual ?? 0) - doubleCounted) > 1);
});

test('worse figures give negative money, and an ROI below −100 % is legal', () => {
  const before = { weekly_ops_hours: 12, lead_to_appt_rate: 0.25, close_rate: 0.1 };
  const found = roi({}, { weekly_ops_hours: 14, lead_to_appt_rate: 0.22, close_rate: 0.1 }, before);
  near(found.timeSavingsValueAnnual, -5200, 1e-6);
  near(found.revenueImpactAnnual, -9450, 1e-6);
  near(found.netRoiPercent, -187.2, 0.05);
  assert.is(found.paybackMonths, null);
  assert.is(found.reasons.payback_months, 'no_benefit');
});

test('what is missing makes null what needs it, with the reason', () => {
  const found = roi({ avgDealValue: null });
  assert.is(found.revenueImpactAnnual, null);
  assert.is(found.benefitAnnual, null);
  assert.is(found.netRoiPercent, null);
  assert.match(found.reasons.revenue_impact_annual ?? '', 'avg_deal_value');
  assert.match(found.reasons.net_roi_percent ?? '', 'benefit_annual');
  near(found.timeSavingsValueAnnual, 18_200, 1e-9);
});

test('cost 0 gives no ROI but says why', () => {
  const found = roi({ implementationCost: 0 });
  assert.is(found.netRoiPercent, null);
  assert.is(found.reasons.net_roi_percent, 'zero_cost');
});

test('one rate measured on one side only is held constant, and said', () => {
  const found = roi({}, { ...d60, close_rate: null });
  near(found.extraDealsAnnual, 420 * 0.08 * 0.1, 1e-9);
  assert.equal(found.held, ['close_rate held constant at 0.1']);
  assert.is(roi({}, { weekly_ops_hours: 5 }).extraDealsAnnual, null);
});

test('deltas are improvement-positive and null where a side is unknown', () => {
  assert.equal(deltasOf(builtInMetrics, baseline, { ...d60, nps: null }), {
    lead_response_minutes: 8.5,
    lead_to_appt_rate: 0.08,
    close_rate: 0.03,
    crm_adoption_rate: 0.53,
    weekly_ops_hours: 7,
    nps: null,
  });
});

const classified = (over: Partial<Parameters<typeof classify>[0]> = {}) =>
  classify({ metrics: builtInMetrics, baseline, current: d60, targets, share: 1, weights: {}, ...over });

test('the score against the full target and against the ramp', () => {
  near(classified().score, 0.793333, 5e-7);
  assert.is(classified().status, 'at_risk');
  near(classified({ share: 2 / 3 }).score, 0.96, 1e-9);
  assert.is(classified({ share: 2 / 3 }).status, 'on_track');
});

test('no status is invented', () => {
  assert.is(classified({ share: null }).reason, 'baseline_only');
  assert.is(classified({ targets: {} }).reason, 'no_projection');
  assert.is(classified({ current: {} }).reason, 'insufficient_data');
  const two = classified({ current: { nps: 61, weekly_ops_hours: 5 } });
  assert.is(two.status, null);
  assert.is(two.reason, 'insufficient_data');
  assert.is(classified({ current: { ...d60, nps: null, weekly_ops_hours: null } }).status, 'at_risk');
});

test('a target worse than the baseline is named', () => {
  assert.equal(
    backwardTargets(builtInMetrics, baseline, { nps: 40, weekly_ops_hours: 14, close_rate: 0.2 }),
    ['weekly_ops_hours', 'nps'],
  );
});

test('status boundaries, at the resolution of binary fractions', () => {
  const edge = (b: number, t: number, cur: number) =>
    classify({
      metrics: builtInMetrics.filter((one) => one.name === 'crm_adoption_rate'),
      baseline: { crm_adoption_rate: b },
      current: { crm_adoption_rate: cur },
      targets: { crm_adoption_rate: t },
      share: 1,
      weights: {},
    }).status;
  assert.is(edge(0.2, 0.8, 0.68), 'on_track');
  assert.is(edge(0.25, 0.4, 0.37), 'on_track');
  assert.is(edge(0.1, 0.2, 0.15), 'at_risk');
  assert.is(edge(0.2, 0.8, 0.5), 'at_risk');
});

test('an outcome names its snapshots and where each figure came from', () => {
  const snapshot = (label: Snapshot['label'], date: string, metrics: MetricValues): Snapshot => ({
    id: `id-${label}-${date}`,
    firmId: 'f',
    date,
    label,
    source: 'manual',
    metrics,
    notes: null,
    evidence: {},
    sequence: 1,
  });
  const first = snapshot('baseline', '2026-01-05', baseline);
  const later = snapshot('60d', '2026-03-06', d60);
  const outcome = computeOutcome({
    firm: { id: '7f0c1111-2222-4333-8444-555566667777', goLiveDate: '2026-03-06' },
    roadmap: { id: 'r', version: 'v1.0', targets },
    snapshots: [first, later],
    baseline: first,
    target: later,
    economics: resolveEconomics(
      { ...economics, grossMargin: null, avgDealValue: null },
      { avg_deal_value: 7500 },
      { implementation_cost: 30_000 },
    ),
    settings: defaultSettings,
    notes: null,
  });
  assert.is(outcome.at60dSnapshotId, later.id);
  assert.is(outcome.at30dSnapshotId, null);
  near(outcome.classification.score, 0.96, 1e-9);
  near(outcome.roi.netRoiPercent, 148.62, 0.005);
  assert.equal(
    Object.fromEntries(Object.entries(outcome.assumptions).map(([key, one]) => [key, one.source])),
    {
      blended_hourly_rate: 'firm.yaml',
      annual_lead_volume: 'firm.yaml',
      avg_deal_value: 'scend.yaml',
      gross_margin: 'default',
      recapture_rate: 'firm.yaml',
      implementation_cost: 'flag',
      cost_avoidance: 'none listed',
    },
  );
});

type Pair = [before: number, after: number];
interface Vectors {
  hayes: {
    baseline: MetricValues;
    d60: MetricValues;
    assume: { rate: number; leads: number; deal: number };
    expect: { deltas: Record<string, number> } & Record<string, number>;
    must_not: Record<string, number>;
  };
  float_edges: { b: number; t: number; cur: number; true: number }[];
  negative: { change: Record<string, Pair>; expect: Record<string, number> };
  pct: { done: number; active: number; pct: number }[];
  status_score: { score: number; status: string }[];
  status_r: { r: number[]; score: number; status: string }[];
  metric_input: { metric: string; in: string; value?: number | null; error?: boolean }[];
  versions: { from: string; bump: 'minor' | 'major'; to: string }[];
}
const text = sharedFile('spec/vectors.json');
const vectors = text === null ? null : (JSON.parse(text) as Vectors);
const given = (name: string, body: (all: Vectors) => void) =>
  testIf(vectors !== null, 'the shared vectors are not beside the checkout', name, () =>
    body(vectors as Vectors),
  );

given('shared vectors: the Hayes example', ({ hayes }) => {
  const { rate, leads, deal } = hayes.assume;
  const { expect, must_not } = hayes;
  assert.equal(deltasOf(builtInMetrics, hayes.baseline, hayes.d60), {
    ...Object.fromEntries(builtInMetrics.map((one) => [one.name, null])),
    ...expect.deltas,
  });
  const costing = (implementationCost: number) =>
    roi(
      { blendedHourlyRate: rate, annualLeadVolume: leads, avgDealValue: deal, implementationCost },
      hayes.d60,
      hayes.baseline,
    );
  const [low, high] = [costing(16_800), costing(30_000)];
  const figures: [number | null, string, number][] = [
    [low.timeSavingsHoursAnnual, 'hours', 1e-9],
    [low.timeSavingsValueAnnual, 'time_value', 1e-9],
    [low.extraDealsAnnual, 'extra_deals', 1e-9],
    [low.revenueImpactAnnual, 'revenue', 1e-6],
    [low.revenueFromAppointments, 'attrib_appt', 1e-6],
    [low.revenueFromCloses, 'attrib_close', 1e-6],
    [low.benefitAnnual, 'benefit', 1e-6],
    [low.netRoiPercent, 'roi_16800', 0.005],
    [high.netRoiPercent, 'roi_30000', 0.005],
    [low.paybackMonths, 'payback_mo_16800', 0.0005],
    [high.paybackMonths, 'payback_mo_30000', 0.0005],
    [low.rampedBenefitFirstYear, 'ramped_benefit_60d', 0.005],
    [low.rampedNetRoiPercent, 'roi_ramped_16800', 0.005],
    [high.rampedNetRoiPercent, 'roi_ramped_30000', 0.005],
    [low.benefitCostRatio, 'benefit_cost_ratio_16800', 0.00005],
  ];
  for (const [found, key, tolerance] of figures) near(found, expect[key]!, tolerance, key);
  assert.ok(Math.abs(low.extraDealsAnnual! - must_not.extra_deals_double_counted!) > 1);
  assert.ok(Math.abs(low.netRoiPercent! - must_not.net_roi_as_gross_16800!) > 99);
  const scored = (share: number) =>
    classify({
      metrics: builtInMetrics,
      baseline: hayes.baseline,
      current: hayes.d60,
      targets,
      share,
      weights: {},
    }).score;
  near(scored(1), expect.score_full_target!, 1e-6);
  near(scored(2 / 3), expect.score_ramped!, 1e-6);
});

given('shared vectors: what got worse', ({ negative }) => {
  const side = (at: 0 | 1) =>
    Object.fromEntries(Object.entries(negative.change).map(([name, pair]) => [name, pair[at]]));
  const found = roi({ implementationCost: 16_800 }, side(1), side(0));
  near(found.timeSavingsValueAnnual, negative.expect.time_value!, 1e-9);
  near(found.revenueImpactAnnual, negative.expect.revenue!, 1e-6);
  near(found.netRoiPercent, negative.expect.roi_16800!, 0.005);
});

given('shared vectors: binary fractions at the edges of a status', ({ float_edges }) => {
  for (const { b, t, cur, true: score } of float_edges) {
    const found = classify({
      metrics: builtInMetrics,
      baseline: { close_rate: b },
      current: { close_rate: cur },
      targets: { close_rate: t },
      share: 1,
      weights: {},
    });
    near(found.score, score, 1e-9);
    assert.is(found.status, score >= 0.8 ? 'on_track' : 'at_risk', String(cur));
  }
});

given('shared vectors: percentages', ({ pct }) => {
  for (const one of pct) assert.is(percentDone(one.done, one.active), one.pct, JSON.stringify(one));
});

given('shared vectors: status from score and from r', ({ status_score, status_r }) => {
  for (const one of status_score) assert.is(statusOf(one.score), one.status, JSON.stringify(one));
  for (const one of status_r) {
    const found = decide(one.r.map((r) => ({ r, weight: 1 / one.r.length })));
    near(found.score, one.score, 1e-6, JSON.stringify(one));
    assert.is(found.status, one.status, JSON.stringify(one));
  }
});

given('shared vectors: metric input', ({ metric_input }) => {
  for (const one of metric_input) {
    const metric = builtInMetrics.find((other) => other.name === one.metric)!;
    const read = parseMetric(metric, one.in);
    if (one.error) assert.is(read.ok, false, JSON.stringify(one));
    else assert.equal(read, { ok: true, value: one.value ?? null }, JSON.stringify(one));
  }
});

given('shared vectors: versions', ({ versions }) => {
  for (const one of versions) assert.is(nextVersion(one.from, one.bump), one.to);
});

test('percentages round half to even and reach 0 and 100 only in truth', () => {
  const table: [number, number, number | null][] = [
    [45, 85, 53],
    [5, 8, 62],
    [3, 8, 38],
    [199, 200, 99],
    [1, 300, 1],
    [0, 5, 0],
    [7, 7, 100],
    [0, 0, null],
  ];
  for (const [done, active, pct] of table) assert.is(percentDone(done, active), pct, `${done}/${active}`);
});

test('metric input is strict', () => {
  const metric = (name: string) => builtInMetrics.find((one) => one.name === name)!;
  const table: [string, string, number | null | 'error'][] = [
    ['close_rate', '20%', 0.2],
    ['close_rate', '0.2', 0.2],
    ['close_rate', '20', 'error'],
    ['close_rate', '120%', 'error'],
    ['lead_response_minutes', '1,200', 'error'],
    ['lead_response_minutes', '4h', 'error'],
    ['lead_response_minutes', '1e3', 'error'],
    ['lead_response_minutes', 'true', 'error'],
    ['lead_response_minutes', '-1', 'error'],
    ['nps', '-101', 'error'],
    ['nps', '-100', -100],
    ['nps', '33%', 'error'],
    ['weekly_ops_hours', '', null],
    ['weekly_ops_hours', 'NaN', 'error'],
  ];
  for (const [name, input, expected] of table) {
    const read = parseMetric(metric(name), input);
    assert.is(read.ok ? read.value : 'error', expected, `${name} "${input}"`);
  }
  const bare = parseMetric(metric('close_rate'), '20');
  assert.match(bare.ok ? '' : bare.why, '20%');
});
