import { type Diagnostic, diagnose, sortDiagnostics } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { computeOutcome, type Outcome, resolveEconomics } from '../domain/outcome.ts';
import { latestOf, type Snapshot } from '../domain/snapshot.ts';
import { backwardTargets } from '../domain/status.ts';
import { compareVersions, type Version } from '../domain/version.ts';
import { digestText } from '../formats/digest.ts';
import type { Library } from '../formats/library.ts';
import type { RoadmapFile } from '../formats/roadmap-file.ts';
import { namedIn } from '../formats/roadmap-parts.ts';
import { renderRollup } from '../formats/rollup-file.ts';
import { readKind } from '../formats/schema.ts';
import { checkMetrics } from '../formats/settings-file.ts';
import { diagnoseAt } from '../formats/source.ts';
import { offsetAt, parseYaml } from '../formats/yaml.ts';
import { countDiagnostics } from '../report/diagnostics.ts';
import { listInside, maxBytes, readSource } from '../store/files.ts';
import { loadLibrary } from '../store/library.ts';
import {
  findVersions,
  firmPaths,
  type LoadedOutcome,
  loadMetadata,
  loadOutcomes,
  loadPack,
  loadRecommendations,
  loadRoadmap,
  loadSnapshots,
} from '../store/load.ts';
import { chooseFirms, loadFirm, type Workspace } from '../store/workspace.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  firmOption,
  open,
  result,
  textFlag,
  usage,
} from './context.ts';

export const command: CommandSpec = {
  arguments: [{ name: 'paths', required: false, about: 'only findings in these files or folders' }],
  options: [firmOption],
  examples: ['scend check', 'scend check firms/hayes_real_estate', 'scend check --json'],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const named = textFlag(context, 'firm');
  // A check run inside a firm's folder still sees the whole workspace, as in CI.
  const { slugs, diagnostics } = await chooseFirms({ ...workspace, currentFirm: null }, named);
  const library = await loadLibrary(workspace);
  const found = [...workspace.diagnostics, ...diagnostics, ...library.diagnostics];
  for (const slug of slugs) found.push(...(await checkFirm(workspace, slug, library.library)));
  const paths = context.args.map((one) => cleanPath(one));
  const inPaths = (one: Diagnostic) =>
    paths.length === 0 ||
    paths.some((path) => path === '' || one.file === path || one.file.startsWith(`${path}/`));
  const shown = sortDiagnostics(found.filter(inPaths));
  const count = countDiagnostics(shown);
  const text =
    count === ''
      ? `${slugs.length} ${slugs.length === 1 ? 'firm' : 'firms'} checked, no findings`
      : `${slugs.length} ${slugs.length === 1 ? 'firm' : 'firms'} checked: ${count}`;
  return result({
    data: { firms: slugs.length, findings: shown.length },
    text,
    diagnostics: shown,
    findingsAreOutput: true,
  });
}

function cleanPath(path: string): string {
  const clean = path.replaceAll('\\', '/').replace(/^(?:\.\/)+|\/+$/g, '');
  if (clean.startsWith('/') || clean.split('/').includes('..')) {
    throw usage('outside', `${path} lies outside the workspace`, 'Name paths relative to the workspace.');
  }
  return clean === '.' ? '' : clean;
}

/** Every finding of one firm; a firm that cannot be read never hides another. */
export async function checkFirm(
  workspace: Workspace,
  slug: string,
  library: Library | null,
): Promise<Diagnostic[]> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  if (!firm) return diagnostics;
  const [pack, snapshots, outcomes, recommendations, roadmaps] = await Promise.all([
    loadPack(workspace, firm),
    loadSnapshots(workspace, firm),
    loadOutcomes(workspace, slug),
    loadRecommendations(workspace, slug),
    loadRoadmaps(workspace, firm),
  ]);
  const found = [
    ...diagnostics,
    ...[pack, snapshots, outcomes, recommendations, roadmaps].flatMap((one) => one.diagnostics),
  ];
  for (const [version, roadmap] of roadmaps.files) {
    found.push(...checkProjection(workspace, roadmap, snapshots.snapshots));
    if (pack.pack && version === roadmaps.newest) {
      const known = new Set([
        ...pack.pack.settled.pack.tickets.map((one) => one.ticketId),
        ...(library?.tickets.map((one) => one.ticketId) ?? []),
      ]);
      found.push(...unknownTickets(roadmap, known));
    }
  }
  found.push(...(await checkRollup(workspace, firm, pack.pack?.settled.pack ?? null, library)));
  found.push(
    ...outcomes.outcomes.flatMap((one) =>
      checkOutcome(workspace, firm, one, snapshots.snapshots, roadmaps.files),
    ),
  );
  if (library) found.push(...unknownSystems(slug, recommendations.recommendations, library));
  return found;
}

