import { join } from 'node:path';
import { readOrNull } from './files.ts';
import { isRegular } from './git/tree.ts';
import type { GitView } from './git-view.ts';

/** How many commits are looked through for the point where two branches parted. */
const limit = 20_000;

/** A merge that is under way: the commits on both sides, and the one that they grew from. */
export interface MergeState {
  /** The branch that is merged into. */
  readonly ours: string;
  /** The commit that is being merged. */
  readonly theirs: string;
  readonly base: string | null;
}

/** The merge under way in a repository; null when there is none. */
export async function mergeUnderWay(git: GitView): Promise<MergeState | null> {
  const bytes = await readOrNull(join(git.repo.gitDir, 'MERGE_HEAD'));
  const theirs = bytes === null ? null : /^[0-9a-f]{40,64}/.exec(Buffer.from(bytes).toString('latin1'))?.[0];
  const ours = git.head.oid;
  if (!theirs || ours === null) return null;
  return { ours, theirs, base: await commonAncestor(git, ours, theirs) };
}

/** The nearest commit that both come from, by steps; null where none is known. */
async function commonAncestor(git: GitView, one: string, other: string): Promise<string | null> {
  const mine = new Set<string>();
  for await (const oid of ancestors(git, one)) mine.add(oid);
  for await (const oid of ancestors(git, other)) if (mine.has(oid)) return oid;
  return null;
}

async function* ancestors(git: GitView, from: string): AsyncGenerator<string> {
  const seen = new Set([from]);
  const waiting = [from];
  for (let oid = waiting.shift(); oid !== undefined; oid = waiting.shift()) {
    yield oid;
    for (const parent of (await git.reader.commit(oid))?.parents ?? []) {
      if (seen.has(parent) || seen.size >= limit) continue;
      seen.add(parent);
      waiting.push(parent);
    }
  }
}

/** Bytes of a workspace file in a commit; null where it has none. */
export async function readAtCommit(git: GitView, commit: string, path: string): Promise<Uint8Array | null> {
  const entry = await git.reader.entryAt(commit, git.toRepo(path));
  return entry && isRegular(entry) ? git.reader.blob(entry.oid) : null;
}

/** Names of the plain files in a workspace folder of a commit, with their blobs. */
export async function listAtCommit(
  git: GitView,
  commit: string,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const entries = await git.reader.list(commit, git.toRepo(folder));
  return new Map(entries.filter(isRegular).map((one) => [one.name, one.oid]));
}
