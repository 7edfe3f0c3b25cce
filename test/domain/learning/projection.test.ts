import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { applyChange, changeOn, project, shrink } from '../../../src/domain/learning/projection.ts';
import type { FirmRecord } from '../../../src/domain/learning/record.ts';
import { builtInMetrics, delta, type MetricValues } from '../../../src/domain/metric.ts';
import { test, testIf } from '../../harness.ts';
import { sharedFile } from '../../vectors.ts';

const metric = (name: string) => builtInMetrics.find((one) => one.name === name)!;

const firm = (slug: string, industry: string, teamSize: number, current: MetricValues): FirmRecord => ({
  slug,
  industry,
  teamSize,
  systems: [],
  milestones: [
    {
      milestone: '90d',
      roadmapVersion: 'v1.0',
      days: 90,
      status: null,
      netRoiPercent: null,
      baseline: { lead_response_minutes: 10, close_rate: 0.2, nps: 40 },
      current,
    },
  ],
});

const ask = (firms: readonly FirmRecord[], more: Partial<Parameters<typeof project>[0]> = {}) =>
  project({
    firm: { slug: 'acme', industry: 'legal', teamSize: 8 },
    baseline: { lead_response_minutes: 20, close_rate: 0.1, nps: null },
    firms,
    metrics: builtInMetrics,
    sizeBands: [5, 15, 50],
    minGroupSize: 3,
    kappa: 5,
    ...more,
  });

const of = (name: string, made: ReturnType<typeof project>) => made.find((one) => one.metric.name === name)!;

/** Firms that brought 10 minutes down to the given ones. */
const firms = (industry: string, teamSize: number, minutes: readonly number[]) =>
  minutes.map((value, i) =>
    firm(`${industry}_${teamSize}_${i}`, industry, teamSize, { lead_response_minutes: value }),
  );

test('the most specific group with enough firms counts, drawn toward the wider ones', () => {
  const made = ask([
    ...firms('dental', 30, [8, 8, 8]),
    ...firms('legal', 30, [4, 4, 4]),
    ...firms('legal', 8, [2, 2, 2]),
  ]);
  const one = of('lead_response_minutes', made);
  assert.is(one.kind, 'projected');
  assert.equal(
    one.steps.map(({ group, n }) => [group.kind, n]),
    [
      ['all', 9],
      ['industry', 6],
      ['industry_size_band', 3],
    ],
  );
  const [all, industry, both] = one.steps;
  const log = Math.log;
  assert.ok(Math.abs(all!.shrunk - log(0.4)) < 1e-12);
  // Median of the six: between 0.2 and 0.4, on the scale of logarithms.
  const industryMedian = (log(0.2) + log(0.4)) / 2;
  const drawn = (6 * industryMedian + 5 * log(0.4)) / 11;
  assert.ok(Math.abs(industry!.shrunk - drawn) < 1e-12);
  assert.ok(Math.abs(both!.shrunk - (3 * log(0.2) + 5 * drawn) / 8) < 1e-12);
  assert.is(one.kind === 'projected' && one.target, Math.round(200 * Math.exp(both!.shrunk)) / 10);
});

test('where the industry has too few firms those of the same size count', () => {
  const made = ask([
    ...firms('dental', 8, [5, 5, 5]),
    ...firms('dental', 80, [9]),
    ...firms('legal', 8, [5]),
  ]);
  assert.equal(
    of('lead_response_minutes', made).steps.map(({ group }) => group.kind),
    ['all', 'size_band'],
  );
});

test("too few firms, no baseline and no improvement are told apart; the firm's own figures never count", () => {
  const own = firm('acme', 'legal', 8, { lead_response_minutes: 1 });
  const few = ask([own, ...firms('legal', 8, [5, 5])]);
  assert.equal(
    [of('lead_response_minutes', few).kind, of('lead_response_minutes', few).steps],
    ['too_few', []],
  );
  const worse = ask(firms('legal', 8, [12, 12, 12]));
  assert.is(of('lead_response_minutes', worse).kind, 'no_improvement');
  const points = [1, 2, 3].map((i) => firm(`f${i}`, 'legal', 8, { nps: 50 }));
  assert.is(of('nps', ask(points)).kind, 'no_baseline');
  assert.equal(of('nps', ask(points, { baseline: { nps: 95 } })), {
    kind: 'projected',
    metric: metric('nps'),
    baseline: 95,
    target: 100,
    steps: of('nps', ask(points, { baseline: { nps: 95 } })).steps,
  });
});

test('a rate is projected on the scale of logits, so that it never leaves 0 to 1', () => {
  const made = ask(
    [1, 2, 3].map((i) => firm(`f${i}`, 'legal', 8, { close_rate: 0.3 })),
    { kappa: 0 },
  );
  const one = of('close_rate', made);
  // Odds from 1/4 to 3/7 are a factor 12/7; from 1/9 they lead to 4/21.
  assert.is(one.kind === 'projected' && one.target, 0.16);
});

test('a change applied to its own baseline gives the value back', () => {
  const amount = fc.double({ min: 0.5, max: 40, noNaN: true });
  fc.assert(
    fc.property(amount, amount, (from, to) => {
      for (const [name, scale] of [
        ['lead_response_minutes', 1],
        ['nps', 1],
        ['close_rate', 1 / 41],
      ] as const) {
        const [baseline, current] = [from * scale, to * scale];
        const change = changeOn(metric(name), baseline, current)!;
        assert.ok(Math.abs(applyChange(metric(name), baseline, change) - current) < 1e-9, name);
        assert.is(Math.sign(change) === 0, delta(metric(name), baseline, current) === 0 && change === 0);
      }
    }),
  );
  assert.is(changeOn(metric('weekly_ops_hours'), 0, 3), null);
  assert.is(changeOn(metric('weekly_ops_hours'), 10, 0), -Math.log(100));
  assert.is(changeOn(metric('close_rate'), null, 0.2), null);
});

interface Vectors {
  readonly shrinkage: { n: number; group: number; parent: number; kappa: number; expect: number };
}
const text = sharedFile('spec/vectors.json');
const vectors = text === null ? null : (JSON.parse(text) as Vectors);

testIf(vectors !== null, 'the shared vectors are not beside the checkout', 'shrinkage of the vectors', () => {
  const { n, group, parent, kappa, expect } = vectors!.shrinkage;
  assert.is(shrink(n, group, parent, kappa), expect);
});

test('a figure is drawn the less the more firms it rests on, and never past either side', () => {
  fc.assert(
    fc.property(
      fc.nat(50),
      fc.integer({ min: -90, max: 90 }),
      fc.integer({ min: -90, max: 90 }),
      (n, own, wider) => {
        const [low, high] = [Math.min(own, wider), Math.max(own, wider)];
        const drawn = shrink(n, own, wider, 5);
        assert.ok(drawn >= low - 1e-9 && drawn <= high + 1e-9);
        assert.ok(Math.abs(shrink(n + 1, own, wider, 5) - own) <= Math.abs(drawn - own) + 1e-9);
      },
    ),
  );
});
