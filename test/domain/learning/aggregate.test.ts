import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type AggregateInput, aggregate, type GroupFigure } from '../../../src/domain/learning/aggregate.ts';
import { bandOf } from '../../../src/domain/learning/group.ts';
import { medianRanks, summarise } from '../../../src/domain/learning/quantile.ts';
import type { FirmRecord, MilestoneRecord } from '../../../src/domain/learning/record.ts';
import { builtInMetrics } from '../../../src/domain/metric.ts';
import { test, testIf } from '../../harness.ts';
import { sharedFile } from '../../vectors.ts';

const record = (more: Partial<MilestoneRecord> = {}): MilestoneRecord => ({
  milestone: '60d',
  roadmapVersion: 'v1.0',
  days: 60,
  status: 'on_track',
  netRoiPercent: 100,
  baseline: { lead_response_minutes: 10, nps: 40, crm_adoption_rate: 0.2 },
  current: { lead_response_minutes: 5, nps: 50, crm_adoption_rate: 0.5 },
  ...more,
});

const firm = (slug: string, more: Partial<FirmRecord> = {}): FirmRecord => ({
  slug,
  industry: 'legal',
  teamSize: 8,
  systems: ['1'],
  milestones: [record()],
  ...more,
});

const input = (firms: readonly FirmRecord[], more: Partial<AggregateInput> = {}): AggregateInput => ({
  workspaceId: null,
  firms,
  total: firms.length,
  unreadable: 0,
  metrics: builtInMetrics,
  sizeBands: [5, 15, 50],
  minGroupSize: 3,
  shareable: false,
  ...more,
});

/** Firms whose response time fell by 10 %, 20 % … */
const rising = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    firm(`f${String(i).padStart(4, '0')}`, {
      milestones: [
        record({
          current: { lead_response_minutes: 10 - ((i % 9) + 1), nps: 41 + i, crm_adoption_rate: null },
        }),
      ],
    }),
  );

function allAt60(outcomes: ReturnType<typeof aggregate>) {
  const group = outcomes.groups.find((one) => one.kind === 'all')!;
  return group.milestones.find((one) => one.milestone === '60d')!;
}

const response = (figures: ReturnType<typeof allAt60>) =>
  figures.metrics.find((one) => one.metric.name === 'lead_response_minutes')!;

/** Every null has a reason, and only nulls have one. */
function assertReasons(figure: GroupFigure): void {
  assert.is(figure.median === null, 'median' in figure.reasons);
  assert.is(figure.p25 === null, 'quartiles' in figure.reasons);
  assert.is(figure.p75 === null, 'quartiles' in figure.reasons);
  assert.is(figure.interval === null, 'interval' in figure.reasons);
}

test('each figure is told from the size that it needs, and each null has its reason', () => {
  const expected: [number, GroupFigure['reasons']][] = [
    [0, { median: 'no_data', quartiles: 'no_data', interval: 'no_data' }],
    [1, { median: 'too_few', quartiles: 'too_few', interval: 'too_few' }],
    [2, { median: 'too_few', quartiles: 'too_few', interval: 'too_few' }],
    [3, { quartiles: 'fewer_than_4', interval: 'fewer_than_6' }],
    [5, { interval: 'fewer_than_6' }],
    [6, {}],
    [1000, {}],
  ];
  for (const [count, reasons] of expected) {
    const figures = allAt60(aggregate(input(rising(count))));
    assert.equal(response(figures).percent?.reasons, reasons, String(count));
    assert.is(response(figures).percent?.n, count);
    assert.is(figures.firms, count);
    for (const one of figures.metrics.flatMap((metric) => [metric.improvement, metric.percent ?? []]).flat())
      assertReasons(one);
    assert.is(figures.status.counts === null, count < 3);
  }
});

test('improvement is told in the unit and, where that means something, in percent', () => {
  const figures = allAt60(aggregate(input(rising(5))));
  const { improvement, percent } = response(figures);
  assert.equal([improvement.p25, improvement.median, improvement.p75], [2, 3, 4]);
  assert.equal([percent?.p25, percent?.median, percent?.p75], [20, 30, 40]);
  const named = (name: string) => figures.metrics.find((one) => one.metric.name === name)!;
  assert.is(named('nps').percent, null);
  assert.is(named('crm_adoption_rate').percent, null);
  assert.is(named('crm_adoption_rate').improvement.reasons.median, 'no_data');
  assert.equal(figures.status.counts, { on_track: 5, at_risk: 0, off_track: 0, none: 0 });
  assert.is(figures.days.median, 60);
});

test('a baseline of zero has no percentage, and counts in the unit', () => {
  const zero = record({ baseline: { weekly_ops_hours: 0 }, current: { weekly_ops_hours: 1 } });
  const firms = ['a', 'b', 'c'].map((slug) => firm(slug, { milestones: [zero] }));
  const hours = allAt60(aggregate(input(firms))).metrics.find(
    (one) => one.metric.name === 'weekly_ops_hours',
  )!;
  assert.is(hours.improvement.median, -1);
  assert.equal([hours.percent?.n, hours.percent?.reasons.median], [0, 'no_data']);
});

