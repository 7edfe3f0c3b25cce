import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import type { ScendError } from '../domain/error.ts';
import type { Firm } from '../domain/firm.ts';
import { plural } from '../domain/number.ts';
import { compareVersions, latestVersion, type Version } from '../domain/version.ts';
import { readJson } from '../formats/json-file.ts';
import type { WrittenMetadata } from '../formats/metadata.ts';
import { refreshRoadmap } from '../formats/refresh.ts';
import { parseRoadmapFile, type RoadmapFile } from '../formats/roadmap-file.ts';
import { joinRoadmaps, partTitle } from '../formats/roadmap-join.ts';
import { decodeSource, encodeSource, makeSource } from '../formats/source.ts';
import { maxBytes, readInside } from '../store/files.ts';
import type { GitView } from '../store/git-view.ts';
import { firmPaths, loadOutcomes, loadPack, loadRecommendations, loadSnapshots } from '../store/load.ts';
import { listAtCommit, type MergeState, mergeUnderWay, readAtCommit } from '../store/merge-state.ts';
import { type FileChange, same, unsafePath } from '../store/transaction/change.ts';
import { isVersionFile, versionsAmong } from '../store/version-files.ts';
import { loadFirm, todayFor, type Workspace } from '../store/workspace.ts';
import { type CommandContext, usage } from './context.ts';
import { versionChanges } from './refresh-changes.ts';
import type { Decision } from './write.ts';

/** A version that both sides of a merge made, and where each of them stands. */
export interface TwiceMade {
  readonly version: Version;
  /** The newest version of the other side, on top of which this side's goes. */
  readonly newest: Version;
}

/** The first version that both sides of a merge made differently; null where they agree. */
export async function twiceMade(git: GitView, merge: MergeState, slug: string): Promise<TwiceMade | null> {
  const folder = firmPaths(slug).deliverables;
  const [ours, theirs] = [
    await listAtCommit(git, merge.ours, folder),
    await listAtCommit(git, merge.theirs, folder),
  ];
  const base: ReadonlyMap<string, string> =
    merge.base === null ? new Map() : await listAtCommit(git, merge.base, folder);
  const namesOf = (version: Version) => [
    `${slug}_ROADMAP_${version}.md`,
    `${slug}_TICKET_PACK_${version}.md`,
    `${slug}_metadata_${version}.json`,
  ];
  const shared = new Set(versionsAmong(slug, [...theirs.keys()]));
  const parted = new Set(versionsAmong(slug, [...base.keys()]));
  const [version] = versionsAmong(slug, [...ours.keys()])
    .filter((one) => shared.has(one) && !parted.has(one))
    .filter((one) => namesOf(one).some((name) => ours.get(name) !== theirs.get(name)))
    .sort(compareVersions);
  const newest = latestVersion(versionsAmong(slug, [...theirs.keys()]));
  return version === undefined || newest === null ? null : { version, newest };
}

/**
 * Puts this side's version on top of the other side's: the other's files as they are, people's edits to both
 * roadmaps by section, and the next version from the pack as it was merged.
 */
