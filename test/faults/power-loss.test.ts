/** The power is lost: of what a run did, only what it brought to the disk is left. Then the command is run again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Flags } from '../../src/commands/context.ts';
import { test } from '../harness.ts';
import {
  buildFirst,
  type Course,
  courseOf,
  endOfRecovery,
  killAt,
  notDurable,
  type Point,
  pointsOf,
  saying,
} from './courses.ts';
import { type CrashState, CrashStates, materialise, sample } from './crash-states.ts';
import { Disk } from './disk-model.ts';
import { differences, readTree } from './disk-tree.ts';
import { simulate } from './fs-shim.ts';
import { assertCompletes, assertSound, withCopy } from './invariants.ts';
import { build, factsOf, full, type Practice, refresh, runCommand } from './scenario.ts';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder('power');
const mixed = full ? 4 : 0;
const three = await courseOf(await build(join(root, 'three')), { mixed });
const first = await courseOf(await buildFirst(join(root, 'first')), { mixed: full ? 8 : 1 });

type Call = readonly [name: string, args: readonly string[], flags: Flags];

const about = { name: 'Dover', industry: 'legal', 'team-size': '5', target: ['nps=60'] };
const firmAdd: Call = ['firm-add', ['dover_gym'], about];

const AT_MOST = 5;

/** What is wrong after these losses of power; the first few of it. */
async function findings(
  { base, before, expected }: Course,
  states: readonly CrashState[],
): Promise<string[]> {
  const found: string[] = [];
  for (const state of states) {
    if (found.length >= AT_MOST) break;
    const practice = materialise(base, before, state, mkdtempSync(join(root, 'case-')));
    try {
      assertSound(practice, state.where);
      await assertCompletes(practice, expected, state.where);
    } catch (error) {
      found.push(`${state.where}: ${error instanceof Error ? error.message : error}`);
    }
    rmSync(practice.dir, { recursive: true, force: true });
  }
  return found;
}

const kills = sample(pointsOf(three.ops), full ? 100 : 10);

test(`the model of the disk holds what ${kills.length} kills leave`, async () => {
  for (const killed of kills) {
    await withCopy(root, three.base, async (practice) => {
      const disk = new Disk(practice.dir, three.before);
      await simulate(() => refresh(practice), killAt(killed), disk.witness);
      assert.equal(differences(disk.now(), readTree(practice.dir)), [], saying(killed));
    });
  }
});

for (const [course, what] of [
  [three, 'refresh of three firms'],
  [first, 'first run in a repository'],
] as const) {
  const { all } = course.states;
  const chosen = sample(all, full ? Number.POSITIVE_INFINITY : 400);
  const count = chosen.length < all.length ? `${chosen.length} of ${all.length}` : `all ${all.length}`;
  test(`${what}: power lost in ${count} distinct states`, async () => {
    assert.ok(all.length > 100);
    assert.equal(await findings(course, chosen), []);
  });
}

/** What a loss of power leaves while the next run completes one that was killed; the disk remembers both. */
async function statesOfRecovery({ base, before }: Course, killed: Point): Promise<CrashState[]> {
  return withCopy(root, base, async (practice) => {
    const states = new CrashStates(new Disk(practice.dir, before), { mixed });
    await simulate(() => refresh(practice), killAt(killed), states.witness);
    const first = states.all.length;
    const { ops } = await simulate(() => refresh(practice), undefined, states.witness);
    assert.equal(states.problems, []);
    const during = states.all.slice(first).filter(({ op }) => op.index <= endOfRecovery(ops));
    return during.map((state) => ({ ...state, where: `killed at ${saying(killed)}, then ${state.where}` }));
  });
}

const again = { kills: sample(pointsOf(first.ops), full ? 60 : 12), most: full ? 40 : 5 };

test(`power lost while a run completes a killed one: ${again.kills.length} kills, up to ${again.most} states each`, async () => {
  let count = 0;
  for (const killed of again.kills) {
    const states = sample(await statesOfRecovery(first, killed), again.most);
    count += states.length;
    assert.equal(await findings(first, states), []);
  }
  assert.ok(count > again.kills.length);
});

/** A command that makes folders, in a repository that has its own already. */
const addFirm = (practice: Practice) => runCommand(practice, ...firmAdd);
const adding = { ...(await courseOf(three.base, { run: addFirm })), run: addFirm };

for (const [what, { base, before, run, expected, ops }] of [
  ['a first refresh', { ...first, run: refresh }],
  ['a firm being added', adding],
] as const) {
  const points = sample(pointsOf(ops), full ? Number.POSITIVE_INFINITY : 45);
  test(`${what}, killed at ${points.length} operations: what the next run completes is on the disk when it ends`, async () => {
    for (const killed of points) {
      await withCopy(root, base, async (practice) => {
        const disk = new Disk(practice.dir, before);
        await simulate(() => run(practice), killAt(killed), disk.witness);
        await simulate(() => run(practice), undefined, disk.witness);
        assert.equal(notDurable(disk), [], saying(killed));
        assert.equal(factsOf(practice), expected, saying(killed));
      });
    }
  });
}

const COMMANDS: readonly Call[] = [
  ['refresh', [], { all: true, 'no-commit': true }],
  ['refresh', [], { all: true }],
  firmAdd,
  ['pack-create', [], { firm: 'dover_gym', systems: ['1.1'] }],
  ['snapshot', [], { firm: 'dover_gym', label: 'baseline', metric: ['nps=50'], source: 'manual' }],
];

/** A run lets the next one in, and that is the end of a firm, only when all it did is on the disk. */
async function assertDurable(practice: Practice, [name, args, flags]: Call): Promise<void> {
  const disk = Disk.of(practice.dir);
  const lost: string[] = [];
  const { end } = await simulate(
    () => runCommand(practice, name, args, flags),
    undefined,
    (op, result) => {
      disk.witness(op, result);
      if (op.name === 'handle.write' && /lock\.\d+$/.test(op.paths[0] ?? '')) lost.push(...notDurable(disk));
    },
  );
  assert.ok(end.kind === 'returned' && end.value.exitCode === 0, `${name}: ${JSON.stringify(end)}`);
  assert.equal([...lost, ...notDurable(disk)], [], name);
  assert.equal(differences(disk.now(), readTree(practice.dir)), [], name);
}

test('what a command did is on the disk when it exits with 0, and that of a firm when the next one begins', async () => {
  for (const { base } of [three, first]) {
    await withCopy(root, base, async (practice) => {
      for (const command of COMMANDS) await assertDurable(practice, command);
    });
  }
});
