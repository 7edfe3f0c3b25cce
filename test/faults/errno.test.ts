/** Each call of a refresh fails as it can in reality, once or from there on; then the command is run again. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { command } from '../../src/commands/refresh.ts';
import { test } from '../harness.ts';
import { type Errno, errnos, errnosOf } from './errnos.ts';
import { type Op, type Policy, simulate } from './fs-shim.ts';
import { isForIndex, isHarmless } from './harmless.ts';
import {
  assertKept,
  assertNext,
  assertTold,
  buildOne,
  type Outcome,
  outcomeOf,
  pack,
  told,
} from './outcome.ts';
import { copyOf, factsOf, full, type Practice, refresh } from './scenario.ts';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder('errno');

const base = await buildOne(join(root, 'base'));
const before = factsOf(base);
const whole = copyOf(base, join(root, 'whole'));
const undisturbed = await simulate(() => refresh(whole));
const expected = factsOf(whole);

interface Case {
  readonly at: number;
  /** An errno, or how many bytes a write takes at most. */
  readonly fault: Errno | 0 | 1 | 'half';
  /** Once, or at every later call too. */
  readonly sticky: boolean;
}

/** Lets the fault happen at the case's call, or the next one that can have it; notes the calls it hits. */
function policyOf({ at, fault, sticky }: Case, hits: Op[]): Policy {
  return (op) => {
    if (op.index < at || (hits.length > 0 && !sticky)) return undefined;
    if (isErrno(fault)) {
      if (!errnosOf(op).includes(fault)) return undefined;
      hits.push(op);
      return { errno: fault };
    }
    if (op.name !== 'handle.write') return undefined;
    hits.push(op);
    const length = Number(op.args[2] ?? (op.args[0] as Uint8Array).length);
    return { most: fault === 'half' ? Math.ceil(length / 2) : fault };
  };
}

function isErrno(fault: Case['fault']): fault is Errno {
  return typeof fault === 'string' && fault !== 'half';
}

/** A call that failed and must not be passed over. A write that takes less may be: the rest is written after it. */
function harmOf(hits: readonly Op[], errno: Errno, ops: readonly Op[]): Op | undefined {
  return hits.find((op) => !isHarmless(op, errno) && !isForIndex(op, ops));
}

/** Runs a case and all that must hold after it; says what does not. */
async function faultOf(one: Case): Promise<string | null> {
  const practice = copyOf(base, join(root, 'case'));
  const hits: Op[] = [];
  let outcome: Outcome | null = null;
  try {
    const ran = await simulate(() => refresh(practice), policyOf(one, hits));
    assert.ok(hits.length > 0, 'it never happened');
    outcome = outcomeOf(ran);
    if (outcome.exitCode === 0) {
      const harm = isErrno(one.fault) ? harmOf(hits, one.fault, ran.ops) : undefined;
      assert.is(harm, undefined, `passed over: ${harm?.name} ${harm?.paths}`);
      assert.equal(factsOf(practice), expected);
    } else {
      assertTold(outcome);
      assertKept(practice, before, expected, one.sticky);
    }
    await assertNext(practice, expected);
    return null;
  } catch (error) {
    return [
      describe(one, hits),
      `ended with ${outcome?.exitCode} ${String(outcome?.error)}`,
      told(error),
    ].join('\n    ');
  } finally {
    rmSync(practice.dir, { recursive: true, force: true });
  }
}

function describe({ at, fault, sticky }: Case, hits: readonly Op[]): string {
  const what = isErrno(fault) ? fault : `at most ${fault} bytes`;
  const paths = hits[0]?.paths.map((one) => one.replace(/^.*\/case\//, '')).join(' → ');
  return `${what}${sticky ? ' from' : ' at'} operation ${at}, ${hits[0]?.name} ${paths}`;
}

const cases: readonly Case[] = undisturbed.ops.flatMap((op) => {
  const faults = [...errnosOf(op), ...(op.name === 'handle.write' ? ([0, 1, 'half'] as const) : [])];
  return faults.flatMap((fault) => [false, true].map((sticky) => ({ at: op.index, fault, sticky })));
});

/** In CI: each kind of call with each of its faults, and as many more, spread over the run. */
function sampleOf(all: readonly Case[], most: number): readonly Case[] {
  const kinds = new Map<string, Case[]>();
  for (const one of all) {
    const key = `${undisturbed.ops[one.at - 1]?.name} ${one.fault} ${one.sticky}`;
    kinds.set(key, [...(kinds.get(key) ?? []), one]);
  }
  // Of each kind another part of the run, so that together they cover it.
  const first = [...kinds.values()].map((some, i) => some[Math.floor(((i * 0.618) % 1) * some.length)]!);
  const rest = all.filter((one) => !first.includes(one));
  const step = rest.length / Math.max(1, most - first.length);
  const more = Array.from(
    { length: Math.max(0, most - first.length) },
    (_, i) => rest[Math.floor((i + 0.5) * step)]!,
  );
  return [...first, ...more];
}

const chosen = full ? cases : sampleOf(cases, 330);

test('the run itself ends well, and history is asked in it', () => {
  assert.is(outcomeOf(undisturbed).exitCode, 0);
  assert.match(expected.files[pack] ?? '', 'Completed: 2026-03-12');
});

test(`${chosen.length} of ${cases.length} failures of a call, once or from there on`, async () => {
  assert.equal(new Set(chosen.map((one) => one.fault)), new Set([...errnos, 0, 1, 'half']));
  const failures: string[] = [];
  for (const one of chosen) {
    const failure = await faultOf(one);
    if (failure !== null) failures.push(failure);
  }
  assert.is(failures.length, 0, failures.join('\n'));
});

/** On a file system across a slow network; as this process, so that the other can see that it is alive. */
function slowly({ dir, env }: Practice) {
  const now = new Date('2026-03-20T09:00:00Z');
  const context = { cwd: dir, env: { ...env, CI: '1' }, now, args: [], flags: { all: true }, prompter: null };
  return simulate(
    () => command.run({ ...context, newId: () => '' }),
    async () => {
      await sleep(1 + Math.random() * 2);
      return undefined;
    },
  );
}

test('two runs at once on a slow file system both end well', async () => {
  const practice = copyOf(base, join(root, 'slow'));
  const both = await Promise.all([slowly(practice), slowly(practice)]);
  for (const ran of both) assert.is(outcomeOf(ran).exitCode, 0, String(outcomeOf(ran).error));
  assert.equal(factsOf(practice), expected);
  await assertNext(practice, expected);
});
