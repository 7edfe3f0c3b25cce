/** An editor that saves at every moment of a run: what was saved survives, and the next run takes it in. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { ScendError } from '../../src/domain/error.ts';
import { test } from '../harness.ts';
import type { Report } from './editor-child.ts';
import { type Op, simulate } from './fs-shim.ts';
import { buildOne, pack, slug, told } from './outcome.ts';
import { quick, type Saving, slow, type Way, ways } from './saving.ts';
import { copyOf, fsck, full, git, type Practice, refresh } from './scenario.ts';
import { scratchFolder } from './scratch.ts';
import { buildSmall, counted, list, runSmall, sum, versionOf } from './small-run.ts';

const root = scratchFolder('editor');
const marker = 'saved while it ran';

/** A command, a file that somebody saves meanwhile, and the text it is saved with. */
interface Subject {
  readonly base: Practice;
  readonly run: (practice: Practice) => Promise<readonly string[]>;
  readonly path: string;
  readonly text: string;
  /** Whether the command takes in what is saved there; else it must not write over it. */
  readonly takenIn: boolean;
}

/** Saved by one of the ways, at one call of the run; the slow ways end some calls later. */
interface Save {
  readonly way: string;
  readonly at: number;
  readonly later: number;
}

interface Ended {
  readonly error: unknown;
  readonly said: readonly string[];
}

/** Runs the command while somebody saves the file. */
async function runSaving({ run, path, text }: Subject, practice: Practice, save: Save): Promise<Ended> {
  const way = ways[save.way] as Way;
  const saving: Saving = way(join(practice.dir, path), text);
  let done = false;
  const step = ({ index }: Pick<Op, 'index'>) => {
    const first = index === save.at;
    const second = index === save.at + save.later;
    if (!done && (first || second)) done = saving();
  };
  const { end } = await simulate(
    () => run(practice),
    async (op) => {
      step(op);
      return undefined;
    },
  );
  while (!done) done = saving();
  if (end.kind === 'killed') throw new Error('nothing was to be killed');
  return end.kind === 'threw' ? { error: end.error, said: [] } : { error: null, said: end.value };
}

/** What the output says was kept beside its name. */
function keptIn({ error, said }: Ended): string[] {
  const text = [...said, error instanceof ScendError ? error.hint : ''].join('\n');
  return [...text.matchAll(/kept as (\S+\.(?:old|now))\b/g)].map((one) => one[1]!);
}

/** The save is where its author finds it, the run ended as it may, and nothing lies about that was not told. */
function assertSurvives({ path, takenIn }: Subject, practice: Practice, ended: Ended): void {
  const { error } = ended;
  const refusals = ['io/changed-underneath', ...(takenIn ? [] : ['git/would-overwrite'])];
  if (error !== null) {
    assert.instance(error, ScendError);
    const { code, message, data } = error as ScendError;
    assert.ok(refusals.includes(code), `${code}: ${message}`);
    assert.ok(String(data.path).endsWith(path) && message.includes(path), message);
  }
  const kept = keptIn(ended);
  const file = join(practice.dir, path);
  const found = [file, ...kept].some((one) => existsSync(one) && readFileSync(one, 'utf8').includes(marker));
  assert.ok(found || git(practice, 'show', `HEAD:${path}`).includes(marker), 'the save is lost');
  const left = readdirSync(practice.dir, { recursive: true }).map(String);
  const untold = left.filter(
    (one) => /\.scend-/.test(one) && !kept.some((two) => two.endsWith(basename(one))),
  );
  assert.equal(untold, [], 'left untold');
}

/** Undisturbed, the command takes in what was saved, or leaves it alone until it is out of the way. */
async function assertNext({ run, path, takenIn }: Subject, practice: Practice): Promise<void> {
  const file = join(practice.dir, path);
  const again = await run(practice).catch((error: unknown) => error as ScendError);
  if (again instanceof ScendError) {
    assert.ok(!takenIn && again.code === 'git/would-overwrite', String(again));
    assert.match(readFileSync(file, 'utf8'), marker);
    rmSync(file);
    await run(practice);
  } else if (takenIn) {
    assert.match(readFileSync(file, 'utf8'), marker);
    assert.match(git(practice, 'show', `HEAD:${path}`), marker);
  }
  fsck(practice);
}

/** The calls about files that are being changed, and those around them. */
function nearSwaps(calls: readonly Op[]): (at: number) => boolean {
  const swaps = calls.filter(({ paths }) => /^(?!.*\/\.git\/).*\/\.scend-/m.test(paths.join('\n')));
  return (at) => swaps.some(({ index }) => Math.abs(index - at) <= 2);
}

async function assertAll(subject: Subject, saves: readonly Save[]): Promise<void> {
  for (const save of saves) {
    const practice = copyOf(subject.base, join(root, 'case'));
    const where = `${subject.path} saved ${save.way} at ${save.at}, ${save.later}`;
    let ended: Ended | null = null;
    try {
      ended = await runSaving(subject, practice, save);
      assertSurvives(subject, practice, ended);
      await assertNext(subject, practice);
    } catch (error) {
      throw new Error(`${where}: ${ended?.error ?? ended?.said}\n${told(error)}`);
    } finally {
      rmSync(practice.dir, { recursive: true, force: true });
    }
  }
}

/**
 * Every way at each of the calls that change files of the work tree and at those around them (`near`), but at every
 * so many of the others, the ways then taking turns.
 */
