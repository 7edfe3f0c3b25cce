/** Histories made with native Git, and what is found in them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { KnownPast } from '../../../src/domain/settle-pack.ts';
import { makeSource } from '../../../src/formats/source.ts';
import { parsePackBody } from '../../../src/formats/ticket-pack.ts';
import { type GitView, viewGit } from '../../../src/store/git-view.ts';
import { type HistoryOptions, ticketPasts } from '../../../src/store/pack-history.ts';
import type { Sandbox } from '../git/sandbox.ts';

export const path = 'firms/hayes/ticket-pack.md';
export const packId = 'd44790e7-5bad-549b-bbdf-de666709b083';

/** A commit to make: its parents by their place in the list, its date, and every file in it. */
export interface Made {
  readonly parents: readonly number[];
  /** Author's date, and the committer's unless `committed` says otherwise: ISO 8601, or seconds. */
  readonly at: string | number;
  readonly committed?: string | number;
  readonly files: Readonly<Record<string, string>>;
}

/** Seconds since 1970. */
export const seconds = (at: string | number) => (typeof at === 'number' ? at : Date.parse(at) / 1000);

/** Makes commits of a branch with native Git, the last one its head, and returns their ids. */
export function build({ top, env }: Sandbox, history: readonly Made[], branch = 'main'): string[] {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const stream = history.map(({ parents, at, committed, files }, index) =>
    [
      // Without this a commit of no parents would go on where the branch is.
      parents.length === 0 ? `reset refs/heads/${branch}\n` : '',
      `commit refs/heads/${branch}\nmark :${index + 1}\n`,
      `author Ada <ada@example.org> ${seconds(at)} +0000\n`,
      `committer Bo <bo@example.org> ${seconds(committed ?? at)} +0000\n`,
      data(`commit ${index}`),
      ...parents.map((one, order) => `${order === 0 ? 'from' : 'merge'} :${one + 1}\n`),
      'deleteall\n',
      ...Object.entries(files).map(([file, text]) => `M 100644 inline ${file}\n${data(text)}`),
    ].join(''),
  );
  const last = `reset refs/heads/${branch}\nfrom :${history.length}\n`;
  const asked = history.map((_, index) => `get-mark :${index + 1}\n`);
  const out = execFileSync('git', ['fast-import', '--quiet', '--force', '--date-format=raw'], {
    cwd: top,
    env,
    input: [...stream, last, ...asked].join(''),
    encoding: 'utf8',
  });
  return out.trim().split('\n');
}

/** A pack of tickets T1.1.1, T1.1.2 …, each given as `[x] done`; a missing Status as `[x]`. */
export function pack(...marks: readonly string[]): string {
  return packOf(packId, marks);
}

export function packOf(id: string | null, marks: readonly string[]): string {
  const tickets = marks.map((one, index) => {
    const [, box = '[ ]', status] = /^(\[.\])\s*(\w*)$/.exec(one) ?? [];
    return `- ${box} T1.1.${index + 1} – Ticket number ${index + 1}\n${status ? `  - Status: ${status}\n` : ''}`;
  });
  const front = id === null ? '' : `---\nid: ${id}\n---\n`;
  return `${front}# Pack\n\n## Sprint 1\n\n${tickets.join('')}`;
}

/** The files of a commit that holds only a pack. */
export const only = (...marks: readonly string[]) => ({ [path]: pack(...marks) });

export const entriesOf = (text: string) =>
  parsePackBody(makeSource(path, text)).tickets.map((one) => one.entry);

export interface Ask extends Partial<HistoryOptions> {
  readonly path?: string;
  /** The workspace, below the repository's top. */
  readonly root?: string;
  /** The commit to take for HEAD. */
  readonly head?: string | undefined;
  readonly view?: (git: GitView) => GitView;
}

/** What history tells of the pack's tickets in HEAD. */
export async function pasts({ top, env }: Sandbox, ask: Ask = {}): Promise<Map<string, KnownPast>> {
  const { path: file = path, root = '.', head, view = (git) => git, ...options } = ask;
  const found = await viewGit(join(top, root), env);
  const oid = head ?? found?.head.oid;
  if (!found || !oid) throw new Error('no HEAD');
  const git = { ...found, head: { ...found.head, oid } };
  const entry = await git.reader.entryAt(oid, git.toRepo(file));
  const text = Buffer.from(await git.reader.blob(entry?.oid ?? '')).toString('utf8');
  return ticketPasts(view(git), file, entriesOf(text), {
    timeZone: 'UTC',
    now: new Date('2026-12-31T00:00:00Z'),
    ...options,
  });
}

/** `2026-03-01 by 3`: a completion date and the commit that told it, by its place in the list. */
export function said(
  past: KnownPast | undefined,
  oids: readonly string[],
  of: 'completed' | 'started' = 'completed',
) {
  const known = past?.[of];
  return known
    ? `${known.date} by ${oids.indexOf(known.commit)}${known.bound ? ', no later' : ''}`
    : 'unknown';
}

/** Noon of a day of 2026, given as `01-31`. */
export const day = (date: string) => `2026-${date}T12:00:00Z`;
