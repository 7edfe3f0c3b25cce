/** A run that takes files away is killed at every operation that changes or syncs something. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { simulate } from './fs-shim.ts';
import { assertSound, withCopy } from './invariants.ts';
import { build, copyOf, factsOf, fsck, type Practice, refresh, runCommand, slugs } from './scenario.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'scend-kill-')));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));

const [slug] = slugs;
const base = await build(join(root, 'base'), [slug]);
await refresh(base);
const before = factsOf(base);
const undo = (practice: Practice) => runCommand(practice, 'undo', [], { firm: slug });
const whole = copyOf(base, join(root, 'whole'));
const unkilled = await simulate(() => undo(whole));
const after = factsOf(whole);
const points = unkilled.ops.filter((op) => op.kind !== 'read');

test('the run itself takes a version back, and the work of others stays', () => {
  assert.is(unkilled.end.kind, 'returned');
  assert.match(after.log.split('\n')[0] ?? '', `undo(${slug})`);
  assert.ok(Object.keys(before.files).length > Object.keys(after.files).length + 4);
  assert.is(after.status, before.status);
});

test(`killed at each of its ${points.length} operations: taken back whole, or not at all`, async () => {
  const ends = new Set<string>();
  for (const [i, op] of points.entries()) {
    await withCopy(root, base, async (practice) => {
      const where = `killed at change ${i + 1}, ${op.name} ${op.paths}`;
      let changes = 0;
      const ran = await simulate(
        () => undo(practice),
        (one) => {
          if (one.kind !== 'read') changes += 1;
          return one.kind !== 'read' && changes === i + 1 ? 'kill' : undefined;
        },
      );
      assert.is(ran.end.kind, 'killed', where);
      assertSound(practice, where);
      const next = await runCommand(practice, 'sync', [], { firm: slug });
      assert.is(next.exitCode, 0, `${where}: ${JSON.stringify(next.error)}`);
      const facts = factsOf(practice);
      const isWhole = facts.log === after.log;
      assert.equal(facts, isWhole ? after : before, where);
      fsck(practice);
      ends.add(isWhole ? 'whole' : 'not at all');
    });
  }
  assert.equal([...ends].sort(), ['not at all', 'whole']);
});
