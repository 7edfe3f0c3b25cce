import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * What V8 made of the files of the command line, kept for the next run in the user's cache folder. V8 believes
 * whatever it is given there, and it is code: so nothing is taken from a folder or a file that another user could
 * have written, and nothing whose checksum is not right. Whatever fails here costs time only, and is never said.
 */
export interface CodeCache {
  /** What was kept for a file of the command line. */
  readonly get: (name: string) => Buffer | undefined;
  /** Keeps these in its place. */
  readonly put: (parts: ReadonlyMap<string, Buffer>) => void;
}

type Env = Readonly<Record<string, string | undefined>>;

/** No more bytes than these are kept: some 24 commands of two releases of Scend or Node. */
const most = 64 * 1024 * 1024;
const largest = 16 * 1024 * 1024;
const prefixLength = 8;

/** The folder that a person's programs keep such things in; null where there is none. It is not made. */
function cachesOf(env: Env): string | null {
  const home = env.HOME ?? '';
  const folder =
    process.platform === 'win32'
      ? (env.LOCALAPPDATA ?? '')
      : process.platform === 'darwin'
        ? home && join(home, 'Library', 'Caches')
        : env.XDG_CACHE_HOME || (home && join(home, '.cache'));
  return isAbsolute(folder) && statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? folder : null;
}

/** Whether it belongs to who runs this, and nobody else may write it. */
function isOwn(stat: { uid: number; mode: number }): boolean {
  return process.platform === 'win32' || (stat.uid === process.geteuid?.() && (stat.mode & 0o022) === 0);
}

/**
 * The cache of one command (`name`: a plain word) of one build. Null where there is no place for it, and where it
 * was switched off the way it is for Node's own.
 */
export function openCodeCache(env: Env, build: string, name: string): CodeCache | null {
  try {
    if (env.NODE_DISABLE_COMPILE_CACHE) return null;
    const caches = cachesOf(env);
    if (caches === null) return null;
    const folder = join(caches, 'scend');
    const path = join(folder, `${build}-${process.version}-${process.arch}-${name}.v8`);
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    if (stat && !(stat.isDirectory() && isOwn(stat))) return null;
    const parts = stat ? read(path) : new Map<string, Buffer>();
    return { get: (part) => parts.get(part), put: (changed) => write(folder, path, changed) };
  } catch {
    return null;
  }
}

function read(path: string): Map<string, Buffer> {
  try {
    return unpack(readOwn(path));
  } catch {
    return new Map();
  }
}

function readOwn(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || !isOwn(stat) || stat.size > largest) return Buffer.alloc(0);
    const bytes = Buffer.allocUnsafeSlow(stat.size);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

/** Checksum of what follows, length of the list, the list as JSON, and the parts, each from a multiple of eight. */
export function pack(parts: ReadonlyMap<string, Buffer>): Buffer {
  const list = Buffer.from(JSON.stringify([...parts].map(([name, bytes]) => [name, bytes.length])));
  const padded = (bytes: Buffer) => [bytes, Buffer.alloc(-bytes.length & 7)];
  const prefix = Buffer.alloc(prefixLength);
  prefix.writeUInt32LE(list.length, 4);
  const packed = Buffer.concat([prefix, ...padded(list), ...[...parts.values()].flatMap(padded)]);
  packed.writeUInt32LE(crc32(packed.subarray(4)), 0);
  return packed;
}

/** The parts, or none when a single bit is not as `pack` left it. */
export function unpack(packed: Buffer): Map<string, Buffer> {
  const parts = new Map<string, Buffer>();
  if (packed.length < prefixLength || packed.readUInt32LE(0) !== crc32(packed.subarray(4))) return parts;
  const end = prefixLength + packed.readUInt32LE(4);
  const list = JSON.parse(packed.toString('utf8', prefixLength, end)) as [name: string, length: number][];
  let from = (end + 7) & ~7;
  for (const [name, length] of list) {
    parts.set(name, packed.subarray(from, from + length));
    from = (from + length + 7) & ~7;
  }
  return parts;
}

/** A file is there whole or not at all, however many write it at once. */
function write(folder: string, path: string, parts: ReadonlyMap<string, Buffer>): void {
  try {
    const packed = pack(parts);
    if (packed.length > largest) return;
    mkdirSync(folder, { mode: 0o700, recursive: true });
    const stat = lstatSync(folder);
    if (!stat.isDirectory() || !isOwn(stat)) return;
    const draft = `${path}.${process.pid}`;
    try {
      writeFileSync(draft, packed, { mode: 0o600, flag: 'wx' });
      renameSync(draft, path);
    } catch {
      rmSync(draft, { force: true });
    }
    clear(folder);
  } catch {
    // The next run compiles anew.
  }
}

/** Of more than `most` bytes the oldest files go, drafts of runs that were killed among them. */
function clear(folder: string): void {
  const files = readdirSync(folder).map((name) => {
    const path = join(folder, name);
    const { mtimeMs = 0, size = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
    return { path, mtimeMs, size };
  });
  let left = most;
  for (const { path, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
    left -= size;
    if (left < 0) rmSync(path, { force: true });
  }
}
