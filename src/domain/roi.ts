import type { Economics } from './firm.ts';
import type { MetricValues } from './metric.ts';
import type { RoiAdjustments } from './roi-adjusted.ts';

/** A 12-month run rate in the firm's currency. A null figure has its reason under the same key in `reasons`. */
export interface RoiEstimate extends RoiAdjustments {
  readonly timeSavingsHoursAnnual: number | null;
  readonly timeSavingsValueAnnual: number | null;
  readonly extraDealsAnnual: number | null;
  readonly revenueImpactAnnual: number | null;
  /** Parts of revenueImpactAnnual that each rate brought; they sum to it exactly. */
  readonly revenueFromAppointments: number | null;
  readonly revenueFromCloses: number | null;
  readonly costAvoidanceAnnual: number;
  readonly benefitAnnual: number | null;
  readonly implementationCost: number | null;
  /** 100 × (benefit − cost) / cost. */
  readonly netRoiPercent: number | null;
  /** benefit / cost, the ratio that is often printed as "ROI". */
  readonly benefitCostRatio: number | null;
  readonly paybackMonths: number | null;
  /** First-year benefit when it ramps up linearly until the go-live day. */
  readonly rampedBenefitFirstYear: number | null;
  readonly rampedNetRoiPercent: number | null;
  readonly reasons: Readonly<Record<string, string>>;
  /** Things held constant for want of a measurement, in words. */
  readonly held: readonly string[];
}

export interface RoiInput {
  readonly baseline: MetricValues;
  readonly current: MetricValues;
  readonly economics: Economics;
  /** Days from the baseline until everything is live; null when the firm names no go-live date. */
  readonly goLiveDays: number | null;
}

/** Weeks in a year, the factor of the run rate. */
const weeks = 52;

/** Realised ROI as a 12-month run rate. What is missing makes null what needs it; nothing is invented. */
export function estimateRoi(input: RoiInput): RoiEstimate {
  const reasons: Record<string, string> = {};
  const missing = (figure: string, names: readonly (string | false)[]): boolean => {
    const absent = names.filter((name): name is string => name !== false);
    if (absent.length > 0) reasons[figure] = `missing: ${absent.join(', ')}`;
    return absent.length > 0;
  };
  const time = timeSavings(input, missing);
  const revenue = revenueImpact(input, missing);
  const avoidance = input.economics.costAvoidanceItems
    .filter((item) => item.realised)
    .reduce((sum, item) => sum + item.annualValue, 0);
  const benefit = missing('benefit_annual', [
    time.value === null && 'time_savings_value_annual',
    revenue.impact === null && 'revenue_impact_annual',
  ])
    ? null
    : (time.value ?? 0) + (revenue.impact ?? 0) + avoidance;
  return {
    timeSavingsHoursAnnual: time.hours,
    timeSavingsValueAnnual: time.value,
    extraDealsAnnual: revenue.deals,
    revenueImpactAnnual: revenue.impact,
    revenueFromAppointments: revenue.appointments,
    revenueFromCloses: revenue.closes,
    costAvoidanceAnnual: avoidance,
    benefitAnnual: benefit,
    implementationCost: input.economics.implementationCost,
    ...returns(input, benefit, reasons, missing),
    reasons,
    held: revenue.held,
  };
}

type Missing = (figure: string, names: readonly (string | false)[]) => boolean;

function known(value: number | null | undefined): number | null {
  return value ?? null;
}

function timeSavings({ baseline, current, economics }: RoiInput, missing: Missing) {
  const before = known(baseline.weekly_ops_hours);
  const after = known(current.weekly_ops_hours);
  const noHours = before === null || after === null;
  missing('time_savings_hours_annual', [
    before === null && 'weekly_ops_hours at baseline',
    after === null && 'weekly_ops_hours at target',
  ]);
  const hours = noHours ? null : (before - after) * weeks;
  const { blendedHourlyRate: rate, recaptureRate: recapture } = economics;
  missing('time_savings_value_annual', [
    hours === null && 'time_savings_hours_annual',
    rate === null && 'blended_hourly_rate',
    recapture === null && 'recapture_rate',
  ]);
  const value = hours === null || rate === null || recapture === null ? null : hours * rate * recapture;
  return { hours, value };
}

/**
 * Extra deals = N(a₁c₁ − a₀c₀). Attribution by midpoint: appointments N·Δa·(c₀+c₁)/2, closes N·Δc·(a₀+a₁)/2,
 * whose sum is exactly the whole; Δa·c₁ + a₁·Δc would count ΔaΔc twice.
 */
