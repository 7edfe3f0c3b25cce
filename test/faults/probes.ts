/**
 * Small parts of the fault tests, each of which ends at the first thing it finds wrong: to be run against the
 * engine with a bug planted, where one of them must find it, and without, where none may find anything.
 */
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { thisProcess } from '../../src/store/transaction/process-identity.ts';
import { takeRunLock } from '../../src/store/transaction/run-lock.ts';
import { type Course, courseOf, killAt, notDurable, pointsOf } from './courses.ts';
import { materialise, sample } from './crash-states.ts';
import { Disk } from './disk-model.ts';
import { type Op, outside, type Policy, simulate } from './fs-shim.ts';
import { assertCompletes, assertSound, withCopy } from './invariants.ts';
import { factsOf, type Practice, refresh, runCommand } from './scenario.ts';

/** Throws what it finds. `near` names the calls that matter, as `name path`; others are a sample. */
export type Probe = (root: string, course: Course, near: readonly RegExp[]) => Promise<void>;

/** The calls that matter, each with the next one; and a few spread over the run. */
function chosen(course: Course, near: readonly RegExp[], few: number): Op[] {
  const points = pointsOf(course);
  const some = new Set(sample(points, few));
  points.forEach((op, i) => {
    if (!near.some((one) => one.test(`${op.name} ${op.paths.join(' ')}`))) return;
    for (const next of points.slice(i, i + 2)) some.add(next);
  });
  // Those that matter first.
  return [...some].reverse();
}

const saying = ({ index, name, paths }: Op) => `operation ${index}, ${name} ${paths}`;

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
  for (const op of chosen(course, near, 24)) {
    await withCopy(root, course.base, async (practice) => {
      await simulate(() => refresh(practice), killAt(op.index));
      assertSound(practice, saying(op));
      await assertCompletes(practice, course.expected, saying(op));
    });
  }
};

/** Killed once the first file has been written: any other command that writes completes it. */
const completed: Probe = async (root, course, near) => {
  const begun = course.ops.findIndex(({ name, paths }) => name === 'link' && /\.new$/.test(paths[0] ?? ''));
  for (const op of chosen(course, near, 6)) {
    if (op.index <= begun + 1) continue;
    await withCopy(root, course.base, async (practice) => {
      await simulate(() => refresh(practice), killAt(op.index));
      const { exitCode } = await runCommand(practice, 'sync', [], { firm: 'alder_dental' });
      assert.is(exitCode, 0, saying(op));
      assert.equal(factsOf(practice), course.expected, saying(op));
    });
  }
};

/** Killed while it makes folders. */
const folders: Probe = async (root, { base }) => {
  const about = { name: 'Dover', industry: 'legal', 'team-size': '5', target: ['nps=60'] };
  const run = (practice: Practice) => runCommand(practice, 'firm-add', ['dover_gym'], about);
  const { before, expected, ops } = await courseOf(base, { run });
  const making = ops.filter(({ name, paths }) => name === 'mkdir' && paths[0]?.includes('dover_gym'));
  assert.ok(making.length > 1);
  for (const { index } of making) {
    for (const n of [index, index + 1, index + 2, index + 3]) {
      await withCopy(root, base, async (practice) => {
        const disk = new Disk(practice.dir, before);
        await simulate(() => run(practice), killAt(n), disk.witness);
        await simulate(() => run(practice), undefined, disk.witness);
        assert.equal(factsOf(practice), expected, `killed at operation ${n}`);
        assert.equal(notDurable(disk), [], `killed at operation ${n}`);
      });
    }
  }
};

/** All that a run did is on the disk when it ends, also when it completes a killed one. */
const durable: Probe = async (root, course, near) => {
  for (const op of [null, ...chosen(course, near, 12)]) {
    await withCopy(root, course.base, async (practice) => {
      const disk = new Disk(practice.dir, course.before);
      if (op) await simulate(() => refresh(practice), killAt(op.index), disk.witness);
      await simulate(() => refresh(practice), undefined, disk.witness);
      assert.equal(notDurable(disk), [], op ? saying(op) : 'undisturbed');
    });
  }
};

/** The power is lost, and it is run again. */
const power: Probe = async (root, course, near) => {
  const { base, before, expected, states } = course;
  const ops = new Set(chosen(course, near, 0).map((op) => op.index));
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
  const writes = course.ops.filter(({ name }) => name === 'handle.write');
  for (const { index } of sample(writes, 12)) {
    await withCopy(root, course.base, async (practice) => {
      const policy: Policy = (op) =>
        op.index >= index && op.name === 'handle.write' ? { errno: 'ENOSPC' } : undefined;
      const { end } = await simulate(() => refresh(practice), policy);
      const where = `disk full from operation ${index}`;
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
  const about = course.ops.filter(({ paths }) =>
    paths.some((path) => /ticket-pack\.md$|-5\.\w+$/.test(path)),
  );
  for (const save of [inPlace, byRename]) {
    for (const { index } of about) {
      await withCopy(root, course.base, async (practice) => {
        await simulate(
          () => refresh(practice),
          (op) => {
            if (op.index === index) save(join(practice.dir, pack));
            return undefined;
          },
        );
        const folder = join(practice.dir, 'firms/alder_dental');
        const there = readdirSync(folder, { withFileTypes: true })
          .filter((one) => one.isFile())
          .some((one) => readFileSync(join(folder, one.name), 'utf8').includes(SAVED));
        assert.ok(there, `${save.name}, ${saying(course.ops[index - 1]!)}: what was saved is lost`);
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
