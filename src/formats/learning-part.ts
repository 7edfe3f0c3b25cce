import type { Diagnostic } from '../domain/diagnostic.ts';
import type { FirmRecord, MilestoneRecord } from '../domain/learning/record.ts';
import type { LearningPart } from '../domain/learning/shard.ts';
import { readJson, renderSortedJson } from './json-file.ts';
import type { Source } from './source.ts';

interface WrittenPart {
  readonly engine: string;
  readonly workspace_id: string | null;
  readonly state: string;
  readonly covered: readonly string[];
  readonly unreadable: readonly string[];
  readonly firms: readonly {
    readonly slug: string;
    readonly industry: string;
    readonly team_size: number | null;
    readonly systems: readonly string[];
    readonly milestones: readonly {
      readonly milestone: MilestoneRecord['milestone'];
      readonly roadmap_version: string;
      readonly days: number;
      readonly status: MilestoneRecord['status'];
      readonly net_roi_percent: number | null;
      readonly baseline: MilestoneRecord['baseline'];
      readonly current: MilestoneRecord['current'];
    }[];
  }[];
}

/** One part of a run that was divided, as JSON text. It holds each firm's own figures: it is not for sharing. */
export function renderPart(part: LearningPart): string {
  const written: WrittenPart & { schema: string; made_by: string } = {
    schema: 'scend/learning-part@1',
    made_by: 'scend aggregate --shard',
    engine: part.engine,
    workspace_id: part.workspaceId,
    state: part.state,
    covered: part.covered,
    unreadable: part.unreadable,
    firms: part.firms.map((firm) => ({
      slug: firm.slug,
      industry: firm.industry,
      team_size: firm.teamSize,
      systems: firm.systems,
      milestones: firm.milestones.map((one) => ({
        milestone: one.milestone,
        roadmap_version: one.roadmapVersion,
        days: one.days,
        status: one.status,
        net_roi_percent: one.netRoiPercent,
        baseline: one.baseline,
        current: one.current,
      })),
    })),
  };
  return renderSortedJson(written);
}

/** Reads such a part. */
export function parsePart(source: Source): {
  readonly part: LearningPart | null;
  readonly diagnostics: Diagnostic[];
} {
  const { value, diagnostics } = readJson<WrittenPart>(source, 'learning-part');
  if (!value) return { part: null, diagnostics };
  const firms = value.firms.map(
    (firm): FirmRecord => ({
      slug: firm.slug,
      industry: firm.industry,
      teamSize: firm.team_size,
      systems: firm.systems,
      milestones: firm.milestones.map((one) => ({
        milestone: one.milestone,
        roadmapVersion: one.roadmap_version,
        days: one.days,
        status: one.status,
        netRoiPercent: one.net_roi_percent,
        baseline: one.baseline,
        current: one.current,
      })),
    }),
  );
  return {
    part: {
      engine: value.engine,
      workspaceId: value.workspace_id,
      state: value.state,
      covered: value.covered,
      unreadable: value.unreadable,
      firms,
    },
    diagnostics,
  };
}
