/**
 * Small parts of the fault tests, each of which ends at the first thing it finds wrong: to be run against the
 * engine with a bug planted, where one of them must find it, and without, where none may find anything.
 */
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { thisProcess } from '../../src/store/transaction/process-identity.ts';
import { takeRunLock } from '../../src/store/transaction/run-lock.ts';
import { type Course, courseOf, killAt, notDurable, nth, type Point, pointsOf, saying } from './courses.ts';
import { materialise, sample } from './crash-states.ts';
import { Disk } from './disk-model.ts';
import { type Op, outside, type Policy, simulate } from './fs-shim.ts';
import { assertCompletes, assertSound, withCopy } from './invariants.ts';
import { factsOf, type Practice, refresh, runCommand } from './scenario.ts';

/** Throws what it finds. `near` names the calls that matter, as `name path`; others are a sample. */
export type Probe = (root: string, course: Course, near: readonly RegExp[]) => Promise<void>;

/** The calls that matter, each with the next one; and a few spread over the run. */
function chosen(course: Course, near: readonly RegExp[], few: number): Point[] {
  const points = pointsOf(course.ops);
  const some = new Set(sample(points, few));
  points.forEach(({ op }, i) => {
    if (!near.some((one) => one.test(`${op.name} ${op.paths.join(' ')}`))) return;
    for (const next of points.slice(i, i + 2)) some.add(next);
  });
  // Those that matter first.
  return [...some].reverse();
}

