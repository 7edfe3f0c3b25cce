import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { test, testIf } from '../harness.ts';
import { checkOutput } from '../output-schemas.ts';
import { type Practice, withSample } from '../scend.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const slug = 'hayes_real_estate';
const lineCount = 200_000;

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line with code that is loaded before it. */
function runAfter(practice: Practice, preload: string, ...args: string[]): Ended {
  const source = `data:text/javascript,${encodeURIComponent(preload)}`;
  const done = spawnSync(process.execPath, ['--import', source, cli, ...args], {
    cwd: practice.dir,
    env: practice.env,
    encoding: 'utf8',
  });
  return { code: done.status, signal: done.signal, out: done.stdout, err: done.stderr };
}

/** Does something as soon as the command line has its handler of an event. */
const onceHandled = (event: string, action: string) =>
  `process.on('newListener', (name) => { if (name === '${event}') setImmediate(() => { ${action} }); });`;

/** A plan with a file of very many lines, which "plan show" prints. */
function writeLongPlan(practice: Practice): void {
  practice.ok('refresh', '--firm', slug, '--plan-out', 'plan.json');
  const plan = JSON.parse(practice.read('plan.json'));
  const { changes } = plan.firms[0].plan;
  const long = changes.find((one: { path: string }) => one.path.includes('CHANGELOG'));
  long.content = Array.from({ length: lineCount }, (_, n) => `line ${n}\n`).join('');
  plan.firms[0].plan.changes = [long];
  practice.write('long.json', JSON.stringify(plan));
}

function isWhole(text: string): void {
  const lines = text.split('\n').filter((one) => /^\+line \d+$/.test(one));
  assert.is(lines.length, lineCount);
  assert.ok(lines.every((one, n) => one === `+line ${n}`));
}

test('200,000 lines reach a slow reader and a file, and one that goes away early is no fault', async () => {
  await withSample(async (practice) => {
    writeLongPlan(practice);
    const child = spawn(process.execPath, [cli, 'plan', 'show', 'long.json'], {
      cwd: practice.dir,
      env: practice.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<number | null>((done) => child.on('close', done));
    let text = '';
    let waits = 0;
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      text += chunk;
      // Slower than the writer, so that the pipe fills and the writer has to wait.
      if (waits < 20) await sleep(20);
      waits += 1;
    }
    assert.is(await ended, 0);
    isWhole(text);

    const file = openSync(join(practice.dir, 'out.txt'), 'w');
    const { status } = spawnSync(process.execPath, [cli, 'plan', 'show', 'long.json'], {
      cwd: practice.dir,
      env: practice.env,
      stdio: ['ignore', file, 'inherit'],
    });
    closeSync(file);
    assert.is(status, 0);
    isWhole(readFileSync(join(practice.dir, 'out.txt'), 'utf8'));

    practice.edit(`firms/${slug}/ticket-pack.md`, (text) => text.replace('- [x] T1.1.1', '- [y] T1.1.1'));
    for (const [args, code] of [
      [['plan', 'show', 'long.json'], 0],
      [['check'], 1],
      [['--help'], 0],
    ] as const) {
      const child = spawn(process.execPath, [cli, ...args], { cwd: practice.dir, env: practice.env });
      child.stdout.destroy();
      let err = '';
      child.stderr.setEncoding('utf8').on('data', (chunk) => (err += chunk));
      const ended = await new Promise<number | null>((done) => child.on('close', done));
      assert.is(ended, code, `${args.join(' ')}\n${err}`);
      assert.not.match(err, 'EPIPE');
      assert.not.match(err, /\n\s+at /);
    }
  });
});

testIf(
  process.platform === 'linux',
  'there is no /dev/full',
  'an output that cannot be written is an error of its own',
  async () => {
    await withSample(async (practice) => {
      for (const args of [['status'], ['status', '--json']]) {
        const full = openSync('/dev/full', 'w');
        const done = spawnSync(process.execPath, [cli, ...args], {
          cwd: practice.dir,
          env: practice.env,
          stdio: ['ignore', full, 'pipe'],
          encoding: 'utf8',
        });
        closeSync(full);
        assert.is(done.status, 5);
        assert.match(done.stderr, 'cannot write the output (ENOSPC)');
      }
    });
  },
);

test('a fault in an event ends with one answer and 70', async () => {
  await withSample(async (practice) => {
    const fault = onceHandled('uncaughtException', "throw new Error('in an event')");
    const told = runAfter(practice, fault, 'status', '--json');
    checkOutput(['status', '--json'], told);
    assert.equal([told.code, told.err], [70, '']);
    assert.equal(JSON.parse(told.out).error.code, 'bug');
    const plain = runAfter(practice, fault, 'status');
    assert.equal([plain.code, plain.out], [70, '']);
    assert.match(plain.err, 'in an event');
    assert.not.match(plain.err, /\n\s+at /);
  });
});

testIf(
  process.platform !== 'win32',
  'no process ends by a signal there',
  'Ctrl-C answers once and ends by the signal, which a shell calls 130',
  async () => {
    await withSample(async (practice) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
        const interrupt = onceHandled(signal, `process.kill(process.pid, '${signal}')`);
        const told = runAfter(practice, interrupt, 'status', '--json');
        assert.equal([told.code, told.signal, told.err], [null, signal, '']);
        checkOutput(['status', '--json'], told);
        assert.is(JSON.parse(told.out).error.code, 'usage/cancelled');
      }
      const interrupt = onceHandled('SIGINT', "process.kill(process.pid, 'SIGINT')");
      const plain = runAfter(practice, interrupt, 'status');
      assert.equal([plain.signal, plain.out], ['SIGINT', '']);
      assert.match(plain.err, 'Nothing is half-written.');
      const source = `data:text/javascript,${encodeURIComponent(interrupt)}`;
      const shell = spawnSync(
        'sh',
        ['-c', `"${process.execPath}" --import "${source}" "${cli}" status; echo "code $?"`],
        { cwd: practice.dir, env: practice.env, encoding: 'utf8' },
      );
      assert.match(shell.stdout, 'code 130');
    });
  },
);
