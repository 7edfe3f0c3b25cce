import { link, mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScendError } from '../../domain/error.ts';
import { syncDirectory, TEMPORARY, temporaryIn, writeAll } from '../atomic.ts';
import { errnoOf, ioError, isAbsent } from '../errno.ts';
import { livenessOf, type ProcessIdentity } from './process-identity.ts';

/** How long one other run is waited for, in milliseconds, unless told otherwise. */
const TIMEOUT = 10_000;

/** How long all others together: where runs come and go, each is short, and the turn comes. */
const PATIENCE = 12;

/** What a released lock begins with; a held one begins with the brace of its record. */
const FREE = 'free\n';

/** A record without content belongs to a process that is about to fill it, or was killed before it did. */
const FILL_TIME = 10_000;

/** What file systems without hard links answer to link(2). */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

export interface RunLock {
  /** Lets the next run in; never throws. */
  readonly release: () => Promise<void>;
}

interface Holder extends ProcessIdentity {
  readonly since: string;
}

/**
 * Takes the lock that lets one run write at a time; throws `io/busy` when another one keeps it.
 *
 * The lock is a row of numbered files, `lock.1`, `lock.2`, … in a directory; whoever made the highest one holds
 * it. A file of the next number is made by link(2) from a complete record, so that just one process can make
 * it, and only once the highest is free or its process is dead. The highest is never removed, so a number is
 * never used twice: a process that acts on an old reading gets a number that is taken, or one that is no longer
 * the highest, and begins anew. (To remove a stale lock by name is what lets two processes in: the second
 * removes what the first has just made.)
 */
export async function takeRunLock(
  directory: string,
  who: ProcessIdentity,
  options: { readonly timeout?: number; readonly now?: Date } = {},
): Promise<RunLock> {
  const { timeout = TIMEOUT, now = new Date() } = options;
  await mkdir(directory, { recursive: true }).catch((error) => {
    throw ioError(error, 'create', directory);
  });
  let waited = 0;
  let total = 0;
  let last = 0;
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 40)) {
    const highest = await highestOf(directory);
    const path = join(directory, `lock.${highest}`);
    const holder = highest === 0 ? null : await holderOf(path, who);
    if (holder === null) {
      // The folder may be new, and the record in it is to outlast a loss of power.
      if (highest === 0) await syncDirectory(dirname(directory));
      const mine = highest + 1;
      if (!(await make(directory, mine, { ...who, since: now.toISOString() }))) continue;
      await sweep(directory, mine);
      return { release: () => release(join(directory, `lock.${mine}`)) };
    }
    if (highest !== last) waited = 0;
    last = highest;
    if (waited >= timeout || total >= timeout * PATIENCE) throw busy(holder, path, who);
    const next = pause * (0.5 + Math.random());
    await sleep(next);
    waited += next;
    total += next;
  }
}

/** Who holds the lock of a directory, in words; null when nobody does. */
export async function describeHolder(directory: string, who: ProcessIdentity): Promise<string | null> {
  const highest = await highestOf(directory);
  const holder = highest === 0 ? null : await holderOf(join(directory, `lock.${highest}`), who);
  return holder && inWords(holder);
}

async function highestOf(directory: string): Promise<number> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw ioError(error, 'read', directory);
  });
  return Math.max(0, ...names.map(numberOf));
}

function numberOf(name: string): number {
  return /^lock\.\d{1,15}$/.test(name) ? Number(name.slice('lock.'.length)) : 0;
}

/** The process that holds the lock of this file; null when it is free, or the process is dead. */
async function holderOf(path: string, who: ProcessIdentity): Promise<Partial<Holder> | null> {
  try {
    const text = await readFile(path, 'utf8');
    if (text.startsWith(FREE)) return null;
    const holder = parse(text);
    if (holder) return livenessOf(holder, who) === 'dead' ? null : holder;
    return Date.now() - (await stat(path)).mtimeMs < FILL_TIME ? {} : null;
  } catch (error) {
    // A newer one has taken its place.
    if (isAbsent(error)) return {};
    throw ioError(error, 'read', path);
  }
}

function parse(text: string): Holder | null {
  try {
    const value: Partial<Holder> = JSON.parse(text);
    return typeof value?.pid === 'number' && typeof value.host === 'string' ? (value as Holder) : null;
  } catch {
    return null;
  }
}

/** Makes the file of a number; false when another process was first. */
async function make(directory: string, number: number, holder: Holder): Promise<boolean> {
  const path = join(directory, `lock.${number}`);
  const temporary = temporaryIn(directory, 'lock-');
  try {
    await fill(temporary, holder);
    await link(temporary, path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    if (!NO_LINKS.has(errnoOf(error) ?? '')) throw ioError(error, 'create', path);
    if (!(await makeWithoutLink(path, holder))) return false;
  } finally {
    await unlink(temporary).catch(() => {});
  }
  let mine = false;
  try {
    // A reading that was too old: others have taken higher numbers, and removed those in between.
    mine = (await highestOf(directory)) === number;
    return mine;
  } finally {
    if (!mine) await unlink(path).catch(() => {});
  }
}

async function makeWithoutLink(path: string, holder: Holder): Promise<boolean> {
  try {
    await fill(path, holder);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw ioError(error, 'create', path);
  }
}

async function fill(path: string, holder: Holder): Promise<void> {
  const handle = await open(path, 'wx', 0o666);
  try {
    await writeAll(handle, Buffer.from(`${JSON.stringify(holder)}\n`)).finally(() => handle.close());
  } catch (error) {
    // Without its record it would keep everybody out for a while.
    await unlink(path).catch(() => {});
    throw error;
  }
}

/** Removes the lower numbers, and what killed processes left of theirs; never throws. */
async function sweep(directory: string, mine: number): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const number = numberOf(name);
    const path = join(directory, name);
    // What is to become the record is only ever written under the lock.
    const old = name.startsWith(TEMPORARY) || (name.startsWith('lock-') && (await isOld(path)));
    if ((number > 0 && number < mine) || old) await unlink(path).catch(() => {});
  }
}

async function isOld(path: string): Promise<boolean> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > FILL_TIME,
    () => false,
  );
}

/** Marks it in one write over its first bytes, so that a reader finds the record or the mark. */
async function release(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r+');
    try {
      await handle.write(Buffer.from(FREE), 0, FREE.length, 0);
    } finally {
      await handle.close();
    }
  } catch {
    // The process ends some time, and its lock with it.
  }
}

function inWords({ pid, host, since }: Partial<Holder>): string {
  if (pid === undefined) return 'a run that has just begun';
  return `process ${pid} on ${host}, since ${since}`;
}

function busy(holder: Partial<Holder>, path: string, who: ProcessIdentity): ScendError {
  const foreign = holder.pid !== undefined && livenessOf(holder as Holder, who) === 'unknown';
  return new ScendError(
    'io/busy',
    `another run of Scend is writing here: ${inWords(holder)}`,
    foreign
      ? `It cannot be seen from this machine. If it has ended, remove ${path} and run the command again.`
      : 'Run the command again when it has ended.',
    { path, ...holder },
  );
}
