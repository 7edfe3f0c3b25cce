import { spawn } from 'node:child_process';
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { cleanEnv } from '../environment.ts';
import { test, withTempDir } from '../harness.ts';
import { someFirms, writeFirms } from '../many-firms.ts';

const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));

/** Runs the built command line and gives what it printed; a killed one is killed after so many milliseconds. */
function run(dir: string, args: readonly string[], killAfter: number | null = null): Promise<string> {
  const env = cleanEnv(dir, { SCEND_TODAY: '2026-03-20' });
  const child = spawn(process.execPath, [bin, ...args], { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  const timer = killAfter === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfter);
  return new Promise((resolve) =>
    child.on('close', () => {
      if (timer) clearTimeout(timer);
      resolve(out);
    }),
  );
}

test('runs beside each other and killed runs leave a cache that answers right', async () => {
  await withTempDir(async (dir) => {
    writeFirms(dir, someFirms(60));
    const plain = await run(dir, ['status', '--no-cache']);
    assert.ok(plain.includes('firm_0059'));
    for (let round = 0; round < 5; round += 1) {
      // What is new of one firm has to be kept each time.
      appendFileSync(join(dir, `firms/firm_000${round}/firm.yaml`), '# more\n');
      const killed = [30, 60, 90].map((ms) => run(dir, ['status'], ms + 17 * round));
      const whole = [run(dir, ['status']), run(dir, ['status'])];
      for (const out of await Promise.all(whole)) assert.is(out, plain, `round ${round}, beside others`);
      await Promise.all(killed);
      assert.is(await run(dir, ['status']), plain, `round ${round}, afterwards`);
    }
    const [build = ''] = readdirSync(join(dir, '.scend/cache'));
    const names = readdirSync(join(dir, '.scend/cache', build));
    assert.ok(names.filter((one) => one.startsWith('status-brief-')).length > 20);
  });
});
