import { daysBetween } from '../domain/date.ts';
import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import {
  type FirmRecord,
  type Milestone,
  type MilestoneRecord,
  milestones,
} from '../domain/learning/record.ts';
import { rollUp } from '../domain/rollup.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { compareVersions } from '../domain/version.ts';
import { openMemo } from '../store/cache/memo.ts';
import { type LoadedOutcome, loadOutcomes, loadPack, loadSnapshots } from '../store/load.ts';
import { loadFirm, type Workspace } from '../store/workspace.ts';
import { baselineNow, checkOutcome } from './check-derived.ts';
import { type CommandContext, step } from './context.ts';

/** What several firms teach, and the findings about what was left out. */
export interface Records {
  readonly firms: readonly FirmRecord[];
  readonly unreadable: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads what the firms teach; one that cannot be read never hides another. */
export async function readRecords(
  workspace: Workspace,
  slugs: readonly string[],
  progress?: CommandContext['progress'],
): Promise<Records> {
  const firms: FirmRecord[] = [];
  const unreadable: string[] = [];
  const diagnostics: Diagnostic[] = [];
  const memo = openMemo(workspace, 'records');
  for (const [n, slug] of slugs.entries()) {
    await step({ progress }, n, slugs.length);
    const read = await memo.of(slug, (seen) => readRecord(seen, slug));
    diagnostics.push(...read.diagnostics);
    if (read.record) firms.push(read.record);
    else unreadable.push(slug);
  }
  memo.save();
  return { firms, unreadable, diagnostics };
}

async function readRecord(
  workspace: Workspace,
  slug: string,
): Promise<{ readonly record: FirmRecord | null; readonly diagnostics: readonly Diagnostic[] }> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  if (!firm) return { record: null, diagnostics };
  const { industry, teamSize } = firm;
  const nothing: FirmRecord = { slug, industry, teamSize, systems: [], milestones: [] };
  const outcomes = await loadOutcomes(workspace, slug);
  const found = [...diagnostics, ...outcomes.diagnostics];
  // A firm without a measurement teaches nothing, and its pack need not be read.
  if (outcomes.outcomes.length === 0) return { record: nothing, diagnostics: found };
  const snapshots = await loadSnapshots(workspace, firm);
  const pack = await loadPack(workspace, firm);
  found.push(...snapshots.diagnostics, ...pack.diagnostics.filter((one) => one.severity === 'error'));
  const reached = reachedBy(workspace, firm, outcomes.outcomes, snapshots.snapshots);
  const systems = pack.pack ? [...rollUp(pack.pack.settled.pack.tickets).systems] : [];
  return {
    record: {
      ...nothing,
      systems: systems.filter(([, one]) => one.status === 'implemented').map(([id]) => id),
      milestones: reached.records,
    },
    diagnostics: [...found, ...reached.diagnostics],
  };
}

/** One record a milestone: of several outcomes the one against the newest roadmap, if it still holds. */
function reachedBy(
  workspace: Workspace,
  firm: Firm,
  outcomes: readonly LoadedOutcome[],
  snapshots: readonly Snapshot[],
): { readonly records: MilestoneRecord[]; readonly diagnostics: readonly Diagnostic[] } {
  const records: MilestoneRecord[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const milestone of milestones) {
    const [newest, ...older] = outcomes
      .filter((one) => one.outcome.targetLabel === milestone)
      .sort((a, b) => compareVersions(b.outcome.roadmapVersion, a.outcome.roadmapVersion));
    if (!newest) continue;
    diagnostics.push(...older.map((one) => superseded(one, newest)));
    const faults = checkOutcome(workspace, firm, newest, snapshots, null);
    diagnostics.push(...faults);
    if (hasErrors(faults) || faults.some((one) => one.rule === 'derived/outcome-stale')) {
      diagnostics.push(leftOut(newest));
    } else records.push(recordOf(workspace, milestone, newest, snapshots));
  }
  return { records, diagnostics };
}

function recordOf(
  workspace: Workspace,
  milestone: Milestone,
  { outcome }: LoadedOutcome,
  snapshots: readonly Snapshot[],
): MilestoneRecord {
  const byId = new Map(snapshots.map((one) => [one.id, one]));
  const named = byId.get(outcome.baselineSnapshotId);
  const target = byId.get(outcome.targetSnapshotId);
  const baseline = named && target ? baselineNow(workspace, snapshots, named, target) : null;
  return {
    milestone,
    roadmapVersion: outcome.roadmapVersion,
    days: daysBetween(outcome.baselineDate, outcome.targetDate),
    status: outcome.classification.status,
    netRoiPercent: outcome.roi.netRoiPercent,
    baseline: baseline?.metrics ?? {},
    current: target?.metrics ?? {},
  };
}

function superseded({ outcome, source }: LoadedOutcome, newest: LoadedOutcome): Diagnostic {
  const message = `two outcomes for ${outcome.targetLabel}; the one against ${newest.outcome.roadmapVersion} counts`;
  return diagnose('learning/superseded-outcome', { file: source.file }, message);
}

function leftOut({ outcome, source }: LoadedOutcome): Diagnostic {
  const message = `the ${outcome.targetLabel} outcome does not hold, so it is left out of the figures over all firms`;
  return diagnose('learning/left-out', { file: source.file }, message);
}
