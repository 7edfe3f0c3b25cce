import { isRegular, isTree } from './git/tree.ts';
import type { GitView } from './git-view.ts';

/** How many commits are looked through for the last run of a firm. */
const limit = 5_000;

/** Trailer of a commit that takes another one back. */
export const undoTrailer = 'Scend-Undo';

/** A commit that the engine made for a firm, and how the firm's folder has fared since. */
export interface LastRun {
  readonly oid: string;
  readonly parent: string | null;
  /** First line of its message. */
  readonly subject: string;
  /** What came after it, changed the firm's folder and was not taken back, the newest first. */
  readonly since: readonly { readonly oid: string; readonly subject: string }[];
}

/**
 * The last commit along the first parents of HEAD that the engine made for a firm and that was not taken back;
 * null where there is none within 5,000 commits.
 */
export async function lastRun(git: GitView, slug: string): Promise<LastRun | null> {
  const folder = git.toRepo(`firms/${slug}`);
  const undone = new Set<string>();
  const since: { oid: string; subject: string }[] = [];
  const folderAt = async (commit: string) => (await git.reader.entryAt(commit, folder))?.oid ?? null;
  let oid = git.head.oid;
  for (let read = 0; oid !== null && read < limit; read += 1) {
    const facts = await git.reader.commit(oid);
    if (!facts) return null;
    const [subject = ''] = facts.message.split('\n', 1);
    const trailer = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(facts.message)?.[1];
    const parent = facts.parents[0] ?? null;
    const takenBack = trailer(undoTrailer);
    if (takenBack !== undefined) undone.add(takenBack);
    else if (!undone.has(oid)) {
      if (trailer('Scend-Firm') === slug) return { oid, parent, subject, since };
      const before = parent === null ? null : await folderAt(parent);
      if ((await folderAt(oid)) !== before) since.push({ oid, subject });
    }
    oid = parent;
  }
  return null;
}

/** A file of a folder that differs between two commits; null where it is not there. */
export interface FileDifference {
  /** Relative to the folder. */
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The plain files below a workspace folder that differ between two commits, by their blobs. */
export async function differencesIn(
  git: GitView,
  folder: string,
  from: string,
  to: string,
): Promise<FileDifference[]> {
  const [before, after] = [await filesBelow(git, folder, from), await filesBelow(git, folder, to)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .map((path) => ({ path, before: before.get(path) ?? null, after: after.get(path) ?? null }))
    .filter((one) => one.before !== one.after);
}

async function filesBelow(git: GitView, folder: string, commit: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const walk = async (prefix: string): Promise<void> => {
    for (const entry of await git.reader.list(commit, git.toRepo(`${folder}${prefix && `/${prefix}`}`))) {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      if (isTree(entry)) await walk(path);
      else if (isRegular(entry)) files.set(path, entry.oid);
    }
  };
  await walk('');
  return files;
}
