/** The run that puts in order what a killed one left is killed itself; then the command is run again. */
import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { type Op, simulate } from './fs-shim.ts';
import { assertCompletes, assertSound, withCopy } from './invariants.ts';
import { base, changesOf, expected, killAt, points, root } from './kills.ts';
import { full, refresh } from './scenario.ts';

/** How many changes a run makes until its recovery has ended: the record of the killed one is taken away. */
function recoveryOf(ops: readonly Op[]): number {
  const changes = changesOf(ops);
  return changes.findIndex(({ name, paths }) => name === 'unlink' && paths[0]?.endsWith('journal.json')) + 2;
}

/** In CI a part: so many kills, spread evenly over the run, and so many in the recovery from each. */
const [firsts, seconds] = full ? [points.length, Number.POSITIVE_INFINITY] : [60, 10];
const pairs = full ? 'all' : 'at least 500';

/** So many numbers from 1 to `last`, spread evenly. */
function spread(last: number, count: number): number[] {
  const wanted = Math.min(last, count);
  return Array.from({ length: wanted }, (_, i) => 1 + Math.floor((i * last) / wanted));
}

test(`killed again during the recovery from it, ${pairs} pairs`, async () => {
  let done = 0;
  for (const n of spread(points.length, firsts)) {
    await withCopy(root, base, async (killed) => {
      await killAt(killed, n);
      const last = await withCopy(root, killed, async (probe) =>
        recoveryOf((await simulate(() => refresh(probe))).ops),
      );
      for (const m of spread(last, seconds)) {
        done += 1;
        await withCopy(root, killed, async (practice) => {
          const where = `killed at change ${n}, then at ${m}`;
          await killAt(practice, m);
          assertSound(practice, where);
          await assertCompletes(practice, expected, where);
        });
      }
    });
  }
  assert.ok(done >= 500, `${done} pairs`);
});
