import type { IsoDate } from './date.ts';
import type { MetricValues } from './metric.ts';
import type { SystemStatus } from './rollup.ts';
import type { Version } from './version.ts';

export const sectionNames = [
  'executive_summary',
  'diagnostic_analysis',
  'ghl_architecture',
  'pilot_scope',
  'implementation_sprint',
  'ghl_config',
  'workflow_sops',
  'metrics_dashboard',
  'appendix',
  'outcomes_learning',
] as const;
export type SectionName = (typeof sectionNames)[number];
export type SectionStatus = SystemStatus;

/** Section titles as the template writes them, by number − 1. */
export const sectionTitles = [
  'Executive Summary',
  'Diagnostic Analysis',
  'GHL Architecture',
  'Pilot Scope',
  'Implementation Sprints',
  'GHL Configuration',
  'Workflow SOPs',
  'Metrics Dashboard',
  'Appendix',
  'Outcomes & Learning',
] as const;

/** The front matter's entry for one of the ten sections. */
export interface SectionEntry {
  readonly sectionNumber: number;
  readonly sectionName: SectionName;
  readonly status: SectionStatus;
  readonly lastUpdatedAt: IsoDate | null;
  /** Systems that the section covers; null for all. */
  readonly systems: readonly string[] | null;
}

/** What a roadmap promised. Amounts in the firm's currency, ROI in percent. */
export interface RoiProjection {
  readonly timeSavingsHoursAnnual: number | null;
  readonly timeSavingsValueAnnual: number | null;
  readonly revenueImpactAnnual: number | null;
  readonly costAvoidanceAnnual: number | null;
  readonly netRoi12Months: number | null;
  /** Metric values at 90 days. */
  readonly targets: MetricValues;
}

/** A roadmap's front matter. */
export interface RoadmapFacts {
  readonly id: string;
  readonly firm: string;
  readonly version: Version;
  readonly status: 'draft' | 'in_review' | 'finalized';
  readonly generatedAt: IsoDate;
  readonly sections: readonly SectionEntry[];
  readonly projection: RoiProjection;
}

/** Tickets and systems that a piece of roadmap text names. */
export interface Named {
  readonly tickets: readonly string[];
  readonly systems: readonly string[];
}

/** A recommended system. */
export interface Recommendation {
  readonly systemId: string;
  readonly ticketIds: readonly string[];
  readonly phase: 'mvp' | 'quick_win' | 'phase_2';
  readonly sprintNumber: number | null;
}
