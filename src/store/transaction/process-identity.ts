import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process a record speaks of; enough to tell later, on the same machine, whether it still runs. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's ticks since the boot; null where the system does not tell. */
  readonly started: string | null;
  readonly host: string;
  /** Changes with every boot of the machine; null where the system does not tell. */
  readonly boot: string | null;
  /** The space its number is counted in (containers have their own); null where the system does not tell. */
  readonly space: string | null;
}

/** `unknown`: it belongs to another machine or container, which cannot be seen from here. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** This process. */
export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    started: startOf(process.pid),
    host: hostname(),
    boot: textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    space: textOf(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** Whether the process of a record still runs, as seen by another one. */
export function livenessOf(one: ProcessIdentity, observer: ProcessIdentity): Liveness {
  if (one.host !== observer.host) return 'unknown';
  if (one.boot !== observer.boot) return 'dead';
  if (one.space !== observer.space) return 'unknown';
  try {
    process.kill(one.pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead';
  }
  const started = startOf(one.pid);
  return started !== null && one.started !== null && started !== one.started ? 'dead' : 'alive';
}

/** Field 22 of Linux' /proc/<pid>/stat, counted after the name, which may hold spaces and brackets. */
function startOf(pid: number): string | null {
  const stat = textOf(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function textOf(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
