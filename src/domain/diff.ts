import { diffOutcomes, diffSnapshots, type MeasuredChanges, type OutcomeMove } from './diff-measured.ts';
import { diffPlan, type PlanChanges } from './diff-plan.ts';
import { diffPack, noTicketChanges, type PackState, type TicketChanges } from './diff-tickets.ts';
import type { Firm } from './firm.ts';
import type { Metric } from './metric.ts';
import type { Outcome } from './outcome.ts';
import type { TicketPack } from './pack.ts';
import type { Recommendation, RoadmapFacts } from './roadmap.ts';
import { type Progress, type Rollup, rollUp } from './rollup.ts';
import type { Snapshot } from './snapshot.ts';
import { compareIds } from './ticket.ts';
import { compareVersions, type Version } from './version.ts';

/** The parts of a firm that are read and compared each by itself. */
export const firmParts = ['firm', 'pack', 'snapshots', 'outcomes', 'recommendations', 'roadmap'] as const;
export type FirmPart = (typeof firmParts)[number];

/** All that is compared of a firm, as it stands in one commit or in the work tree. */
export interface FirmState {
  readonly slug: string;
  readonly firm: Firm | null;
  /** Null where the firm has none. */
  readonly pack: (TicketPack & PackState) | null;
  readonly snapshots: readonly Snapshot[];
  /** In the order of their measurement, newest last. */
  readonly outcomes: readonly Outcome[];
  readonly recommendations: readonly Recommendation[];
  readonly versions: readonly Version[];
  /** The newest version's facts; null where there is no roadmap. */
  readonly roadmap: RoadmapFacts | null;
  /** What is there and cannot be read; such a part is compared with nothing. */
  readonly unreadable: readonly FirmPart[];
}

/** A file that the engine makes, or a superseded one, and that was edited all the same. */
export interface FileEdit {
  readonly file: string;
  readonly kind:
    | 'managed_block'
    | 'superseded_roadmap'
    | 'export'
    | 'generated'
    | 'rollup'
    | 'outcome'
    /** People's own text in the newest roadmap: theirs to edit. */
    | 'roadmap_text';
  /** Sections, blocks or tickets in which it differs; none where that is not known. */
  readonly parts: readonly string[];
  readonly removed: boolean;
}

/** A roadmap version that came, with its changelog's text where there is one. */
export interface NewVersion {
  readonly version: Version;
  readonly changelog: { readonly file: string; readonly text: string } | null;
}

/** Progress of a sprint, a system or the whole pack on both sides; null where it does not exist. */
export interface ProgressMove<K> {
  readonly key: K;
  readonly name: string | null;
  readonly before: Progress | null;
  readonly after: Progress | null;
}

/** A change in meaning of one firm. */
export interface FirmDiff {
  readonly slug: string;
  readonly name: string;
  /** What its folder was called before, where it was renamed. */
  readonly renamedFrom: string | null;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly pack: { readonly before: Progress | null; readonly after: Progress | null };
  readonly packKind: 'added' | 'removed' | null;
  readonly tickets: TicketChanges;
  readonly sprints: readonly ProgressMove<number | null>[];
  readonly systems: readonly ProgressMove<string>[];
  readonly measured: MeasuredChanges;
  readonly outcomes: readonly OutcomeMove[];
  /** The newest outcome of either side. */
  readonly newestOutcome: OutcomeMove;
  readonly plan: PlanChanges;
  readonly versions: {
    readonly before: Version | null;
    readonly after: Version | null;
    readonly added: readonly NewVersion[];
    readonly removed: readonly Version[];
  };
  readonly edits: readonly FileEdit[];
  /** Parts that one side, or both, could not read. */
  readonly notCompared: readonly FirmPart[];
}

export interface DiffInput {
  /** Null where the firm does not exist on that side; one of both is there. */
  readonly before: FirmState | null;
  readonly after: FirmState | null;
  readonly metrics: readonly Metric[];
  readonly systemNames: ReadonlyMap<string, string>;
  readonly edits: readonly FileEdit[];
  readonly changelogs: ReadonlyMap<Version, { readonly file: string; readonly text: string }>;
}

