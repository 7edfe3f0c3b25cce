/**
 * A file system that can fail. `simulate` runs a body as if it were a process of its own: each of its calls of
 * node:fs/promises and of file handles first asks a policy, which may let it pass, refuse it with an errno, cut
 * a write short, do something in between, or end the "process" there: then this call and every later one never
 * come back. Its synchronous reads ask too, and can be refused at once, but not be kept waiting. Everybody else's
 * calls pass untouched, and so do those of the policy itself.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import fsNow, { constants } from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface Op {
  /** From 1, in the order in which the process makes its calls. */
  readonly index: number;
  /** The function's name; `handle.write` and so on for those of an open file. */
  readonly name: string;
  readonly kind: 'read' | 'change' | 'sync';
  /** The paths it is about; that of the file for a handle's calls. */
  readonly paths: readonly string[];
  readonly args: readonly unknown[];
  /** The open file that a handle's call is about. */
  readonly handle?: FileHandle;
}

/** What becomes of a call: undefined lets it pass. */
export type Verdict = undefined | 'kill' | { readonly errno: string } | { readonly most: number };
export type Policy = (op: Op) => Verdict | Promise<Verdict>;
/** Told of each call that came back, with what it returned. */
export type Witness = (op: Op, result: unknown) => void;

export interface Ran<T> {
  /** `killed` when the policy ended it; else what it returned or threw. */
  readonly end:
    | { readonly kind: 'killed' }
    | { readonly kind: 'returned'; readonly value: T }
    | { readonly kind: 'threw'; readonly error: unknown };
  readonly ops: readonly Op[];
}

class Simulated {
  readonly ops: Op[] = [];
  readonly handles = new Set<FileHandle>();
  readonly pending = new Set<Promise<unknown>>();
  readonly dead: Promise<void>;
  killed = false;
  readonly policy: Policy;
  readonly witness: Witness;
  #die: () => void = () => {};

