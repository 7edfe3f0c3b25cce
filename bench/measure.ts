/** Runs a command under bash and tells what it took. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitEnv } from './import-history.ts';
import { searchPath } from './peers.ts';
import type { Cost } from './statistics.ts';

const timer = existsSync('/usr/bin/time') ? '/usr/bin/time' : null;
export const root = fileURLToPath(new URL('..', import.meta.url));

/** What every command measured sees of the outside: nothing that the person who measures has set. */
export function benchEnv(home: string): Record<string, string> {
  // Programs keep compiled code there, once there is such a folder.
  mkdirSync(join(home, '.cache'), { recursive: true });
  return {
    ...gitEnv(home),
    PATH: searchPath(process.env),
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    SCEND_TODAY: '2026-04-20',
    BENCH: join(root, 'bench'),
    ...(process.env.BENCH_PEERS ? { BENCH_PEERS: process.env.BENCH_PEERS } : {}),
  };
}

export interface Call {
  /** Bash; `scend` is the built command line. */
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** How often it is run in one go, for what takes less than the clock can tell; the cost is that of one. */
  readonly times?: number;
}

/** bash's `time` counts user and system time of all children, to a millisecond. */
function script({ command, times = 1 }: Call): string {
  return [
    `scend() { node '${join(root, 'dist/bin.cjs')}' "$@"; }`,
    `job() { ${command}\n}`,
    `TIMEFORMAT='%R %U %S'`,
    `time for ((run = 0; run < ${times}; run++)); do job >/dev/null || exit; done`,
  ].join('\n');
}

/** Runs it. Throws when the command fails. */
export async function measure(call: Call): Promise<Cost> {
  const bash = ['bash', '-c', script(call)];
  const report = join(call.env.HOME ?? '.', 'memory');
  const [program = '', ...args] = timer === null ? bash : [timer, '-f', '%M', '-o', report, ...bash];
  const child = spawn(program, args, { cwd: call.cwd, env: call.env, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-5000);
  });
  const watched = timer === null ? watchMemory(child.pid ?? 0) : null;
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  const polled = watched?.() ?? null;
  if (code !== 0) throw new Error(`${call.command} exited ${code}\n${errors}`);
  const [wall = 0, user = 0, system = 0] = (errors.trim().split('\n').at(-1) ?? '')
    .replaceAll(',', '.')
    .split(' ')
    .map((one) => Number(one) * 1000);
  const memory =
    timer === null ? polled : Number(readFileSync(report, 'utf8').trim().split('\n').at(-1)) / 1024;
  const times = call.times ?? 1;
  return { cpu: (user + system) / times, wall: wall / times, memory };
}

/** Where `time` is not installed: the largest resident set seen in /proc; null where there is none. */
function watchMemory(pid: number): () => number | null {
  let largest = 0;
  const look = (id: string): void => {
    try {
      const size = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];
      largest = Math.max(largest, Number(size ?? 0));
      const children = readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').split(' ');
      for (const one of children.filter(Boolean)) look(one);
    } catch {
      // It has ended, or this system has no /proc.
    }
  };
  const interval = setInterval(() => look(String(pid)), 5);
  return () => {
    clearInterval(interval);
    return largest > 0 ? largest / 1024 : null;
  };
}
