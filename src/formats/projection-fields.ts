import type { RoiProjection } from '../domain/roadmap.ts';

/** Name of the block in Section 8 that says where the targets come from. */
export const evidenceBlock = 'projection-evidence';

/** Figures of a projection as files name them. */
export function projectionFields(projection: RoiProjection) {
  return {
    time_savings_hours_annual: projection.timeSavingsHoursAnnual,
    time_savings_value_annual: projection.timeSavingsValueAnnual,
    revenue_impact_annual: projection.revenueImpactAnnual,
    cost_avoidance_annual: projection.costAvoidanceAnnual,
    net_roi_12_months: projection.netRoi12Months,
    targets: projection.targets,
  };
}