export async function decideRebase(
  context: CommandContext,
  workspace: Workspace,
  slug: string,
  systemNames: ReadonlyMap<string, string>,
): Promise<Decision> {
  const { git } = workspace;
  const merge = git && (await mergeUnderWay(git));
  if (!git || !merge) {
    const hint = 'Begin one (git merge BRANCH), then run the command again.';
    throw usage('no-merge', 'there is no merge under way to put versions in order for', hint);
  }
  const found: Diagnostic[] = [];
  const stop = (lines: readonly string[] = []): Decision => ({
    firm: slug,
    plan: null,
    diagnostics: found,
    lines,
    data: { changed: false },
  });
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  found.push(...diagnostics);
  if (!firm) return stop();
  const twice = await twiceMade(git, merge, slug);
  if (!twice) return stop(['both sides have the same versions; nothing to put in order']);
  const mine = versionsAmong(slug, [
    ...(await listAtCommit(git, merge.ours, firmPaths(slug).deliverables)).keys(),
  ]);
  const later = mine.filter((one) => compareVersions(one, twice.version) > 0);
  if (later.length > 0) throw severalVersions(slug, twice.version, later);
  const sides = await readSides(git, merge, firm, twice);
  const [pack, snapshots, outcomes, recommendations] = [
    await loadPack(workspace, firm),
    await loadSnapshots(workspace, firm),
    await loadOutcomes(workspace, slug),
    await loadRecommendations(workspace, slug),
  ];
  found.push(...[pack, snapshots, outcomes, recommendations].flatMap((one) => one.diagnostics));
  found.push(...sides.diagnostics);
  if (!pack.pack || !sides.kept || !sides.other || hasErrors(found)) return stop();
  const joined = joinRoadmaps(sides.base, sides.kept, sides.other);
  const source = makeSource(firmPaths(slug).roadmap(twice.newest), joined.text);
  const parsed = parseRoadmapFile({ ...source, bom: sides.kept.source.bom }, firm, twice.newest);
  found.push(...parsed.diagnostics.filter((one) => one.severity === 'error'));
  if (!parsed.roadmap || hasErrors(found)) return stop();
  const refreshed = refreshRoadmap(
    {
      firm,
      pack: pack.pack,
      roadmap: parsed.roadmap,
      metadata: sides.metadata,
      outcome: outcomes.outcomes.at(-1) ?? null,
      snapshots: snapshots.snapshots,
      recommendations: recommendations.recommendations,
      settings: workspace.settings,
      systemNames,
    },
    {
      today: todayFor(workspace, firm),
      major: false,
      remark: remarkOf(twice, merge, joined),
      fileOf: firmPaths(slug).roadmap,
    },
  );
  if (refreshed.kind === 'refused') {
    found.push(...refreshed.diagnostics);
    return stop();
  }
  const restored = await theirFiles(workspace, git, merge, slug);
  const kept = firmPaths(slug).roadmap(twice.newest);
  const changes =
    refreshed.kind === 'unchanged'
      ? await withText(workspace, restored, kept, encodeSource(parsed.roadmap.source, joined.text))
      : [
          ...restored,
          ...(await versionChanges(context, workspace, {
            firm,
            pack: pack.pack,
            systemNames,
            from: parsed.roadmap,
            refreshed,
          })),
        ];
  const to = refreshed.kind === 'unchanged' ? twice.newest : refreshed.newVersion;
  return {
    firm: slug,
    plan: { firm: slug, changes, message: `roadmap(${slug}): ${twice.version} of both branches\n` },
    diagnostics: found,
    lines: [
      `${twice.version} was made on both branches: the one of ${merge.theirs.slice(0, 10)} stays`,
      refreshed.kind === 'unchanged'
        ? `tickets and measurements are those of ${to}; no new version is needed`
        : `this branch's goes on top of it as ${to}`,
      ...(joined.taken.length > 0 ? [`taken over: ${joined.taken.map(partTitle).join('; ')}`] : []),
      ...(joined.both.length > 0 ? [`to be joined by hand: ${joined.both.map(partTitle).join('; ')}`] : []),
    ],
    data: { changed: true, version: to, taken: joined.taken, both: joined.both },
  };
}

function severalVersions(slug: string, version: Version, later: readonly Version[]): ScendError {
  return usage(
    'several-versions',
    `this branch has ${plural(later.length, 'version')} after its own ${version} (${later.join(', ')})`,
    `Leave the merge (git merge --abort), take them back ("scend undo --firm ${slug}"), and merge again.`,
  );
}

interface Sides {
  readonly base: RoadmapFile | null;
  /** The other branch's newest version, which stays. */
  readonly kept: RoadmapFile | null;
  /** This branch's version of the same number. */
  readonly other: RoadmapFile | null;
  readonly metadata: WrittenMetadata | null;
  readonly diagnostics: readonly Diagnostic[];
}

