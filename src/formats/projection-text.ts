import type { GlobalOutcomes, GroupFigure } from '../domain/learning/aggregate.ts';
import { type Group, keyOf } from '../domain/learning/group.ts';
import { applyChange, type MetricProjection, type Step } from '../domain/learning/projection.ts';
import { formatValue, type Metric } from '../domain/metric.ts';
import { formatNumber, plural } from '../domain/number.ts';
import { amountOf, groupName, percentCell } from './figure-text.ts';
import { inline, table } from './inline.ts';

/** Where a target comes from: other firms, or a person. */
export interface TargetSource {
  readonly metric: Metric;
  readonly baseline: number | null;
  readonly target: number;
  /** Null for a figure that a person gave, or that was there. */
  readonly projection: Extract<MetricProjection, { kind: 'projected' }> | null;
}

/**
 * Section 8: each target with what it rests on. Figures of other firms are told as far as they may leave the
 * practice, which `shareable` decides.
 */
export function renderEvidence(sources: readonly TargetSource[], shareable: GlobalOutcomes): string {
  const rows = sources.map((one) => {
    const { metric, baseline, target, projection } = one;
    const step = projection?.steps.at(-1);
    const quoted = projection ? quotedFrom(metric, projection.steps, shareable) : null;
    return [
      inline(metric.label),
      formatValue(metric, baseline),
      formatValue(metric, target),
      step ? `${plural(step.n, 'firm')}: ${groupWords(step.group)}` : 'a figure of our own',
      quoted ?? (step ? 'too few firms to be told' : '—'),
    ];
  });
  const head = ['Metric', 'Baseline', '90-day target', 'Rests on', 'Improvement there: median (middle half)'];
  const body = table(head, rows, ['left', 'right', 'right', 'left', 'right']);
  const note =
    'What other firms had reached 90 days after their baseline, applied to the baseline of this one; the figure of a small group is drawn toward that of a wider one. Before/after, no control group.';
  const learned = sources.some((one) => one.projection !== null);
  return `**Where the targets come from**\n\n${body}${learned ? `\n\n${note}` : ''}`;
}

/** The most specific group of the path whose figures may be told, in words. */
function quotedFrom(metric: Metric, steps: readonly Step[], shareable: GlobalOutcomes): string | null {
  for (const { group } of steps.toReversed()) {
    const figure = figureIn(shareable, group, metric);
    if (!figure || figure.figure.median === null) continue;
    const text = figure.isPercent ? percentCell(figure.figure) : amountOf(metric, figure.figure);
    const whose = group === steps.at(-1)?.group ? '' : `, ${groupWords(group)}`;
    return `${text} of ${plural(figure.figure.n, 'firm')}${whose}`;
  }
  return null;
}

function figureIn(
  outcomes: GlobalOutcomes,
  group: Group,
  metric: Metric,
): { readonly figure: GroupFigure; readonly isPercent: boolean } | null {
  const found = outcomes.groups.find((one) => keyOf(one) === keyOf(group));
  const at = found?.milestones.find((one) => one.milestone === '90d');
  const figures = at?.metrics.find((one) => one.metric.name === metric.name);
  if (!figures) return null;
  return { figure: figures.percent ?? figures.improvement, isPercent: figures.percent !== null };
}

function groupWords(group: Group): string {
  const name = groupName(group, new Map());
  return group.kind === 'all' ? name.toLowerCase() : name;
}

/** How a metric's target came about, a line a step, before and after shrinkage; null for none. */
export function explainLines(one: MetricProjection, kappa: number): string[] {
  const { metric, steps } = one;
  if (one.kind === 'too_few')
    return [`${metric.label}: ${plural(one.n, 'other firm')} measured at 90 days, too few`];
  const baseline = one.kind === 'projected' ? one.baseline : null;
  const shown = (change: number) =>
    baseline === null ? signed(change) : formatValue(metric, applyChange(metric, baseline, change));
  const lines = steps.map(({ group, n, median, shrunk }, index) => {
    const drawn =
      index === 0 ? '' : `, drawn toward the line above (κ ${formatNumber(kappa)}): ${shown(shrunk)}`;
    return `  ${groupWords(group)}, ${plural(n, 'firm')}: ${shown(median)}${drawn}`;
  });
  const head: Readonly<Record<MetricProjection['kind'], string>> = {
    projected:
      one.kind === 'projected'
        ? `${formatValue(metric, one.baseline)} → ${formatValue(metric, one.target)}`
        : '',
    no_baseline: `no baseline, so no target; changes ${scaleWord(metric)}`,
    no_improvement: `the firms did not improve, so no target; changes ${scaleWord(metric)}`,
    too_few: '',
  };
  return [`${metric.label}: ${head[one.kind]}`, ...lines];
}

function scaleWord(metric: Metric): string {
  if (metric.unit === 'fraction') return 'in logits';
  return metric.unit === 'points' ? 'in points' : 'as logarithms of the ratio';
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${formatNumber(value, 3)}`;
}
