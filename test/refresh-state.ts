import type { Firm } from '../src/domain/firm.ts';
import { computeOutcome, resolveEconomics } from '../src/domain/outcome.ts';
import { defaultSettings } from '../src/domain/settings.ts';
import { settlePack } from '../src/domain/settle-pack.ts';
import type { Snapshot } from '../src/domain/snapshot.ts';
import type { WrittenMetadata } from '../src/formats/metadata.ts';
import { parsePackFile } from '../src/formats/pack-file.ts';
import { type Refreshed, type RefreshState, refreshRoadmap } from '../src/formats/refresh.ts';
import { parseRoadmapFile } from '../src/formats/roadmap-file.ts';
import { makeSource } from '../src/formats/source.ts';

export const firm: Firm = {
  id: '7f0c1111-2222-4333-8444-555566667777',
  slug: 'acme',
  name: 'Acme',
  industry: 'legal',
  teamSize: 9,
  annualRevenue: null,
  ownerName: null,
  ownerEmail: null,
  cohort: null,
  goLiveDate: '2026-03-06',
  createdAt: '2026-01-05',
  timezone: null,
  economics: {
    currency: 'USD',
    blendedHourlyRate: 50,
    annualLeadVolume: 420,
    avgDealValue: 7500,
    grossMargin: null,
    recaptureRate: null,
    implementationCost: 16_800,
    costAvoidanceItems: [],
  },
};

export const packText = `---
schema: scend/ticket-pack@1
id: 11111111-2222-4333-8444-555566667777
firm: acme
version: v1.0
created_at: 2026-01-05
sprints:
  - { number: 1, name: Start, planned_start: 2026-01-05, planned_end: 2026-01-18 }
  - { number: 2, name: Next, planned_start: 2026-01-19, planned_end: 2026-02-01 }
---
# Acme – Ticket Pack

## Sprint 1 — Start

- [x] T1.1.1 – First
  - Status: done
  - Started: 2026-01-06
  - Completed: 2026-01-12
- [x] T1.1.2 – Second
  - Status: done
  - Started: 2026-01-06
  - Completed: 2026-01-14

## Sprint 2 — Next

- [x] T2.1.1 – Third
  - Status: done
  - Started: 2026-01-20
  - Completed: 2026-01-26
- [ ] T2.1.2 – Fourth
  - Status: not_started
- [ ] T2.1.3 – Fifth
  - Status: skipped
`;

export const roadmapFront = `---
schema: scend/roadmap@1
id: 22222222-2222-4333-8444-555566667777
firm: acme
version: v1.0
status: finalized # by the owner
generated_at: 2026-01-05
finalized_at: 2026-01-06
metadata:
  roi_projection:
    targets: { nps: 60, weekly_ops_hours: 2 }
sections:
  - { section_number: 1, section_name: executive_summary, status: planned }
  - { section_number: 2, section_name: diagnostic_analysis, status: implemented }
  - { section_number: 3, section_name: ghl_architecture, status: planned }
  - { section_number: 4, section_name: pilot_scope, status: planned }
  - { section_number: 5, section_name: implementation_sprint, status: planned }
  - { section_number: 6, section_name: ghl_config, status: planned, systems: ["1"] }
  - { section_number: 7, section_name: workflow_sops, status: deprecated }
  - { section_number: 8, section_name: metrics_dashboard, status: planned }
  - { section_number: 9, section_name: appendix, status: planned }
---
`;

export const sectionBodies: Record<number, string> = {
  1: '## 1. Executive Summary\n\nThe firm loses leads.\n',
  2: '## 2. Diagnostic Analysis\n\nCounted in December.\n',
  3: '## 3. GHL Architecture\n\n### 3.1 System 1 — Intake\n\nCaptures.\n\n### 3.2 System 2 — Routing\n\nRoutes.\n',
  4: '## 4. Pilot Scope\n\n### Planned\n\n#### Intake\n\nFirst *two* tickets.\n\nTickets: T1.1.1, T1.1.2\n\n#### Routing\n\nLater.\n\nTickets: T2.1.1, T2.1.2\n\n### Delivered\n',
  5: '## 5. Implementation Sprints\n\nTwo sprints.\n\n### Sprint 1 — Start\n\nBegin.\n\n### Sprint 2 — Next\n\nGo on.\n',
  6: '## 6. GHL Configuration\n\nFields.\n',
  7: '## 7. Workflow SOPs\n\nNone.\n',
  8: '## 8. Metrics Dashboard\n\nSix metrics.\n',
  9: '## 9. Appendix\n\nGlossary.\n',
};

