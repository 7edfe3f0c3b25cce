/**
 * The test command: `tsx test/run.ts [--in DIR] [part of a file name …]`. Runs every `*.test.ts` under test/
 * (or DIR), each file in a process of its own, one more at once than there are processors, and closes with one
 * line `N passed, N failed`.
 */
import { fork } from 'node:child_process';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { globbySync } from 'globby';
import type { Tally } from './harness.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** uvu's own deferred mode: suites queue here until `exec` runs them. */
const uvu = globalThis as unknown as { UVU_DEFER: number; UVU_QUEUE: unknown[][]; UVU_INDEX: number };

async function runFile(file: string): Promise<Tally> {
  uvu.UVU_DEFER = 1; // read once, when uvu is first imported
  const { exec } = await import('uvu');
  const { openSuite, tally } = await import('./harness.ts');
  const name = relative(here, file).replaceAll('\\', '/');
  uvu.UVU_QUEUE.push([name]);
  const opened = openSuite(name);
  await import(pathToFileURL(file).href);
  if (tally.declared + tally.skipped.length === 0) throw new Error(`${name} declares no test`);
  opened.run();
  await exec();
  return tally;
}

function runInChild(file: string): Promise<Tally> {
  return new Promise((done) => {
    const lost: Tally = { declared: 1, passed: 0, failed: 1, skipped: [] };
    let result = lost;
    let output = '';
    const child = fork(fileURLToPath(import.meta.url), ['--file', file], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    child.on('message', (message) => {
      result = message as Tally;
    });
    // A child that dies or exits non-zero without a failed test has failed all the same.
    child.on('close', (code) => {
      console.log(output.trimEnd());
      done(code === 0 || result.failed > 0 ? result : { ...result, failed: result.failed + 1 });
    });
  });
}

/** Failures are tried in loops that take minutes, however short the file; of the others the largest take longest. */
const isLong = (file: string) => /[\\/]faults[\\/]/.test(file);

/** Runs the files, the longest first, so that no processor waits long for the last one. */
async function runAll(files: readonly string[]): Promise<Tally[]> {
  const queue = [...files].sort(
    (a, b) => Number(isLong(b)) - Number(isLong(a)) || statSync(b).size - statSync(a).size,
  );
  const tallies: Tally[] = [];
  const lane = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift())
      tallies.push(await runInChild(file));
  };
  // One more than there are processors: much of the time goes to waiting for the disk.
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, lane));
  return tallies;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args[0] === '--file') {
    const result = await runFile(args[1] ?? '');
    process.send?.(result);
    process.disconnect?.();
    return;
  }
  const folder = args[0] === '--in' ? resolve(args[1] ?? '.') : here;
  const wanted = args[0] === '--in' ? args.slice(2) : args;
  const files = globbySync('**/*.test.ts', { cwd: folder, absolute: true, ignore: ['fixtures/**'] }).filter(
    (file) => wanted.length === 0 || wanted.some((part) => relative(folder, file).includes(part)),
  );
  if (files.length === 0) {
    console.log(`no test file matches ${wanted.join(' ') || 'in that folder'}\n0 passed, 1 failed`);
    process.exitCode = 1;
    return;
  }
  const tallies = await runAll(files);
  const sum = (key: 'declared' | 'passed' | 'failed') =>
    tallies.reduce((total, part) => total + part[key], 0);
  const skipped = tallies.flatMap((part) => part.skipped);
  const missing = Math.max(0, sum('declared') - sum('passed') - sum('failed'));
  if (missing > 0) console.log(`${missing} declared tests never ran`);
  for (const line of skipped) console.log(`skipped: ${line}`);
  const failed = sum('failed') + missing;
  console.log(`${skipped.length} skipped\n${sum('passed')} passed, ${failed} failed`);
  if (failed > 0 || sum('passed') === 0) process.exitCode = 1;
}

await main();