async function loadRoadmaps(workspace: Workspace, firm: Firm) {
  const { onDisk } = await findVersions(workspace, firm.slug);
  const versions = [...onDisk].sort(compareVersions);
  const files = new Map<Version, RoadmapFile>();
  const diagnostics: Diagnostic[] = [...(await strayDeliverables(workspace, firm.slug))];
  for (const version of versions) {
    const [roadmap, metadata] = await Promise.all([
      loadRoadmap(workspace, firm, version),
      loadMetadata(workspace, firm.slug, version),
    ]);
    diagnostics.push(...roadmap.diagnostics, ...metadata.diagnostics);
    if (roadmap.roadmap) files.set(version, roadmap.roadmap);
    const previous = metadata.metadata?.previous_version;
    const recorded = metadata.metadata?.digests.previous_roadmap;
    const older = previous ? files.get(previous) : undefined;
    if (older && recorded && digestText(older.source.text) !== recorded) {
      const message = `${previous} was edited after ${version} was made from it`;
      diagnostics.push(diagnoseAt(older.source, 'roadmap/superseded-edited', 0, message));
    }
  }
  if (versions.length === 0) {
    const file = firmPaths(firm.slug).deliverables;
    diagnostics.push(
      diagnose(
        'file/missing',
        { file },
        `${firm.slug} has no roadmap`,
        `Restore it, or run "scend firm add ${firm.slug}".`,
      ),
    );
  }
  return { files, diagnostics, newest: versions.at(-1) ?? null };
}

async function strayDeliverables(workspace: Workspace, slug: string): Promise<Diagnostic[]> {
  const folder = firmPaths(slug).deliverables;
  const known = new RegExp(
    `^${slug}_(?:ROADMAP_v\\d+\\.\\d+\\.md|TICKET_PACK_v\\d+\\.\\d+\\.md|metadata_v\\d+\\.\\d+\\.json|ROADMAP_CHANGELOG_v\\d+\\.\\d+_to_v\\d+\\.\\d+\\.md)$`,
  );
  const entries = await listInside(workspace.root, folder);
  return entries
    .filter((one) => !one.name.startsWith('.') && one.name.startsWith(`${slug}_`) && !known.test(one.name))
    .map((one) =>
      diagnose(
        'file/unknown-name',
        { file: `${folder}/${one.name}` },
        `"${one.name}" fits no pattern of a deliverable`,
      ),
    );
}

function checkProjection(
  workspace: Workspace,
  roadmap: RoadmapFile,
  snapshots: readonly Snapshot[],
): Diagnostic[] {
  const { facts, yaml } = roadmap;
  const path = ['metadata', 'roi_projection', 'targets'];
  const { targets } = facts.projection;
  const found = checkMetrics(yaml, path, targets, workspace.settings);
  const baseline = latestOf(snapshots, 'baseline');
  if (!baseline) return found;
  return [
    ...found,
    ...backwardTargets(workspace.settings.metrics, baseline.metrics, targets).map((name) =>
      diagnoseAt(
        yaml.source,
        'metric/backward-target',
        offsetAt(yaml, [...path, name]),
        `the target of ${name}, ${targets[name]}, is worse than the baseline, ${baseline.metrics[name]}`,
      ),
    ),
  ];
}

/** Ids on `Tickets:` lines that nobody knows; prose is not searched, where "90-day" would look like one. */
function unknownTickets(roadmap: RoadmapFile, known: ReadonlySet<string>): Diagnostic[] {
  const { source, bodyStart } = roadmap;
  const lines = source.text
    .slice(bodyStart)
    .matchAll(/^[ \t]*(?:[-*+][ \t]+)?(?:\*\*)?Tickets?(?:\*\*)?[ \t]*:[^\r\n]*/gim);
  return [...lines].flatMap((line) =>
    namedIn('', line[0], { tickets: known })
      .tickets.filter((id) => !known.has(id))
      .map((id) => {
        const at = bodyStart + line.index + Math.max(0, line[0].indexOf(id));
        return diagnoseAt(
          source,
          'roadmap/unknown-ticket',
          at,
          `${id} is neither in the pack nor in the library`,
        );
      }),
  );
}

