import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import { latestVersion, type Version } from '../domain/version.ts';
import type { RefreshState } from '../formats/refresh.ts';
import type { Source } from '../formats/source.ts';
import {
  type LoadedPack,
  loadOutcomes,
  loadPack,
  loadRecommendations,
  loadSnapshots,
} from '../store/load.ts';
import { findVersions, loadMetadata, loadRoadmap } from '../store/load-roadmap.ts';
import { loadFirm, type Workspace } from '../store/workspace.ts';
import { checkNewest } from './check-derived.ts';
import { type CommandContext, usage } from './context.ts';
import { noRoadmap, versionFlag } from './version-flag.ts';

/** What a refresh reads, with the pack as it was loaded. */
export interface State extends RefreshState {
  readonly pack: LoadedPack;
  readonly snapshotSources: ReadonlyMap<string, Source>;
}

/** Loads what a refresh of one firm needs; null, with findings, when anything of it cannot be trusted. */
export async function loadState(
  context: CommandContext,
  workspace: Workspace,
  slug: string,
  systemNames: ReadonlyMap<string, string>,
): Promise<{ state: State | null; diagnostics: Diagnostic[] }> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  if (!firm) return { state: null, diagnostics };
  const version = await startVersion(context, workspace, slug);
  const [pack, roadmap, metadata, snapshots, outcomes, recommendations] = await Promise.all([
    loadPack(workspace, firm),
    loadRoadmap(workspace, firm, version),
    loadMetadata(workspace, slug, version),
    loadSnapshots(workspace, firm),
    loadOutcomes(workspace, slug),
    loadRecommendations(workspace, slug),
  ]);
  if (!pack.exists) {
    throw usage(
      'no-pack',
      `${slug} has no ticket pack`,
      `Make one with "scend pack create --firm ${slug} --systems 1,2,3".`,
    );
  }
  const found = [
    ...diagnostics,
    ...[pack, roadmap, metadata, snapshots, outcomes, recommendations].flatMap((one) => one.diagnostics),
  ];
  if (!pack.pack || !roadmap.roadmap || hasErrors(found)) return { state: null, diagnostics: found };
  const newest = outcomes.outcomes.at(-1) ?? null;
  // Figures that no longer follow from the files must not reach a client's roadmap.
  const stale = await checkNewest(workspace, firm, newest, snapshots.snapshots, roadmap.roadmap);
  const hint = `Run "scend outcomes --firm ${slug}" first.`;
  found.push(...stale.map((one): Diagnostic => ({ ...one, severity: 'error', hint })));
  if (hasErrors(found)) return { state: null, diagnostics: found };
  return {
    state: {
      firm,
      pack: pack.pack,
      roadmap: roadmap.roadmap,
      metadata: metadata.metadata,
      outcome: newest,
      snapshots: snapshots.snapshots,
      snapshotSources: snapshots.sources,
      recommendations: recommendations.recommendations,
      settings: workspace.settings,
      systemNames,
    },
    diagnostics: found,
  };
}

/** The version to start from: the newest, which a person may also name. Throws `usage/…` for any other. */
async function startVersion(context: CommandContext, workspace: Workspace, slug: string): Promise<Version> {
  const { onDisk, atHead, current } = await findVersions(workspace, slug);
  if (current === null) throw noRoadmap(slug);
  const wanted = versionFlag(context, slug, [...new Set([...onDisk, ...atHead])]);
  if (wanted === null || wanted === current) return current;
  const newest = latestVersion([...onDisk, ...atHead]);
  const hint = `Refresh from ${current}, or leave --roadmap-version out.`;
  throw usage('superseded-version', `${wanted} has been superseded; the newest is ${newest}`, hint);
}
