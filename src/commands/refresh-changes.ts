import { drawPicture } from '../charts/index.ts';
import type { Firm } from '../domain/firm.ts';
import type { Refreshed } from '../formats/refresh.ts';
import type { RoadmapFile } from '../formats/roadmap-file.ts';
import { encodeSource, type Source } from '../formats/source.ts';
import { firmPaths, type LoadedPack } from '../store/load.ts';
import { type FileChange, generated } from '../store/transaction/change.ts';
import type { Workspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';
import { packChange, rollupChange } from './pack-changes.ts';

/** A version that was made, with what it was made from. */
export interface MadeVersion {
  readonly firm: Firm;
  readonly pack: LoadedPack;
  readonly systemNames: ReadonlyMap<string, string>;
  /** The roadmap that it grew out of. */
  readonly from: RoadmapFile;
  readonly refreshed: Refreshed & { readonly kind: 'refreshed' };
}

/** The files of a new version: versions first, then what is derived, and last what people edit. */
export async function versionChanges(
  context: CommandContext,
  workspace: Workspace,
  { firm, pack, systemNames, from, refreshed: { plan, files } }: MadeVersion,
): Promise<FileChange[]> {
  const { slug } = firm;
  const paths = firmPaths(slug);
  const grew = (change: FileChange | null, path: string, source: Source) =>
    change && { ...change, against: { path, bytes: encodeSource(source, source.text) } };
  const roadmap = await generated(workspace, paths.roadmap(plan.to), files.roadmap, 'fresh');
  const exported = await generated(workspace, paths.export(plan.to), files.exported, 'fresh');
  const pictures: (FileChange | null)[] = [];
  for (const one of files.pictures) {
    const drawn = new TextEncoder().encode(await drawPicture(one));
    pictures.push(await generated(workspace, paths.picture(one.name, plan.to), drawn, 'fresh'));
  }
  const changes = [
    grew(roadmap, paths.roadmap(plan.from), from.source),
    grew(exported, paths.pack, pack.file.source),
    await generated(workspace, paths.metadata(plan.to), files.metadata, 'fresh'),
    await generated(workspace, paths.changelog(plan.from, plan.to), files.changelog, 'fresh'),
    ...pictures,
    await rollupChange(context, workspace, pack.settled.pack, systemNames),
    await packChange(workspace, slug, pack, files.packText),
  ];
  return changes.filter((one): one is FileChange => one !== null);
}
