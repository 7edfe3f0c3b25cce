import { type Completion, completionOf } from './completion.ts';
import type { IsoDate } from './date.ts';
import { forecastPack, type PackForecast } from './forecast.ts';
import { derivedId } from './id.ts';
import type { Outcome } from './outcome.ts';
import type { TicketPack } from './pack.ts';
import type { Named, Recommendation, RoadmapFacts, SectionStatus } from './roadmap.ts';
import { progressOf, type Rollup, rollUp, systemStatus } from './rollup.ts';
import type { Snapshot } from './snapshot.ts';
import type { TicketInstance } from './ticket.ts';
import { diffTickets, type RecordedTicket, type TicketDiff } from './ticket-diff.ts';
import { type SprintState, sprintStates } from './timeline.ts';
import { nextVersion, type Version } from './version.ts';

/** Fingerprints of what a version was made from; null for what did not exist. */
export interface Inputs {
  readonly pack: string;
  readonly outcome: string | null;
  readonly snapshots: string | null;
}

/** What the last version recorded about itself. */
export interface Recorded {
  readonly tickets: readonly RecordedTicket[] | null;
  readonly inputs: { readonly [K in keyof Inputs]: string | null };
}

/** A part of the roadmap that names tickets or systems. */
export interface NamedPart {
  readonly name: string;
  readonly named: Named;
}

export interface RefreshInput {
  readonly today: IsoDate;
  readonly firmId: string;
  readonly roadmap: RoadmapFacts;
  readonly pack: TicketPack;
  readonly snapshots: readonly Snapshot[];
  readonly outcome: Outcome | null;
  readonly recommendations: readonly Recommendation[];
  readonly recorded: Recorded | null;
  readonly inputs: Inputs;
  /** Section 3's sub-sections and section 4's workflows, in their order. */
  readonly subsections: readonly NamedPart[];
  readonly workflows: readonly (NamedPart & { readonly delivered: boolean })[];
  /** Sections that a person edited since the last version was written; null when that is not known. */
  readonly editedParts: readonly string[] | null;
  readonly major: boolean;
  /** Days of the past that the forecast rests on, at most. */
  readonly forecastWindow: number;
}

export interface SectionChange {
  readonly sectionNumber: number;
  readonly before: SectionStatus | null;
  readonly after: SectionStatus;
}

export interface WorkflowState extends NamedPart {
  readonly completion: Completion;
  readonly delivered: boolean;
  /** Complete and still among the planned ones. */
  readonly moves: boolean;
}

/** Everything the next version says, decided; the text follows from it. */
export interface RefreshPlan {
  readonly from: Version;
  readonly to: Version;
  readonly today: IsoDate;
  readonly roadmapId: string;
  readonly rollup: Rollup;
  readonly diff: TicketDiff;
  readonly sections: readonly SectionChange[];
  readonly subsections: readonly (NamedPart & { readonly completion: Completion })[];
  readonly workflows: readonly WorkflowState[];
  readonly sprints: readonly SprintState[];
  readonly forecast: PackForecast;
  readonly backlog: readonly TicketInstance[];
  readonly systemsImplemented: readonly string[];
  readonly systemsInProgress: readonly string[];
  /** Systems not in the last version. */
  readonly systemsAdded: readonly string[];
  /** Over half of the mvp systems are implemented, so what was delivered leads the summary. */
  readonly deliveredLeads: boolean;
  readonly snapshots: readonly Snapshot[];
  readonly outcome: Outcome | null;
  readonly outcomeChanged: boolean;
  readonly editedParts: readonly string[] | null;
}

export type RefreshDecision =
  | { readonly kind: 'unchanged'; readonly version: Version }
  | { readonly kind: 'refresh'; readonly plan: RefreshPlan };

