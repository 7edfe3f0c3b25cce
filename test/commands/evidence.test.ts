import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { type Practice, withSample } from '../scend.ts';

const slug = 'hayes_real_estate';
const snapshots = `firms/${slug}/snapshots`;

/** A snapshot of the sample firm, with more or other flags. */
const snapshot = (label: string, date: string, ...flags: string[]) => [
  ...['snapshot', '--firm', slug, '--label', label, '--date', date],
  ...flags,
];

test('evidence is typed as counts, strictly, and every wrong one is named', async () => {
  await withSample((practice) => {
    const head = practice.git('rev-parse', 'HEAD');
    const wrong: [string, string][] = [
      ['close_rte=23/69', 'there is no such metric. Did you mean "close_rate"?'],
      ['close_rate', 'write it NAME=COUNTS'],
      ['close_rate=23', 'write it COUNT/OF'],
      ['nps=61/19', 'write it PROMOTERS/DETRACTORS/ANSWERS'],
      ['weekly_ops_hours=3/4', 'Weekly operations hours is measured, not counted'],
      ['close_rate=70/69', '70 of 69 is more than all'],
      // 30% says two digits, so 0.35 is no rounding of it.
      ['close_rate=14/40', '14/40 gives 0.35, and close_rate is 0.3'],
      ['lead_to_appt_rate=1/2', 'lead_to_appt_rate has evidence and no value; 1/2 gives 0.5'],
    ];
    const typed = [...wrong.map(([given]) => given), 'close-rate=12/40', 'close_rate=12/40'];
    const ran = practice.scend(
      ...snapshot('90d', '2026-03-19', '--close-rate', '30%'),
      ...typed.flatMap((one) => ['--evidence', one]),
    );
    assert.is(ran.code, 2);
    for (const [given, message] of wrong) assert.match(ran.err, `--evidence "${given}": ${message}`);
    assert.match(ran.err, '--evidence "close_rate=12/40": close_rate has evidence already');
    assert.not.match(ran.err, '"close-rate=12/40"');
    assert.is(practice.git('rev-parse', 'HEAD'), head);
    practice.clean();
  });
});

test('a snapshot keeps its evidence, is recorded once, and a broken one is found where it is', async () => {
  await withSample((practice) => {
    const given = [
      ...['--close-rate', '33.3%', '--evidence', 'close_rate=23/69'],
      ...['--nps', '42', '--evidence', 'nps=61/19/100'],
    ];
    const run = snapshot('90d', '2026-03-19', ...given);
    assert.match(practice.ok(...run), 'Close rate 33.3 % (23/69), Net promoter score 42 (61/19/100)');
    const file = `${snapshots}/2026-03-19_90d.yaml`;
    assert.match(practice.read(file), 'evidence:\n  close_rate:\n    numerator: 23\n    denominator: 69\n');
    assert.match(practice.ok(...run), 'recorded already as 2026-03-19_90d.yaml');
    // Other counts behind the same value are a correction.
    const other = run.map((one) => (one === 'close_rate=23/69' ? 'close_rate=230/690' : one));
    assert.match(practice.ok(...other), '2026-03-19_90d_2.yaml');
    assert.match(practice.ok('check'), 'no findings');
    practice.edit(file, (text) => text.replace('numerator: 23', 'numerator: 32'));
    const { code, out } = practice.scend('check');
    assert.is(code, 1);
    assert.match(out, `${file}:17:3 error close_rate: 32/69 gives 0.4638, and close_rate is 0.333`);
    assert.match(out, '[metric/evidence-mismatch]');
    assert.is(practice.scend('outcomes', '--firm', slug).code, 1);
  });
});

const same = (practice: Practice) =>
  assert.match(practice.ok('outcomes', '--firm', slug), 'unchanged since it was last computed');
const stale = (practice: Practice) => assert.match(practice.ok('check'), 'derived/outcome-stale');
const file = `firms/${slug}/outcomes/v1.0_60d.yaml`;

