/** The process is killed at every operation that changes or syncs something; then the command is run again. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { type Op, simulate } from './fs-shim.ts';
import { assertCompletes, assertSound, withCopy } from './invariants.ts';
import { build, copyOf, factsOf, full, type Practice, refresh } from './scenario.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'scend-kill-')));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));

const base = await build(join(root, 'base'));
const whole = copyOf(base, join(root, 'whole'));
const unkilled = await simulate(() => refresh(whole));
const expected = factsOf(whole);
/** A kill before a mere reading leaves the disk as the kill before the next change does. */
const points = changesOf(unkilled.ops);

function changesOf(ops: readonly Op[]): Op[] {
  return ops.filter((op) => op.kind !== 'read');
}

/**
 * Kills the refresh at the n-th operation that changes or syncs something; says whether it got that far. How
 * often it reads depends on the clock: files of the second in which the index was written are looked at again.
 */
async function killAt(practice: Practice, n: number): Promise<boolean> {
  let changes = 0;
  const ran = await simulate(
    () => refresh(practice),
    (op) => {
      if (op.kind !== 'read') changes += 1;
      return op.kind !== 'read' && changes === n ? 'kill' : undefined;
    },
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
  for (const [i, op] of points.entries()) {
    await withCopy(root, base, async (practice) => {
      const where = `killed at change ${i + 1}, ${op.name} ${op.paths}`;
      assert.ok(await killAt(practice, i + 1), `${where}: it got past`);
      assertSound(practice, where);
      await assertCompletes(practice, expected, where);
    });
  }
});

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
