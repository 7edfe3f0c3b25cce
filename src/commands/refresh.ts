import { design } from '../domain/outcome.ts';
import type { RefreshPlan } from '../domain/refresh.ts';
import { digestData } from '../formats/digest.ts';
import { statusText } from '../formats/outcome-text.ts';
import { type Refreshed, refreshRoadmap } from '../formats/refresh.ts';
import { readAtHead } from '../store/git-view.ts';
import { systemNames } from '../store/library.ts';
import { firmPaths } from '../store/load.ts';
import { chooseFirms, todayFor, type Workspace } from '../store/workspace.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  firmOption,
  open,
  switchFlag,
  textFlag,
  usage,
  writeOptions,
} from './context.ts';
import { changeData, datesText } from './pack-changes.ts';
import { decideRebase } from './rebase.ts';
import { versionChanges } from './refresh-changes.ts';
import { loadState, type State } from './refresh-state.ts';
import { carryOut, type Decision, eachFirm, hasChanges } from './write.ts';

export const command: CommandSpec = {
  options: [
    firmOption,
    { name: 'all', about: 'refresh every firm, one commit each' },
    {
      name: 'roadmap-version',
      value: '<version>',
      about: 'the version to start from; the newest when left out',
    },
    { name: 'major', about: 'make v2.0 instead of v1.1' },
    {
      name: 'rebase',
      about: 'during a merge of two branches with the same version: put this one on top of the other',
    },
    { name: 'rollup', about: 'write rollup.yaml on a side branch too' },
    ...writeOptions,
  ],
  examples: [
    'scend refresh --firm hayes_real_estate',
    'scend refresh --firm hayes_real_estate --dry-run',
    'scend refresh --all',
  ],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const named = textFlag(context, 'firm');
  const all = switchFlag(context, 'all');
  if (all && named !== null)
    throw usage('firm-and-all', '--firm and --all exclude each other', 'Give one of them.');
  if (!all && named === null && workspace.currentFirm === null) {
    throw usage(
      'missing-option',
      '--firm is missing',
      'Name a firm with --firm, or refresh every firm with --all.',
    );
  }
  const { slugs, diagnostics } = await chooseFirms(
    all ? { ...workspace, currentFirm: null } : workspace,
    named,
  );
  const names = await systemNames(workspace);
  if (switchFlag(context, 'rebase')) return rebase(context, workspace, slugs, names);
  const targets = eachFirm(slugs, (present, slug) => decide(context, present, slug, names));
  const next =
    slugs.length === 1 ? [`open the changelog; "scend status --firm ${slugs[0]}" shows the figures`] : [];
  return carryOut(context, workspace, targets, {
    diagnostics,
    next: (decisions) => (decisions.some((one) => one.plan) ? next : []),
  });
}

/** A merge under way is concluded by its author, so nothing is committed here. */
async function rebase(
  context: CommandContext,
  workspace: Workspace,
  slugs: readonly string[],
  names: ReadonlyMap<string, string>,
): Promise<CommandResult> {
  const targets = eachFirm(slugs, (present, slug) => decideRebase(context, present, slug, names));
  return carryOut(context, workspace, targets, {
    commit: false,
    next: (decisions) =>
      decisions.some(hasChanges)
        ? [
            `look at it, then conclude the merge: git add ${slugs.map((one) => `firms/${one}`).join(' ')} && git commit`,
          ]
        : [],
  });
}

async function decide(
  context: CommandContext,
  workspace: Workspace,
  slug: string,
  names: ReadonlyMap<string, string>,
): Promise<Decision> {
  const { state, diagnostics } = await loadState(context, workspace, slug, names);
  const nothing = { firm: slug, plan: null, diagnostics, lines: [], data: {} };
  if (!state) return nothing;
  const refreshed = refreshRoadmap(state, {
    today: todayFor(workspace, state.firm),
    major: switchFlag(context, 'major'),
    fileOf: firmPaths(slug).roadmap,
  });
  if (refreshed.kind === 'refused') {
    return { ...nothing, diagnostics: [...diagnostics, ...refreshed.diagnostics] };
  }
  if (refreshed.kind === 'unchanged') {
    const lines = [`nothing changed since ${refreshed.version}; no new version`];
    return { ...nothing, lines, data: { changed: false, version: refreshed.version } };
  }
  const { firm, pack, systemNames: known, roadmap: from } = state;
  const made = { firm, pack, systemNames: known, from, refreshed };
  const changes = await versionChanges(context, workspace, made);
  const dated = inferredLines(state);
  const plan = { firm: slug, changes, message: messageOf(slug, refreshed, dated) };
  const lines = [...linesOf(refreshed.plan), ...dated, ...(await uncommittedInputs(workspace, state))];
  const data = { ...dataOf(slug, refreshed), tickets: state.pack.settled.changes.map(changeData) };
  return { firm: slug, plan, diagnostics, lines, data };
}