test('an outcome says how sure it is, and is stale when its evidence changes', async () => {
  await withSample((practice) => {
    const bytes = practice.read(file);
    same(practice);
    assert.is(practice.read(file), bytes);
    const values = ['--lead-to-appt-rate', '25%', '--close-rate', '10%', '--weekly-ops-hours', '12'];
    practice.ok(...snapshot('baseline', '2026-01-05', ...values, '--evidence', 'lead_to_appt_rate=105/420'));
    stale(practice);
    practice.ok('outcomes', '--firm', slug);
    practice.edit(`${snapshots}/2026-03-06_60d.yaml`, (text) =>
      text
        .replace('lead_to_appt_rate: 0.33', 'lead_to_appt_rate: 0.333')
        .concat('evidence: { lead_to_appt_rate: { numerator: 23, denominator: 69 } }\n'),
    );
    stale(practice);
    practice.git('commit', '-qam', 'Say what was counted');
    const out = practice.ok('outcomes', '--firm', slug);
    assert.match(
      out,
      '    within noise: the 95 % interval of the change, −2.6 to 20.7 pp, includes no change\n',
    );
    assert.match(out, '  before/after, no control group\n');
    assert.match(practice.ok('check'), 'no findings');
    // The same rates of ten times as many are beyond noise; no value and no delta changes.
    practice.edit(`${snapshots}/2026-03-06_60d.yaml`, (text) =>
      text.replace('numerator: 23, denominator: 69', 'numerator: 230, denominator: 690'),
    );
    stale(practice);
    assert.is(practice.scend('refresh', '--firm', slug).code, 1);
    const [again] = (practice.json('outcomes', '--firm', slug) as { firms: Record<string, unknown>[] }).firms;
    assert.is(again?.design, 'before/after, no control group');
    const evidence = again?.evidence as Record<string, { change: { verdict: string } }>;
    assert.is(evidence.lead_to_appt_rate?.change.verdict, 'better');
    assert.match(practice.read(file), '      verdict: better\n');
    assert.match(practice.ok('check'), 'no findings');
  });
});

test('two baselines are averaged and named; another milestone as the baseline is the latest alone', async () => {
  await withSample((practice) => {
    const values = (appt: string, hours: string) => [
      ...['--lead-to-appt-rate', appt, '--close-rate', '10%', '--weekly-ops-hours', hours, '--nps', '42'],
    ];
    practice.ok(...snapshot('baseline', '2026-02-02', ...values('27%', '11')));
    stale(practice);
    const out = practice.ok('outcomes', '--firm', slug);
    assert.match(out, 'baseline: the mean of 2026-01-05 and 2026-02-02; days are counted from 2026-02-02');
    assert.match(out, 'Weekly operations hours: 11.5 h → 5 h');
    assert.match(out, 'Lead-to-appointment rate: 26 % → 33 %');
    assert.match(
      practice.read(file),
      /baseline_date: 2026-02-02\n(?:.*\n)+baseline_snapshot_ids:\n {2}2026-01-05: [0-9a-f-]{36}\n {2}2026-02-02: [0-9a-f-]{36}\n/,
    );
    assert.match(practice.ok('check'), 'no findings');
    same(practice);
    // A correction of one of them, captured later on the same day, counts instead of it.
    practice.ok(...snapshot('baseline', '2026-01-05', ...values('25%', '13')));
    stale(practice);
    assert.match(practice.ok('outcomes', '--firm', slug), 'Weekly operations hours: 12 h → 5 h');
    // A baseline after the measurement changes nothing.
    practice.ok(...snapshot('baseline', '2026-03-10', ...values('30%', '9')));
    assert.match(practice.ok('check'), 'no findings');
    practice.ok(...snapshot('30d', '2026-02-04', ...values('28%', '10')));
    practice.ok(...snapshot('30d', '2026-02-05', ...values('29%', '9')));
    const later = practice.ok('outcomes', '--firm', slug, '--baseline-label', '30d', '--target-label', '60d');
    assert.match(later, 'Weekly operations hours: 9 h → 5 h');
    assert.not.match(later, 'mean');
    assert.match(practice.ok('check'), 'no findings');
  });
});

test('ROI settings add their figures, and make an outcome stale when they come, change or go', async () => {
  await withSample((practice) => {
    const bytes = practice.read(file);
    const before = practice.read('scend.yaml');
    const settings = (text: string) => {
      practice.write('scend.yaml', before + text);
      stale(practice);
      return practice.ok('outcomes', '--firm', slug);
    };
    const risk = 'risk: { time_savings: 0.1, revenue: 0.15, implementation_cost: 0.05 }';
    const out = settings(`roi:\n  discount_rate: 0.1\n  ${risk}\n`);
    assert.match(out, 'net present value, year 1: 51,005 USD');
    assert.match(out, 'risk-adjusted: benefit a year 64,307 USD, cost 17,640 USD, net ROI 264.55 %');
    const written = practice.read(file);
    assert.match(written, '  net_present_value: 51004.55\n');
    assert.match(written, '  risk_adjusted_net_roi_percent: 264.55\n');
    assert.match(written, '  discount_rate:\n    value: 0.1\n    source: scend.yaml\n');
    assert.match(written, '  risk_cost_avoidance:\n    value: 0\n    source: default\n');
    assert.match(practice.ok('check'), 'no findings');
    settings(`roi:\n  discount_rate: 0.2\n  ${risk}\n`);
    assert.not.match(settings('roi:\n  discount_rate: 0.2\n'), 'risk-adjusted');
    settings('');
    assert.is(practice.read(file), bytes);
    practice.write('scend.yaml', `${before}roi: { discount_rate: 10 }\n`);
    const ran = practice.scend('outcomes', '--firm', slug);
    assert.is(ran.code, 3);
    assert.match(ran.err, /scend\.yaml:\d+:23 error roi\.discount_rate: must be < 1/);
  });
});