  constructor(policy: Policy, witness: Witness) {
    this.policy = policy;
    this.witness = witness;
    this.dead = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  async call(
    op: Omit<Op, 'index'>,
    proceed: (args: readonly unknown[]) => Promise<unknown>,
  ): Promise<unknown> {
    if (this.killed) return new Promise(() => {});
    const full: Op = { ...op, index: this.ops.length + 1 };
    this.ops.push(full);
    const verdict = await outside(() => this.policy(full));
    if (this.killed) return new Promise(() => {});
    if (verdict === 'kill') {
      this.killed = true;
      this.#die();
      return new Promise(() => {});
    }
    if (verdict && 'errno' in verdict) throw errnoError(verdict.errno, full);
    const args = verdict && 'most' in verdict ? cutShort(full.args, verdict.most) : full.args;
    const result = proceed(args);
    this.pending.add(result);
    try {
      const value = await result;
      this.witness({ ...full, args }, value);
      if (this.killed) return new Promise(() => {});
      return value;
    } finally {
      this.pending.delete(result);
    }
  }

  callNow(op: Omit<Op, 'index'>, proceed: () => unknown): unknown {
    if (this.killed) return proceed();
    const full: Op = { ...op, index: this.ops.length + 1 };
    this.ops.push(full);
    const verdict = outside(() => this.policy(full));
    if (verdict === 'kill') throw new Error(`${op.name} cannot be kept from coming back`);
    if (verdict && 'errno' in verdict) throw errnoError(verdict.errno, full);
    const value = proceed();
    this.witness(full, value);
    return value;
  }
}

const simulated = new AsyncLocalStorage<Simulated>();
const paths = new WeakMap<object, string>();
/** Handles opened for a change. */
const changing = new WeakSet<object>();
/** The paths of files that were opened synchronously, by their numbers. */
const numbered = new Map<number, string>();
const originals = new Map<string, (...args: unknown[]) => Promise<unknown>>();

/** How many of the leading arguments are paths, and what kind of call it is. */
const CALLS: Readonly<Record<string, readonly [count: number, kind: Op['kind']]>> = {
  access: [1, 'read'],
  chmod: [1, 'change'],
  link: [2, 'change'],
  lstat: [1, 'read'],
  mkdir: [1, 'change'],
  open: [1, 'read'],
  readFile: [1, 'read'],
  readdir: [1, 'read'],
  readlink: [1, 'read'],
  realpath: [1, 'read'],
  rename: [2, 'change'],
  rm: [1, 'change'],
  rmdir: [1, 'change'],
  stat: [1, 'read'],
  truncate: [1, 'change'],
  unlink: [1, 'change'],
  utimes: [1, 'change'],
  writeFile: [1, 'change'],
};

/** Synchronous reads: of a path, or of a file that was opened by one of them. */
const CALLS_NOW: Readonly<Record<string, 'path' | 'file'>> = {
  fstatSync: 'file',
  openSync: 'path',
  readFileSync: 'path',
  readSync: 'file',
};

/** Closing counts as reading, as it changes nothing; only that of files opened for a change is seen, as no other can fail. */
const HANDLE_CALLS: Readonly<Record<string, Op['kind']>> = {
  chmod: 'change',
  datasync: 'sync',
  read: 'read',
  readFile: 'read',
  stat: 'read',
  sync: 'sync',
  truncate: 'change',
  write: 'change',
};

/** O_CREAT and O_TRUNC, by flags as text or number. */
function opensForChange(flags: unknown): boolean {
  if (typeof flags !== 'number') return /[wa]/.test(String(flags ?? 'r'));
  return (flags & (constants.O_CREAT | constants.O_TRUNC)) !== 0;
}

/** As Node makes it: the failure of a handle's call does not know its path. */
function errnoError(code: string, op: Op): Error {
  const message = `${code}: injected, ${op.name} '${op.paths.join("' -> '")}'`;
  const path = /^handle\.|^fstat|^readSync$/.test(op.name) ? {} : { path: op.paths[0] };
  return Object.assign(new Error(message), { code, syscall: op.name, ...path });
}

/** The arguments of FileHandle.write(buffer, offset, length, position) with a smaller length. */
function cutShort(args: readonly unknown[], most: number): readonly unknown[] {
  const [bytes, offset = 0, length, position] = args as [Uint8Array, number?, number?, number?];
  const whole = length ?? bytes.length - offset;
  return [bytes, offset, Math.min(most, whole), position];
}

let installed = false;

/** Puts the shim in place for this process; calls outside a simulation cost one look-up more. */
async function install(): Promise<void> {
  if (installed) return;
  installed = true;
  const module = fs as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const [name, [count, kind]] of Object.entries(CALLS)) {
    const original = module[name]!;
    originals.set(name, original);
    module[name] = async (...args) => {
      const process = simulated.getStore();
      if (!process) return original(...args);
      const change = name === 'open' && opensForChange(args[1]);
      const about = {
        name,
        kind: change ? 'change' : kind,
        paths: args.slice(0, count).map(String),
        args,
      } as const;
      return process.call(about, async (given) => {
        const result = await original(...given);
        if (name === 'open') {
          paths.set(result as object, String(args[0]));
          if (change) changing.add(result as object);
          process.handles.add(result as FileHandle);
        }
        return result;
      });
    };
  }
  const probe = await (originals.get('open')!('.', 'r') as Promise<FileHandle>);
  const prototype = Object.getPrototypeOf(probe) as Record<string, (...args: unknown[]) => Promise<unknown>>;
  await probe.close();
  for (const [name, kind] of Object.entries(HANDLE_CALLS)) {
    const original = prototype[name]!;
    prototype[name] = async function (this: FileHandle, ...args: unknown[]) {
      const process = simulated.getStore();
      if (!process) return original.apply(this, args);
      const about = { name: `handle.${name}`, kind, paths: [paths.get(this) ?? ''], args, handle: this };
      return process.call(about, (given) => original.apply(this, [...given]));
    };
  }
  const close = prototype.close!;
  prototype.close = async function (this: FileHandle) {
    const process = simulated.getStore();
    process?.handles.delete(this);
    if (!process || !changing.has(this)) return close.call(this);
    const about = { name: 'handle.close', kind: 'read', paths: [paths.get(this) ?? ''], args: [] } as const;
    // It is closed even where that is reported to have failed.
    await close.call(this);
    return process.call(about, async () => undefined);
  };
  installNow();
  syncBuiltinESMExports();
}

/** What Node and the engine read of themselves is no part of what is simulated. */
const own = fileURLToPath(new URL('../../', import.meta.url));
const isOwn = (path: string) => path.startsWith(own) || /^\/proc\/|\/node_modules\//.test(path);

function installNow(): void {
  const module = fsNow as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const [name, of] of Object.entries(CALLS_NOW)) {
    const original = module[name]!;
    module[name] = (...args) => {
      const process = simulated.getStore();
      const path = of === 'path' ? String(args[0]) : numbered.get(Number(args[0]));
      if (!process || path === undefined || isOwn(path)) return original(...args);
      return process.callNow({ name, kind: 'read', paths: [path], args }, () => {
        const result = original(...args);
        if (name === 'openSync') numbered.set(Number(result), path);
        return result;
      });
    };
  }
}

/** Runs a body as a process that the policy may end; waits until none of its calls is under way. */
export async function simulate<T>(
  body: () => Promise<T>,
  policy: Policy = () => undefined,
  witness: Witness = () => {},
): Promise<Ran<T>> {
  await install();
  const process = new Simulated(policy, witness);
  const run = simulated.run(process, body).then(
    (value): Ran<T>['end'] => ({ kind: 'returned', value }),
    (error: unknown): Ran<T>['end'] => ({ kind: 'threw', error }),
  );
  const end = await Promise.race([run, process.dead.then((): Ran<T>['end'] => ({ kind: 'killed' }))]);
  await Promise.allSettled(process.pending);
  // The system closes a dead process' files.
  if (end.kind === 'killed') for (const handle of process.handles) await handle.close().catch(() => {});
  return { end, ops: process.ops };
}

/** Does something outside the simulation, as another process would: nothing of it is counted. */
export function outside<T>(body: () => T): T {
  return simulated.exit(body);
}
