/** A practice of many firms, each with a baseline and measurements, made without the command line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Firm } from '../src/domain/firm.ts';
import { derivedId, firmId } from '../src/domain/id.ts';
import type { MetricValues } from '../src/domain/metric.ts';
import { computeOutcome, resolveEconomics } from '../src/domain/outcome.ts';
import { defaultSettings } from '../src/domain/settings.ts';
import { type Snapshot, type SnapshotLabel, snapshotFileName } from '../src/domain/snapshot.ts';
import { renderFirm } from '../src/formats/firm-file.ts';
import { renderOutcome } from '../src/formats/outcome-file.ts';
import { renderSnapshot } from '../src/formats/snapshot-file.ts';

export const workspaceId = '5b0c8a52-5c7e-4f7e-9a57-2f6f3d1f3c10';

export interface MadeFirm {
  readonly slug: string;
  readonly industry: string;
  readonly teamSize: number | null;
  readonly baseline: MetricValues;
  /** Values by milestone. */
  readonly reached: Readonly<Partial<Record<'30d' | '60d' | '90d', MetricValues>>>;
}

const dates: Readonly<Record<string, string>> = {
  baseline: '2026-01-05',
  '30d': '2026-02-04',
  '60d': '2026-03-06',
  '90d': '2026-04-05',
};

/** Firms that differ by their number alone, so that every run sees the same. */
export function someFirms(count: number): MadeFirm[] {
  const industries = ['real_estate', 'legal', 'dental'];
  return Array.from({ length: count }, (_, i) => ({
    slug: `firm_${String(i).padStart(4, '0')}`,
    industry: industries[(i * 5) % 3] ?? 'legal',
    teamSize: i % 11 === 10 ? null : 2 + ((i * 7) % 60),
    baseline: {
      lead_response_minutes: 10 + (i % 9),
      lead_to_appt_rate: 0.2 + (i % 5) / 100,
      weekly_ops_hours: 12,
    },
    reached: {
      '60d': { lead_response_minutes: 4 + (i % 7), lead_to_appt_rate: 0.3, weekly_ops_hours: 6 + (i % 3) },
      ...(i % 2 === 0 && {
        '90d': {
          lead_response_minutes: 2 + (i % 5),
          lead_to_appt_rate: 0.33 + (i % 4) / 100,
          weekly_ops_hours: 4,
        },
      }),
    },
  }));
}

/** The files of the firms below a folder, `scend.yaml` included. */
export function writeFirms(dir: string, made: readonly MadeFirm[]): void {
  put(dir, 'scend.yaml', `schema: scend/workspace@1\nid: ${workspaceId}\n`);
  for (const one of made) writeFirm(dir, one);
}

function writeFirm(dir: string, made: MadeFirm): void {
  const { slug } = made;
  const firm = firmOf(made);
  put(dir, `firms/${slug}/firm.yaml`, renderFirm(firm));
  const snapshots = [
    snapshotOf(firm, 'baseline', made.baseline),
    ...Object.entries(made.reached).map(([label, metrics]) =>
      snapshotOf(firm, label as SnapshotLabel, metrics),
    ),
  ];
  for (const one of snapshots) {
    const name = snapshotFileName(one.date, one.label, 1);
    put(dir, `firms/${slug}/snapshots/${name}`, renderSnapshot(one, slug));
  }
  for (const target of snapshots.slice(1)) {
    const outcome = computeOutcome({
      firm,
      roadmap: { id: derivedId(firm.id, 'roadmap:v1.0'), version: 'v1.0', targets: {} },
      snapshots,
      baseline: snapshots[0]!,
      target,
      economics: resolveEconomics(firm.economics, {}),
      settings: defaultSettings,
      notes: null,
    });
    put(dir, `firms/${slug}/outcomes/v1.0_${target.label}.yaml`, renderOutcome(outcome, slug));
  }
}

function firmOf({ slug, industry, teamSize }: MadeFirm): Firm {
  return {
    id: firmId(workspaceId, slug),
    slug,
    name: slug,
    industry,
    teamSize,
    annualRevenue: null,
    ownerName: null,
    ownerEmail: null,
    cohort: null,
    goLiveDate: null,
    createdAt: '2026-01-05',
    timezone: null,
    economics: {
      currency: 'USD',
      blendedHourlyRate: 50,
      annualLeadVolume: null,
      avgDealValue: null,
      grossMargin: null,
      recaptureRate: null,
      implementationCost: 10_000,
      costAvoidanceItems: [],
    },
  };
}

function snapshotOf(firm: Firm, label: SnapshotLabel, metrics: MetricValues): Snapshot {
  return {
    id: derivedId(firm.id, `snapshot:${label}`),
    firmId: firm.id,
    date: dates[label] ?? '',
    label,
    source: 'manual',
    metrics,
    notes: null,
    evidence: {},
    sequence: 1,
  };
}

function put(dir: string, path: string, text: string): void {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
