import type { IsoDate } from './date.ts';

export interface CostAvoidanceItem {
  readonly name: string;
  readonly annualValue: number;
  /** False for a saving that is hoped for and not yet real; such an item is not counted. */
  readonly realised: boolean;
}

/** What the ROI needs to know of a firm. Null means unknown, never zero. */
export interface Economics {
  readonly currency: string | null;
  readonly blendedHourlyRate: number | null;
  readonly annualLeadVolume: number | null;
  readonly avgDealValue: number | null;
  readonly grossMargin: number | null;
  readonly recaptureRate: number | null;
  readonly implementationCost: number | null;
  readonly costAvoidanceItems: readonly CostAvoidanceItem[];
}

/** A client. */
export interface Firm {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly industry: string;
  readonly teamSize: number | null;
  readonly annualRevenue: number | null;
  readonly ownerName: string | null;
  readonly ownerEmail: string | null;
  readonly cohort: string | null;
  readonly goLiveDate: IsoDate | null;
  readonly createdAt: IsoDate;
  readonly timezone: string | null;
  readonly economics: Economics;
}
