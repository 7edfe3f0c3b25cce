import { dateIn, type IsoDate } from '../domain/date.ts';
import type { TicketEntry } from '../domain/ticket.ts';
import { decodeSource } from '../formats/source.ts';
import { parsePackBody } from '../formats/ticket-pack.ts';
import { maxBytes } from './files.ts';
import type { GitView } from './git-view.ts';

/** One version of a file in the history of the branch. */
export interface FileVersion {
  readonly bytes: Uint8Array;
  /** Author's date of the commit that brought it, in the given time zone. */
  readonly date: IsoDate;
}

/** How far back history is read: commits looked at, and different versions of the file. */
const limits = { commits: 5_000, versions: 400 };

/** The versions of a file along the first parents of HEAD, newest first; stops where the file begins. */
export async function* versionsOf(
  git: GitView | null,
  path: string,
  timeZone: string,
): AsyncGenerator<FileVersion> {
  let oid = git?.head.oid ?? null;
  let current: { blob: string; date: IsoDate } | null = null;
  let versions = 0;
  for (let commits = 0; git && oid !== null && commits < limits.commits; commits += 1) {
    const commit: Commit | null = await readCommit(git, oid, timeZone);
    const blob: string | null = commit
      ? ((await git.reader.entryAt(oid, git.toRepo(path)))?.oid ?? null)
      : null;
    if (current && blob !== current.blob) {
      yield { bytes: await git.reader.blob(current.blob), date: current.date };
      versions += 1;
    }
    if (!commit || blob === null || versions >= limits.versions) return;
    // The oldest commit with these bytes is the one that brought them.
    current = { blob, date: commit.date };
    oid = commit.parent;
  }
  if (git && current) yield { bytes: await git.reader.blob(current.blob), date: current.date };
}

interface Commit {
  readonly parent: string | null;
  readonly date: IsoDate;
}

/** Null where history ends for this clone: a shallow one lacks the older commits. */
async function readCommit(git: GitView, oid: string, timeZone: string): Promise<Commit | null> {
  const commit = await git.reader.commit(oid);
  return (
    commit && {
      parent: commit.parents[0] ?? null,
      date: dateIn(new Date(commit.authored * 1000), timeZone),
    }
  );
}

/** What history knows of a ticket whose state is committed already. */
export interface TicketPast {
  /** The ticket before its checkbox or Status last changed; null when it came into the pack like this. */
  readonly before: TicketEntry | null;
  /** Date of the commit that brought its present checkbox and Status. */
  readonly since: IsoDate;
}

/** Looks up when the given tickets, as they stand in HEAD, came to their checkbox and Status. */
export async function ticketPasts(
  git: GitView | null,
  path: string,
  timeZone: string,
  tickets: readonly TicketEntry[],
): Promise<Map<string, TicketPast>> {
  const wanted = new Map(tickets.map((one) => [one.ticketId, one]));
  const since = new Map<string, IsoDate>();
  const found = new Map<string, TicketPast>();
  for await (const version of versionsOf(git, path, timeZone)) {
    if (found.size === wanted.size) break;
    const { source } = decodeSource(path, version.bytes, maxBytes.markdown);
    const entries = new Map(
      source ? parsePackBody(source).tickets.map((one) => [one.entry.ticketId, one.entry]) : [],
    );
    for (const [id, now] of wanted) {
      if (found.has(id)) continue;
      const then = entries.get(id) ?? null;
      if (then && then.box === now.box && then.statusLine === now.statusLine) since.set(id, version.date);
      else found.set(id, { before: then, since: since.get(id) ?? version.date });
    }
  }
  for (const [id, date] of since) if (!found.has(id)) found.set(id, { before: null, since: date });
  return found;
}