/** Decides the next version of a roadmap; pure, so the same input gives the same version on any machine. */
export function planRefresh(input: RefreshInput): RefreshDecision {
  const { roadmap, pack, recorded, inputs } = input;
  const same = (key: keyof Inputs) => recorded !== null && recorded.inputs[key] === inputs[key];
  // Asked for a major version on top of one that nothing has followed: it is there already.
  const major = input.major && !roadmap.version.endsWith('.0');
  const unchanged = same('pack') && same('outcome') && same('snapshots');
  if (unchanged && !major) {
    return { kind: 'unchanged', version: roadmap.version };
  }
  const rollup = rollUp(pack.tickets);
  const systems = [...rollup.systems];
  const before = recorded?.tickets ? new Set(recorded.tickets.map((one) => one.systemId)) : null;
  const systemsAdded = before ? systems.map(([id]) => id).filter((id) => !before.has(id)) : [];
  const to = nextVersion(roadmap.version, input.major || systemsAdded.length > 0 ? 'major' : 'minor');
  const withStatus = (status: string) => systems.filter(([, one]) => one.status === status).map(([id]) => id);
  const systemsImplemented = withStatus('implemented');
  return {
    kind: 'refresh',
    plan: {
      from: roadmap.version,
      to,
      today: input.today,
      roadmapId: derivedId(input.firmId, `roadmap:${to}`),
      rollup,
      diff: diffTickets(recorded?.tickets ?? null, pack.tickets),
      sections: sectionChanges(input),
      subsections: input.subsections.map((one) => ({
        ...one,
        completion: completionOf(one.named, pack.tickets),
      })),
      workflows: input.workflows.map((one) => workflowState(one, pack.tickets)),
      sprints: sprintStates(pack, input.today),
      forecast: forecastPack(pack, input.today, input.forecastWindow),
      backlog: pack.tickets.filter((one) => one.status === 'skipped'),
      systemsImplemented,
      systemsInProgress: withStatus('in_progress'),
      systemsAdded,
      deliveredLeads: deliveredLeads(input.recommendations, rollup),
      snapshots: input.snapshots,
      outcome: input.outcome,
      outcomeChanged: !same('outcome'),
      editedParts: input.editedParts,
    },
  };
}

function workflowState(
  one: NamedPart & { readonly delivered: boolean },
  tickets: readonly TicketInstance[],
): WorkflowState {
  const completion = completionOf(one.named, tickets);
  return { ...one, completion, moves: completion.complete && !one.delivered };
}

/** More than half of the mvp systems (all systems when none is named) are implemented. */
function deliveredLeads(recommendations: readonly Recommendation[], rollup: Rollup): boolean {
  const named = recommendations.filter((one) => one.phase === 'mvp').map((one) => one.systemId);
  const mvp = new Set(named.length > 0 ? named : rollup.systems.keys());
  const implemented = [...mvp].filter((id) => rollup.systems.get(id)?.status === 'implemented');
  return mvp.size > 0 && implemented.length > mvp.size / 2;
}

function sectionChanges(input: RefreshInput): SectionChange[] {
  const known = new Map(input.roadmap.sections.map((one) => [one.sectionNumber, one]));
  const numbers = [...new Set([...known.keys(), 10])].sort((a, b) => a - b);
  return numbers.map((sectionNumber) => {
    const before = known.get(sectionNumber)?.status ?? null;
    const systems = known.get(sectionNumber)?.systems ?? null;
    return { sectionNumber, before, after: sectionStatus(input, sectionNumber, before, systems) };
  });
}

/**
 * What a person deprecated stays so; 2 and 9 are theirs; 8 and 10 follow the snapshots; the rest follows the
 * tickets of the systems it covers.
 */
function sectionStatus(
  input: RefreshInput,
  sectionNumber: number,
  before: SectionStatus | null,
  systems: readonly string[] | null,
): SectionStatus {
  if (before === 'deprecated') return before;
  if (sectionNumber === 2 || sectionNumber === 9) return before ?? 'planned';
  if (sectionNumber === 8 || sectionNumber === 10) {
    if (input.snapshots.length === 0) return 'planned';
    return input.snapshots.some((one) => one.label === '90d') ? 'implemented' : 'in_progress';
  }
  const covered = input.pack.tickets.filter((one) => systems === null || systems.includes(one.systemId));
  const status = covered.length === 0 ? null : systemStatus(progressOf(covered));
  // Only a person deprecates a section: what the engine set by itself could never be left again.
  return status === null || status === 'deprecated' ? (before ?? 'planned') : status;
}
