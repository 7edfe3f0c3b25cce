import type { Diagnostic } from '../domain/diagnostic.ts';
import { round, snap } from '../domain/number.ts';
import { design, type Outcome } from '../domain/outcome.ts';
import type { RoiEstimate } from '../domain/roi.ts';
import type { OutcomeStatus } from '../domain/status.ts';
import { certaintyFields, certaintyOfFields, type WrittenCertainty } from './outcome-evidence.ts';
import { readKind } from './schema.ts';
import type { Source } from './source.ts';
import { parseYaml, type YamlText } from './yaml.ts';
import { stringify } from './yaml-parser.ts';

const exact = (value: number | null) => (value === null ? null : snap(value));
const cents = (value: number | null) => (value === null ? null : round(value, 2));

/** The ROI as it stands in files: money and percent to two decimals, counts to three; what nobody asked for is absent. */
export function roiFields(roi: RoiEstimate) {
  return {
    time_savings_hours_annual: cents(roi.timeSavingsHoursAnnual),
    time_savings_value_annual: cents(roi.timeSavingsValueAnnual),
    extra_deals_annual: roi.extraDealsAnnual === null ? null : round(roi.extraDealsAnnual, 3),
    revenue_impact_annual: cents(roi.revenueImpactAnnual),
    revenue_from_appointments: cents(roi.revenueFromAppointments),
    revenue_from_closes: cents(roi.revenueFromCloses),
    cost_avoidance_annual: cents(roi.costAvoidanceAnnual),
    benefit_annual: cents(roi.benefitAnnual),
    implementation_cost: cents(roi.implementationCost),
    net_roi_percent: cents(roi.netRoiPercent),
    benefit_cost_ratio: roi.benefitCostRatio === null ? null : round(roi.benefitCostRatio, 4),
    payback_months: cents(roi.paybackMonths),
    ramped_benefit_first_year: cents(roi.rampedBenefitFirstYear),
    ramped_net_roi_percent: cents(roi.rampedNetRoiPercent),
    ...(roi.netPresentValue === undefined ? {} : { net_present_value: cents(roi.netPresentValue) }),
    ...riskFields(roi.riskAdjusted),
    reasons: roi.reasons,
    held_constant: roi.held,
  };
}

function riskFields(adjusted: RoiEstimate['riskAdjusted']) {
  if (!adjusted) return {};
  return {
    risk_adjusted_benefit_annual: cents(adjusted.benefitAnnual),
    risk_adjusted_implementation_cost: cents(adjusted.implementationCost),
    risk_adjusted_net_roi_percent: cents(adjusted.netRoiPercent),
    ...(adjusted.netPresentValue === undefined
      ? {}
      : { risk_adjusted_net_present_value: cents(adjusted.netPresentValue) }),
  };
}

