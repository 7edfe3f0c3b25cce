import type {
  GlobalOutcomes,
  GroupFigure,
  GroupFigures,
  StatusCounts,
} from '../domain/learning/aggregate.ts';
import type { Metric } from '../domain/metric.ts';
import { round } from '../domain/number.ts';
import { design } from '../domain/outcome.ts';
import { renderSortedJson } from './json-file.ts';

/** `analytics/global_outcomes.json`: the same outcomes give the same bytes, on any machine. */
export function renderGlobalOutcomes(
  outcomes: GlobalOutcomes,
  metrics: readonly Metric[],
  systemNames: ReadonlyMap<string, string>,
): string {
  return renderSortedJson({
    schema: 'scend/global-outcomes@1',
    made_by: outcomes.shareable ? 'scend aggregate --shareable' : 'scend aggregate',
    workspace_id: outcomes.workspaceId,
    design,
    quantile: 'hf7',
    interval: '95 % order statistics of the median',
    shareable: outcomes.shareable,
    min_group_size: outcomes.minGroupSize,
    size_bands: outcomes.sizeBands,
    firms: outcomes.firms,
    metrics: Object.fromEntries(
      metrics.map(({ name, label, unit, better }) => [name, { label, unit, better }]),
    ),
    groups: outcomes.groups.map((group) => groupFields(group, systemNames)),
  });
}

function groupFields(group: GroupFigures, systemNames: ReadonlyMap<string, string>) {
  const { kind, industry, sizeBand, system, firms } = group;
  return {
    kind,
    industry,
    size_band: sizeBand,
    system,
    system_name: system === null ? null : (systemNames.get(system) ?? null),
    firms,
    milestones: Object.fromEntries(
      group.milestones.map((one) => [
        one.milestone,
        {
          firms: one.firms,
          days_to_milestone: figureFields(one.days),
          status: statusFields(one.status),
          net_roi_percent: figureFields(one.netRoiPercent),
          metrics: Object.fromEntries(
            one.metrics.map(({ metric, improvement, percent }) => [
              metric.name,
              {
                improvement: figureFields(improvement),
                ...(percent && { improvement_percent: figureFields(percent) }),
              },
            ]),
          ),
        },
      ]),
    ),
  };
}

function figureFields({ n, median, p25, p75, interval, reasons }: GroupFigure) {
  const { from, to, low, high, coverage } = interval ?? {};
  return {
    n,
    median,
    p25,
    p75,
    median_interval: interval && { from, to, ranks: [low, high], coverage: round(coverage ?? 0, 6) },
    reasons,
  };
}

function statusFields({ n, counts, reason }: StatusCounts) {
  const { on_track = null, at_risk = null, off_track = null, none = null } = counts ?? {};
  return { n, on_track, at_risk, off_track, none, reason };
}
