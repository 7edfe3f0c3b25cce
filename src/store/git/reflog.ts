import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFoldersUpTo, writeAll } from '../atomic.ts';
import { errnoOf, ioError, isAbsent, orIoError } from '../errno.ts';
import { getConfig, parseBool } from './config.ts';
import { removeEmptyDirectories } from './ref-paths.ts';
import type { Repository } from './repository.ts';
import { applySharing, makeSharedDirectory } from './shared-mode.ts';

/** What Git logs for a commit: old and new id, who (`Name <mail> time zone`), and the message's first line. */
export interface ReflogLine {
  readonly before: string | null;
  readonly after: string;
  readonly who: string;
  readonly message: string;
}

/** The line with its end, as Git writes it. */
export function renderReflogLine({ before, after, who, message }: ReflogLine): string {
  const subject = message
    .split('\n', 1)[0]!
    .replace(/[ \t\r]+/g, ' ')
    .replace(/^ | $/g, '');
  const action = before === null ? 'commit (initial):' : 'commit:';
  const what = subject === '' ? action : `${action} ${subject}`;
  return `${before ?? '0'.repeat(40)} ${after} ${who}\t${what}\n`;
}

/** A ref's log that is open for appending. */
export interface Reflog {
  readonly path: string;
  readonly handle: FileHandle;
  /** Where it ended when it was opened. */
  readonly end: number;
}

/**
 * Opens a ref's log, whose ref is locked and stays so; null when core.logAllRefUpdates asks for none and none
 * exists.
 */
export async function openReflog(repo: Repository, ref: string): Promise<Reflog | null> {
  const top = ref === 'HEAD' ? repo.gitDir : repo.commonDir;
  const path = join(top, 'logs', ref);
  const create = createsReflog(repo);
  if (create) await makeSharedDirectory(repo, dirname(path));
  let handle: FileHandle | null = null;
  try {
    handle = await openForAppending(path, create);
    await applySharing(repo, path);
    const { size: end } = await handle.stat();
    // It may be new, and the folders that lead to it as well.
    if (end === 0) await syncFoldersUpTo(top, path);
    return { path, handle, end };
  } catch (error) {
    await handle?.close().catch(() => {});
    if (!create && isAbsent(error)) return null;
    throw ioError(error, 'write', path);
  }
}

/** Appends one line in a single write and brings it to the disk. */
export async function appendReflog({ path, handle }: Reflog, line: ReflogLine): Promise<void> {
  try {
    await writeAll(handle, Buffer.from(renderReflogLine(line)));
    await handle.sync();
  } catch (error) {
    throw ioError(error, 'write', path);
  }
}

/** Takes away what was appended, whole or in part; never throws. */
export async function cutReflog({ handle, end }: Reflog): Promise<void> {
  await handle.truncate(end).catch(() => {});
}

export async function closeReflog({ path, handle }: Reflog): Promise<void> {
  await orIoError(handle.close(), 'write', path);
}

async function openForAppending(path: string, create: boolean): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_APPEND | (create ? constants.O_CREAT : 0);
  return open(path, flags, 0o666).catch(async (error: unknown) => {
    // Git leaves empty directories where a branch with a longer name was.
    if (errnoOf(error) !== 'EISDIR') throw error;
    await removeEmptyDirectories(path);
    return open(path, flags, 0o666);
  });
}

function createsReflog(repo: Repository): boolean {
  const value = getConfig(repo.config, 'core.logAllRefUpdates');
  return value === undefined || value === 'always' || parseBool(value) !== false;
}