function revenueImpact({ baseline, current, economics }: RoiInput, missing: Missing) {
  const held: string[] = [];
  const a0 = known(baseline.lead_to_appt_rate);
  const c0 = known(baseline.close_rate);
  let a1 = known(current.lead_to_appt_rate);
  let c1 = known(current.close_rate);
  let [fromA, fromC] = [a0, c0];
  // One rate measured on one side only is held at that value, but never both: nothing would be measured.
  const bothA = a0 !== null && a1 !== null;
  const bothC = c0 !== null && c1 !== null;
  if (bothA && !bothC && (c0 ?? c1) !== null) {
    fromC = c1 = c0 ?? c1;
    held.push(`close_rate held constant at ${fromC}`);
  } else if (bothC && !bothA && (a0 ?? a1) !== null) {
    fromA = a1 = a0 ?? a1;
    held.push(`lead_to_appt_rate held constant at ${fromA}`);
  }
  const { annualLeadVolume: leads, avgDealValue: deal, grossMargin: margin } = economics;
  missing('extra_deals_annual', [
    (fromA === null || a1 === null) && 'lead_to_appt_rate',
    (fromC === null || c1 === null) && 'close_rate',
    leads === null && 'annual_lead_volume',
  ]);
  const rates =
    fromA !== null && a1 !== null && fromC !== null && c1 !== null ? { fromA, a1, fromC, c1 } : null;
  const byAppointments =
    rates && leads !== null ? leads * (rates.a1 - rates.fromA) * ((rates.fromC + rates.c1) / 2) : null;
  const byCloses =
    rates && leads !== null ? leads * (rates.c1 - rates.fromC) * ((rates.fromA + rates.a1) / 2) : null;
  const deals = byAppointments === null || byCloses === null ? null : byAppointments + byCloses;
  missing('revenue_impact_annual', [
    deals === null && 'extra_deals_annual',
    deal === null && 'avg_deal_value',
    margin === null && 'gross_margin',
  ]);
  const worth = deal === null || margin === null ? null : deal * margin;
  const times = (count: number | null) => (count === null || worth === null ? null : count * worth);
  const [appointments, closes] = [times(byAppointments), times(byCloses)];
  const impact = appointments === null || closes === null ? null : appointments + closes;
  return { deals, impact, appointments, closes, held };
}

function returns(input: RoiInput, benefit: number | null, reasons: Record<string, string>, missing: Missing) {
  const cost = input.economics.implementationCost;
  const net = (gain: number | null, from: string, figure: string): number | null => {
    if (missing(figure, [gain === null && from, cost === null && 'implementation_cost'])) return null;
    if (cost === 0) {
      reasons[figure] = 'zero_cost';
      return null;
    }
    return (100 * ((gain ?? 0) - (cost ?? 0))) / (cost ?? 1);
  };
  const netRoiPercent = net(benefit, 'benefit_annual', 'net_roi_percent');
  const ratio = netRoiPercent === null ? null : netRoiPercent / 100 + 1;
  if (ratio === null) reasons.benefit_cost_ratio = reasons.net_roi_percent ?? 'zero_cost';
  const noPayback = missing('payback_months', [
    benefit === null && 'benefit_annual',
    cost === null && 'implementation_cost',
  ]);
  if (!noPayback && (benefit ?? 0) <= 0) reasons.payback_months = 'no_benefit';
  const payback = noPayback || (benefit ?? 0) <= 0 ? null : (cost ?? 0) / ((benefit ?? 0) / 12);
  const days = input.goLiveDays;
  const noRamp = missing('ramped_benefit_first_year', [
    benefit === null && 'benefit_annual',
    days === null && 'go_live_date',
  ]);
  const ramped = noRamp ? null : (benefit ?? 0) * rampFactor(days ?? 0);
  return {
    netRoiPercent,
    benefitCostRatio: ratio,
    paybackMonths: payback,
    rampedBenefitFirstYear: ramped,
    rampedNetRoiPercent: net(ramped, 'ramped_benefit_first_year', 'ramped_net_roi_percent'),
  };
}

/** Mean of a linear ramp to day `days` and full benefit after it, over 365 days: 1 − d/730 while d ≤ 365. */
export function rampFactor(days: number): number {
  return days <= 365 ? 1 - days / 730 : 365 / (2 * days);
}
