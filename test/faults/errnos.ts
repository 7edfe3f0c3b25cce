/** Which calls can fail with which errno, as the manual pages of Linux and of its file systems say. */
import { constants } from 'node:fs';
import type { Op } from './fs-shim.ts';

export const errnos = ['EACCES', 'EDQUOT', 'EIO', 'EMFILE', 'ENOSPC', 'EROFS'] as const;
export type Errno = (typeof errnos)[number];

const noSpace: readonly Errno[] = ['ENOSPC', 'EDQUOT'];

/** Calls by what they need; those of an open file have passed the permissions, so EACCES is not among theirs. */
const table: Readonly<Record<string, readonly Errno[]>> = {
  access: ['EIO', 'EACCES'],
  chmod: ['EIO', 'EACCES', 'EROFS'],
  'handle.chmod': ['EIO', 'EROFS'],
  // What was written late, as over a network, fails here at the latest.
  'handle.close': ['EIO', ...noSpace],
  'handle.read': ['EIO'],
  'handle.readFile': ['EIO'],
  'handle.stat': ['EIO'],
  'handle.sync': ['EIO', ...noSpace],
  'handle.truncate': ['EIO'],
  'handle.write': ['EIO', ...noSpace],
  fstatSync: ['EIO'],
  link: ['EIO', 'EACCES', 'EROFS', ...noSpace],
  lstat: ['EIO', 'EACCES'],
  mkdir: ['EIO', 'EACCES', 'EROFS', ...noSpace],
  openSync: ['EIO', 'EACCES', 'EMFILE'],
  readFile: ['EIO', 'EACCES', 'EMFILE'],
  readFileSync: ['EIO', 'EACCES', 'EMFILE'],
  readSync: ['EIO'],
  readdir: ['EIO', 'EACCES', 'EMFILE'],
  readlink: ['EIO', 'EACCES'],
  realpath: ['EIO', 'EACCES'],
  rename: ['EIO', 'EACCES', 'EROFS', ...noSpace],
  rm: ['EIO', 'EACCES', 'EROFS'],
  rmdir: ['EIO', 'EACCES', 'EROFS'],
  stat: ['EIO', 'EACCES'],
  unlink: ['EIO', 'EACCES', 'EROFS'],
  utimes: ['EIO', 'EACCES', 'EROFS'],
};

export function errnosOf(op: Pick<Op, 'name' | 'args'>): readonly Errno[] {
  if (op.name === 'open') return errnosOfOpen(op.args[1]);
  // isomorphic-git asks in this way whether functions return promises.
  if (op.name === 'readFile' && op.args[0] === undefined) return [];
  const found = table[op.name];
  if (found === undefined) throw new Error(`no errnos are listed for ${op.name}`);
  return found;
}

function errnosOfOpen(flags: unknown): readonly Errno[] {
  const { O_CREAT, O_WRONLY, O_RDWR } = constants;
  const bits = typeof flags === 'number' ? flags : bitsOf(String(flags ?? 'r'));
  const always: readonly Errno[] = ['EIO', 'EACCES', 'EMFILE'];
  if ((bits & O_CREAT) !== 0) return [...always, 'EROFS', ...noSpace];
  return (bits & (O_WRONLY | O_RDWR)) !== 0 ? [...always, 'EROFS'] : always;
}

function bitsOf(flags: string): number {
  const { O_CREAT, O_WRONLY, O_RDWR } = constants;
  return (/[wa]/.test(flags) ? O_CREAT | O_WRONLY : 0) | (flags.includes('+') ? O_RDWR : 0);
}
