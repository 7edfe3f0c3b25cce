import { chmod, mkdir, stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname } from 'node:path';
import { errnoOf, ioError, orIoError } from '../errno.ts';
import { getConfig, parseBool } from './config.ts';
import type { Repository } from './repository.ts';

interface Sharing {
  readonly bits: number;
  /** Whether the bits replace the umask's choice or add to it. */
  readonly exact: boolean;
}

/** Gives a file or directory of the repository the permissions that core.sharedRepository asks for. */
export async function applySharing(repo: Repository, path: string): Promise<void> {
  const sharing = sharingOf(getConfig(repo.config, 'core.sharedRepository'));
  if (sharing === null || platform() === 'win32') return;
  const { mode } = await orIoError(stat(path), 'read', path);
  const directory = (mode & 0o170000) === 0o040000;
  const wanted = sharedMode(mode & 0o7777, directory, sharing);
  if (wanted !== (mode & 0o7777)) await orIoError(chmod(path, wanted), 'share', path);
}

/** Creates a directory of the repository, and those above it, with shared permissions. */
export async function makeSharedDirectory(repo: Repository, path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return;
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) throw ioError(error, 'create', path);
    await makeSharedDirectory(repo, dirname(path));
    return makeSharedDirectory(repo, path);
  }
  await applySharing(repo, path);
}

function sharingOf(value: string | null | undefined): Sharing | null {
  if (value === undefined || value === 'umask') return null;
  if (value === 'group') return { bits: 0o660, exact: false };
  if (value === 'all' || value === 'world' || value === 'everybody') return { bits: 0o664, exact: false };
  if (value !== null && /^0?[0-7]+$/.test(value)) {
    const bits = Number.parseInt(value, 8);
    if (bits === 0) return null;
    if (bits === 1) return { bits: 0o660, exact: false };
    if (bits === 2) return { bits: 0o664, exact: false };
    return { bits: bits & 0o666, exact: true };
  }
  return parseBool(value) === true ? { bits: 0o660, exact: false } : null;
}

function sharedMode(mode: number, directory: boolean, sharing: Sharing): number {
  let bits = sharing.bits;
  if ((mode & 0o200) === 0) bits &= ~0o222;
  if ((mode & 0o100) !== 0) bits |= (bits & 0o444) >> 2;
  const wanted = sharing.exact ? (mode & ~0o777) | bits : mode | bits;
  return directory ? wanted | ((wanted & 0o444) >> 2) | 0o2000 : wanted;
}
