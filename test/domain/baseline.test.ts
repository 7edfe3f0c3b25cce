import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { baselineAtHand, baselineFor } from '../../src/domain/baseline.ts';
import { builtInMetrics } from '../../src/domain/metric.ts';
import type { Snapshot } from '../../src/domain/snapshot.ts';
import { test } from '../harness.ts';

const snapshot = (
  date: string,
  metrics: Snapshot['metrics'],
  over: Partial<Pick<Snapshot, 'label' | 'sequence' | 'evidence'>> = {},
): Snapshot => {
  const { label = 'baseline', sequence = 1, evidence = {} } = over;
  const id = `${date}-${label}-${sequence}`;
  return { id, firmId: 'f', date, label, source: 'manual', metrics, notes: null, evidence, sequence };
};

const january = snapshot('2026-01-05', { weekly_ops_hours: 12, nps: 42 });
const february = snapshot('2026-02-02', { weekly_ops_hours: 11, nps: null, close_rate: 0.1 });
const march = snapshot('2026-03-06', { weekly_ops_hours: 5 }, { label: '60d' });
const from = (snapshots: Snapshot[], date: string | null = '2026-03-06') =>
  baselineFor(snapshots, builtInMetrics, date);

test('one baseline is itself, and none is none', () => {
  assert.is(from([january, march]), january);
  assert.is(from([march]), null);
  assert.is(from([]), null);
});

test('of baselines on one date the last captured counts', () => {
  const corrected = snapshot('2026-01-05', { nps: 40 }, { sequence: 10 });
  const earlier = snapshot('2026-01-05', { nps: 41 }, { sequence: 2 });
  assert.is(from([corrected, january, earlier]), corrected);
});

test('baselines on different dates are averaged over what is known, and named', () => {
  const found = from([february, january, march]);
  assert.equal(found, {
    id: february.id,
    date: '2026-02-02',
    label: 'baseline',
    metrics: {
      lead_response_minutes: null,
      lead_to_appt_rate: null,
      close_rate: 0.1,
      crm_adoption_rate: null,
      weekly_ops_hours: 11.5,
      nps: 42,
    },
    evidence: {},
    averaged: [
      { id: january.id, date: '2026-01-05' },
      { id: february.id, date: '2026-02-02' },
    ],
  });
});

test('a baseline on or after the day of the measurement takes no part, unless there is no other', () => {
  const late = snapshot('2026-03-06', { nps: 99 });
  assert.is(from([january, late, march]), january);
  assert.is(from([late, march]), late);
  assert.is(from([january, snapshot('2026-05-01', { nps: 99 }), march]), january);
  assert.is(from([january, snapshot('2026-05-01', { nps: 99 })], null)?.metrics.nps, 70.5);
  // Tables take the newest measurement as the day.
  assert.is(baselineAtHand([january, late, march], builtInMetrics), january);
  assert.is(baselineAtHand([january, february], builtInMetrics)?.date, '2026-02-02');
});

test('counts of all baselines are pooled; a single count among values is not', () => {
  const one = snapshot(
    '2026-01-05',
    { close_rate: 0.25, nps: 42 },
    {
      evidence: {
        close_rate: { numerator: 105, denominator: 420 },
        nps: { promoters: 61, detractors: 19, n: 100 },
      },
    },
  );
  const other = snapshot(
    '2026-02-02',
    { close_rate: 0.5, nps: 40 },
    {
      evidence: {
        close_rate: { numerator: 20, denominator: 40 },
        nps: { promoters: 6, detractors: 2, n: 10 },
      },
    },
  );
  const both = from([one, other]);
  assert.is(both?.metrics.close_rate, Math.round((125 / 460) * 1e9) / 1e9);
  assert.is(both?.metrics.nps, Math.round(((100 * 46) / 110) * 1e9) / 1e9);
  assert.equal(both?.evidence, {
    close_rate: { numerator: 125, denominator: 460 },
    nps: { promoters: 67, detractors: 21, n: 110 },
  });
  const mixed = from([one, { ...other, evidence: {} }]);
  assert.is(mixed?.metrics.close_rate, 0.375);
  assert.equal(mixed?.evidence, {});
  // Where only one knows the metric, it keeps its value as written and its counts.
  const alone = from([one, snapshot('2026-02-02', { nps: 40 })]);
  assert.is(alone?.metrics.close_rate, 0.25);
  assert.equal(alone?.evidence.close_rate, { numerator: 105, denominator: 420 });
});

test('the order of the files does not matter, and a mean lies among what was measured', () => {
  const day = fc.integer({ min: 1, max: 28 }).map((one) => `2026-01-${String(one).padStart(2, '0')}`);
  const hours = fc.option(fc.integer({ min: 0, max: 100 }), { nil: null });
  const any = fc
    .array(fc.tuple(day, hours, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 6 })
    .map((all) =>
      [...new Map(all.map((one) => [`${one[0]} ${one[2]}`, one])).values()].map(([date, value, sequence]) =>
        snapshot(date, { weekly_ops_hours: value }, { sequence }),
      ),
    );
  fc.assert(
    fc.property(any, fc.infiniteStream(fc.nat()), (snapshots, order) => {
      const shuffled = snapshots
        .map((one): [number, Snapshot] => [order.next().value, one])
        .sort((a, b) => a[0] - b[0])
        .map(([, one]) => one);
      const found = from(shuffled);
      assert.equal(found, from(snapshots));
      const known = snapshots.flatMap((one) => one.metrics.weekly_ops_hours ?? []);
      const mean = found?.metrics.weekly_ops_hours ?? null;
      if (mean !== null) assert.ok(Math.min(...known) <= mean && mean <= Math.max(...known));
    }),
  );
});