test('firms are grouped by industry, size, implemented system, and industry with size', () => {
  const firms = [
    firm('a', { teamSize: 5 }),
    firm('b', { teamSize: 6, systems: ['1', '10', '2'] }),
    firm('c', { teamSize: null, industry: 'real_estate', systems: [] }),
    firm('d', { milestones: [] }),
  ];
  const outcomes = aggregate(input(firms, { total: 6, unreadable: 2 }));
  assert.equal(outcomes.firms, { total: 6, measured: 3, unreadable: 2 });
  assert.equal(
    outcomes.groups.map((one) =>
      [one.kind, one.industry, one.sizeBand, one.system, one.firms].filter((part) => part !== null).join(' '),
    ),
    [
      'all 3',
      'industry legal 2',
      'industry real_estate 1',
      'size_band 1-5 1',
      'size_band 6-15 1',
      'system 1 2',
      'system 2 1',
      'system 10 1',
      'industry_size_band legal 1-5 1',
      'industry_size_band legal 6-15 1',
    ],
  );
});

test('size bands follow their upper ends', () => {
  const bands = [5, 15, 50];
  const named = [1, 5, 6, 15, 16, 50, 51, 9_000].map((size) => bandOf(size, bands));
  assert.equal(named, ['1-5', '1-5', '6-15', '6-15', '16-50', '16-50', '51+', '51+']);
  assert.is(bandOf(null, bands), null);
});

test('a group that would tell of the rest is hidden with its reason', () => {
  const firms = [
    ...['a', 'b', 'c', 'd', 'e'].map((slug) => firm(slug, { teamSize: null, systems: [] })),
    firm('f', { industry: 'dental', teamSize: null, systems: [] }),
  ];
  const outcomes = aggregate(input(firms));
  const legal = outcomes.groups.find((one) => one.industry === 'legal')!.milestones[1]!;
  assert.is(response(legal).improvement.reasons.median, 'complementary');
  assert.is(response(legal).improvement.n, 5);
  assert.is(legal.status.counts, null);
  assert.is(legal.status.reason, 'complementary');
});

const anyFirm = fc.record({
  industry: fc.constantFrom('legal', 'dental', 'real_estate'),
  teamSize: fc.option(fc.integer({ min: 1, max: 80 })),
  systems: fc.uniqueArray(fc.constantFrom('1', '2', '3'), { maxLength: 3 }),
  milestones: fc.uniqueArray(
    fc.record({
      milestone: fc.constantFrom('30d' as const, '60d' as const, '90d' as const),
      value: fc.option(fc.integer({ min: 0, max: 20 })),
      roi: fc.option(fc.integer({ min: -200, max: 400 })),
    }),
    { selector: (one) => one.milestone, maxLength: 3 },
  ),
});

test('the order of the firms does not matter', () => {
  fc.assert(
    fc.property(fc.array(anyFirm, { maxLength: 14 }), fc.infiniteStream(fc.nat()), (written, order) => {
      const firms = written.map((one, i) => ({
        ...one,
        slug: `f${i}`,
        milestones: one.milestones.map(({ milestone, value, roi }) =>
          record({ milestone, netRoiPercent: roi, current: { lead_response_minutes: value } }),
        ),
      }));
      const mixed = firms
        .map((one) => [order.next().value, one] as const)
        .sort(([a], [b]) => a - b)
        .map(([, one]) => one);
      assert.equal(aggregate(input(mixed)), aggregate(input(firms)));
    }),
    { numRuns: 100 },
  );
});

interface Vectors {
  readonly quantile_hf7: { x: number[]; p25: number; median: number; p75: number };
  readonly quantile_hf7_7: { x: number[]; p25: number; median: number; p75: number };
  readonly median_interval: { n: number; ranks: [number, number] | null; coverage?: number }[];
}
const text = sharedFile('spec/vectors.json');
const vectors = text === null ? null : (JSON.parse(text) as Vectors);

testIf(vectors !== null, 'the shared vectors are not beside the checkout', 'quantiles of the vectors', () => {
  for (const one of [vectors!.quantile_hf7, vectors!.quantile_hf7_7]) {
    const { p25, median, p75 } = summarise(one.x.toReversed());
    assert.equal({ p25, median, p75 }, { p25: one.p25, median: one.median, p75: one.p75 });
  }
  for (const one of vectors!.median_interval) {
    const ranks = medianRanks(one.n);
    assert.equal(ranks && [ranks.low, ranks.high], one.ranks);
    if (one.coverage !== undefined) assert.is(ranks?.coverage, one.coverage);
  }
});

test('the interval of the median keeps 95 % and is the narrowest that does', () => {
  const binomial = (n: number) => {
    const terms = [1];
    for (let k = 1; k <= n; k += 1) terms.push((terms[k - 1]! * (n - k + 1)) / k);
    return (below: number) => terms.slice(0, below).reduce((a, b) => a + b, 0) / 2 ** n;
  };
  for (let n = 6; n <= 60; n += 1) {
    const { low, high, coverage } = medianRanks(n)!;
    const below = binomial(n);
    assert.is(high, n + 1 - low);
    assert.ok(Math.abs(coverage - (1 - 2 * below(low))) < 1e-9);
    assert.ok(coverage >= 0.95);
    assert.ok(1 - 2 * below(low + 1) < 0.95);
  }
  assert.is(medianRanks(10_000)?.low, 4_902);
});
