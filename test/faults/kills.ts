/** Kills of a refresh at the operations that change or sync something. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Op, simulate } from './fs-shim.ts';
import { build, copyOf, factsOf, type Practice, refresh } from './scenario.ts';

export const root = realpathSync(mkdtempSync(join(tmpdir(), 'scend-kill-')));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));

export const base = await build(join(root, 'base'));
const whole = copyOf(base, join(root, 'whole'));
export const unkilled = await simulate(() => refresh(whole));
export const expected = factsOf(whole);
/** A kill before a mere reading leaves the disk as the kill before the next change does. */
export const points = changesOf(unkilled.ops);

export function changesOf(ops: readonly Op[]): Op[] {
  return ops.filter((op) => op.kind !== 'read');
}

/**
 * Kills the refresh at the n-th operation that changes or syncs something; says whether it got that far. How
 * often it reads depends on the clock: files of the second in which the index was written are looked at again.
 */
export async function killAt(practice: Practice, n: number): Promise<boolean> {
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
