import { type Baseline, baselineFor } from '../domain/baseline.ts';
import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { computeOutcome, type Outcome, resolveEconomics } from '../domain/outcome.ts';
import type { TicketPack } from '../domain/pack.ts';
import { roiAssumptions } from '../domain/roi-adjusted.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Version } from '../domain/version.ts';
import type { Library } from '../formats/library.ts';
import { certaintyFields } from '../formats/outcome-evidence.ts';
import type { RoadmapFront } from '../formats/roadmap-file.ts';
import { renderRollup } from '../formats/rollup-file.ts';
import { readKind } from '../formats/schema.ts';
import { diagnoseAt } from '../formats/source.ts';
import { offsetAt, parseYaml } from '../formats/yaml.ts';
import { maxBytes, readSource } from '../store/files.ts';
import { firmPaths, type LoadedOutcome } from '../store/load.ts';
import { loadRoadmapFront } from '../store/load-roadmap.ts';
import type { Workspace } from '../store/workspace.ts';

/** Whether the rollup still follows from the pack. */
export async function checkRollup(
  workspace: Workspace,
  firm: Firm,
  pack: TicketPack | null,
  library: Library | null,
): Promise<Diagnostic[]> {
  const file = firmPaths(firm.slug).rollup;
  const { source, diagnostics } = await readSource(workspace.files, file, maxBytes.yaml);
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

/**
 * Whether an outcome still follows from its snapshots, its targets and the firm file; without roadmaps, from
 * what else there is: then its status is taken as it stands.
 */
export function checkOutcome(
  workspace: Workspace,
  firm: Firm,
  { outcome, source }: LoadedOutcome,
  snapshots: readonly Snapshot[],
  roadmaps: ReadonlyMap<Version, RoadmapFront> | null,
  unreadable: readonly Version[] = [],
): Diagnostic[] {
  const at = (key: string) => offsetAt(parseYaml(source), [key]);
  const missing = (key: string, message: string) => [
    diagnoseAt(source, 'reference/missing', at(key), message),
  ];
  if (outcome.firmId !== firm.id)
    return [diagnoseAt(source, 'reference/mismatch', at('firm_id'), `this is not the id of ${firm.slug}`)];
  const named = snapshots.find((one) => one.id === outcome.baselineSnapshotId);
  const target = snapshots.find((one) => one.id === outcome.targetSnapshotId);
  if (!named) return missing('baseline_snapshot_id', 'the baseline snapshot is not there');
  if (!target) return missing('target_snapshot_id', `the ${outcome.targetLabel} snapshot is not there`);
  const roadmap = roadmaps?.get(outcome.roadmapVersion);
  // Its own findings say what is wrong with a roadmap that cannot be read.
  if (unreadable.includes(outcome.roadmapVersion)) return [];
  if (roadmaps && roadmap?.facts.id !== outcome.roadmapId)
    return missing('roadmap_id', `the roadmap ${outcome.roadmapVersion} with this id is not there`);
  const { settings } = workspace;
  const fresh = computeOutcome({
    firm,
    roadmap: {
      id: outcome.roadmapId,
      version: outcome.roadmapVersion,
      targets: roadmap?.facts.projection.targets ?? {},
    },
    snapshots,
    baseline: baselineNow(workspace, snapshots, named, target),
    target,
    economics: { economics: firm.economics, assumptions: outcome.assumptions },
    settings,
    notes: outcome.notes,
  });
  const asked = roiAssumptions(settings.roi);
  const now = { ...resolveEconomics(firm.economics, settings.economics).assumptions, ...asked };
  const sameAssumptions =
    Object.entries(outcome.assumptions).every(
      ([key, one]) => one.source === 'flag' || now[key]?.value === one.value,
    ) && Object.keys(asked).every((key) => key in outcome.assumptions);
  return sameAssumptions && figures(fresh, roadmaps !== null) === figures(outcome, roadmaps !== null)
    ? []
    : [
        diagnose(
          'derived/outcome-stale',
          { file: source.file },
          'the outcome no longer matches its snapshots, its targets, the firm file or scend.yaml',
        ),
      ];
}

/** What the outcome would be measured from today: of baselines all that count, else the snapshot it names. */
export function baselineNow(
  { settings }: Workspace,
  snapshots: readonly Snapshot[],
  named: Snapshot,
  target: Snapshot,
): Baseline {
  if (named.label !== 'baseline') return named;
  return baselineFor(snapshots, settings.metrics, target.date) ?? named;
}

/** What an outcome says that follows from its snapshots and targets. */
function figures(one: Outcome, withStatus: boolean): string {
  const averaged = Object.entries(one.averagedBaselines ?? {}).sort();
  const from = [one.baselineSnapshotId, averaged, certaintyFields(one.certainty ?? [])];
  return JSON.stringify([one.deltas, withStatus && one.classification.status, ...from]);
}

/** The same for a firm's newest outcome; its roadmap is read unless it is the one at hand. */
export async function checkNewest(
  workspace: Workspace,
  firm: Firm,
  newest: LoadedOutcome | null,
  snapshots: readonly Snapshot[],
  atHand: RoadmapFront | null = null,
): Promise<Diagnostic[]> {
  if (!newest) return [];
  const { roadmapVersion } = newest.outcome;
  const roadmap =
    atHand?.facts.version === roadmapVersion
      ? atHand
      : (await loadRoadmapFront(workspace, firm, roadmapVersion)).roadmap;
  const roadmaps = new Map(roadmap ? [[roadmapVersion, roadmap]] : []);
  return checkOutcome(workspace, firm, newest, snapshots, roadmaps);
}
