/** The lock of a run that died, and others that all want it at once: one has it at any time. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setImmediate as tick } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { ScendError } from '../../src/domain/error.ts';
import { type ProcessIdentity, thisProcess } from '../../src/store/transaction/process-identity.ts';
import { type RunLock, takeRunLock } from '../../src/store/transaction/run-lock.ts';
import { test } from '../harness.ts';
import { type Op, simulate } from './fs-shim.ts';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder('lock');
const me = thisProcess();
/** One that has ended; its number may be another's by now, but that one has started at another time. */
const dead: ProcessIdentity = { ...me, pid: spawnSync(process.execPath, ['--version']).pid, started: '1' };
const rounds = 1_000;

const recordOf = (who: ProcessIdentity) =>
  `${JSON.stringify({ ...who, since: '2026-03-20T09:00:00.000Z' })}\n`;

/** What a lock's directory may hold of processes that are gone; each is free to be taken. */
const remains: readonly (() => Readonly<Record<string, string>>)[] = [
  () => ({}),
  () => ({ 'lock.1': recordOf(dead) }),
  () => ({ 'lock.6': 'free\nsomething', 'lock.7': recordOf(dead) }),
  () => ({ 'lock.3': recordOf({ ...dead, boot: 'another' }), 'lock-0123456789ab': recordOf(dead) }),
  () => ({ 'lock.9': recordOf(dead).slice(0, 20), 'lock.2': recordOf(dead) }),
  () => ({ 'lock.1': '' }),
  () => ({ 'lock.99': `free\n${recordOf(dead).slice(5)}` }),
];

function directoryWith(files: Readonly<Record<string, string>>, secondsAgo = 3600): string {
  const directory = mkdtempSync(join(root, 'dir-'));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(directory, name), text);
    const then = new Date(Date.now() - secondsAgo * 1000);
    utimesSync(join(directory, name), then, then);
  }
  return directory;
}

function numbersIn(directory: string): number[] {
  return readdirSync(directory).flatMap((name) => Number(/^lock\.(\d+)$/.exec(name)?.[1] ?? []));
}

/** The failure of a call that must fail. */
async function failureOf(promise: Promise<unknown>): Promise<ScendError> {
  return promise.then(
    () => assert.unreachable('it took the lock'),
    (error) => error,
  );
}

