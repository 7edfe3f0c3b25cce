import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import type { FirmPart, FirmState } from '../domain/diff.ts';
import { latestVersion } from '../domain/version.ts';
import type { PackFile } from '../formats/pack-file.ts';
import { firmPaths, loadOutcomes, loadPack, loadRecommendations, loadSnapshots } from '../store/load.ts';
import { loadRoadmap } from '../store/load-roadmap.ts';
import { versionsAmong } from '../store/version-files.ts';
import { loadFirm, type Workspace } from '../store/workspace.ts';

/** A firm as one side holds it, with the places that findings name. */
export interface LoadedFirm {
  readonly state: FirmState;
  readonly packFile: PackFile | null;
  /** Files of the snapshots, by id. */
  readonly snapshotFiles: ReadonlyMap<string, string>;
  /** What keeps a part from being read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads all that is compared of a firm; a part that cannot be read is marked, and hides no other. */
export async function loadState(workspace: Workspace, slug: string): Promise<LoadedFirm> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  const listed = await workspace.files.list(firmPaths(slug).deliverables);
  const versions = versionsAmong(
    slug,
    listed.filter((one) => one.kind === 'file').map((one) => one.name),
  );
  const empty = { slug, firm, versions, pack: null, snapshots: [], outcomes: [], recommendations: [] };
  if (!firm) {
    return {
      state: { ...empty, roadmap: null, unreadable: ['firm'] },
      packFile: null,
      snapshotFiles: new Map(),
      diagnostics: diagnostics.filter((one) => one.severity === 'error'),
    };
  }
  const newest = latestVersion(versions);
  const [pack, snapshots, outcomes, recommendations, roadmap] = await Promise.all([
    loadPack(workspace, firm),
    loadSnapshots(workspace, firm),
    loadOutcomes(workspace, slug),
    loadRecommendations(workspace, slug),
    newest === null ? { roadmap: null, diagnostics: [] } : loadRoadmap(workspace, firm, newest),
  ]);
  const parts: Readonly<Record<FirmPart, readonly Diagnostic[]>> = {
    firm: diagnostics,
    pack: pack.diagnostics,
    snapshots: snapshots.diagnostics,
    outcomes: outcomes.diagnostics,
    recommendations: recommendations.diagnostics,
    roadmap: roadmap.diagnostics,
  };
  const unreadable = (Object.keys(parts) as FirmPart[]).filter((part) => hasErrors(parts[part]));
  const file = pack.pack?.file ?? null;
  return {
    state: {
      ...empty,
      pack: pack.pack && file ? { ...pack.pack.settled.pack, entries: file.facts.entries } : null,
      snapshots: snapshots.snapshots,
      outcomes: outcomes.outcomes.map((one) => one.outcome),
      recommendations: recommendations.recommendations,
      roadmap: roadmap.roadmap?.facts ?? null,
      unreadable,
    },
    packFile: file,
    snapshotFiles: new Map([...snapshots.sources].map(([id, source]) => [id, source.file])),
    diagnostics: Object.values(parts)
      .flat()
      .filter((one) => one.severity === 'error'),
  };
}