async function readSides(
  git: GitView,
  merge: MergeState,
  firm: Firm,
  { version, newest }: TwiceMade,
): Promise<Sides> {
  const paths = firmPaths(firm.slug);
  const diagnostics: Diagnostic[] = [];
  const read = async (commit: string | null, of: Version, label: string): Promise<RoadmapFile | null> => {
    const bytes = commit === null ? null : await readAtCommit(git, commit, paths.roadmap(of));
    const { source } = bytes ? decodeSource(paths.roadmap(of), bytes, maxBytes.markdown) : { source: null };
    const parsed = source ? parseRoadmapFile(source, firm, of) : { roadmap: null, diagnostics: [] };
    if (!parsed.roadmap && label !== '') {
      const message = `${of} of ${label} cannot be read: ${parsed.diagnostics[0]?.message ?? 'it is not there'}`;
      diagnostics.push(diagnose('reference/missing', { file: paths.roadmap(of) }, message));
    }
    return parsed.roadmap;
  };
  const parted = merge.base === null ? [] : await listAtCommit(git, merge.base, paths.deliverables);
  const before = latestVersion(
    versionsAmong(
      firm.slug,
      [...parted].map(([name]) => name),
    ),
  );
  const bytes = await readAtCommit(git, merge.theirs, paths.metadata(newest));
  const { source } = bytes ? decodeSource(paths.metadata(newest), bytes, maxBytes.json) : { source: null };
  return {
    base: before === null ? null : await read(merge.base, before, ''),
    kept: await read(merge.theirs, newest, 'the other branch'),
    other: await read(merge.ours, version, 'this branch'),
    metadata: source ? readJson<WrittenMetadata>(source, 'metadata').value : null,
    diagnostics,
  };
}

/** The other side's deliverables in place of what the merge left; files of this side's version alone go. */
async function theirFiles(
  workspace: Workspace,
  git: GitView,
  merge: MergeState,
  slug: string,
): Promise<FileChange[]> {
  const folder = firmPaths(slug).deliverables;
  const [ours, theirs] = [
    await listAtCommit(git, merge.ours, folder),
    await listAtCommit(git, merge.theirs, folder),
  ];
  const base = merge.base === null ? new Map() : await listAtCommit(git, merge.base, folder);
  const changes: FileChange[] = [];
  for (const name of [...new Set([...ours.keys(), ...theirs.keys()])].sort()) {
    // What was there when the branches parted is merged by Git, and files with other names are people's.
    if (base.has(name) || !isVersionFile(slug, name)) continue;
    const blob = theirs.get(name);
    const after = blob === undefined ? null : await git.reader.blob(blob);
    const path = `${folder}/${name}`;
    const before = await present(workspace, path);
    if (!same(before, after)) changes.push({ path, before, after });
  }
  return changes;
}

async function withText(
  workspace: Workspace,
  changes: readonly FileChange[],
  path: string,
  after: Uint8Array,
): Promise<FileChange[]> {
  const before = await present(workspace, path);
  const others = changes.filter((one) => one.path !== path);
  return same(before, after) ? others : [...others, { path, before, after }];
}

async function present(workspace: Workspace, path: string): Promise<Uint8Array | null> {
  const read = await readInside(workspace.root, path, maxBytes.part);
  if (read.kind === 'refused') throw unsafePath(path);
  return read.kind === 'file' ? read.bytes : null;
}

function remarkOf(
  { version, newest }: TwiceMade,
  merge: MergeState,
  { taken, both }: ReturnType<typeof joinRoadmaps>,
): string {
  const words = (parts: readonly string[]) => parts.map(partTitle).join('; ');
  return [
    `${version} had been made on two branches. The one of commit ${merge.theirs.slice(0, 10)} stays${newest === version ? '' : ` (and what followed it, up to ${newest})`}; this version goes on from it and takes the place of the one of commit ${merge.ours.slice(0, 10)}.`,
    ...(taken.length > 0 ? [`People's text taken over from there: ${words(taken)}.`] : []),
    ...(both.length > 0 ? [`Changed by people on both, and to be joined by hand: ${words(both)}.`] : []),
  ].join(' ');
}
