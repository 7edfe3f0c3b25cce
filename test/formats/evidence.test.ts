import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { defaultSettings } from '../../src/domain/settings.ts';
import { parseOutcome, renderOutcome } from '../../src/formats/outcome-file.ts';
import { parseSettings } from '../../src/formats/settings-file.ts';
import { parseSnapshot, renderSnapshot } from '../../src/formats/snapshot-file.ts';
import { makeSource } from '../../src/formats/source.ts';
import { test } from '../harness.ts';

const firm = { id: '7f0c1111-2222-4333-8444-555566667777', slug: 'acme' };
const name = '2026-01-05_baseline.yaml';
const head = `schema: scend/snapshot@1\nid: 33333333-2222-4333-8444-555566667777\nfirm: acme\nfirm_id: ${firm.id}\ndate: 2026-01-05\nlabel: baseline\nsource: manual\n`;
const read = (rest: string) => parseSnapshot(makeSource(name, head + rest), name, firm, defaultSettings);

test('evidence that does not fit is found at its line and column, with what to do', () => {
  const table: [string, string, RegExp][] = [
    ['{ close_rate: 0.33 }\nevidence:\n  close_rate: { numerator: 23, denominator: 69 }', '', /^$/],
    [
      '{ close_rate: 0.30 }\nevidence:\n  close_rate: { numerator: 23, denominator: 69 }',
      '10:3',
      /Mend the value/,
    ],
    // One digit was written, so one digit counts.
    ['{ close_rate: 0.3 }\nevidence:\n  close_rate: { numerator: 23, denominator: 69 }', '', /^$/],
    [
      '{ close_rate: 1 }\nevidence:\n  close_rate: { numerator: 70, denominator: 69 }',
      '10:28',
      /counted from/,
    ],
    [
      '{ close_rate: 0 }\nevidence:\n  close_rate:\n    numerator: 0\n    denominator: 0',
      '12:18',
      /leave the metric/,
    ],
    [
      '{ close_rate: null }\nevidence:\n  close_rate: { numerator: 1, denominator: 4 }',
      '10:3',
      /Add the value, 0.25/,
    ],
    ['{ nps: 42 }\nevidence:\n  nps: { promoters: 61, detractors: 40, n: 100 }', '10:21', /counted from/],
    ['{ nps: 42 }\nevidence:\n  nps: { promoters: 61, detractors: -1, n: 100 }', '10:37', /whole numbers/],
  ];
  for (const [rest, at, hint] of table) {
    const { value, diagnostics } = read(`metrics: ${rest}\n`);
    const found = diagnostics.map((one) => `${one.line}:${one.column} ${one.rule}`);
    assert.equal(found, at === '' ? [] : [`${at} metric/evidence-mismatch`], rest);
    assert.match(diagnostics[0]?.hint ?? '', hint, rest);
    assert.is(value === null, at !== '', rest);
  }
  const unknown = read(
    'metrics: { close_rate: 0.5 }\nevidence:\n  close_rat: { numerator: 1, denominator: 2 }\n',
  );
  assert.equal(
    unknown.diagnostics.map((one) => `${one.line}:${one.column} ${one.rule} ${one.hint}`),
    ['10:3 metric/unknown Did you mean "close_rate"?'],
  );
});

test('a snapshot with evidence reads back as it was written, and without evidence has no such key', () => {
  const { value } = read(
    'metrics: { close_rate: 0.33, nps: 42 }\nevidence: { close_rate: { numerator: 23, denominator: 69 }, nps: { promoters: 61, detractors: 19, n: 100 } }\n',
  );
  assert.ok(value);
  const written = renderSnapshot(value, 'acme');
  assert.match(written, 'evidence:\n  close_rate:\n    numerator: 23\n    denominator: 69\n  nps:\n');
  const again = parseSnapshot(makeSource(name, written), name, firm, defaultSettings);
  assert.equal(JSON.stringify(again.value), JSON.stringify(value));
  assert.not.match(renderSnapshot({ ...value, evidence: {} }, 'acme'), 'evidence');
});

