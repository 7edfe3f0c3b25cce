/** The fault tests are tested: bugs are planted in copies of the engine, and each of them must be found. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { buildFirst } from './courses.ts';
import type { Given } from './mutant-child.ts';
import { type Mutant, mutants, type Patch } from './mutants.ts';
import { type ProbeName, probes } from './probes.ts';
import { copyOf, factsOf, refresh } from './scenario.ts';
import { scratchFolder } from './scratch.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const root = scratchFolder('mutants');
const base = await buildFirst(join(root, 'base'));
const whole = copyOf(base, join(root, 'whole'));
assert.is((await refresh(whole)).exitCode, 0);
const expected = factsOf(whole);

/** A copy of the engine and of these tests, with the bugs. */
function plant(dir: string, patches: readonly Patch[]): void {
  mkdirSync(join(dir, 'test'), { recursive: true });
  for (const name of ['src', 'test/faults', 'test/harness.ts', 'test/environment.ts']) {
    cpSync(join(repository, name), join(dir, name), { recursive: true });
  }
  for (const name of ['package.json', 'tsconfig.json']) cpSync(join(repository, name), join(dir, name));
  for (const name of ['node_modules', 'schemas', 'templates', 'firms']) {
    symlinkSync(join(repository, name), join(dir, name), 'junction');
  }
  for (const { file, from, to } of patches) {
    const path = join(dir, 'src/store', file);
    const parts = readFileSync(path, 'utf8').split(from);
    assert.is(parts.length, 2, `${file} holds not once, but ${parts.length - 1} times: ${from}`);
    writeFileSync(path, parts.join(to));
  }
}

const run = promisify(execFile);

let cases = 0;

/** What a part of the harness finds in an engine with these bugs; null when it finds nothing. */
async function find(
  patches: readonly Patch[],
  probe: ProbeName,
  near: readonly string[],
): Promise<string | null> {
  cases += 1;
  const dir = join(root, `copy-${cases}`);
  try {
    plant(dir, patches);
    const given: Given = { base: copyOf(base, join(dir, 'cases/base')), expected, probe, near };
    const file = join(dir, 'cases/given.json');
    writeFileSync(file, JSON.stringify(given));
    const { stdout } = await run(process.execPath, ['--import', 'tsx', 'test/faults/mutant-child.ts', file], {
      cwd: dir,
      timeout: 300_000,
    });
    return (JSON.parse(stdout) as { found: string | null }).found;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const nothing = () => {};
const lanes = [Promise.resolve(), Promise.resolve()];

/** Declares a test whose work begins early, beside that of others: some of it is waiting. */
function testFinding(
  name: string,
  mutant: Omit<Mutant, 'name' | 'near'>,
  near: readonly string[],
  check: Check,
): void {
  const lane = lanes.shift()!;
  const found = lane.then(() => find(mutant.patches, mutant.probe, near));
  lanes.push(found.then(nothing, nothing));
  test(name, async () => check(await found));
}

type Check = (found: string | null) => void;

for (const probe of Object.keys(probes) as ProbeName[]) {
  const near = mutants.flatMap((one) => (one.probe === probe && one.near ? [one.near] : []));
  testFinding(`no bug, nothing found: ${probe}`, { patches: [], probe }, near, (found) =>
    assert.is(found, null),
  );
}

for (const mutant of mutants) {
  const near = mutant.near ? [mutant.near] : [];
  testFinding(`found: ${mutant.name}`, mutant, near, (found) => assert.ok(found, `not by: ${mutant.probe}`));
}
