import type { IsoDate } from '../domain/date.ts';
import { design, type Outcome } from '../domain/outcome.ts';
import type { Inputs, Recorded } from '../domain/refresh.ts';
import type { RoadmapFacts } from '../domain/roadmap.ts';
import type { Rollup } from '../domain/rollup.ts';
import type { TicketInstance, TicketStatus } from '../domain/ticket.ts';
import type { Version } from '../domain/version.ts';
import { certaintyFields } from './outcome-evidence.ts';
import { roiFields } from './outcome-file.ts';
import { evidenceBlock, projectionFields } from './projection-fields.ts';

export interface MetadataInput {
  readonly firm: { readonly id: string; readonly slug: string };
  readonly roadmap: RoadmapFacts;
  readonly previousVersion: Version | null;
  readonly today: IsoDate;
  readonly tickets: readonly TicketInstance[] | null;
  readonly rollup: Rollup | null;
  readonly outcome: Outcome | null;
  readonly inputs: { readonly [K in keyof Inputs]: string | null };
  readonly previousRoadmap: string | null;
  readonly parts: Readonly<Record<string, string>>;
}

/** A roadmap version for programs, as JSON text with a final newline. */
export function renderMetadata(input: MetadataInput): string {
  const { firm, roadmap, outcome, inputs } = input;
  const { projection } = roadmap;
  return `${JSON.stringify(
    {
      schema: 'scend/metadata@1',
      firm: firm.slug,
      firm_id: firm.id,
      roadmap_id: roadmap.id,
      version: roadmap.version,
      previous_version: input.previousVersion,
      generated_at: input.today,
      implementation_progress: progressOf(input),
      roi_projection: projectionFields(projection),
      realized_roi: outcome ? roiFields(outcome.roi) : null,
      outcome: outcome
        ? {
            id: outcome.id,
            target_label: outcome.targetLabel,
            target_date: outcome.targetDate,
            design,
            status: outcome.classification.status,
            status_reason: outcome.classification.reason,
            score: outcome.classification.score,
            deltas: outcome.deltas,
            ...(outcome.certainty && { evidence: certaintyFields(outcome.certainty) }),
          }
        : null,
      sections: roadmap.sections.map((one) => ({
        section_number: one.sectionNumber,
        section_name: one.sectionName,
        status: one.status,
        last_updated_at: one.lastUpdatedAt,
      })),
      tickets: input.tickets?.map(recordTicket) ?? null,
      digests: {
        pack: inputs.pack,
        outcome: inputs.outcome,
        snapshots: inputs.snapshots,
        previous_roadmap: input.previousRoadmap,
        roadmap_parts: input.parts,
      },
    },
    null,
    2,
  )}\n`;
}

/**
 * The same metadata with another projection and the digests of the roadmap that it now stands in; null when it
 * is not such a file. What the digests say of parts that people edit stays as it was.
 */
export function updateProjection(
  bytes: Uint8Array,
  projection: ReturnType<typeof projectionFields>,
  parts: Readonly<Record<string, string>>,
): Uint8Array | null {
  let written: { roi_projection?: unknown; digests?: { roadmap_parts?: Record<string, string> } } | null;
  try {
    written = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
  const digests = written?.digests?.roadmap_parts;
  if (!written || !digests) return null;
  const name = `block:${evidenceBlock}`;
  if (parts[name] !== undefined) digests[name] = parts[name];
  written.roi_projection = projection;
  return new TextEncoder().encode(`${JSON.stringify(written, null, 2)}\n`);
}

function progressOf({ rollup, today }: MetadataInput) {
  if (!rollup) return null;
  const withStatus = (status: string) =>
    [...rollup.systems].filter(([, one]) => one.status === status).map(([id]) => id);
  return {
    tickets_completed: rollup.pack.done,
    tickets_total: rollup.pack.tickets,
    tickets_active: rollup.pack.active,
    pct_complete: rollup.pack.pct,
    systems_implemented: withStatus('implemented'),
    systems_in_progress: withStatus('in_progress'),
    last_updated: today,
  };
}

function recordTicket(one: TicketInstance) {
  return {
    ticket_id: one.ticketId,
    title: one.title,
    status: one.status,
    system_id: one.systemId,
    sprint: one.sprint,
    started_at: one.startedAt,
    completed_at: one.completedAt,
  };
}

/** A metadata file as it was written. */
export interface WrittenMetadata {
  readonly firm: string;
  readonly version: Version;
  readonly previous_version: Version | null;
  readonly roadmap_id: string;
  readonly generated_at: IsoDate;
  readonly implementation_progress: { readonly pct_complete: number | null } | null;
  readonly tickets:
    | readonly {
        readonly ticket_id: string;
        readonly title?: string;
        readonly status: TicketStatus;
        readonly system_id: string;
        readonly sprint: number | null;
        readonly started_at?: IsoDate | null;
        readonly completed_at?: IsoDate | null;
      }[]
    | null;
  readonly digests: {
    readonly pack?: string | null;
    readonly outcome?: string | null;
    readonly snapshots?: string | null;
    readonly previous_roadmap?: string | null;
    readonly roadmap_parts: Readonly<Record<string, string>>;
  };
}

/** What a version recorded about itself, for the next refresh to compare with. */
export function recordedOf(written: WrittenMetadata): Recorded {
  const { digests } = written;
  return {
    tickets:
      written.tickets?.map((one) => ({
        ticketId: one.ticket_id,
        title: one.title ?? '',
        status: one.status,
        systemId: one.system_id,
        sprint: one.sprint,
        startedAt: one.started_at ?? null,
        completedAt: one.completed_at ?? null,
      })) ?? null,
    inputs: {
      pack: digests.pack ?? null,
      outcome: digests.outcome ?? null,
      snapshots: digests.snapshots ?? null,
    },
  };
}
