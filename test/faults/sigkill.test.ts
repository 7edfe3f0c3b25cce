/** The command line itself, killed by the system at a random moment, then run again. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { assertCompletes, assertSound, withCopy } from './invariants.ts';
import { build, copyOf, factsOf, full, type Practice } from './scenario.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const root = realpathSync(mkdtempSync(join(tmpdir(), 'scend-sigkill-')));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));

const base = await build(join(root, 'base'));
const rounds = full ? 1_000 : 100;

interface Run {
  /** Milliseconds from the start to the first thing written, and to the end. */
  readonly begun: number;
  readonly ended: number;
  readonly code: number | null;
}

/** Runs the command, and kills it after so many milliseconds. */
async function run({ dir, env }: Practice, killAfter = Number.POSITIVE_INFINITY): Promise<Run> {
  const start = performance.now();
  const child = spawn(process.execPath, [cli, 'refresh', '--all'], {
    cwd: dir,
    env: { ...env, CI: '1' },
    stdio: 'ignore',
  });
  let begun = Number.POSITIVE_INFINITY;
  const watch = setInterval(() => {
    const past = performance.now() - start;
    if (begun > past && existsSync(join(dir, '.git/scend'))) begun = past;
    if (past >= killAfter) child.kill('SIGKILL');
  }, 1);
  const code = await new Promise<number | null>((done) => child.on('close', done));
  clearInterval(watch);
  return { begun, ended: performance.now() - start, code };
}

test(`killed at ${rounds} random moments`, async () => {
  const whole = copyOf(base, join(root, 'whole'));
  rmSync(join(whole.dir, '.git/scend'), { recursive: true });
  const { begun, ended, code } = await run(whole);
  assert.is(code, 0);
  assert.ok(begun < ended);
  const expected = factsOf(whole);
  const moments = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { numRuns: rounds, seed: 20260320 });
  let killed = 0;
  for (const moment of moments) {
    await withCopy(root, base, async (practice) => {
      const after = begun + moment * (ended - begun);
      const where = `killed after ${after.toFixed(1)} ms`;
      if ((await run(practice, after)).code === null) killed += 1;
      assertSound(practice, where);
      await assertCompletes(practice, expected, where);
    });
  }
  // The machine's load moves the end; most of the moments must lie before it.
  assert.ok(killed > rounds / 3, `${killed} of ${rounds} were killed before their end`);
});
