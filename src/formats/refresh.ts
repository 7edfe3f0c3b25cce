import type { Picture } from '../charts/index.ts';
import type { Diagnostic } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { TicketPack } from '../domain/pack.ts';
import { type Inputs, planRefresh, type RefreshPlan } from '../domain/refresh.ts';
import type { Recommendation } from '../domain/roadmap.ts';
import type { Settings } from '../domain/settings.ts';
import type { SettledPack } from '../domain/settle-pack.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Version } from '../domain/version.ts';
import { renderChangelog } from './changelog.ts';
import { digestData, digestText } from './digest.ts';
import { recordedOf, renderMetadata, type WrittenMetadata } from './metadata.ts';
import { editPack } from './pack-edit.ts';
import type { PackFile } from './pack-file.ts';
import { renderExport } from './pack-render.ts';
import { picturesOf } from './pictures.ts';
import type { TextContext } from './roadmap-blocks.ts';
import { partDigests } from './roadmap-digests.ts';
import { parseRoadmapFile, type RoadmapFile } from './roadmap-file.ts';
import { subsectionsOf, workflowsOf } from './roadmap-parts.ts';
import { renderRoadmap } from './roadmap-refresh.ts';
import { encodeSource, type Source } from './source.ts';

/** Everything a refresh reads, loaded. */
export interface RefreshState {
  readonly firm: Firm;
  readonly pack: { readonly file: PackFile; readonly settled: SettledPack };
  readonly roadmap: RoadmapFile;
  /** What the current version recorded about itself; null when it has no metadata. */
  readonly metadata: WrittenMetadata | null;
  /** The newest outcome. */
  readonly outcome: { readonly outcome: Outcome; readonly source: Source } | null;
  readonly snapshots: readonly Snapshot[];
  readonly recommendations: readonly Recommendation[];
  readonly settings: Pick<Settings, 'currency' | 'metrics' | 'forecast'>;
  readonly systemNames: ReadonlyMap<string, string>;
}

/** The new files of a version, as bytes. */
export interface RefreshFiles {
  readonly roadmap: Uint8Array;
  readonly exported: Uint8Array;
  readonly metadata: Uint8Array;
  readonly changelog: Uint8Array;
  /** What is to be drawn beside the roadmap; `drawPicture` makes the bytes. */
  readonly pictures: readonly Picture[];
  /** The living pack with its settled states written in. */
  readonly packText: string;
}

export type Refreshed =
  | { readonly kind: 'unchanged'; readonly version: Version }
  | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'refreshed';
      readonly newVersion: Version;
      readonly plan: RefreshPlan;
      readonly inputs: Inputs;
      readonly files: RefreshFiles;
    };

/**
 * The next version of a firm's roadmap: a pure function from what was loaded and a date to the new files.
 * Nothing changed since the current version gives no version.
 */
export function refreshRoadmap(
  state: RefreshState,
  options: {
    readonly today: string;
    readonly major: boolean;
    /** What the changelog says about how the version came about, as Markdown. */
    readonly remark?: string | null;
    /** Name that the new roadmap's findings carry. */
    readonly fileOf: (version: Version) => string;
  },
): Refreshed {
  const { firm, pack, roadmap } = state;
  const known = { tickets: new Set(pack.settled.pack.tickets.map((one) => one.ticketId)) };
  const inputs = inputsOf(state);
  const decision = planRefresh({
    today: options.today,
    firmId: firm.id,
    roadmap: roadmap.facts,
    pack: pack.settled.pack,
    snapshots: state.snapshots,
    outcome: state.outcome?.outcome ?? null,
    recommendations: state.recommendations,
    recorded: state.metadata ? recordedOf(state.metadata) : null,
    inputs,
    subsections: subsectionsOf(roadmap, 3, known),
    workflows: workflowsOf(roadmap, known),
    editedParts: editedParts(state),
    major: options.major,
    forecastWindow: state.settings.forecast.windowDays,
  });
  if (decision.kind === 'unchanged') return decision;
  const { plan } = decision;
  const settled = editPack(
    pack.file.source,
    pack.file.bodyStart,
    pack.file.body.tickets,
    pack.settled.changes,
  );
  if (settled.diagnostics.length > 0) return { kind: 'refused', diagnostics: settled.diagnostics };
  const context: TextContext = {
    firm: firm.slug,
    currency: firm.economics.currency ?? state.settings.currency,
    metrics: state.settings.metrics,
    projection: roadmap.facts.projection,
    systemNames: state.systemNames,
    pictures: picturesOf(plan, {
      firmName: firm.name,
      metrics: state.settings.metrics,
      targets: roadmap.facts.projection.targets,
      tickets: pack.settled.pack.tickets,
    }),
  };
  const next = renderRoadmap(roadmap, plan, context, { file: options.fileOf(plan.to), known, firm });
  if (!next.ok) return { kind: 'refused', diagnostics: next.diagnostics };
  const files = {
    packText: settled.text,
    pictures: context.pictures,
    roadmap: encodeSource(next.source, next.source.text),
    ...companions(state, plan, context, { text: settled.text, next, inputs, remark: options.remark ?? null }),
  };
  return { kind: 'refreshed', newVersion: plan.to, plan, inputs, files };
}