/** The sample roadmap, with sections replaced or (as null) left out. */
export function roadmapText(bodies: Record<number, string | null> = {}): string {
  const all = { ...sectionBodies, ...bodies };
  const parts = Object.values(all).filter((one): one is string => one !== null);
  return `${roadmapFront}# Acme — Roadmap\n\n${parts.join('\n')}`;
}

const snapshot = (label: Snapshot['label'], date: string, metrics: Snapshot['metrics']): Snapshot => ({
  id: label === 'baseline' ? '33333333-2222-4333-8444-555566667777' : '44444444-2222-4333-8444-555566667777',
  firmId: firm.id,
  date,
  label,
  source: 'manual',
  metrics,
  notes: null,
  evidence: {},
  sequence: 1,
});

export interface StateOptions {
  readonly pack?: string;
  readonly roadmap?: string;
  readonly measured?: boolean;
  readonly metadata?: WrittenMetadata | null;
  readonly version?: string;
}

/** A state as a refresh loads it, from texts. */
export function stateOf(options: StateOptions = {}): RefreshState {
  const version = options.version ?? 'v1.0';
  const pack = parsePackFile(makeSource('ticket-pack.md', options.pack ?? packText), firm);
  const roadmap = parseRoadmapFile(
    makeSource(`acme_ROADMAP_${version}.md`, options.roadmap ?? roadmapText()),
    firm,
    version,
  );
  if (!pack.pack || !roadmap.roadmap) {
    throw new Error(JSON.stringify([...pack.diagnostics, ...roadmap.diagnostics], null, 1));
  }
  const baseline = snapshot('baseline', '2026-01-05', { nps: 42, weekly_ops_hours: 12 });
  const d60 = snapshot('60d', '2026-03-06', { nps: 61, weekly_ops_hours: 5 });
  const snapshots = options.measured ? [baseline, d60] : [];
  const { facts } = roadmap.roadmap;
  const outcome = options.measured
    ? computeOutcome({
        firm,
        roadmap: { id: facts.id, version: facts.version, targets: facts.projection.targets },
        snapshots,
        baseline,
        target: d60,
        economics: resolveEconomics(firm.economics, {}),
        settings: defaultSettings,
        notes: null,
      })
    : null;
  return {
    firm,
    pack: { file: pack.pack, settled: settlePack(pack.pack.facts, pack.pack.facts.entries, '2026-03-07') },
    roadmap: roadmap.roadmap,
    metadata: options.metadata ?? null,
    outcome: outcome ? { outcome, source: makeSource('v1.0_60d.yaml', JSON.stringify(outcome)) } : null,
    snapshots,
    recommendations: [],
    settings: defaultSettings,
    systemNames: new Map([
      ['1', 'Intake'],
      ['2', 'Routing'],
    ]),
  };
}

/** Refreshes a state and gives the new files as text; throws unless a version was made. */
export function refreshed(state: RefreshState, today = '2026-03-07', major = false) {
  const made: Refreshed = refreshRoadmap(state, {
    today,
    major,
    fileOf: (version) => `acme_ROADMAP_${version}.md`,
  });
  if (made.kind !== 'refreshed') throw new Error(JSON.stringify(made));
  const text = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return {
    plan: made.plan,
    version: made.newVersion,
    roadmap: text(made.files.roadmap),
    exported: text(made.files.exported),
    metadata: JSON.parse(text(made.files.metadata)) as WrittenMetadata,
    changelog: text(made.files.changelog),
    pictures: made.files.pictures,
  };
}

/** A section's text, by the number in its heading. */
export function sectionOf(roadmap: string, number: number): string {
  const from = roadmap.search(new RegExp(`^## ${number}\\. `, 'm'));
  const rest = roadmap.slice(from);
  const next = rest.slice(1).search(/^## \d+\. (?!Not)/m);
  return next < 0 ? rest : rest.slice(0, next + 1);
}
