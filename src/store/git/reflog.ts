import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAll } from '../atomic.ts';
import { errnoOf, ioError } from '../errno.ts';
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

/** Opens a ref's log for appending; null when core.logAllRefUpdates asks for none and none exists. */
export async function openReflog(repo: Repository, ref: string): Promise<FileHandle | null> {
  const path = join(ref === 'HEAD' ? repo.gitDir : repo.commonDir, 'logs', ref);
  const create = createsReflog(repo);
  try {
    if (create) await makeSharedDirectory(repo, dirname(path));
    return await openForAppending(repo, path, create);
  } catch (error) {
    if (!create && (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR')) return null;
    throw ioError(error, 'write', path);
  }
}

/** Appends one line in a single write and brings it to the disk. */
export async function appendReflog(log: FileHandle | null, line: ReflogLine): Promise<void> {
  if (log === null) return;
  try {
    await writeAll(log, Buffer.from(renderReflogLine(line)));
    await log.sync();
  } catch (error) {
    throw ioError(error, 'write', 'the reflog');
  }
}

async function openForAppending(repo: Repository, path: string, create: boolean): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_APPEND | (create ? constants.O_CREAT : 0);
  const log = await open(path, flags, 0o666).catch(async (error: unknown) => {
    // Git leaves empty directories where a branch with a longer name was.
    if (errnoOf(error) !== 'EISDIR') throw error;
    await removeEmptyDirectories(path);
    return open(path, flags, 0o666);
  });
  await applySharing(repo, path);
  return log;
}

function createsReflog(repo: Repository): boolean {
  const value = getConfig(repo.config, 'core.logAllRefUpdates');
  return value === undefined || value === 'always' || parseBool(value) !== false;
}