test('the settings of an ROI: ranges, places, and what is left out', () => {
  const settings = (text: string) =>
    parseSettings(makeSource('scend.yaml', `schema: scend/workspace@1\n${text}`));
  assert.equal(settings('').value?.roi, { discountRate: null, risk: null, defaulted: [] });
  assert.equal(settings('roi: {}\n').value?.roi.risk, null);
  assert.equal(settings('roi: { discount_rate: 0, risk: { revenue: 0.15 } }\n').value?.roi, {
    discountRate: 0,
    risk: { timeSavings: 0, revenue: 0.15, costAvoidance: 0, implementationCost: 0 },
    defaulted: ['time_savings', 'cost_avoidance', 'implementation_cost'],
  });
  const wrong: [string, string][] = [
    ['roi: { discount_rate: 10 }\n', '2:23'],
    ['roi: { discount_rate: 1 }\n', '2:23'],
    ['roi: { discount_rate: -0.1 }\n', '2:23'],
    ['roi: { discount_rate: 10% }\n', '2:23'],
    ['roi:\n  risk:\n    revenue: 1\n', '4:14'],
    ['roi:\n  risk: { time_savings: null }\n', '3:25'],
  ];
  for (const [text, at] of wrong) {
    const { value, diagnostics } = settings(text);
    assert.is(value, null, text);
    assert.equal(
      diagnostics.map((one) => `${one.line}:${one.column} ${one.rule}`),
      [`${at} schema/invalid`],
      text,
    );
    assert.match(diagnostics[0]?.hint ?? '', /[Pp]art of one/, text);
  }
  const typo = settings('roi: { discont_rate: 0.1 }\n').diagnostics;
  assert.equal(
    typo.map((one) => `${one.rule} ${one.hint}`),
    ['schema/unknown-key Did you mean "discount_rate"?'],
  );
});

const sample = 'firms/hayes_real_estate/outcomes/v1.0_60d.yaml';
const sampleText = readFileSync(new URL(`../../${sample}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n');

test('an outcome without evidence, with one baseline and no ROI settings has the bytes it always had', () => {
  const { outcome, diagnostics } = parseOutcome(makeSource(sample, sampleText));
  assert.equal(diagnostics, []);
  assert.ok(outcome);
  assert.is(renderOutcome(outcome, 'hayes_real_estate'), sampleText);
});

test('an outcome with all of it reads back as it was written', () => {
  const more = sampleText
    .replace(
      'at_30d_snapshot_id',
      'baseline_snapshot_ids:\n  2025-12-01: 7f0c1111-2222-4333-8444-555566667777\n  2026-01-05: 92c0fbf5-1106-52f6-9e45-934ac2800578\nat_30d_snapshot_id',
    )
    .replace(
      'realized_roi_12',
      'evidence:\n  close_rate:\n    baseline:\n      numerator: 10\n      denominator: 100\n      low: 0.05\n      high: 0.17\n    current:\n      numerator: 13\n      denominator: 100\n      low: 0.07\n      high: 0.21\n    change:\n      low: -0.06\n      high: 0.12\n      verdict: noise\n  nps:\n    baseline:\n      promoters: 5\n      detractors: 0\n      n: 5\n      low: 17.5\n      high: 100\n      standard_error: 0\n    current:\n      promoters: 5\n      detractors: 0\n      n: 5\n      low: 17.5\n      high: 100\n      standard_error: 0\n    change:\n      low: -63.7\n      high: 63.7\n      verdict: noise\n      z: null\nrealized_roi_12',
    )
    .replace(
      '  reasons: {}',
      '  net_present_value: 51004.55\n  risk_adjusted_benefit_annual: null\n  risk_adjusted_implementation_cost: 17640\n  risk_adjusted_net_roi_percent: null\n  risk_adjusted_net_present_value: null\n  reasons:\n    risk_adjusted_benefit_annual: "missing: revenue_impact_annual"',
    );
  const { outcome, diagnostics } = parseOutcome(makeSource(sample, more));
  assert.equal(diagnostics, []);
  assert.ok(outcome);
  assert.equal(Object.keys(outcome.averagedBaselines ?? {}), ['2025-12-01', '2026-01-05']);
  assert.is(outcome.roi.netPresentValue, 51_004.55);
  assert.is(renderOutcome(outcome, 'hayes_real_estate'), more);
});