function savesAt(calls: readonly Op[], near: (at: number) => boolean, step: number): Save[] {
  const all = [
    ...quick.map((way) => ({ way, later: 0 })),
    ...slow.flatMap((way) => [1, 2, 3, 40].map((later) => ({ way, later }))),
  ];
  // The moment between the last look at the old file and its removal: whoever writes into it then keeps it open
  // beyond the end of the run, or nearly so, which is more than can be waited for.
  const ends = calls.filter(({ name, paths }) => name === 'unlink' && paths[0]?.endsWith('.old'));
  const tooLate = ({ at, later }: Save) => later > 3 && ends.some(({ index }) => index === at + later);
  const indexes = Array.from({ length: calls.length + 1 }, (_, i) => i + 1);
  return indexes
    .flatMap((at) => all.filter((_, i) => near(at) || (at + i) % step === 0).map((one) => ({ ...one, at })))
    .filter((one) => !tooLate(one));
}

const smallBase = buildSmall(join(root, 'small'));
const smallText = '# List (0)\n- one\n- two\n- three\n';
const small = { base: smallBase, run: async (practice: Practice) => (await runSmall(practice)).notes };
const edited: Subject = { ...small, path: list, text: `${smallText}- ${marker}\n`, takenIn: true };
const derived: Subject = { ...small, path: sum, text: `count: 7 # ${marker}\n`, takenIn: false };
const fresh: Subject = { ...small, path: versionOf(2), text: `${marker}\n`, takenIn: false };

async function callsOf({ base, run }: Subject): Promise<readonly Op[]> {
  const practice = copyOf(base, join(root, 'case'));
  const { ops } = await simulate(() => run(practice));
  rmSync(practice.dir, { recursive: true });
  return ops;
}

const smallCalls = await callsOf(edited);

for (const [what, subject, step] of [
  ['a file that the user edits', edited, full ? 1 : 20],
  ['a file that the engine derives', derived, full ? 1 : 99],
  ['the name of a file that is to be new', fresh, full ? 1 : 99],
] as const) {
  const saves = savesAt(smallCalls, nearSwaps(smallCalls), step);
  test(`${what}, saved at the calls of a small run, ${saves.length} saves`, async () => {
    await assertAll(subject, saves);
  });
}

/** A firm's refresh; only a version that is there already can be one of the user's. */
const base = await buildOne(join(root, 'base'));
const tick = readFileSync(join(base.dir, pack), 'utf8').replace('- [ ] T1.1.3', '- [x] T1.1.3');
const firm = {
  base,
  run: async (practice: Practice) => {
    const { exitCode, error, notes } = await refresh(practice);
    if (error) throw error;
    // What is being written cannot be read yet; nothing is built upon it.
    assert.ok(exitCode === 0 || exitCode === 1, notes.join('\n'));
    return notes;
  },
};
const firmCalls = await callsOf({ ...firm, path: pack, text: '', takenIn: true });
const saved: Subject = { ...firm, path: pack, text: `${tick}\nA word ${marker}.\n`, takenIn: true };
const version: Subject = {
  ...firm,
  path: `firms/${slug}/deliverables/${slug}_ROADMAP_v1.1.md`,
  text: `${marker}\n`,
  takenIn: false,
};

for (const [what, subject, step] of [
  ['a ticket pack', saved, full ? 9 : 200],
  ['the name of the next roadmap', version, full ? 9 : 500],
] as const) {
  const saves = savesAt(firmCalls, () => false, step);
  test(`${what}, saved at the calls of a refresh, ${saves.length} saves`, async () => {
    await assertAll(subject, saves);
  });
}

function ask(child: ChildProcess, command: 'go' | 'pause'): Promise<Report> {
  return new Promise((done, failed) => {
    const ended = () => failed(new Error('the editor has ended'));
    child.once('exit', ended);
    child.once('message', (report) => {
      child.removeListener('exit', ended);
      done(report as Report);
    });
    child.send(command);
  });
}

const wanted = full ? 20_000 : 2_000;

test(`an editor in a process of its own, ${wanted} saves`, async () => {
  const practice = copyOf(smallBase, join(root, 'live'));
  const path = fileURLToPath(new URL('./editor-child.ts', import.meta.url));
  const child = fork(path, [join(practice.dir, list), '80']);
  let saves = 0;
  let committed = 0;
  let refused = 0;
  try {
    while (saves < wanted) {
      child.send('go');
      for (let i = 0; i < 20; i += 1) {
        await runSmall(practice).then(
          (ran) => {
            if (ran.committed) committed += 1;
          },
          (error: ScendError) => {
            if (error.code !== 'io/changed-underneath') throw error;
            refused += 1;
          },
        );
        await sleep(Math.random() * 10);
      }
      const report = await ask(child, 'pause');
      assert.equal(report.lost, []);
      saves = report.saves;
    }
    assert.ok(committed > 10 && refused > 10, `${committed} runs committed, ${refused} refused`);
    await runSmall(practice);
    const text = readFileSync(join(practice.dir, list), 'utf8');
    assert.is(text.match(/^- save \d+$/gm)?.length, saves);
    assert.is(git(practice, 'show', `HEAD:${list}`), text);
    assert.is(counted(text).text, text);
    fsck(practice);
  } finally {
    child.kill();
  }
});
