/** The process is killed at every operation that changes or syncs something; then the command is run again. */
import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { assertCompletes, assertSound, withCopy } from './invariants.ts';
import { base, expected, killAt, points, root, unkilled } from './kills.ts';

test('the run itself ends well, and is what the others are compared with', () => {
  assert.is(unkilled.end.kind, 'returned');
  assert.is(expected.log.split('\n').filter((line) => line.startsWith('roadmap(')).length, 3);
  assert.equal(expected.status.split('\n').filter(Boolean), ['M  notes.md', ' M plan.md', '?? draft.md']);
  assert.ok(points.length > 200);
});

test(`killed at each of the ${points.length} operations that change or sync something`, async () => {
  for (const [i, op] of points.entries()) {
    await withCopy(root, base, async (practice) => {
      const where = `killed at change ${i + 1}, ${op.name} ${op.paths}`;
      assert.ok(await killAt(practice, i + 1), `${where}: it got past`);
      assertSound(practice, where);
      await assertCompletes(practice, expected, where);
    });
  }
});
