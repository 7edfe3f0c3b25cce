import * as assert from 'uvu/assert';
import { parseSettings } from '../../src/formats/settings-file.ts';
import { makeSource } from '../../src/formats/source.ts';
import { test } from '../harness.ts';

const settings = (line: string) =>
  parseSettings(makeSource('scend.yaml', `schema: scend/workspace@1\n${line}\n`));

test('a forecast rests on 60 days unless the workspace says otherwise', () => {
  const days = (line: string) => settings(line).value?.forecast.windowDays;
  assert.is(days(''), 60);
  assert.is(days('forecast: {}'), 60);
  assert.is(days('forecast: { window_days: 10 }'), 10);
});

test('a window shorter than any history, or no number of days, is refused at its place', () => {
  for (const value of ['9', '30.5', '-60', '"60"', 'null', '60d']) {
    const { value: read, diagnostics } = settings(`forecast: { window_days: ${value} }`);
    assert.is(read, null, value);
    assert.equal(
      diagnostics.map((one) => [one.rule, one.line]),
      [['schema/invalid', 2]],
      value,
    );
  }
});
