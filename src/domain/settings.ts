import { builtInMetrics, type Metric } from './metric.ts';
import { noRoiSettings, type RoiSettings } from './roi-adjusted.ts';
import type { SnapshotLabel } from './snapshot.ts';

/** A workspace's own settings (`scend.yaml`) with every default filled in. */
export interface Settings {
  readonly id: string | null;
  readonly name: string | null;
  readonly timezone: string;
  readonly currency: string;
  /** Upper ends of the firm-size bands; the last band is open. */
  readonly sizeBands: readonly number[];
  /** Share of the 90-day target that is expected at each milestone. */
  readonly ramp: Readonly<Record<Exclude<SnapshotLabel, 'baseline' | 'custom'>, number>>;
  /** Weight of each metric in the status; 1 where nothing is said. */
  readonly weights: Readonly<Record<string, number>>;
  readonly metrics: readonly Metric[];
  readonly commit: { readonly auto: boolean };
  readonly mainBranch: string | null;
  readonly sprints: {
    readonly days: number;
    readonly minTickets: number;
    readonly maxTickets: number;
    readonly hours: number | null;
  };
  /** What is told of groups of firms, and how much of it goes into a projection. */
  readonly learning: {
    /** Smallest group whose figures are told inside the practice. */
    readonly minGroupSize: number;
    /** The same for what is marked shareable. */
    readonly shareableGroupSize: number;
    /** κ: how many firms the figure of the wider group weighs as much as. */
    readonly shrinkage: number;
  };
  /** Days of the past that a forecast rests on, at most. */
  readonly forecast: { readonly windowDays: number };
  /** Figures that every firm takes unless its own file says otherwise. */
  readonly economics: Readonly<Record<string, number | null>>;
  /** Discounting and risk; each null unless the workspace asks for it. */
  readonly roi: RoiSettings;
}

export const defaultSettings: Settings = {
  id: null,
  name: null,
  timezone: 'UTC',
  currency: 'USD',
  sizeBands: [5, 15, 50],
  ramp: { '30d': 1 / 3, '60d': 2 / 3, '90d': 1 },
  weights: {},
  metrics: builtInMetrics,
  commit: { auto: true },
  mainBranch: null,
  sprints: { days: 14, minTickets: 10, maxTickets: 20, hours: null },
  learning: { minGroupSize: 3, shareableGroupSize: 5, shrinkage: 5 },
  forecast: { windowDays: 60 },
  economics: {},
  roi: noRoiSettings,
};
