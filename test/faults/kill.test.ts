/** The process is killed at every operation that changes or syncs something; then the command is run again. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { simulate } from './fs-shim.ts';
import { assertCompletes, assertSound, withCopy } from './invariants.ts';
import { build, copyOf, factsOf, full, type Practice, refresh } from './scenario.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'scend-kill-')));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));

const base = await build(join(root, 'base'));
const whole = copyOf(base, join(root, 'whole'));
const unkilled = await simulate(() => refresh(whole));
const expected = factsOf(whole);
/** A kill before a mere reading leaves the disk as the kill before the next change does. */
const points = unkilled.ops.filter((op) => op.kind !== 'read').map((op) => op.index);

/** Kills the refresh at its n-th operation; says whether it got that far. */
async function killAt(practice: Practice, n: number): Promise<boolean> {
  const ran = await simulate(
    () => refresh(practice),
    (op) => (op.index === n ? 'kill' : undefined),
  );
  return ran.end.kind === 'killed';
}

test('the run itself ends well, and is what the others are compared with', () => {
  assert.is(unkilled.end.kind, 'returned');
  assert.is(expected.log.split('\n').filter((line) => line.startsWith('roadmap(')).length, 3);
  assert.equal(expected.status.split('\n').filter(Boolean), ['M  notes.md', ' M plan.md', '?? draft.md']);
  assert.ok(points.length > 200);
});

test(`killed at each of the ${points.length} operations that change or sync something`, async () => {
  for (const n of points) {
    await withCopy(root, base, async (practice) => {
      const where = `killed at operation ${n}, ${unkilled.ops[n - 1]?.name} ${unkilled.ops[n - 1]?.paths}`;
      assert.ok(await killAt(practice, n), `${where}: it got past`);
      assertSound(practice, where);
      await assertCompletes(practice, expected, where);
    });
  }
});

/** The operations of a run up to the end of its recovery: until it has taken the record of the killed one away. */
function recoveryOf(
  ops: readonly { name: string; kind: string; index: number; paths: readonly string[] }[],
): number[] {
  const end = ops.findIndex(({ name, paths }) => name === 'unlink' && paths[0]?.endsWith('journal.json'));
  const until = end < 0 ? 0 : end + 3;
  return ops
    .slice(0, until)
    .filter((op) => op.kind !== 'read')
    .map((op) => op.index);
}

const pairs = full ? Number.POSITIVE_INFINITY : 500;

test(`killed again during the recovery from it, ${full ? 'all' : pairs} pairs`, async () => {
  let done = 0;
  // In CI: points spread evenly over the run, with every operation of their recovery.
  const step = full ? 1 : 11;
  for (let i = 0; i < points.length && done < pairs; i += step) {
    const n = points[i] ?? 0;
    await withCopy(root, base, async (killed) => {
      await killAt(killed, n);
      const seconds = await withCopy(root, killed, async (probe) =>
        recoveryOf((await simulate(() => refresh(probe))).ops),
      );
      for (const m of seconds) {
        if (done >= pairs) return;
        done += 1;
        await withCopy(root, killed, async (practice) => {
          const where = `killed at operation ${n}, then at ${m}`;
          await killAt(practice, m);
          assertSound(practice, where);
          await assertCompletes(practice, expected, where);
        });
      }
    });
  }
  assert.ok(full || done === pairs, `${done} pairs`);
});
