import { ScendError } from '../domain/error.ts';

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'Give yourself read and write permission on it, and on the directory that holds it.',
  EBUSY: 'Close the program that is using it, then run the command again.',
  EDQUOT: 'The disk quota is used up: free some space, then run the command again.',
  EEXIST: 'Move what lies there out of the way, then run the command again.',
  EIO: 'The disk reported a fault: check it, and your backup, before you go on.',
  EISDIR: 'A directory lies where a file is expected: move it away.',
  ELOOP: 'Replace the symbolic link by the file or directory it points to.',
  EMFILE: 'Too many files are open: close some programs, or raise the limit (ulimit -n).',
  ENAMETOOLONG: 'Choose a shorter name or a directory nearer to the root.',
  ENFILE: 'Too many files are open on this machine: close some programs.',
  ENOENT: 'Check the path; something may have removed it meanwhile.',
  ENOSPC: 'The disk is full: free some space, then run the command again.',
  ENOTDIR: 'A file lies where a directory is expected: move it away.',
  ENOTEMPTY: 'The directory still holds files: move them away.',
  EPERM: 'The system forbids it: check the owner and whether the file is protected.',
  EROFS: 'The file system is read-only: mount it for writing, or work in another directory.',
};

/** The errno name of a failed system call (`ENOENT` …), or null for any other value. */
export function errnoOf(error: unknown): string | null {
  if (!(error instanceof Error) || error instanceof ScendError) return null;
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : null;
}

/** Whether the failure only says that nothing lies at the path. */
export function isAbsent(error: unknown): boolean {
  const code = errnoOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** What a system call returns; null where nothing lies at the path, and any other failure names it. */
export async function ifPresent<T>(call: Promise<T>, path: string): Promise<T | null> {
  return call.catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw ioError(error, 'read', path);
  });
}

/** What a system call returns; its failure as a ScendError that names the path. */
export async function orIoError<T>(call: Promise<T>, doing: string, path: string): Promise<T> {
  return call.catch((error: unknown) => {
    throw ioError(error, doing, path);
  });
}

/** A write that took nothing and told no reason; `ioError` names the file. */
export class ShortWrite extends Error {}

/** A failed system call as a ScendError `io/<errno>` that names the path; anything else comes back as it is. */
export function ioError(error: unknown, doing: string, path: string): unknown {
  if (error instanceof ShortWrite) {
    const message = `cannot ${doing} ${path}: ${error.message}`;
    const hint = 'Check that the disk is not full, then run the command again.';
    return new ScendError('io/short-write', message, hint, { path });
  }
  const code = errnoOf(error);
  if (code === null) return error;
  const hint = HINTS[code] ?? 'Check the path, its permissions and the disk, then run the command again.';
  return new ScendError(`io/${code.toLowerCase()}`, `cannot ${doing} ${path} (${code})`, hint, {
    path,
    errno: code,
  });
}
