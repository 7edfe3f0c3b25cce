import type { Repository } from '../repository.ts';
import { git, runGit } from './git-command.ts';
import { records } from './native-index.ts';
import { formatOf } from './tree-objects.ts';

/** Mode and object of a path in a tree; null where there is none. */
export type TreeState = { readonly mode: string; readonly oid: string } | null;

/** What becomes of one path from one tree to another; its name is bytes, one per character. */
export interface TreeChange {
  readonly name: string;
  readonly before: TreeState;
  readonly after: TreeState;
}

/**
 * Puts the changes into an index file, and file data of what lies on disk for those that it agrees with.
 * Every other entry stays as it is.
 */
export async function stage(
  repo: Repository,
  indexFile: string,
  zero: string,
  changes: readonly Pick<TreeChange, 'name' | 'after'>[],
): Promise<void> {
  const env = { GIT_INDEX_FILE: indexFile };
  const lines = changes.map(({ name, after }) => `${after?.mode ?? '0'} ${after?.oid ?? zero}\t${name}\0`);
  const input = Buffer.from(lines.join(''), 'latin1');
  await git(repo, ['update-index', '-z', '--index-info'], { input, env, foreign: true });
  const kept = changes.flatMap(({ name, after }) => (after === null ? [] : [`${name}\0`]));
  if (kept.length === 0) return;
  const refresh = ['add', '--refresh', '--pathspec-from-file=-', '--pathspec-file-nul'];
  const paths = Buffer.from(kept.join(''), 'latin1');
  // Without file data Git compares the content when it next looks: slower, and as right.
  await runGit(repo, ['--literal-pathspecs', ...refresh], {
    input: paths,
    env,
    foreign: true,
  });
}

/** What differs between two trees, file by file. */
export async function diffTrees(
  repo: Repository,
  before: string,
  after: string,
): Promise<readonly TreeChange[]> {
  const output = await git(repo, ['diff-tree', '-r', '-z', '--raw', '--no-renames', before, after]);
  const parts = records(output);
  const { zero } = formatOf(after);
  return parts.flatMap((header, i) => {
    if (i % 2 === 1) return [];
    const [mode = '', newMode = '', oid = '', newOid = ''] = header.slice(1).split(' ');
    return [{ name: parts[i + 1]!, before: state(mode, oid, zero), after: state(newMode, newOid, zero) }];
  });
}

function state(mode: string, oid: string, zero: string): TreeState {
  return oid === zero ? null : { mode, oid };
}
