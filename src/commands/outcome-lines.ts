import type { Baseline } from '../domain/baseline.ts';
import { certaintyText } from '../domain/certainty.ts';
import { formatChange, formatValue, type Metric } from '../domain/metric.ts';
import { formatNumber } from '../domain/number.ts';
import { design, type Outcome } from '../domain/outcome.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { baselineNote, money, statusText } from '../formats/outcome-text.ts';

/** An outcome as the command prints it: every metric with its arithmetic, the money, and how sure it is. */
export function outcomeLines(
  outcome: Outcome,
  baseline: Baseline,
  target: Snapshot,
  metrics: readonly Metric[],
  currency: string,
): string[] {
  const { roi, classification } = outcome;
  const note = baselineNote(outcome);
  return [
    `${outcome.targetLabel} outcome against ${outcome.roadmapVersion}: ${statusText(outcome)}`,
    ...(note ? [`  ${note}`] : []),
    ...metrics.flatMap((metric) => metricLines(outcome, metric, baseline, target)),
    ...(classification.share === null
      ? []
      : [`  expected by now: ${formatNumber(classification.share * 100, 1)} % of the 90-day targets`]),
    ...roiLines(outcome, currency),
    ...roi.held.map((one) => `  note: ${one}`),
    `  ${design}`,
  ];
}

function metricLines(outcome: Outcome, metric: Metric, baseline: Baseline, target: Snapshot): string[] {
  const [from, to] = [baseline.metrics[metric.name], target.metrics[metric.name]];
  if (from === null || from === undefined || to === null || to === undefined) return [];
  const score = outcome.classification.scores.find((one) => one.metric === metric.name);
  const arithmetic = score
    ? `  target ${formatValue(metric, score.target)}, r ${formatNumber(score.r, 3)}, weight ${formatNumber(score.weight * 100, 1)} %`
    : '  no target';
  const sure = outcome.certainty?.find((one) => one.metric === metric.name);
  return [
    `  ${metric.label}: ${formatValue(metric, from)} → ${formatValue(metric, to)} (${formatChange(metric, from, to)})${arithmetic}`,
    ...(sure ? [`    ${certaintyText(metric, sure)}`] : []),
  ];
}

function roiLines({ roi }: Outcome, currency: string): string[] {
  const reason = (key: string) => roi.reasons[key] ?? 'unknown';
  const amount = (key: string, value: number | null) =>
    value === null ? reason(key) : money(value, currency);
  const percent = (key: string, value: number | null) =>
    value === null ? reason(key) : `${formatNumber(value)} %`;
  const lines = [
    `  time: ${roi.timeSavingsValueAnnual === null ? reason('time_savings_value_annual') : `${formatNumber(roi.timeSavingsHoursAnnual ?? 0, 1)} h a year, ${money(roi.timeSavingsValueAnnual, currency)}`}`,
    `  revenue: ${roi.revenueImpactAnnual === null ? reason('revenue_impact_annual') : `${formatNumber(roi.extraDealsAnnual ?? 0, 3)} extra deals a year, ${money(roi.revenueImpactAnnual, currency)}`}`,
    `  benefit a year: ${amount('benefit_annual', roi.benefitAnnual)}`,
    `  net ROI: ${percent('net_roi_percent', roi.netRoiPercent)}${roi.paybackMonths === null ? '' : `, payback ${formatNumber(roi.paybackMonths)} months`}`,
  ];
  if (roi.netPresentValue !== undefined)
    lines.push(`  net present value, year 1: ${amount('net_present_value', roi.netPresentValue)}`);
  const adjusted = roi.riskAdjusted;
  if (!adjusted) return lines;
  const benefit = amount('risk_adjusted_benefit_annual', adjusted.benefitAnnual);
  const cost = amount('risk_adjusted_implementation_cost', adjusted.implementationCost);
  const net = percent('risk_adjusted_net_roi_percent', adjusted.netRoiPercent);
  lines.push(`  risk-adjusted: benefit a year ${benefit}, cost ${cost}, net ROI ${net}`);
  if (adjusted.netPresentValue !== undefined)
    lines.push(
      `  risk-adjusted net present value, year 1: ${amount('risk_adjusted_net_present_value', adjusted.netPresentValue)}`,
    );
  return lines;
}