test(`four processes take over the lock of a dead one, ${rounds} rounds`, async () => {
  const path = fileURLToPath(new URL('./lock-child.ts', import.meta.url));
  const children = Array.from({ length: 4 }, () =>
    fork(path, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  const ask = (child: ChildProcess, directory: string) =>
    new Promise<string | null>((done, failed) => {
      child.once('message', (fault) => done(fault as string | null));
      child.once('exit', () => failed(new Error('a child has ended')));
      child.send(directory);
    });
  try {
    for (let round = 0; round < rounds; round += 1) {
      const directory = directoryWith(remains[round % remains.length]!());
      const before = Math.max(0, ...numbersIn(directory));
      const faults = await Promise.all(children.map((child) => ask(child, directory)));
      for (const child of children) child.removeAllListeners('exit');
      assert.equal(faults, [null, null, null, null], `round ${round}`);
      assert.equal(numbersIn(directory), [before + 4], `round ${round}`);
      rmSync(directory, { recursive: true });
    }
  } finally {
    for (const child of children) child.kill();
  }
});

/** Numbers from 0 to 1 that are the same in every run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  };
}

/**
 * Lets one of the waiting calls go on at a time, so that processes come between each other: mostly in bursts, and
 * one of them stands still at some call while the others come far.
 */
class Shuffle {
  private readonly waiting: { readonly who: number; readonly go: () => void }[] = [];
  private readonly random: () => number;
  private readonly stopped: number;
  private readonly stopAt: number;
  private stop: number;
  private calls = 0;
  private last = 0;
  private left: number;

  constructor(seed: number, processes: number) {
    this.random = randomOf(seed);
    this.left = processes;
    this.stopped = this.below(processes);
    this.stopAt = this.below(8);
    this.stop = this.below(60);
  }

  private below(end: number): number {
    return Math.floor(this.random() * end);
  }

  /** Runs one of the processes; each of its calls is to wait for its turn. */
  async run(who: number, body: (turn: () => Promise<void>) => Promise<void>): Promise<void> {
    const turn = () => new Promise<void>((go) => this.waiting.push({ who, go }));
    await body(turn).finally(() => {
      this.left -= 1;
    });
  }

  /** Gives turns until all processes have ended. */
  async direct(): Promise<void> {
    while (this.left > 0) {
      await tick();
      const able = this.waiting.filter(({ who }) => !this.standsStill(who));
      const next =
        able.find(({ who }) => who === this.last && this.random() < 0.8) ?? able[this.below(able.length)];
      if (!next) continue;
      this.waiting.splice(this.waiting.indexOf(next), 1);
      this.last = next.who;
      if (next.who === this.stopped) this.calls += 1;
      else if (this.calls >= this.stopAt) this.stop -= 1;
      next.go();
      await tick();
    }
  }

  private standsStill(who: number): boolean {
    return who === this.stopped && this.calls >= this.stopAt && this.stop > 0 && this.left > 1;
  }
}

type Refuse = (op: Op) => { readonly errno: string } | undefined;

/** Takes the lock, checks that it is alone, and gives it back, as one simulated process among others. */
async function holdOnce(directory: string, turn: () => Promise<void>, refuse: Refuse): Promise<void> {
  const marker = join(directory, 'held');
  const ran = await simulate(
    async () => {
      const lock = await takeRunLock(directory, me);
      closeSync(openSync(marker, 'wx'));
      for (let i = 0; i < 10; i += 1) await turn();
      unlinkSync(marker);
      await lock.release();
    },
    async (op) => {
      await turn();
      return refuse(op);
    },
  );
  if (ran.end.kind === 'threw') throw ran.end.error;
}

async function shuffled(count: number, refuse: Refuse): Promise<void> {
  for (let round = 0; round < count; round += 1) {
    const directory = directoryWith(remains[round % remains.length]!());
    const shuffle = new Shuffle(round + 1, 3);
    const all = [0, 1, 2].map((who) => shuffle.run(who, (turn) => holdOnce(directory, turn, refuse)));
    await Promise.all([shuffle.direct(), ...all]).catch((error: unknown) =>
      assert.unreachable(`round ${round}: ${error}`),
    );
    rmSync(directory, { recursive: true });
  }
}

test(`three whose calls come between each other in any order, ${rounds} rounds`, () =>
  shuffled(rounds, () => undefined));

test(`the same on a file system without hard links, ${rounds} rounds`, () =>
  shuffled(rounds, ({ name }) => (name === 'link' ? { errno: 'EPERM' } : undefined)));

for (const links of [true, false]) {
  test(`killed at every call of taking or giving back the lock, ${links ? 'with' : 'without'} hard links`, async () => {
    const hold = async (directory: string, who: ProcessIdentity) =>
      (await takeRunLock(directory, who)).release();
    const refuse = ({ name }: Op) => (links || name !== 'link' ? undefined : { errno: 'EPERM' });
    const whole = await simulate(() => hold(directoryWith({ 'lock.4': recordOf(dead) }), dead), refuse);
    assert.is(whole.end.kind, 'returned');
    for (const { index, name } of whole.ops) {
      const directory = directoryWith({ 'lock.4': recordOf(dead) });
      const ran = await simulate(
        () => hold(directory, dead),
        (op) => (op.index === index ? 'kill' : refuse(op)),
      );
      assert.is(ran.end.kind, 'killed');
      await assertTakenOver(directory, `killed at ${index}, ${name}`);
      rmSync(directory, { recursive: true });
    }
  });
}

/** It is free for the next, at once; one without a record, after a while. */
async function assertTakenOver(directory: string, where: string): Promise<void> {
  let lock: RunLock | null = await takeRunLock(directory, me, { timeout: 0 }).catch(() => null);
  if (lock === null) {
    const path = join(directory, `lock.${Math.max(...numbersIn(directory))}`);
    const then = new Date(Date.now() - 11_000);
    utimesSync(path, then, then);
    lock = await takeRunLock(directory, me, { timeout: 0 });
  }
  const busy = await failureOf(takeRunLock(directory, me, { timeout: 0 }));
  assert.is(busy.code, 'io/busy', where);
  await lock.release();
}

test('a holder that is alive is waited for, and named', async () => {
  const directory = directoryWith({});
  const lock = await takeRunLock(directory, me, { now: new Date('2026-03-20T09:00:00Z') });
  const busy = await failureOf(takeRunLock(directory, me, { timeout: 20 }));
  assert.is(busy.code, 'io/busy');
  assert.match(busy.message, `process ${me.pid} on ${hostname()}, since 2026-03-20T09:00:00.000Z`);
  assert.is(busy.data.pid, me.pid);
  const next = takeRunLock(directory, me);
  await lock.release();
  await (await next).release();
});

const elsewhere: Readonly<Record<string, ProcessIdentity>> = {
  'another machine': { ...dead, host: 'another' },
  'another container': { ...dead, space: 'pid:[1]' },
};

for (const [where, who] of Object.entries(elsewhere)) {
  test(`a holder in ${where} is not taken for dead, and the way out is told`, async () => {
    const directory = directoryWith({ 'lock.5': recordOf(who) });
    const busy = await failureOf(takeRunLock(directory, me, { timeout: 20 }));
    assert.is(busy.code, 'io/busy');
    assert.match(busy.message, `process ${who.pid} on ${who.host}`);
    const path = join(directory, 'lock.5');
    assert.match(busy.hint, `remove ${path}`);
    unlinkSync(path);
    await (await takeRunLock(directory, me, { timeout: 20 })).release();
  });
}

for (const [what, text] of [
  ['an empty', ''],
  ['a torn', recordOf(dead).slice(0, 25)],
  ['a foreign', 'not of ours'],
] as const) {
  test(`${what} record is waited for as long as somebody may fill it`, async () => {
    const fresh = directoryWith({ 'lock.2': text }, 0);
    const busy = await failureOf(takeRunLock(fresh, me, { timeout: 20 }));
    assert.is(busy.code, 'io/busy');
    assert.match(busy.message, 'a run that has just begun');
    const old = directoryWith({ 'lock.2': text }, 11);
    await (await takeRunLock(old, me, { timeout: 0 })).release();
    assert.equal(numbersIn(old), [3]);
  });
}

test('a name that only looks like a lock is left alone', async () => {
  const directory = directoryWith({ 'lock.x': 'mine', 'lock.': 'mine', 'locks.1': 'mine' });
  mkdirSync(join(directory, 'lock'));
  await (await takeRunLock(directory, me, { timeout: 0 })).release();
  assert.equal(readdirSync(directory).sort(), ['lock', 'lock.', 'lock.1', 'lock.x', 'locks.1']);
});
