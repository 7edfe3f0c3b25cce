import {
  type BeforeAfterInput,
  type BurnUpInput,
  beforeAfterChart,
  burnUp,
  metricsOverTime,
  type OverTimeInput,
  type QuartileInput,
  quartileChart,
} from '../../src/charts/index.ts';
import { builtInMetrics, type Metric } from '../../src/domain/metric.ts';

export const longText =
  'A very long metric label that somebody typed without thinking of pictures, Donaudampfschifffahrtsgesellschaftskapitän';

const [minutes, appointments, closes, , , nps] = builtInMetrics as [
  Metric,
  Metric,
  Metric,
  Metric,
  Metric,
  Metric,
];
const count: Metric = { ...nps, name: 'deals', label: 'Deals', unit: 'count', min: 0, max: null };
const currency: Metric = { ...count, name: 'revenue', label: 'Revenue 客户 <b>&"x"', unit: 'currency' };

export const beforeAfter: BeforeAfterInput = {
  title: `Before and after: ${longText}`,
  before: 'baseline, 2026-01-05',
  after: '60 days, 2026-03-06',
  rows: [
    { metric: { ...minutes, label: longText }, before: 12, after: 3.5, target: 5 },
    { metric: nps, before: -40, after: 10, target: 20 },
    { metric: currency, before: 1_234_567.5, after: 987_654.25, target: null },
    { metric: appointments, before: null, after: 0.3, target: 0.5 },
    { metric: closes, before: 0, after: 0, target: null },
    { metric: count, before: 0, after: 0, target: 3 },
  ],
};

const dates = ['2025-12-20', '2026-01-05', '2026-02-04', '2026-04-05'];
const series = (metric: Metric, values: (number | null)[], target: number | null) => ({
  metric,
  points: values.map((value, index) => ({ date: dates[index] ?? '', value })),
  baseline: values[1] ?? null,
  target,
});

export const overTime: OverTimeInput = {
  title: `Measured and projected: ${longText}`,
  baselineDate: '2026-01-05',
  series: [
    series({ ...minutes, label: longText }, [14, 12, null, 0], 5),
    series(nps, [null, -40, -60, 10], 20),
    series(currency, [null, 1_234_567.5, 1e6, null], null),
    series(appointments, [null, null, 0.2, 0.4], 0.5),
    series(closes, [0, 0, 0, 0], 0),
  ],
};

export const burnUpWithFan: BurnUpInput = {
  title: `Tickets done: ${longText}`,
  start: '2026-01-05',
  today: '2026-02-10',
  completed: ['2026-02-03', '2026-01-06', '2026-01-12', '2026-01-12'],
  undated: 2,
  scope: 24,
  plannedEnd: '2026-03-15',
  forecast: { p50: '2026-03-20', p85: '2026-04-12', p95: '2026-04-12' },
};

export const quartiles: QuartileInput = {
  title: 'Gain after 60 days',
  note: 'Before/after, no control group',
  unit: 'fraction',
  rows: [
    { name: 'All firms', n: 7, p25: -0.05, median: 0.08, p75: 0.13, interval: { low: -0.02, high: 0.2 } },
    { name: longText, n: 3, p25: null, median: 0, p75: null },
    { name: 'legal', n: 2, hidden: 'fewer than 3 firms' },
    { name: 'No figures', n: 0, p25: null, median: null, p75: null },
  ],
};

/** Every kind of picture with what is hard for it: long labels, one firm, negative, missing and zero values. */
export const samples: Readonly<Record<string, () => Promise<string>>> = {
  beforeAfter: () => beforeAfterChart(beforeAfter),
  oneMetric: () => beforeAfterChart({ ...beforeAfter, rows: beforeAfter.rows.slice(1, 2) }),
  overTime: () => metricsOverTime(overTime),
  burnUp: () => burnUp(burnUpWithFan),
  burnUpPlain: () => burnUp({ ...burnUpWithFan, forecast: null, plannedEnd: null, scope: 6 }),
  burnUpDay: () =>
    burnUp({
      ...burnUpWithFan,
      start: '2026-02-10',
      completed: ['2026-02-10'],
      undated: 0,
      plannedEnd: '2026-02-10',
    }),
  quartiles: () => quartileChart(quartiles),
  onlyHidden: () => quartileChart({ ...quartiles, unit: 'days', rows: quartiles.rows.slice(2, 3) }),
  manyGroups: () =>
    quartileChart({
      ...quartiles,
      unit: 'hours',
      rows: Array.from({ length: 60 }, (_, i) => {
        return {
          name: `industry_${i} × 6–15 people`,
          n: i,
          p25: i % 7,
          median: (i % 7) + 1,
          p75: (i % 7) + 3,
        };
      }),
    }),
};
