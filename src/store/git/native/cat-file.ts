import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Repository } from '../repository.ts';
import { gitCall } from './git-command.ts';

export interface StoredObject {
  readonly type: string;
  readonly bytes: Buffer;
}

/** One running `git cat-file --batch`. */
export interface CatFile {
  /**
   * The object of an id or a ref's name, null when the repository does not hold it; one question at a time.
   * Throws `CatFileEnded`.
   */
  ask(name: string): Promise<StoredObject | null>;
  close(): void;
}

/** The process ended before it answered; the message is what it printed. */
export class CatFileEnded extends Error {}

/** Starts one; it keeps this process alive only while a question is open. */
export async function startCatFile(repo: Repository): Promise<CatFile> {
  const { program, env } = await gitCall(repo);
  const child = spawn(program, ['cat-file', '--batch'], { cwd: repo.top, env, windowsHide: true });
  let take: ((chunk: Buffer) => void) | null = null;
  let fail: ((error: Error) => void) | null = null;
  let said = '';
  let ended: CatFileEnded | null = null;
  const end = (why: string) => {
    ended ??= new CatFileEnded(why);
    fail?.(ended);
  };
  // An end before the answer is reported once, by `close`.
  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk: Buffer) => take?.(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-4000);
  });
  child.on('error', (error) => end(error.message));
  child.on('close', () => end(said));
  hold(child, false);
  return {
    ask: async (name) => {
      if (ended) throw ended;
      hold(child, true);
      try {
        return await new Promise<StoredObject | null>((done, failed) => {
          take = replyReader(done);
          fail = failed;
          child.stdin.write(`${name}\n`);
        });
      } finally {
        take = null;
        fail = null;
        hold(child, false);
      }
    },
    close: () => child.stdin.end(),
  };
}

/** Puts the chunks of one reply together: `<oid> <type> <size>`, the content, a line end; or `<name> missing`. */
function replyReader(done: (found: StoredObject | null) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let length = 0;
  let needed = 0;
  return (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length < needed) return;
    const all = Buffer.concat(chunks);
    chunks = [all];
    const newline = all.indexOf(0x0a);
    if (newline < 0) return;
    const header = /^[0-9a-f]+ (\w+) (\d+)$/.exec(all.toString('latin1', 0, newline));
    if (header === null) return done(null);
    needed = newline + 1 + Number(header[2]) + 1;
    if (length >= needed) done({ type: header[1]!, bytes: all.subarray(newline + 1, needed - 1) });
  };
}

/** Whether this process waits for the other. */
function hold(child: ChildProcessWithoutNullStreams, on: boolean): void {
  const method = on ? 'ref' : 'unref';
  child[method]();
  // The pipes are sockets, which their types do not say.
  const streams: readonly { ref?: () => unknown; unref?: () => unknown }[] = [
    child.stdin,
    child.stdout,
    child.stderr,
  ] as never;
  for (const stream of streams) stream[method]?.();
}