/** Compares a firm with itself; what a side cannot read is left out on both, and said. */
export function diffFirm(input: DiffInput): FirmDiff {
  const { before, after, metrics } = input;
  const slug = after?.slug ?? before?.slug ?? '';
  const kind = !before ? 'added' : !after ? 'removed' : 'changed';
  const lost = new Set([...(before?.unreadable ?? []), ...(after?.unreadable ?? [])]);
  const of = <T>(part: FirmPart, side: FirmState | null, take: (state: FirmState) => T, none: T): T =>
    side === null || lost.has(part) || lost.has('firm') ? none : take(side);
  const packs = [before, after].map((side) => of('pack', side, (one) => one.pack, null)) as [
    FirmState['pack'],
    FirmState['pack'],
  ];
  const rollups = packs.map((one) => (one ? rollUp(one.tickets) : null)) as [Rollup | null, Rollup | null];
  const snapshots = (side: FirmState | null) => of('snapshots', side, (one) => one.snapshots, []);
  const outcomes = (side: FirmState | null) => of('outcomes', side, (one) => one.outcomes, []);
  const versions = (side: FirmState | null) => [...(side?.versions ?? [])].sort(compareVersions);
  const [oldVersions, newVersions] = [versions(before), versions(after)];
  // Of a firm that came or went as a whole, the parts are not told one by one.
  const whole = kind !== 'changed';
  return {
    slug,
    name: after?.firm?.name ?? before?.firm?.name ?? slug,
    renamedFrom: before && after && before.slug !== after.slug ? before.slug : null,
    kind,
    pack: { before: rollups[0]?.pack ?? null, after: rollups[1]?.pack ?? null },
    packKind: whole || lost.has('pack') || !packs[0] === !packs[1] ? null : packs[1] ? 'added' : 'removed',
    tickets: packs[0] && packs[1] ? diffPack(packs[0], packs[1]) : noTicketChanges,
    sprints: whole ? [] : sprintMoves(packs, rollups),
    systems: whole ? [] : systemMoves(rollups, input.systemNames),
    measured: diffSnapshots(snapshots(before), snapshots(after), metrics),
    outcomes: diffOutcomes(outcomes(before), outcomes(after)),
    newestOutcome: { before: outcomes(before).at(-1) ?? null, after: outcomes(after).at(-1) ?? null },
    plan: diffPlan(
      before && !lost.has('firm') ? withoutParts(before, lost) : null,
      after && !lost.has('firm') ? withoutParts(after, lost) : null,
    ),
    versions: {
      before: oldVersions.at(-1) ?? null,
      after: newVersions.at(-1) ?? null,
      added: whole
        ? []
        : newVersions
            .filter((one) => !oldVersions.includes(one))
            .map((version) => ({ version, changelog: input.changelogs.get(version) ?? null })),
      removed: whole ? [] : oldVersions.filter((one) => !newVersions.includes(one)),
    },
    edits: input.edits,
    notCompared: firmParts.filter((part) => lost.has(part)),
  };
}

function withoutParts(state: FirmState, lost: ReadonlySet<FirmPart>): FirmState {
  return {
    ...state,
    pack: lost.has('pack') ? null : state.pack,
    recommendations: lost.has('recommendations') ? [] : state.recommendations,
    roadmap: lost.has('roadmap') ? null : state.roadmap,
  };
}

/** Whether there is nothing to tell of a firm. */
export function isUnchanged(diff: FirmDiff): boolean {
  const { tickets, measured, plan, versions } = diff;
  return (
    diff.kind === 'changed' &&
    diff.renamedFrom === null &&
    diff.packKind === null &&
    [
      ...Object.values(tickets),
      ...Object.values(measured),
      ...Object.values(plan),
      diff.sprints,
      diff.systems,
      diff.outcomes,
      versions.added,
      versions.removed,
      diff.edits,
      diff.notCompared,
    ].every((list) => list.length === 0)
  );
}

function sprintMoves(
  packs: readonly [FirmState['pack'], FirmState['pack']],
  [old, now]: readonly [Rollup | null, Rollup | null],
): ProgressMove<number | null>[] {
  const names = new Map(packs.flatMap((pack) => pack?.sprints.map((one) => [one.number, one.name]) ?? []));
  const keys = [...new Set([...(old?.sprints.keys() ?? []), ...(now?.sprints.keys() ?? [])])];
  const order = (key: number | null) => key ?? Number.POSITIVE_INFINITY;
  return keys
    .sort((a, b) => order(a) - order(b))
    .map((key) => ({
      key,
      name: key === null ? null : (names.get(key) ?? null),
      before: old?.sprints.get(key) ?? null,
      after: now?.sprints.get(key) ?? null,
    }))
    .filter(isMove);
}

function systemMoves(
  [old, now]: readonly [Rollup | null, Rollup | null],
  names: ReadonlyMap<string, string>,
): ProgressMove<string>[] {
  const keys = [...new Set([...(old?.systems.keys() ?? []), ...(now?.systems.keys() ?? [])])];
  return keys
    .sort(compareIds)
    .map((key) => ({
      key,
      name: names.get(key) ?? null,
      before: old?.systems.get(key) ?? null,
      after: now?.systems.get(key) ?? null,
    }))
    .filter(isMove);
}

const counts = ['tickets', 'done', 'inProgress', 'blocked', 'notStarted', 'skipped'] as const;

function isMove<K>({ before, after }: ProgressMove<K>): boolean {
  return counts.some((count) => before?.[count] !== after?.[count]);
}
