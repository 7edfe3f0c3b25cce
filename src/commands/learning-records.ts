import { daysBetween } from '../domain/date.ts';
import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import {
  type FirmRecord,
  type Milestone,
  type MilestoneRecord,
  milestones,
} from '../domain/learning/record.ts';
import type { TicketPack } from '../domain/pack.ts';
import { rollUp } from '../domain/rollup.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { compareVersions } from '../domain/version.ts';
import { openMemo } from '../store/cache/memo.ts';
import { type LoadedOutcome, loadOutcomes, loadPack, loadSnapshots } from '../store/load.ts';
import { loadFirm, type Workspace } from '../store/workspace.ts';
import { baselineNow, checkOutcome } from './check-derived.ts';
import { type CommandContext, growFreely, step } from './context.ts';

/** What several firms teach, and the findings about what was left out. */
export interface Records {
  readonly firms: readonly FirmRecord[];
  readonly unreadable: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What one firm teaches, and what is to be said of it: plain data, a copy of which by way of JSON stands in for
 * the firm's files as long as these stay the same: firm.yaml, the pack (with what HEAD and the history know of
 * it), snapshots, outcomes and scend.yaml.
 */
export interface Lesson {
  readonly slug: string;
  /** Null when the firm cannot be read. */
  readonly record: FirmRecord | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads what the firms teach; one that cannot be read never hides another. */
export async function readRecords(
  workspace: Workspace,
  slugs: readonly string[],
  progress?: CommandContext['progress'],
): Promise<Records> {
  const memo = openMemo(workspace, 'lessons');
  const lessons: Lesson[] = [];
  for (const [n, slug] of slugs.entries()) {
    await step({ progress }, n, slugs.length);
    lessons.push(await memo.of(slug, (seen) => readLesson(seen, slug)));
  }
  memo.save();
  growFreely();
  return recordsOf(lessons);
}

/** The lessons taken together, in their order. */
export function recordsOf(lessons: readonly Lesson[]): Records {
  return {
    firms: lessons.flatMap((one) => one.record ?? []),
    unreadable: lessons.filter((one) => one.record === null).map((one) => one.slug),
    diagnostics: lessons.flatMap((one) => one.diagnostics),
  };
}

/** Reads one firm's files for what they teach. */
export async function readLesson(workspace: Workspace, slug: string): Promise<Lesson> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  if (!firm) return { slug, record: null, diagnostics };
  const outcomes = await loadOutcomes(workspace, slug);
  const found = [...diagnostics, ...outcomes.diagnostics];
  // A firm without a measurement teaches nothing, and its pack need not be read.
  if (outcomes.outcomes.length === 0) {
    const nothing = { firm, outcomes: [], snapshots: [], pack: null };
    return lessonOf(workspace, nothing, found);
  }
  const { snapshots, diagnostics: faults } = await loadSnapshots(workspace, firm);
  const { pack, diagnostics: packFaults } = await loadPack(workspace, firm);
  found.push(...faults, ...packFaults.filter((one) => one.severity === 'error'));
  return lessonOf(
    workspace,
    { firm, outcomes: outcomes.outcomes, snapshots, pack: pack?.settled.pack ?? null },
    found,
  );
}

/** A firm's files as they were read. */
interface FirmFiles {
  readonly firm: Firm;
  readonly outcomes: readonly LoadedOutcome[];
  readonly snapshots: readonly Snapshot[];
  readonly pack: TicketPack | null;
}

/** What a firm's files teach; `found` is what was found in reading them. */
function lessonOf(workspace: Workspace, files: FirmFiles, found: readonly Diagnostic[]): Lesson {
  const { firm, pack } = files;
  const reached = reachedBy(workspace, firm, files.outcomes, files.snapshots);
  const systems = pack ? [...rollUp(pack.tickets).systems] : [];
  return {
    slug: firm.slug,
    record: {
      slug: firm.slug,
      industry: firm.industry,
      teamSize: firm.teamSize,
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
