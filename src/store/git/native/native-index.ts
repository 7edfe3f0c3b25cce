import type { GitIndex } from '../index-file.ts';
import type { EntryFacts, IndexLookup } from '../refuse-paths.ts';
import type { Repository } from '../repository.ts';
import { toName } from '../tree.ts';
import { git } from './git-command.ts';
import type { ObjectFormat } from './tree-objects.ts';

/** The index as Git lists it, whatever form it has on disk. */
export interface NativeIndex extends IndexLookup {
  /** Its entries by name, without their bytes. */
  readonly names: GitIndex;
}

/** Reads this work tree's index. Entries of `git add -N` are told apart for the given paths only. */
export async function readNativeIndex(
  repo: Repository,
  { emptyBlob, emptyTree }: ObjectFormat,
  paths: readonly string[],
): Promise<NativeIndex> {
  const listing = await git(repo, ['ls-files', '-s', '-v', '-z']);
  const found = new Map<string, EntryFacts>();
  const entries = records(listing).flatMap((record) => {
    const [name, facts] = parseRecord(record);
    // Of a conflict's several entries the first one says enough.
    if (!found.has(name)) found.set(name, facts);
    return [{ name, stage: facts.stage, raw: NO_BYTES }];
  });
  const empty = paths.filter((path) => found.get(toName(path))?.oid === emptyBlob);
  const real = empty.length === 0 ? new Set() : await inTree(repo, emptyTree, empty);
  for (const name of empty.map(toName)) {
    if (!real.has(name)) found.set(name, { ...found.get(name)!, intentToAdd: true });
  }
  return {
    names: { version: 2, entries, extensions: [] },
    find: (name) => found.get(name) ?? null,
    holdsBelow: (name) => entries.some((entry) => entry.name.startsWith(`${name}/`)),
  };
}

const NO_BYTES = Buffer.alloc(0);

/** `H 100644 <oid> 0⇥name`; the letter is S for skip-worktree, and a small one for assume-unchanged. */
function parseRecord(record: string): readonly [string, EntryFacts] {
  const tab = record.indexOf('\t');
  const [tag = '', mode = '', oid = '', stage = ''] = record.slice(0, tab).split(' ');
  const facts = {
    mode,
    oid,
    stage: Number(stage),
    assumeUnchanged: tag !== tag.toUpperCase(),
    skipWorktree: tag.toUpperCase() === 'S',
    intentToAdd: false,
  };
  return [record.slice(tab + 1), facts];
}

/** Those of the paths that a tree made of the index would hold: `git add -N` leaves an entry that it would not. */
async function inTree(
  repo: Repository,
  emptyTree: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const compare = ['diff-index', '--cached', '--name-only', '-z', '--ita-invisible-in-index', emptyTree];
  return new Set(records(await git(repo, ['--literal-pathspecs', ...compare, '--', ...paths])));
}

/** The records of NUL-terminated output, as bytes, one per character. */
export function records(output: Buffer): readonly string[] {
  return output.toString('latin1').split('\0').slice(0, -1);
}