/** From 1. */
function range(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

/** Undisturbed, it ends as it should; so it does after a run that was asked not to commit. */
const undisturbed: Probe = async (root, { base, expected }) => {
  await withCopy(root, base, (practice) => assertCompletes(practice, expected, 'undisturbed'));
  await withCopy(root, base, async (practice) => {
    await runCommand(practice, 'refresh', [], { all: true, 'no-commit': true });
    await assertCompletes(practice, expected, 'after a run without a commit');
  });
};

/** Killed, and run again. */
const killed: Probe = async (root, course, near) => {
  for (const point of chosen(course, near, 24)) {
    await withCopy(root, course.base, async (practice) => {
      await simulate(() => refresh(practice), killAt(point));
      assertSound(practice, saying(point));
      await assertCompletes(practice, course.expected, saying(point));
    });
  }
};

/** Killed once the first file has been written: any other command that writes completes it. */
const completed: Probe = async (root, course, near) => {
  const points = pointsOf(course.ops);
  const begun = points.findIndex(({ op }) => op.name === 'link' && /\.new$/.test(op.paths[0] ?? ''));
  for (const point of chosen(course, near, 6)) {
    if (point.change <= begun + 1) continue;
    await withCopy(root, course.base, async (practice) => {
      await simulate(() => refresh(practice), killAt(point));
      const { exitCode } = await runCommand(practice, 'sync', [], { firm: 'alder_dental' });
      assert.is(exitCode, 0, saying(point));
      assert.equal(factsOf(practice), course.expected, saying(point));
    });
  }
};

/** Killed while it makes folders. */
const folders: Probe = async (root, { base }) => {
  const about = { name: 'Dover', industry: 'legal', 'team-size': '5', target: ['nps=60'] };
  const run = (practice: Practice) => runCommand(practice, 'firm-add', ['dover_gym'], about);
  const { before, expected, ops } = await courseOf(base, { run });
  const points = pointsOf(ops);
  const making = points.filter(({ op }) => op.name === 'mkdir' && op.paths[0]?.includes('dover_gym'));
  assert.ok(making.length > 1);
  for (const { change } of making) {
    for (const point of points.slice(change - 1, change + 2)) {
      await withCopy(root, base, async (practice) => {
        const disk = new Disk(practice.dir, before);
        await simulate(() => run(practice), killAt(point), disk.witness);
        await simulate(() => run(practice), undefined, disk.witness);
        assert.equal(factsOf(practice), expected, saying(point));
        assert.equal(notDurable(disk), [], saying(point));
      });
    }
  }
};

/** All that a run did is on the disk when it ends, also when it completes a killed one. */
const durable: Probe = async (root, course, near) => {
  for (const point of [null, ...chosen(course, near, 12)]) {
    await withCopy(root, course.base, async (practice) => {
      const disk = new Disk(practice.dir, course.before);
      if (point) await simulate(() => refresh(practice), killAt(point), disk.witness);
      await simulate(() => refresh(practice), undefined, disk.witness);
      assert.equal(notDurable(disk), [], point ? saying(point) : 'undisturbed');
    });
  }
};

/** The power is lost, and it is run again. */
const power: Probe = async (root, course, near) => {
  const { base, before, expected, states } = course;
  const ops = new Set(chosen(course, near, 0).map(({ op }) => op.index));
  const some = states.all.filter(({ op }) => ops.has(op.index));
  for (const state of [...sample(some, 40), ...sample(states.all, 24)]) {
    const practice = materialise(base, before, state, mkdtempSync(join(root, 'case-')));
    assertSound(practice, state.where);
    await assertCompletes(practice, expected, state.where);
    rmSync(practice.dir, { recursive: true });
  }
};

/** The disk takes a few bytes at a time. */
const shortWrites: Probe = async (root, { base, expected }) => {
  await withCopy(root, base, async (practice) => {
    const policy: Policy = ({ name }) => (name === 'handle.write' ? { most: 30 } : undefined);
    await simulate(() => refresh(practice), policy);
    assert.equal(factsOf(practice), expected);
  });
};

/** From some write on the disk is full; then there is room again. */
const fullDisk: Probe = async (root, course) => {
  const isWrite = ({ name }: Op) => name === 'handle.write';
  const count = course.ops.filter(isWrite).length;
  for (const first of sample(range(count), 12)) {
    await withCopy(root, course.base, async (practice) => {
      const isFirst = nth(first, isWrite);
      let isFull = false;
      const policy: Policy = (op) => {
        isFull ||= isFirst(op);
        return isFull && isWrite(op) ? { errno: 'ENOSPC' } : undefined;
      };
      const { end } = await simulate(() => refresh(practice), policy);
      const where = `disk full from write ${first} on`;
      assert.is(end.kind, 'returned', where);
      if (end.kind === 'returned' && end.value.exitCode === 0) {
        assert.equal(factsOf(practice), course.expected, `${where}, and it says all went well`);
      }
      assertSound(practice, where);
      await assertCompletes(practice, course.expected, where);
    });
  }
};

const SAVED = 'saved by its author meanwhile';

/** An editor saves the pack, in its way, just before one of the calls about it. */
const editor: Probe = async (root, course) => {
  const pack = 'firms/alder_dental/ticket-pack.md';
  const about = (op: Op) => op.paths.some((path) => /ticket-pack\.md$|-5\.\w+$/.test(path));
  const calls = course.ops.filter(about);
  for (const save of [inPlace, byRename]) {
    for (const n of range(calls.length)) {
      await withCopy(root, course.base, async (practice) => {
        const isIt = nth(n, about);
        await simulate(
          () => refresh(practice),
          (op) => {
            if (isIt(op)) save(join(practice.dir, pack));
            return undefined;
          },
        );
        const folder = join(practice.dir, 'firms/alder_dental');
        const there = readdirSync(folder, { withFileTypes: true })
          .filter((one) => one.isFile())
          .some((one) => readFileSync(join(folder, one.name), 'utf8').includes(SAVED));
        assert.ok(
          there,
          `${save.name} before ${calls[n - 1]?.name} ${calls[n - 1]?.paths}: what was saved is lost`,
        );
      });
    }
  }
};

function inPlace(path: string): void {
  try {
    writeFileSync(path, `${readFileSync(path, 'utf8')}\n${SAVED}\n`);
  } catch {
    writeFileSync(path, `${SAVED}\n`);
  }
}

function byRename(path: string): void {
  writeFileSync(`${path}~`, `${SAVED}\n`);
  renameSync(`${path}~`, path);
}

/** A lock whose process is dead is taken over, and by one process only. */
const lock: Probe = async (root) => {
  const alive = thisProcess();
  const take = (dir: string) =>
    takeRunLock(dir, alive, { timeout: 50 }).then(
      () => true,
      () => false,
    );
  const stale = async () => {
    const dir = mkdtempSync(join(root, 'lock-'));
    await takeRunLock(dir, { ...alive, pid: 5_000_000, started: '1' });
    return dir;
  };
  const { end, ops } = await simulate(() => stale().then(take));
  assert.ok(end.kind === 'returned' && end.value, 'a lock of a dead process is not taken over');
  for (const { index } of ops) {
    const dir = await stale();
    let other = false;
    const { end } = await simulate(
      () => take(dir),
      async (op) => {
        if (op.index === index) other = await outside(() => take(dir));
        return undefined;
      },
    );
    assert.ok(
      end.kind === 'returned' && !(end.value && other),
      `two hold the lock: the second came at ${index}`,
    );
  }
};

export const probes = {
  undisturbed,
  killed,
  completed,
  folders,
  durable,
  power,
  shortWrites,
  fullDisk,
  editor,
  lock,
};
export type ProbeName = keyof typeof probes;
