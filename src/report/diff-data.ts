import type { Diagnostic } from '../domain/diagnostic.ts';
import type { FirmDiff, ProgressMove } from '../domain/diff.ts';
import type { OutcomeMove } from '../domain/diff-measured.ts';
import { moveKinds } from '../domain/diff-tickets.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Progress } from '../domain/rollup.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { TicketInstance } from '../domain/ticket.ts';
import { totalsFields } from '../formats/pack-render.ts';

interface DiffSides {
  readonly base: { readonly commit: string; readonly reason: string; readonly revision: string };
  readonly to: { readonly commit: string; readonly revision: string } | null;
}

/** What `scend diff --json` prints, but for what `--fail-on` names. */
export function diffData({ base, to }: DiffSides, diffs: readonly FirmDiff[]) {
  return { base, to, changed: diffs.length > 0, firms: diffs.map(firmData) };
}

/** Everything that `--fail-on` can name, whether it was asked for or not. */
export function occurrenceData({
  diff,
  occurrences,
}: {
  readonly diff: FirmDiff;
  readonly occurrences: readonly { readonly failure: string; readonly diagnostic: Diagnostic }[];
}) {
  return occurrences.map(({ failure, diagnostic }) => ({
    failure,
    firm: diff.slug,
    message: diagnostic.message,
    file: diagnostic.file,
    line: diagnostic.line,
  }));
}

function firmData(diff: FirmDiff) {
  const { tickets, measured, plan, versions } = diff;
  return {
    firm: diff.slug,
    name: diff.name,
    change: diff.kind,
    renamed_from: diff.renamedFrom,
    not_compared: diff.notCompared,
    pack: { change: diff.packKind, before: totals(diff.pack.before), after: totals(diff.pack.after) },
    tickets: {
      ...Object.fromEntries(
        moveKinds.map((kind) => [
          kind,
          tickets.moves
            .filter((one) => one.kind === kind)
            .map(({ ticket, from }) => ({ ...ticketData(ticket), from })),
        ]),
      ),
      added: tickets.added.map(ticketData),
      removed: tickets.removed.map(ticketData),
      moved: tickets.moved.map(({ ticket, from }) => ({ ...ticketData(ticket), from_sprint: from })),
      retitled: tickets.retitled.map(({ ticket, from }) => ({ ...ticketData(ticket), from_title: from })),
      edited: tickets.edited.map(({ ticket, fields }) => ({ ...ticketData(ticket), fields })),
    },
    sprints: diff.sprints.map((one) => ({ sprint: one.key, ...progressData(one) })),
    systems: diff.systems.map((one) => ({ system: one.key, ...progressData(one) })),
    snapshots: {
      added: measured.added.map(snapshotData),
      removed: measured.removed.map(snapshotData),
      changed: measured.corrected.map(({ snapshot, fields }) => ({ ...snapshotData(snapshot), fields })),
    },
    metrics: measured.metrics.map(({ metric, before, after, gain }) => ({
      metric: metric.name,
      before,
      after,
      gain,
    })),
    outcomes: diff.outcomes.map(outcomeData),
    newest_outcome: {
      before: outcomeFields(diff.newestOutcome.before),
      after: outcomeFields(diff.newestOutcome.after),
    },
    scope: {
      firm: plan.firm,
      recommended: plan.recommended.map(({ systemId, phase }) => ({ system: systemId, phase })),
      no_longer_recommended: plan.unrecommended.map(({ systemId, phase }) => ({ system: systemId, phase })),
      recommendations: plan.recommendations.map(({ systemId, fields }) => ({ system: systemId, fields })),
      targets: plan.targets,
      projection: plan.projection,
      roadmap: plan.roadmap,
      sprints: plan.sprints.map(({ number, fields }) => ({ sprint: number, fields })),
    },
    versions: {
      before: versions.before,
      after: versions.after,
      added: versions.added.map(({ version, changelog }) => ({ version, changelog })),
      removed: versions.removed,
    },
    edits: diff.edits,
  };
}

function ticketData({ ticketId, title, status, sprint, systemId }: TicketInstance) {
  return { ticket: ticketId, title, status, sprint, system: systemId };
}

function totals(progress: Progress | null) {
  return progress && totalsFields(progress);
}

function progressData({ name, before, after }: ProgressMove<unknown>) {
  return { name, before: totals(before), after: totals(after) };
}

function snapshotData({ id, date, label, metrics }: Snapshot) {
  return { id, date, label, metrics };
}

function outcomeData({ before, after }: OutcomeMove) {
  const one = after ?? before;
  return {
    version: one?.roadmapVersion ?? null,
    label: one?.targetLabel ?? null,
    before: outcomeFields(before),
    after: outcomeFields(after),
  };
}

function outcomeFields(outcome: Outcome | null) {
  if (!outcome) return null;
  const { status, reason, score } = outcome.classification;
  return {
    version: outcome.roadmapVersion,
    label: outcome.targetLabel,
    date: outcome.targetDate,
    status,
    status_reason: reason,
    score,
    benefit_annual: outcome.roi.benefitAnnual,
    net_roi_percent: outcome.roi.netRoiPercent,
  };
}
