import { netPresentValue } from './net-present-value.ts';
import type { RoiEstimate } from './roi.ts';

/** Parts of one by which benefits are lowered and the cost is raised before they are trusted, 0 ≤ part < 1. */
export interface RiskFactors {
  readonly timeSavings: number;
  readonly revenue: number;
  readonly costAvoidance: number;
  readonly implementationCost: number;
}

/** What a practice holds an ROI to; null where it has said nothing, and then nothing is computed. */
export interface RoiSettings {
  /** Interest a year as a part of one, 0 ≤ rate < 1. */
  readonly discountRate: number | null;
  readonly risk: RiskFactors | null;
  /** Names of the risk factors that the settings leave to 0. */
  readonly defaulted: readonly string[];
}

export const noRoiSettings: RoiSettings = { discountRate: null, risk: null, defaulted: [] };

/** Figures that only the settings ask for; a null one has its reason under its key in `reasons`. */
export interface RoiAdjustments {
  /** −cost now + benefit of the 12-month run rate at the end of year 1, discounted. */
  readonly netPresentValue?: number | null;
  readonly riskAdjusted?: {
    readonly benefitAnnual: number | null;
    readonly implementationCost: number | null;
    /** 100 × (benefit − cost) / cost. */
    readonly netRoiPercent: number | null;
    /** Of the adjusted figures; absent without a discount rate. */
    readonly netPresentValue?: number | null;
  };
}

/** `roi` with what the settings add to it: discounting, and the risk adjustment of Forrester's Total Economic Impact. */
export function adjustRoi(roi: RoiEstimate, settings: RoiSettings): RoiEstimate {
  const { discountRate, risk } = settings;
  const reasons: Record<string, string> = { ...roi.reasons };
  const present = (key: string, benefit: number | null, cost: number | null): number | null => {
    const absent = [benefit === null && 'benefit_annual', cost === null && 'implementation_cost'];
    if (benefit !== null && cost !== null) return netPresentValue([0, benefit], [cost], discountRate ?? 0);
    reasons[key] = missing(absent);
    return null;
  };
  const netPresent =
    discountRate === null
      ? undefined
      : present('net_present_value', roi.benefitAnnual, roi.implementationCost);
  const adjusted = risk === null ? undefined : riskAdjusted(roi, risk, reasons);
  const adjustedPresent =
    adjusted && discountRate !== null
      ? present('risk_adjusted_net_present_value', adjusted.benefitAnnual, adjusted.implementationCost)
      : undefined;
  return {
    ...roi,
    ...(netPresent === undefined ? {} : { netPresentValue: netPresent }),
    ...(adjusted && {
      riskAdjusted: {
        ...adjusted,
        ...(adjustedPresent === undefined ? {} : { netPresentValue: adjustedPresent }),
      },
    }),
    reasons,
  };
}

function missing(names: readonly (string | false)[]): string {
  return `missing: ${names.filter((one) => one !== false).join(', ')}`;
}

/** A benefit less its risk; one that is a loss becomes a larger loss, since risk never improves a figure. */
function lowered(benefit: number, part: number): number {
  return benefit - Math.abs(benefit) * part;
}

function riskAdjusted(roi: RoiEstimate, risk: RiskFactors, reasons: Record<string, string>) {
  const { timeSavingsValueAnnual: time, revenueImpactAnnual: revenue, costAvoidanceAnnual: avoided } = roi;
  const complete = time !== null && revenue !== null;
  const benefit = complete
    ? lowered(time, risk.timeSavings) + lowered(revenue, risk.revenue) + lowered(avoided, risk.costAvoidance)
    : null;
  if (benefit === null)
    reasons.risk_adjusted_benefit_annual = missing([
      time === null && 'time_savings_value_annual',
      revenue === null && 'revenue_impact_annual',
    ]);
  const cost =
    roi.implementationCost === null ? null : roi.implementationCost * (1 + risk.implementationCost);
  if (cost === null) reasons.risk_adjusted_implementation_cost = missing(['implementation_cost']);
  const net = benefit === null || cost === null || cost === 0 ? null : (100 * (benefit - cost)) / cost;
  if (net === null)
    reasons.risk_adjusted_net_roi_percent =
      benefit !== null && cost === 0
        ? 'zero_cost'
        : missing([benefit === null && 'benefit_annual', cost === null && 'implementation_cost']);
  return { benefitAnnual: benefit, implementationCost: cost, netRoiPercent: net };
}

/** The settings as assumptions of an outcome: name, value, and where it is from. */
export function roiAssumptions({
  discountRate,
  risk,
  defaulted,
}: RoiSettings): Record<string, { value: number; source: string }> {
  const source = (name: string) => (defaulted.includes(name) ? 'default' : 'scend.yaml');
  const factors = risk && {
    time_savings: risk.timeSavings,
    revenue: risk.revenue,
    cost_avoidance: risk.costAvoidance,
    implementation_cost: risk.implementationCost,
  };
  return {
    ...(discountRate === null ? {} : { discount_rate: { value: discountRate, source: 'scend.yaml' } }),
    ...Object.fromEntries(
      Object.entries(factors ?? {}).map(([name, value]) => [`risk_${name}`, { value, source: source(name) }]),
    ),
  };
}
