import type { MetricProjection } from '../domain/learning/projection.ts';
import { formatValue, type MetricValues } from '../domain/metric.ts';
import { plural, round } from '../domain/number.ts';
import type { RoiProjection } from '../domain/roadmap.ts';
import { money } from '../formats/outcome-text.ts';
import type { TargetSource } from '../formats/projection-text.ts';

/** A line for each target: from where to where, and what it rests on. */
export function targetLines(sources: readonly TargetSource[]): string[] {
  return sources.map(({ metric, baseline, target, projection }) => {
    const step = projection?.steps.at(-1);
    const from = step ? `from ${plural(step.n, 'firm')}` : 'a figure of your own';
    return `${metric.label}: ${formatValue(metric, baseline)} → ${formatValue(metric, target)} (${from})`;
  });
}

/** What the targets are worth. */
export function figureLines(projection: RoiProjection, currency: string): string[] {
  const { timeSavingsHoursAnnual: hours, revenueImpactAnnual: revenue, netRoi12Months: roi } = projection;
  return [
    ...(hours === null
      ? []
      : [`  time saved: ${hours} h a year, ${money(projection.timeSavingsValueAnnual, currency)}`]),
    ...(revenue === null ? [] : [`  revenue impact: ${money(revenue, currency)} a year`]),
    ...(roi === null ? [] : [`  net ROI over 12 months: ${roi} %`]),
  ];
}

/** What has no target, and why; a person may give one. */
export function missingLines(
  sources: readonly TargetSource[],
  made: readonly MetricProjection[],
  baseline: MetricValues | null,
): string[] {
  const why = (one: MetricProjection) => {
    if ((baseline?.[one.metric.name] ?? null) === null) return 'no baseline';
    if (one.kind === 'too_few') return `${plural(one.n, 'other firm')} measured at 90 days, too few`;
    return 'other firms did not improve it';
  };
  return made
    .filter((one) => !sources.some(({ metric }) => metric === one.metric))
    .map((one) => `${one.metric.label}: no target, ${why(one)} (--target ${one.metric.name}=…)`);
}

/** How a target came about, for programs. */
export function evidenceData(one: MetricProjection): object {
  return {
    metric: one.metric.name,
    result: one.kind,
    target: one.kind === 'projected' ? one.target : null,
    steps: one.steps.map(({ group, n, median, shrunk }) => ({
      group: group.kind,
      industry: group.industry,
      size_band: group.sizeBand,
      n,
      median_change: round(median, 6),
      shrunk_change: round(shrunk, 6),
    })),
  };
}
