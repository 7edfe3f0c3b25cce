import * as assert from 'uvu/assert';
import { test } from './harness.ts';

test('a test runs', () => {
  assert.is(1 + 1, 2);
});
