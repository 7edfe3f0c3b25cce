#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import colors from 'picocolors';
import { type CommandContext, type CommandResult, type Flags, textFlag } from './commands/context.ts';
import { type Call, readCall } from './commands/parse-args.ts';
import { makePrompter } from './commands/prompter.ts';
import { ScendError } from './domain/error.ts';
import { exitCodeOf } from './domain/exit-code.ts';
import { renderError, renderJson, renderResult } from './report/result.ts';
import { removeHeldLocks } from './store/git/lock-file.ts';
import { whenDone } from './store/transaction/critical.ts';

const { env, stdin, stdout, stderr } = process;

/** Colour where a person looks at the stream and nothing says otherwise. */
function painter(stream: NodeJS.WriteStream, flags: Flags) {
  const off = flags['no-color'] === true || (env.NO_COLOR ?? '') !== '';
  const forced = (env.FORCE_COLOR ?? '') !== '' && env.FORCE_COLOR !== '0';
  return colors.createColors(!off && (forced || (stream.isTTY === true && env.TERM !== 'dumb')));
}

function contextOf(call: Call & { kind: 'run' }): CommandContext {
  const asked = stdin.isTTY === true && stderr.isTTY === true && !env.CI;
  const quiet = call.flags['no-input'] === true || call.flags.json === true;
  return {
    cwd: resolve(textFlag(call, 'cwd') ?? '.'),
    env,
    now: new Date(),
    args: call.args,
    flags: call.flags,
    prompter: asked && !quiet ? makePrompter(stderr) : null,
    newId: randomUUID,
  };
}

function print(result: CommandResult, flags: Flags): void {
  if (flags.json === true) {
    stdout.write(renderJson(result));
    return;
  }
  const { out, err } = renderResult(result, { out: painter(stdout, flags), err: painter(stderr, flags) });
  if (out !== '') stdout.write(out);
  if (err !== '') stderr.write(err);
}

async function main(argv: readonly string[]): Promise<void> {
  // Known before the call is understood, so that a wrong call answers in JSON too.
  const json = argv.includes('--json');
  try {
    const call = await readCall(argv);
    if (call.kind === 'print') {
      (call.exitCode === 0 ? stdout : stderr).write(call.text);
      process.exitCode = call.exitCode;
      return;
    }
    const result = await call.command.run(contextOf(call));
    print(result, call.flags);
    process.exitCode = result.exitCode;
  } catch (error) {
    const shown = renderError(error, {
      json,
      debug: (env.SCEND_DEBUG ?? '') !== '',
      paint: painter(stderr, {}),
    });
    (json ? stdout : stderr).write(shown);
    process.exitCode = exitCodeOf(error);
  }
}

// A reader that has seen enough (`scend status | head`) is no fault.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
// What is being written is brought to its end first, unless the signal comes twice.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  let times = 0;
  const end = () => {
    removeHeldLocks();
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  };
  process.on(signal, () => {
    times += 1;
    if (times > 1) end();
    else whenDone(end);
  });
}
process.on('uncaughtException', (error) => {
  removeHeldLocks();
  stderr.write(renderError(error, { json: false, debug: true, paint: painter(stderr, {}) }));
  process.exitCode = error instanceof ScendError ? exitCodeOf(error) : 70;
});

await main(process.argv.slice(2));
