import type { CommandSpec } from './context.ts';

export interface CommandEntry {
  /** As typed: `pack create`. */
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandSpec>;
}

/** What a group of commands is for. */
export const commandGroups: Readonly<Record<string, string>> = {
  firm: 'client firms',
  pack: 'ticket packs',
  import: 'take in what exists already, as it is: roadmaps, tickets, measurements',
  plan: 'plans that --plan-out wrote, for a review before "scend apply"',
};

/** Every command, with a loader so that a run pays only for the command it runs. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'make a workspace: settings, templates, schemas, editor settings',
    load: async () => (await import('./init.ts')).command,
  },
  {
    name: 'firm add',
    summary: 'add a client firm with its roadmap v1.0 from the template',
    load: async () => (await import('./firm-add.ts')).command,
  },
  {
    name: 'pack create',
    summary: "make a firm's ticket pack from the library: selection, prerequisites, order, sprints",
    load: async () => (await import('./pack-create.ts')).command,
  },
  {
    name: 'import roadmap',
    summary: 'take in a roadmap that exists as Markdown: its headings become the ten sections',
    load: async () => (await import('./import-roadmap.ts')).command,
  },
  {
    name: 'import pack',
    summary: 'take in tickets that exist as Markdown, CSV or JSON, with their state and snapshots',
    load: async () => (await import('./import-pack.ts')).command,
  },
  {
    name: 'status',
    summary: 'progress by sprint, system and assignee; what is blocked or late',
    load: async () => (await import('./status.ts')).command,
  },
  {
    name: 'forecast',
    summary: 'when each sprint and the pack will be done, with 50, 85 and 95 % chance',
    load: async () => (await import('./forecast.ts')).command,
  },
  {
    name: 'check',
    summary: 'report every finding of the workspace with its place and what to do',
    load: async () => (await import('./check.ts')).command,
  },
  {
    name: 'sync',
    summary: 'settle checkboxes, Status lines and dates in a pack; read a ticked export back',
    load: async () => (await import('./sync.ts')).command,
  },
  {
    name: 'snapshot',
    summary: "record a firm's metrics on one day",
    load: async () => (await import('./snapshot.ts')).command,
  },
  {
    name: 'outcomes',
    summary: 'compute deltas, ROI and status from the baseline and a later snapshot',
    load: async () => (await import('./outcomes.ts')).command,
  },
  {
    name: 'refresh',
    summary: 'make the next version of a roadmap from the pack and the newest outcome',
    load: async () => (await import('./refresh.ts')).command,
  },
  {
    name: 'diff',
    summary: 'what changed in meaning since a commit: tickets, metrics, outcomes, scope, versions',
    load: async () => (await import('./diff.ts')).command,
  },
  {
    name: 'aggregate',
    summary: 'what all firms reached, by industry, size and system: analytics/global_outcomes',
    load: async () => (await import('./aggregate.ts')).command,
  },
  {
    name: 'project',
    summary: "a firm's 90-day targets and ROI from what similar firms reached",
    load: async () => (await import('./project.ts')).command,
  },
  {
    name: 'plan show',
    summary: 'print a plan of --plan-out as Markdown, for a review',
    load: async () => (await import('./plan-show.ts')).command,
  },
  {
    name: 'apply',
    summary: 'carry out a plan, if nothing it rests on has changed',
    load: async () => (await import('./apply.ts')).command,
  },
  {
    name: 'undo',
    summary: "take back Scend's last commit for a firm, by a new commit",
    load: async () => (await import('./undo.ts')).command,
  },
  {
    name: 'merge',
    summary: 'merge ticket packs that are in conflict, by ticket and field',
    load: async () => (await import('./merge.ts')).command,
  },
  {
    name: 'merge-driver',
    summary: 'what Git runs to merge a ticket pack (merge.scend.driver)',
    load: async () => (await import('./merge-driver.ts')).command,
  },
  {
    name: 'doctor',
    summary: 'say what would keep Scend from writing or committing here, and how to mend it',
    load: async () => (await import('./doctor.ts')).command,
  },
  {
    name: 'migrate',
    summary: 'bring files of older formats up to date in place, comments kept',
    load: async () => (await import('./migrate.ts')).command,
  },
  {
    name: 'completion',
    summary: 'print what makes a shell complete commands, options and firms at the Tab key',
    load: async () => (await import('./completion.ts')).command,
  },
];

/** First words of the commands of two words. */
export const groupNames: ReadonlySet<string> = new Set(
  commandTable.flatMap((one) => (one.name.includes(' ') ? [one.name.split(' ')[0] ?? ''] : [])),
);
