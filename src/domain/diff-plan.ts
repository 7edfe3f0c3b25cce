import type { FirmState } from './diff.ts';
import type { FieldChange } from './diff-tickets.ts';
import type { Firm } from './firm.ts';
import type { Recommendation, RoadmapFacts } from './roadmap.ts';
import { compareIds } from './ticket.ts';

/** What was agreed and is another now: the firm's facts, what is recommended, promised and planned. */
export interface PlanChanges {
  readonly firm: readonly FieldChange[];
  readonly recommended: readonly Recommendation[];
  readonly unrecommended: readonly Recommendation[];
  readonly recommendations: readonly {
    readonly systemId: string;
    readonly fields: readonly FieldChange[];
  }[];
  /** Figures of the newest roadmap's projection. */
  readonly projection: readonly FieldChange[];
  /** Its 90-day targets, by metric. */
  readonly targets: readonly FieldChange[];
  /** Its status: draft, in_review, finalized. */
  readonly roadmap: readonly FieldChange[];
  readonly sprints: readonly { readonly number: number; readonly fields: readonly FieldChange[] }[];
}

/** Compares what two states of a firm agreed on; a firm on one side only changed nothing. */
export function diffPlan(before: FirmState | null, after: FirmState | null): PlanChanges {
  if (!before || !after) return none;
  const [old, now] = [before.recommendations, after.recommendations];
  const known = (all: readonly Recommendation[], one: Recommendation) =>
    all.find((other) => other.systemId === one.systemId);
  return {
    firm: changed(firmFields(before.firm), firmFields(after.firm)),
    recommended: now.filter((one) => !known(old, one)),
    unrecommended: old.filter((one) => !known(now, one)),
    recommendations: now.flatMap((one) => {
      const was = known(old, one);
      const fields = was ? changed(recommendationFields(was), recommendationFields(one)) : [];
      return fields.length === 0 ? [] : [{ systemId: one.systemId, fields }];
    }),
    ...roadmapChanges(before.roadmap, after.roadmap),
    sprints: sprintChanges(before, after),
  };
}

const none: PlanChanges = {
  firm: [],
  recommended: [],
  unrecommended: [],
  recommendations: [],
  projection: [],
  targets: [],
  roadmap: [],
  sprints: [],
};

type Fields = Readonly<Record<string, string | number | null | undefined>>;

/** The fields in which two records differ, in the order of their names. */
function changed(before: Fields, after: Fields): FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((field) => {
    const [from, to] = [before[field] ?? null, after[field] ?? null];
    return from === to ? [] : [{ field, from, to }];
  });
}

function firmFields(firm: Firm | null): Fields {
  if (!firm) return {};
  const { economics } = firm;
  return {
    name: firm.name,
    industry: firm.industry,
    team_size: firm.teamSize,
    annual_revenue: firm.annualRevenue,
    owner_name: firm.ownerName,
    owner_email: firm.ownerEmail,
    cohort: firm.cohort,
    go_live_date: firm.goLiveDate,
    timezone: firm.timezone,
    currency: economics.currency,
    blended_hourly_rate: economics.blendedHourlyRate,
    annual_lead_volume: economics.annualLeadVolume,
    avg_deal_value: economics.avgDealValue,
    gross_margin: economics.grossMargin,
    recapture_rate: economics.recaptureRate,
    implementation_cost: economics.implementationCost,
    cost_avoidance_items:
      economics.costAvoidanceItems
        .map((one) => `${one.name} ${one.annualValue}${one.realised ? '' : ' (not realised)'}`)
        .join(', ') || null,
  };
}

function recommendationFields(one: Recommendation): Fields {
  return {
    implementation_phase: one.phase,
    sprint_number: one.sprintNumber,
    ticket_ids: [...one.ticketIds].sort(compareIds).join(', ') || null,
  };
}

function roadmapChanges(
  before: RoadmapFacts | null,
  after: RoadmapFacts | null,
): Pick<PlanChanges, 'projection' | 'targets' | 'roadmap'> {
  if (!before || !after) return { projection: [], targets: [], roadmap: [] };
  const figures = ({ projection: one }: RoadmapFacts) => ({
    time_savings_hours_annual: one.timeSavingsHoursAnnual,
    time_savings_value_annual: one.timeSavingsValueAnnual,
    revenue_impact_annual: one.revenueImpactAnnual,
    cost_avoidance_annual: one.costAvoidanceAnnual,
    net_roi_12_months: one.netRoi12Months,
  });
  // A version that was made anew begins as a draft.
  const status = before.version === after.version;
  return {
    projection: changed(figures(before), figures(after)),
    targets: changed(before.projection.targets, after.projection.targets),
    roadmap: status ? changed({ status: before.status }, { status: after.status }) : [],
  };
}

function sprintChanges(before: FirmState, after: FirmState): PlanChanges['sprints'] {
  if (!before.pack || !after.pack) return [];
  const old = new Map(before.pack.sprints.map((one) => [one.number, one]));
  return after.pack.sprints.flatMap((one) => {
    const was = old.get(one.number);
    if (!was) return [];
    const fields = changed(
      { name: was.name, planned_start: was.plannedStart, planned_end: was.plannedEnd },
      { name: one.name, planned_start: one.plannedStart, planned_end: one.plannedEnd },
    );
    return fields.length === 0 ? [] : [{ number: one.number, fields }];
  });
}
