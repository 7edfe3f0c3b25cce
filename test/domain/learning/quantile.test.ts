import * as assert from 'uvu/assert';
import { countExactly, medianRanks } from '../../../src/domain/learning/quantile.ts';
import { test } from '../../harness.ts';

test('the ranks of the median are those that counting in whole numbers gives', () => {
  for (const n of [...Array.from({ length: 300 }, (_, i) => i + 6), 999, 1000, 2501, 4096])
    assert.equal(medianRanks(n), countExactly(n), `${n}`);
  assert.is(medianRanks(5), null);
});
