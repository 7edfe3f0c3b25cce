import * as assert from 'uvu/assert';
import { baselineFor } from '../../src/domain/baseline.ts';
import { computeOutcome, resolveEconomics } from '../../src/domain/outcome.ts';
import { defaultSettings, type Settings } from '../../src/domain/settings.ts';
import type { Snapshot } from '../../src/domain/snapshot.ts';
import type { RefreshState } from '../../src/formats/refresh.ts';
import { makeSource } from '../../src/formats/source.ts';
import { test } from '../harness.ts';
import { firm, refreshed, sectionOf, stateOf } from '../refresh-state.ts';

const snapshot = (
  label: Snapshot['label'],
  date: string,
  metrics: Snapshot['metrics'],
  evidence: Snapshot['evidence'] = {},
): Snapshot => ({
  id: `${date}-${label}`,
  firmId: firm.id,
  date,
  label,
  source: 'manual',
  metrics,
  notes: null,
  evidence,
  sequence: 1,
});
const rate = (numerator: number, denominator: number) => ({ close_rate: { numerator, denominator } });

/** The measured sample state with other snapshots, and the outcome that follows from them. */
function measured(snapshots: Snapshot[], settings: Partial<Settings> = {}): RefreshState {
  const state = stateOf({ measured: true });
  const target = snapshots.at(-1)!;
  const { facts } = state.roadmap;
  const outcome = computeOutcome({
    firm,
    roadmap: { id: facts.id, version: facts.version, targets: facts.projection.targets },
    snapshots,
    baseline: baselineFor(snapshots, defaultSettings.metrics, target.date)!,
    target,
    economics: resolveEconomics(
      {
        ...firm.economics,
        implementationCost: 1000,
        blendedHourlyRate: 50,
        annualLeadVolume: 100,
        avgDealValue: 1000,
      },
      {},
    ),
    settings: { ...defaultSettings, ...settings },
    notes: null,
  });
  return {
    ...state,
    snapshots,
    outcome: { outcome, source: makeSource('v1.0_60d.yaml', JSON.stringify(outcome)) },
  };
}

test('with evidence section 10 says how sure each change is; without, nothing of it', () => {
  const before = snapshot('baseline', '2026-01-05', { close_rate: 0.25, nps: 42 }, rate(105, 420));
  const after = snapshot('60d', '2026-03-06', { close_rate: 0.33, nps: 61 }, rate(23, 69));
  const { roadmap, changelog, metadata } = refreshed(measured([before, after]));
  const ten = sectionOf(roadmap, 10);
  assert.match(
    ten,
    '### How sure this is\n\n| Metric | Baseline counted | Now counted | Change |\n| --- | ---: | ---: | --- |\n| Close rate | 105/420: 21.1 to 29.4 % | 23/69: 23.4 to 45.1 % | within noise: the 95 % interval of the change, −2.6 to 20.7 pp, includes no change |\n',
  );
  assert.match(
    sectionOf(roadmap, 1),
    '- Close rate: +8 pp (+32 %), within noise\n- Net promoter score: +19 points\n',
  );
  assert.match(changelog, 'Close rate: 25 % → 33 % (+8 pp (+32 %)), within noise\n');
  const { outcome } = metadata as unknown as { outcome: { design: string; evidence: object } };
  assert.is(outcome.design, 'before/after, no control group');
  assert.equal(Object.keys(outcome.evidence), ['close_rate']);
  const none = refreshed(measured([{ ...before, evidence: {} }, after]));
  assert.not.match(none.roadmap, 'How sure');
  assert.not.match(none.roadmap, 'noise');
  assert.not.match(JSON.stringify(none.metadata), 'evidence');
});

test('averaged baselines are named wherever they are shown, with the same figures', () => {
  const { roadmap, changelog } = refreshed(
    measured([
      snapshot('baseline', '2026-01-05', { close_rate: 0.25, weekly_ops_hours: 12 }, rate(105, 420)),
      snapshot('baseline', '2026-02-02', { close_rate: 0.5, weekly_ops_hours: 10 }, rate(20, 40)),
      snapshot('60d', '2026-03-06', { close_rate: 0.33, weekly_ops_hours: 5 }, rate(23, 69)),
    ]),
  );
  const head = '| Metric | Baseline 2026-01-05 and 2026-02-02 (mean) | 60 days 2026-03-06 |';
  const row = '| Close rate | 27.2 % | 33 % | — | +5.8 pp (+21.4 %) |';
  for (const number of [8, 10]) {
    assert.match(sectionOf(roadmap, number), head);
    assert.match(sectionOf(roadmap, number), row);
  }
  assert.match(
    sectionOf(roadmap, 8),
    /!\[Before \(mean of the baselines, 2026-02-02\) and after [^\]]*: [^\]]*Weekly operations hours 11 h → /,
  );
  const ten = sectionOf(roadmap, 10);
  assert.match(
    ten,
    'Before/after, no control group. Baseline: the mean of 2026-01-05 and 2026-02-02; days are counted from 2026-02-02.',
  );
  assert.match(ten, '| Close rate | 125/460: 23.3 to 31.4 % | 23/69:');
  assert.match(ten, '| Weekly operations hours | 11 h |');
  assert.match(sectionOf(roadmap, 1), '- Close rate: +5.8 pp (+21.4 %), within noise');
  assert.match(changelog, '2026-01-05 and 2026-02-02 (mean) to 2026-03-06 (60d)');
  assert.match(changelog, 'Weekly operations hours: 11 h → 5 h');
});

test('present value and risk stand in the ROI table only when the workspace asks for them', () => {
  const snapshots = [
    snapshot('baseline', '2026-01-05', { weekly_ops_hours: 12, lead_to_appt_rate: 0.2, close_rate: 0.1 }),
    snapshot('60d', '2026-03-06', { weekly_ops_hours: 5, lead_to_appt_rate: 0.2, close_rate: 0.1 }),
  ];
  const risk = { timeSavings: 0.1, revenue: 0, costAvoidance: 0, implementationCost: 0.05 };
  const ten = (settings: Partial<Settings>) =>
    sectionOf(refreshed(measured(snapshots, settings)).roadmap, 10);
  const plain = ten({});
  assert.not.match(plain, /present value|[Rr]isk-adjusted|risk_/);
  const asked = ten({ roi: { discountRate: 0.1, risk, defaulted: ['revenue'] } });
  // 7 h × 52 × 50 = 18,200, lowered to 16,380 against a cost raised to 1,050.
  assert.match(asked, '| Risk-adjusted benefit a year | 16,380 USD |\n| Risk-adjusted cost | 1,050 USD |');
  assert.match(asked, '| **Risk-adjusted net ROI** | **1,460 %** |');
  assert.match(asked, '| Risk-adjusted net present value, year 1 | 13,841 USD |');
  assert.match(asked, '| Net present value, year 1 | 15,545 USD |');
  assert.match(asked, '| risk_time_savings | 0.1 | scend.yaml |\n| risk_revenue | 0 | default |');
});

test('evidence alone makes a new version, and no evidence none', () => {
  const before = snapshot('baseline', '2026-01-05', { close_rate: 0.25 });
  const first = refreshed(measured([before]));
  const state = (snapshots: Snapshot[]): RefreshState => ({
    ...stateOf({ roadmap: first.roadmap, metadata: first.metadata, version: 'v1.1' }),
    outcome: measured([before]).outcome,
    snapshots,
  });
  assert.throws(() => refreshed(state([before])), 'unchanged');
  assert.is(refreshed(state([{ ...before, evidence: rate(105, 420) }])).version, 'v1.2');
});
