import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { maxBytes } from '../files.ts';
import { isTree } from '../git/tree.ts';
import { type GitView, oidAtHead } from '../git-view.ts';
import type { Workspace } from '../workspace.ts';
import { digestOf, digestOfList } from './digest.ts';
import type { CacheRecord } from './record.ts';
import { Shelf } from './shelf.ts';
import { isRacy, type Stamp, stampOf } from './stamp.ts';
import { type Input, traced } from './trace.ts';

/** Results of one computation, one for each firm, kept from run to run. */
export interface Memo {
  /**
   * The result for a firm (`''`: for what is no firm's): the kept one where all that it was made from is as it
   * was, else a fresh one. What `compute` does may rest on nothing but the workspace that it is given, the
   * settings and what `openMemo` was told, and its result must be plain JSON.
   */
  readonly of: <T>(slug: string, compute: (workspace: Workspace) => Promise<T>) => Promise<T>;
  /** Keeps what is new. Never fails. */
  readonly save: () => void;
}

/** Longest result that is kept, in characters; a firm with more to tell than that is read each time. */
const longest = 1 << 18;

/**
 * Opens what is kept under a name. `params` is whatever else the results depend on (options, other files'
 * content). Without a cache everything is computed.
 */
export function openMemo(workspace: Workspace, name: string, params: readonly string[] = []): Memo {
  const { cache, root } = workspace;
  // Through a link nothing is read, so nothing that was kept may answer either.
  const usable = cache !== null && lstatSync(join(root, 'firms'), { throwIfNoEntry: false })?.isDirectory();
  if (!usable) return { of: (_, compute) => compute(workspace), save: () => {} };
  const shelf = new Shelf(root, cache.build, name, madeWith(workspace, name, params));
  const treeOf = treesAtHead(workspace);
  return {
    of: async <T>(slug: string, compute: (workspace: Workspace) => Promise<T>): Promise<T> => {
      const known = shelf.get(slug);
      const checked = known && (await stillHolds(workspace, shelf, slug, known, await treeOf(slug)));
      if (checked) {
        if (checked !== known) shelf.put(slug, checked);
        return JSON.parse(checked.value) as T;
      }
      const readAt = shelf.now();
      const { workspace: seen, trace } = traced(workspace);
      const headTree = await treeOf(slug);
      const result = await compute(seen);
      const value = JSON.stringify(result);
      const inputs = trace.inputs && [...trace.inputs.values()];
      if (inputs === null || value.length > longest) shelf.drop(slug);
      else
        shelf.put(slug, {
          readAt,
          headTree: within(workspace, slug, inputs) ? headTree : null,
          inputs,
          value,
        });
      return result;
    },
    save: () => shelf.save(),
  };
}

/** What tells results from those of other settings and options, and of a Node with other tables of time zones. */
export function madeWith(
  { settingsFile, git }: Pick<Workspace, 'settingsFile' | 'git'>,
  name: string,
  params: readonly string[] = [],
): string {
  // Of a branch without a commit nothing is asked, so its first commit would go unnoticed.
  const head = git === null ? 'no repository' : git.head.oid === null ? 'no commit' : 'commits';
  return JSON.stringify([name, process.version, settingsFile, head, ...params]);
}

/** For how many firms HEAD is asked one by one. */
const few = 3;

/** Gives the id in HEAD of a firm's folder, so that one look tells that nothing in it moved. */
function treesAtHead({ git }: Workspace): (slug: string) => Promise<string | null> {
  let trees: Promise<Map<string, string>> | null = null;
  const read = async (view: GitView) => {
    if (view.head.oid === null) return new Map<string, string>();
    const entries = await view.reader.list(view.head.oid, view.toRepo('firms'));
    return new Map(entries.filter(isTree).map((one) => [one.name, one.oid]));
  };
  let asked = 0;
  return async (slug) => {
    if (git === null) return null;
    asked += 1;
    // A run about one firm need not know of all others.
    if (asked <= few) return oidAtHead(git, `firms/${slug}`).catch(() => null);
    // What cannot be read is told by whoever needs it.
    trees ??= read(git).catch(() => new Map<string, string>());
    return (await trees).get(slug) ?? null;
  };
}

/** Whether all that was asked of HEAD lies in the firm's folder. */
function within({ git }: Workspace, slug: string, inputs: readonly Input[]): boolean {
  const folder = git?.toRepo(`firms/${slug}/`) ?? '';
  return inputs.every((one) => one.kind !== 'head' || one.path.startsWith(folder));
}

/** The record where all its inputs are as they were, with new stamps where only those changed; else null. */
async function stillHolds(
  workspace: Workspace,
  shelf: Shelf,
  slug: string,
  record: CacheRecord,
  headTree: string | null,
): Promise<CacheRecord | null> {
  const sameHead = headTree !== null && headTree === record.headTree;
  let fresh: Input[] | null = null;
  let readAt = record.readAt;
  for (const [n, input] of record.inputs.entries()) {
    switch (input.kind) {
      case 'day':
        if (workspace.today(input.timeZone) !== input.date) return null;
        break;
      case 'head':
        if (!sameHead && (await headOid(workspace, input.path)) !== input.oid) return null;
        break;
      case 'absent':
        if (stampAt(workspace, input.path) !== null) return null;
        break;
      default: {
        const stamp = stampAt(workspace, input.path);
        if (stamp === null) return null;
        if (sameStamp(stamp, input.stamp) && !isRacy(stamp, record.readAt)) break;
        if (fresh === null) readAt = shelf.now();
        if ((await digestNow(workspace, input)) !== input.digest) return null;
        fresh ??= [...record.inputs];
        fresh[n] = { ...input, stamp };
      }
    }
  }
  if (fresh === null && (sameHead || headTree === record.headTree)) return record;
  const inputs = fresh ?? record.inputs;
  // What was read before keeps its own time, unless all was looked at again.
  return {
    ...record,
    readAt: fresh === null ? record.readAt : readAt,
    headTree: within(workspace, slug, inputs) ? headTree : null,
    inputs,
  };
}

async function headOid({ git }: Workspace, path: string): Promise<string | null> {
  if (git === null || git.head.oid === null) return null;
  return (await git.reader.entryAt(git.head.oid, path))?.oid ?? null;
}

/** The stamp of what lies at a path, whatever it is; null for nothing. */
function stampAt({ root }: Workspace, path: string): Stamp | null {
  try {
    const stats = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
    return stats === undefined ? null : stampOf(stats);
  } catch {
    return null;
  }
}

function sameStamp(a: Stamp, b: Stamp): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}

async function digestNow(
  { files }: Workspace,
  input: Input & { kind: 'file' | 'folder' },
): Promise<string | null> {
  if (input.kind === 'folder') return digestOfList(await files.list(input.path));
  const read = await files.read(input.path, maxBytes.part);
  return read.kind === 'file' ? digestOf(read.bytes) : null;
}