/** Export, metadata and changelog that go with a new roadmap. */
function companions(
  state: RefreshState,
  plan: RefreshPlan,
  context: TextContext,
  made: {
    readonly text: string;
    readonly next: { readonly source: Source; readonly changedSections: readonly number[] };
    readonly inputs: Inputs;
    readonly remark: string | null;
  },
): Pick<RefreshFiles, 'exported' | 'metadata' | 'changelog'> {
  const { firm, pack, roadmap, metadata } = state;
  const reread = parseRoadmapFile(made.next.source, firm, plan.to).roadmap;
  const exported = renderExport(pack.file, made.text, plan.to, plan.today, plan.rollup);
  if (!reread || exported === null) throw new Error(`the refreshed files of ${firm.slug} do not read back`);
  const encode = (text: string) => new TextEncoder().encode(text);
  return {
    exported: encodeSource(pack.file.source, exported),
    metadata: encode(
      renderMetadata({
        firm,
        roadmap: reread.facts,
        previousVersion: plan.from,
        today: plan.today,
        tickets: pack.settled.pack.tickets,
        rollup: plan.rollup,
        outcome: plan.outcome,
        inputs: made.inputs,
        previousRoadmap: digestText(roadmap.source.text),
        parts: partDigests(reread),
      }),
    ),
    changelog: encode(
      renderChangelog(plan, {
        ...context,
        firmName: firm.name,
        previousPct: metadata?.implementation_progress?.pct_complete ?? null,
        remark: made.remark,
        changedSections: made.next.changedSections,
        inferred: new Map(
          pack.settled.changes.flatMap((one) =>
            one.inferred?.completed ? [[one.ticketId, one.inferred.completed]] : [],
          ),
        ),
      }),
    ),
  };
}

function inputsOf({ pack, outcome, snapshots }: RefreshState): Inputs {
  const { sprints, tickets } = pack.settled.pack;
  return {
    pack: packDigest({ sprints, tickets }),
    outcome: outcome ? digestText(outcome.source.text) : null,
    snapshots: snapshots.length === 0 ? null : digestData(snapshots.map(snapshotInputs)),
  };
}

/** A snapshot as it counts for a version; its evidence only where there is some. */
function snapshotInputs({ id, date, label, metrics, evidence }: Snapshot): unknown[] {
  return [id, date, label, metrics, ...(Object.keys(evidence).length > 0 ? [evidence] : [])];
}

/** What makes a new version of a pack: state, dates, titles, systems and sprints; not who works on it, or notes. */
function packDigest({ sprints, tickets }: Pick<TicketPack, 'sprints' | 'tickets'>): string {
  return digestData({
    sprints: sprints.map((one) => [one.number, one.name, one.plannedStart, one.plannedEnd]),
    tickets: tickets.map((one) => [
      one.ticketId,
      one.title,
      one.status,
      one.startedAt,
      one.completedAt,
      one.systemId,
      one.sprint,
    ]),
  });
}

function editedParts({ roadmap, metadata }: RefreshState): string[] | null {
  return metadata ? changedParts(metadata.digests.roadmap_parts, partDigests(roadmap)) : null;
}

/** Parts whose digest differs; a block counts only where both sides have it. */
export function changedParts(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names.filter((name) => {
    const comparable = !name.startsWith('block:') || (name in before && name in now);
    return comparable && before[name] !== now[name];
  });
}