async function checkRollup(
  workspace: Workspace,
  firm: Firm,
  pack: Parameters<typeof renderRollup>[0] | null,
  library: Library | null,
): Promise<Diagnostic[]> {
  const file = firmPaths(firm.slug).rollup;
  const { source, diagnostics } = await readSource(workspace.root, file, maxBytes.yaml);
  if (!source) return diagnostics;
  const yaml = parseYaml(source);
  // A derived file in conflict is simply made again, so its conflict is no error.
  const stale = (message: string) => [diagnose('derived/stale', { file }, message)];
  if (diagnostics.length > 0 || yaml.diagnostics.length > 0) return stale('the rollup cannot be read');
  const read = readKind(yaml, 'rollup');
  if (read.diagnostics.length > 0) return read.diagnostics;
  if (!pack) return [];
  const fresh = renderRollup(pack, library?.systems ?? new Map());
  return fresh === source.text.replace(/\r\n/g, '\n') ? [] : stale('the rollup does not match the pack');
}

function checkOutcome(
  workspace: Workspace,
  firm: Firm,
  { outcome, source }: LoadedOutcome,
  snapshots: readonly Snapshot[],
  roadmaps: ReadonlyMap<Version, RoadmapFile>,
): Diagnostic[] {
  const yaml = parseYaml(source);
  const missing = (key: string, message: string) => [
    diagnoseAt(source, 'reference/missing', offsetAt(yaml, [key]), message),
  ];
  if (outcome.firmId !== firm.id)
    return [
      diagnoseAt(
        source,
        'reference/mismatch',
        offsetAt(yaml, ['firm_id']),
        `this is not the id of ${firm.slug}`,
      ),
    ];
  const baseline = snapshots.find((one) => one.id === outcome.baselineSnapshotId);
  const target = snapshots.find((one) => one.id === outcome.targetSnapshotId);
  if (!baseline) return missing('baseline_snapshot_id', 'the baseline snapshot is not there');
  if (!target) return missing('target_snapshot_id', `the ${outcome.targetLabel} snapshot is not there`);
  const roadmap = roadmaps.get(outcome.roadmapVersion);
  if (!roadmap || roadmap.facts.id !== outcome.roadmapId)
    return missing('roadmap_id', `the roadmap ${outcome.roadmapVersion} with this id is not there`);
  const { settings } = workspace;
  const fresh = computeOutcome({
    firm,
    roadmap: {
      id: roadmap.facts.id,
      version: outcome.roadmapVersion,
      targets: roadmap.facts.projection.targets,
    },
    snapshots,
    baseline,
    target,
    economics: { economics: firm.economics, assumptions: outcome.assumptions },
    settings,
    notes: outcome.notes,
  });
  const now = resolveEconomics(firm.economics, settings.economics).assumptions;
  const sameAssumptions = Object.entries(outcome.assumptions).every(
    ([key, one]) => one.source === 'flag' || now[key]?.value === one.value,
  );
  const figures = (one: Outcome) => JSON.stringify([one.deltas, one.classification.status]);
  return sameAssumptions && figures(fresh) === figures(outcome)
    ? []
    : [
        diagnose(
          'derived/outcome-stale',
          { file: source.file },
          'the outcome no longer matches its snapshots, its targets or the firm file',
        ),
      ];
}

function unknownSystems(
  slug: string,
  recommendations: Awaited<ReturnType<typeof loadRecommendations>>['recommendations'],
  library: Library,
): Diagnostic[] {
  const ids = new Set(library.tickets.flatMap((one) => [one.systemId, one.subsystemId]));
  return recommendations
    .filter((one) => !ids.has(one.systemId))
    .map((one) =>
      diagnose(
        'reference/missing',
        { file: firmPaths(slug).recommendations },
        `the library has no system "${one.systemId}"`,
        'Mend the id, or add the system to the library.',
      ),
    );
}
