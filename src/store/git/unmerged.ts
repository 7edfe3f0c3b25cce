import { ScendError } from '../../domain/error.ts';
import type { GitView } from '../git-view.ts';
import { entryOid } from './index-file.ts';
import { readIndex } from './index-store.ts';
import { git } from './native/git-command.ts';
import { records } from './native/native-index.ts';
import { toName } from './tree.ts';

/** The three versions of a file that a merge could not join; null where a side has no such file. */
export interface Stages {
  readonly base: Uint8Array | null;
  readonly ours: Uint8Array | null;
  readonly theirs: Uint8Array | null;
}

/** What the index holds of an unmerged workspace file; null when it is not unmerged. */
export async function readStages(view: GitView, path: string): Promise<Stages | null> {
  const oids = await stageOids(view, view.toRepo(path));
  if (oids.size === 0) return null;
  const read = async (stage: number) => {
    const oid = oids.get(stage);
    return oid === undefined ? null : view.reader.blob(oid);
  };
  return { base: await read(1), ours: await read(2), theirs: await read(3) };
}

async function stageOids({ repo }: GitView, path: string): Promise<ReadonlyMap<number, string>> {
  const name = toName(path);
  try {
    const { index } = await readIndex(repo);
    const found = index.entries.filter((one) => one.name === name && one.stage > 0);
    return new Map(found.map((one) => [one.stage, entryOid(one)]));
  } catch (error) {
    // A form of the index that only Git itself reads.
    if (!(error instanceof ScendError) || error.data.native !== true) throw error;
    const listing = await git(repo, ['--literal-pathspecs', 'ls-files', '-u', '-z', '--', path]);
    return new Map(
      records(listing).map((record) => {
        const [, oid = '', stage = ''] = record.slice(0, record.indexOf('\t')).split(' ');
        return [Number(stage), oid];
      }),
    );
  }
}
