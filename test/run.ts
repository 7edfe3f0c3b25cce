/**
 * The test command: `tsx test/run.ts [part of a file name …]`. Runs every `*.test.ts` under test/, in as
 * many processes as there are processors, and closes with one line `N passed, N failed`.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { globbySync } from 'globby';
import type { Tally } from './harness.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** uvu's own deferred mode: suites queue here until `exec` runs them. */
const uvu = globalThis as unknown as { UVU_DEFER: number; UVU_QUEUE: unknown[][]; UVU_INDEX: number };

async function runFiles(files: readonly string[]): Promise<Tally> {
  uvu.UVU_DEFER = 1; // read once, when uvu is first imported
  const { exec } = await import('uvu');
  const { openSuite, tally } = await import('./harness.ts');
  for (const [index, file] of files.entries()) {
    uvu.UVU_INDEX = index;
    const name = relative(here, file).replaceAll('\\', '/');
    uvu.UVU_QUEUE.push([name]);
    const before = tally.declared + tally.skipped.length;
    const opened = openSuite(name);
    await import(pathToFileURL(file).href);
    if (tally.declared + tally.skipped.length === before) throw new Error(`${name} declares no test`);
    opened.run();
  }
  await exec();
  return tally;
}

function runInChild(files: readonly string[]): Promise<Tally> {
  return new Promise((done) => {
    const lost: Tally = { declared: 1, passed: 0, failed: 1, skipped: [] };
    let result = lost;
    let output = '';
    const child = fork(fileURLToPath(import.meta.url), ['--files', ...files], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    child.on('message', (message) => {
      result = message as Tally;
    });
    // A child that dies or exits non-zero without a failed test has failed all the same.
    child.on('close', (code) => {
      console.log(output);
      done(code === 0 || result.failed > 0 ? result : { ...result, failed: 1 });
    });
  });
}

async function main(): Promise<void> {
  const [first, ...rest] = process.argv.slice(2);
  if (first === '--files') {
    const result = await runFiles(rest);
    process.send?.(result);
    process.disconnect?.();
    return;
  }
  const wanted = first === undefined ? [] : [first, ...rest];
  const files = globbySync('**/*.test.ts', { cwd: here, absolute: true, ignore: ['fixtures/**'] })
    .filter((file) => wanted.length === 0 || wanted.some((part) => relative(here, file).includes(part)))
    .sort();
  if (files.length === 0) {
    console.log(`no test file matches ${wanted.join(' ') || resolve(here)}\n0 passed, 1 failed`);
    process.exitCode = 1;
    return;
  }
  const lanes = Math.min(availableParallelism(), files.length);
  const shares = Array.from({ length: lanes }, (_, lane) => files.filter((_, i) => i % lanes === lane));
  const tallies = await Promise.all(shares.map(runInChild));
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