/** An outcome as a YAML file; the same outcome gives the same bytes. */
export function renderOutcome(outcome: Outcome, firm: string): string {
  const { classification } = outcome;
  const data = {
    schema: 'scend/outcome@1',
    id: outcome.id,
    firm,
    firm_id: outcome.firmId,
    roadmap_id: outcome.roadmapId,
    roadmap_version: outcome.roadmapVersion,
    target_label: outcome.targetLabel,
    baseline_date: outcome.baselineDate,
    target_date: outcome.targetDate,
    baseline_snapshot_id: outcome.baselineSnapshotId,
    ...(outcome.averagedBaselines && { baseline_snapshot_ids: outcome.averagedBaselines }),
    at_30d_snapshot_id: outcome.at30dSnapshotId,
    at_60d_snapshot_id: outcome.at60dSnapshotId,
    at_90d_snapshot_id: outcome.at90dSnapshotId,
    target_snapshot_id: outcome.targetSnapshotId,
    design,
    status: classification.status,
    status_reason: classification.reason,
    score: exact(classification.score),
    share: exact(classification.share),
    deltas: outcome.deltas,
    ...(outcome.certainty && { evidence: certaintyFields(outcome.certainty) }),
    realized_roi_12_months_estimate: roiFields(outcome.roi),
    assumptions: outcome.assumptions,
    arithmetic: classification.scores.map((one) => ({ ...one, r: snap(one.r), weight: snap(one.weight) })),
    unmeasured: classification.unmeasured,
    worsened: classification.worsened,
    notes: outcome.notes,
  };
  const head =
    '# yaml-language-server: $schema=../../../schemas/outcome.schema.json\n' +
    '# Made by "scend outcomes"; only notes are kept when it is made again.\n';
  return head + stringify(data, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** An outcome file as it was written; the figures that refresh needs are computed anew from the snapshots. */
export interface WrittenOutcome {
  readonly id: string;
  readonly firm: string;
  readonly firm_id: string;
  readonly roadmap_id: string;
  readonly roadmap_version: string;
  readonly baseline_snapshot_id: string;
  readonly baseline_snapshot_ids?: Readonly<Record<string, string>>;
  readonly at_30d_snapshot_id: string | null;
  readonly at_60d_snapshot_id: string | null;
  readonly at_90d_snapshot_id: string | null;
  readonly target_snapshot_id: string;
  readonly target_label: '30d' | '60d' | '90d' | 'custom';
  readonly baseline_date: string;
  readonly target_date: string;
  readonly deltas: Readonly<Record<string, number | null>>;
  readonly evidence?: WrittenCertainty;
  readonly realized_roi_12_months_estimate: Readonly<Record<string, unknown>>;
  readonly assumptions: Outcome['assumptions'];
  readonly status: OutcomeStatus | null;
  readonly status_reason: Outcome['classification']['reason'];
  readonly score?: number | null;
  readonly share?: number | null;
  readonly arithmetic?: Outcome['classification']['scores'];
  readonly unmeasured?: readonly string[];
  readonly worsened?: readonly string[];
  readonly notes?: string | null;
}

/** Reads an outcome file. */
export function parseOutcome(source: Source): {
  readonly outcome: Outcome | null;
  readonly yaml: YamlText;
  readonly written: WrittenOutcome | null;
  readonly diagnostics: Diagnostic[];
} {
  const yaml = parseYaml(source);
  const { value, diagnostics } = readKind<WrittenOutcome>(yaml, 'outcome');
  return {
    outcome: value ? outcomeOf(value) : null,
    yaml,
    written: value,
    diagnostics: [...yaml.diagnostics, ...diagnostics],
  };
}

function outcomeOf(written: WrittenOutcome): Outcome {
  const roi = written.realized_roi_12_months_estimate;
  const figure = (key: string) => (typeof roi[key] === 'number' ? (roi[key] as number) : null);
  return {
    id: written.id,
    firmId: written.firm_id,
    roadmapId: written.roadmap_id,
    roadmapVersion: written.roadmap_version,
    baselineSnapshotId: written.baseline_snapshot_id,
    ...(written.baseline_snapshot_ids && { averagedBaselines: written.baseline_snapshot_ids }),
    at30dSnapshotId: written.at_30d_snapshot_id ?? null,
    at60dSnapshotId: written.at_60d_snapshot_id ?? null,
    at90dSnapshotId: written.at_90d_snapshot_id ?? null,
    targetSnapshotId: written.target_snapshot_id,
    targetLabel: written.target_label,
    targetDate: written.target_date,
    baselineDate: written.baseline_date,
    deltas: written.deltas,
    ...(written.evidence && { certainty: certaintyOfFields(written.evidence) }),
    roi: {
      timeSavingsHoursAnnual: figure('time_savings_hours_annual'),
      timeSavingsValueAnnual: figure('time_savings_value_annual'),
      extraDealsAnnual: figure('extra_deals_annual'),
      revenueImpactAnnual: figure('revenue_impact_annual'),
      revenueFromAppointments: figure('revenue_from_appointments'),
      revenueFromCloses: figure('revenue_from_closes'),
      costAvoidanceAnnual: figure('cost_avoidance_annual') ?? 0,
      benefitAnnual: figure('benefit_annual'),
      implementationCost: figure('implementation_cost'),
      netRoiPercent: figure('net_roi_percent'),
      benefitCostRatio: figure('benefit_cost_ratio'),
      paybackMonths: figure('payback_months'),
      rampedBenefitFirstYear: figure('ramped_benefit_first_year'),
      rampedNetRoiPercent: figure('ramped_net_roi_percent'),
      ...('net_present_value' in roi && { netPresentValue: figure('net_present_value') }),
      ...('risk_adjusted_benefit_annual' in roi && {
        riskAdjusted: {
          benefitAnnual: figure('risk_adjusted_benefit_annual'),
          implementationCost: figure('risk_adjusted_implementation_cost'),
          netRoiPercent: figure('risk_adjusted_net_roi_percent'),
          ...('risk_adjusted_net_present_value' in roi && {
            netPresentValue: figure('risk_adjusted_net_present_value'),
          }),
        },
      }),
      reasons: (roi.reasons as Record<string, string> | undefined) ?? {},
      held: (roi.held_constant as string[] | undefined) ?? [],
    },
    assumptions: written.assumptions,
    classification: {
      status: written.status,
      reason: written.status_reason,
      score: written.score ?? null,
      share: written.share ?? null,
      scores: written.arithmetic ?? [],
      unmeasured: written.unmeasured ?? [],
      worsened: written.worsened ?? [],
    },
    notes: written.notes ?? null,
  };
}
