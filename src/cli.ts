import { randomUUID } from 'node:crypto';
import { commandLine, type Output } from './commands/command-line.ts';
import { ScendError } from './domain/error.ts';
import { ioError } from './store/errno.ts';
import { removeHeldLocks } from './store/git/lock-file.ts';
import { whenDone } from './store/transaction/critical.ts';

const { env, stdout, stderr } = process;

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: () => stream.columns || 80,
  };
}

/** Aborted when whoever reads the output has gone. */
const readers = new AbortController();

const call = commandLine(process.argv.slice(2), {
  env,
  cwd: process.cwd(),
  now: () => new Date(),
  // Global `performance` would be loaded first.
  clock: () => process.uptime() * 1000,
  newId: () => randomUUID(),
  out: output(stdout),
  err: output(stderr),
  inIsTerminal: () => process.stdin.isTTY === true,
  unread: readers.signal,
  makePrompter: async () => {
    // The library of the prompts asks the environment alone about colours.
    if (process.argv.includes('--no-color')) env.NO_COLOR = '1';
    return (await import('./commands/prompter.ts')).makePrompter(stderr, call.clear);
  },
});

/** Calls back when everything that was printed has gone out, or cannot. */
function whenPrinted(callback: () => void): void {
  let open = 2;
  const one = () => {
    open -= 1;
    if (open === 0) callback();
  };
  for (const stream of [stdout, stderr]) {
    if (stream.destroyed || stream.writableEnded) one();
    else stream.write('', one);
  }
}

/** A prompt that is cut short leaves the terminal without its cursor, and the keys unread. */
function restoreTerminal(): void {
  const { stdin } = process;
  if (stdin.isTTY !== true || stdin.isRaw !== true) return;
  stdin.setRawMode(false);
  stderr.write('\x1b[?25h\n');
}

// A reader that has seen enough (`scend status | head`) is no fault; a full disk behind `>` is.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    readers.abort();
    if (error.code === 'EPIPE') return;
    process.exitCode = 5;
    const { message, code, hint } = ioError(error, 'write', 'the output') as ScendError;
    if (stream === stdout) stderr.write(`error: ${message} [${code}]\n  ${hint}\n`);
  });
}

// What is being written is brought to its end first, unless the signal comes twice. Then the process ends by
// the signal itself, so that whoever started it learns that it was one (a shell says 130).
const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  let times = 0;
  const end = () => {
    removeHeldLocks();
    // Windows knows no end by a signal, and would give 1.
    if (process.platform === 'win32') process.exit(128 + signals[signal]);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  };
  process.on(signal, () => {
    times += 1;
    if (times > 1) return end();
    whenDone(() => {
      restoreTerminal();
      call.fail(new ScendError('usage/cancelled', `interrupted (${signal})`, 'Nothing is half-written.'));
      whenPrinted(end);
    });
  });
}

// After a fault outside of any promise nothing is certain: what was begun is left to the next run to complete.
process.on('uncaughtException', (error) => {
  process.exitCode = call.answered() ? 70 : call.fail(error);
  whenDone(() => {
    removeHeldLocks();
    whenPrinted(() => process.exit());
  });
});
process.on('beforeExit', () => {
  if (!call.answered()) process.exitCode = call.fail(new Error('the command ended without an answer'));
});

void call.run().then((exitCode) => {
  process.exitCode ??= exitCode;
});