/** A roadmap that quotes measurements which are not in Git cannot be checked by its reviewer. */
async function uncommittedInputs(workspace: Workspace, state: State): Promise<string[]> {
  if (!workspace.git) return [];
  const sources = [...state.snapshotSources.values(), ...(state.outcome ? [state.outcome.source] : [])];
  const missing: string[] = [];
  for (const source of sources) {
    if (!(await readAtHead(workspace.git, source.file))) missing.push(source.file);
  }
  return missing.map((file) => `note: the roadmap rests on ${file}, which is not committed`);
}

/** The tickets whose dates are read from history and written by this refresh. */
function inferredLines({ pack }: State): string[] {
  return pack.settled.changes
    .filter((one) => one.inferred)
    .map((one) => `${one.ticketId}: ${datesText(one).join(', ')}`);
}

function messageOf(
  slug: string,
  { plan, inputs }: Refreshed & { kind: 'refreshed' },
  dated: readonly string[],
): string {
  return [
    `roadmap(${slug}): refresh ${plan.from} → ${plan.to}`,
    '',
    ...linesOf(plan).slice(1),
    ...dated,
    '',
    `Scend-Firm: ${slug}`,
    `Scend-Version: ${plan.to}`,
    `Scend-Inputs: ${digestData(inputs)}`,
    '',
  ].join('\n');
}

function linesOf(plan: RefreshPlan): string[] {
  const { pack } = plan.rollup;
  const lines = [
    `roadmap ${plan.from} → ${plan.to}`,
    `${pack.done} of ${pack.active} tickets done (${pack.pct ?? 0} %), ${plan.diff.done.length} newly done`,
  ];
  const add = (word: string, count: number) => count > 0 && lines.push(`${count} ${word}`);
  add('started', plan.diff.started.length);
  add('blocked', plan.diff.blocked.length);
  add('reopened', plan.diff.reopened.length);
  add('put off to phase 2', plan.diff.skipped.length);
  if (plan.systemsImplemented.length > 0)
    lines.push(`systems implemented: ${plan.systemsImplemented.join(', ')}`);
  if (plan.systemsAdded.length > 0) lines.push(`systems added: ${plan.systemsAdded.join(', ')}`);
  const delivered = plan.workflows.filter((one) => one.moves).length;
  if (delivered > 0)
    lines.push(`${delivered} ${delivered === 1 ? 'workflow' : 'workflows'} moved to Delivered`);
  lines.push(
    plan.outcome
      ? `outcome ${plan.outcome.targetLabel}: ${statusText(plan.outcome)}; ${design}`
      : 'no outcome measured yet',
  );
  return lines;
}

function dataOf(slug: string, { plan, files }: Refreshed & { kind: 'refreshed' }): object {
  const paths = firmPaths(slug);
  const { pack } = plan.rollup;
  return {
    changed: true,
    from: plan.from,
    version: plan.to,
    paths: {
      roadmap: paths.roadmap(plan.to),
      ticket_pack: paths.export(plan.to),
      metadata: paths.metadata(plan.to),
      changelog: paths.changelog(plan.from, plan.to),
      pictures: files.pictures.map((one) => paths.picture(one.name, plan.to)),
    },
    progress: { done: pack.done, active: pack.active, tickets: pack.tickets, pct: pack.pct },
    newly_done: plan.diff.done.map((one) => one.ticketId),
    systems_implemented: plan.systemsImplemented,
    outcome_status: plan.outcome?.classification.status ?? null,
  };
}
