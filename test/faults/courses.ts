/** Practices with how their refresh goes when nothing disturbs it, to compare disturbed ones with. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { CommandResult } from '../../src/commands/context.ts';
import { CrashStates } from './crash-states.ts';
import { Disk } from './disk-model.ts';
import { differences, readTree, type Tree } from './disk-tree.ts';
import { type Op, type Policy, simulate } from './fs-shim.ts';
import { build, copyOf, type Facts, factsOf, git, type Practice, refresh } from './scenario.ts';

export interface Course {
  readonly base: Practice;
  readonly before: Tree;
  /** How it ends. */
  readonly expected: Facts;
  readonly ops: readonly Op[];
  /** What a loss of power leaves on the way. */
  readonly states: CrashStates;
}

interface CourseOptions {
  /** The command; a refresh when left out. */
  readonly run?: (practice: Practice) => Promise<CommandResult>;
  /** As for `CrashStates`. */
  readonly mixed?: number;
}

let courses = 0;

/** Runs the command in a copy. */
export async function courseOf(
  base: Practice,
  { run = refresh, mixed = 0 }: CourseOptions = {},
): Promise<Course> {
  courses += 1;
  const practice = copyOf(base, `${base.dir}-undisturbed-${courses}`);
  const before = readTree(base.dir);
  const disk = new Disk(practice.dir, before);
  const states = new CrashStates(disk, { mixed });
  const { end, ops } = await simulate(() => run(practice), undefined, states.witness);
  assert.is(end.kind, 'returned');
  assert.equal(states.problems, []);
  assert.equal(differences(disk.now(), readTree(practice.dir)), [], 'the model of the disk is wrong');
  return { base, before, expected: factsOf(practice), ops, states };
}

/**
 * One firm, and the first run ever in this repository: what it writes lies in folders that it makes, which a
 * loss of power takes as well.
 */
export async function buildFirst(dir: string): Promise<Practice> {
  const practice = await build(dir, ['alder_dental']);
  git(practice, 'checkout', '-q', '-b', 'quarter/first');
  git(practice, 'pack-refs', '--all');
  for (const name of ['scend', 'logs', 'refs/heads/quarter']) {
    rmSync(join(dir, '.git', name), { recursive: true, force: true });
  }
  return practice;
}

/** A call at which a kill leaves another folder than a kill at the one before. */
export interface Point {
  /** Which of those that change or sync something, from 1: how often a run reads depends on the clock. */
  readonly change: number;
  readonly op: Op;
}

export function pointsOf(ops: readonly Op[]): Point[] {
  return ops.filter((op) => op.kind !== 'read').map((op, i) => ({ change: i + 1, op }));
}

export function killAt({ change }: Pick<Point, 'change'>): Policy {
  const isIt = nth(change, (op) => op.kind !== 'read');
  return (op) => (isIt(op) ? 'kill' : undefined);
}

/** Tells the n-th of the calls for which something holds. */
export function nth(n: number, holds: (op: Op) => boolean): (op: Op) => boolean {
  let count = 0;
  return (op) => {
    if (!holds(op)) return false;
    count += 1;
    return count === n;
  };
}

/** For messages. */
export function saying({ change, op }: Point): string {
  return `change ${change}, ${op.name} ${op.paths}`;
}

/** The last call of a completion: the one that takes the record of the killed run away, and its sync. */
export function endOfRecovery(ops: readonly Op[]): number {
  const end = ops.findIndex(({ name, paths }) => name === 'unlink' && paths[0]?.endsWith('journal.json'));
  return end < 0 ? 0 : end + 3;
}

/** Names that nobody misses, and that Git or a later run clears away; the lock of a run is not worth a sync. */
const passing = /\/(?:tmp_obj_|lock-|lock\.|\.scend-tmp-)/;

/** What programs see and a loss of power would take, or the other way round. */
export function notDurable(disk: Disk): string[] {
  return differences(disk.crash('strict'), disk.now()).filter((one) => !passing.test(one));
}
