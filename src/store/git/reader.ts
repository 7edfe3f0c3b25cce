import { ScendError } from '../../domain/error.ts';
import { type ListedEntry, listTreeAt, readObject, treeEntryAt } from './objects.ts';
import { type Head, readHead } from './refs.ts';
import type { Repository } from './repository.ts';
import type { TreeEntry } from './tree.ts';

/** What history is read from in a commit. */
export interface CommitFacts {
  /** As the commit names them; those beyond the end of a shallow clone may be left out, or are not held. */
  readonly parents: readonly string[];
  /** Told where parents are left out. */
  readonly cut?: true;
  /** When its author made it, in seconds since 1970; 0 where the commit does not say. */
  readonly authored: number;
  /** When it was committed in this form, likewise. */
  readonly committed: number;
  /** With its first line and its trailers. */
  readonly message: string;
}

/** Reads of one repository: HEAD as it is now, commits and what they hold. Ids are in hexadecimal. */
export interface GitReader {
  readHead(): Promise<Head>;
  /** Null where this clone does not hold the commit. */
  commit(oid: string): Promise<CommitFacts | null>;
  /** The entry of a path (`a/b.md`) in a commit, or null. */
  entryAt(commit: string, path: string): Promise<Pick<TreeEntry, 'mode' | 'oid'> | null>;
  blob(oid: string): Promise<Uint8Array>;
  /** The entries of a directory (`''` is the top) in a commit; none where it does not exist. */
  list(commit: string, directory: string): Promise<readonly ListedEntry[]>;
}

/** Reads by itself, without installed Git. */
export function embeddedReader(repo: Repository): GitReader {
  return {
    readHead: () => readHead(repo),
    commit: async (oid) => {
      try {
        return parseCommit((await readObject(repo, oid, 'commit')).toString('utf8'));
      } catch (error) {
        // A disk that fails is no shallow clone.
        if (error instanceof ScendError && error.code.startsWith('io/')) throw error;
        return null;
      }
    },
    entryAt: (commit, path) => treeEntryAt(repo, commit, path),
    blob: (oid) => readObject(repo, oid, 'blob'),
    list: (commit, directory) => listTreeAt(repo, commit, directory),
  };
}

/** Reads a commit object. */
export function parseCommit(text: string): CommitFacts {
  const blank = text.indexOf('\n\n');
  const [header, message] = [text.slice(0, blank), text.slice(blank + 2)];
  const parents = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map((one) => one[1] ?? '');
  const at = (who: string) => Number(new RegExp(`^${who} .* (\\d+) [+-]\\d{4}$`, 'm').exec(header)?.[1] ?? 0);
  return { parents, authored: at('author'), committed: at('committer'), message };
}
