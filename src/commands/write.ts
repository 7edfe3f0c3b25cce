import { resolve } from 'node:path';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { hasErrors } from '../domain/diagnostic.ts';
import { ScendError } from '../domain/error.ts';
import { exitCodeOf } from '../domain/exit-code.ts';
import { renderPlanFile } from '../formats/plan-file.ts';
import { planFields, renderPlan } from '../report/plan.ts';
import { packageVersion } from '../store/assets.ts';
import { writeFileAtomic } from '../store/atomic.ts';
import { type PlanInputs, planInputs } from '../store/plan-inputs.ts';
import { type Applied, applyPlan } from '../store/transaction/apply.ts';
import type { WritePlan } from '../store/transaction/change.ts';
import { withRun } from '../store/transaction/run.ts';
import type { Workspace } from '../store/workspace.ts';
import { type CommandContext, type CommandResult, result, switchFlag, textFlag } from './context.ts';

/** What a command decided for one firm (or for the workspace). */
export interface Decision {
  readonly firm: string | null;
  /** Null when there is nothing to write, or findings stop it. */
  readonly plan: WritePlan | null;
  /** Findings; an error among them stops what was planned. */
  readonly diagnostics: readonly Diagnostic[];
  /** Findings about what was left out of the plan, which they do not stop. */
  readonly besides?: readonly Diagnostic[];
  /** What happened or will happen, for people. */
  readonly lines: readonly string[];
  /** Plain data about the decision, for `--json`. */
  readonly data: object;
}

/** Whether there is anything to write or to commit. */
export function hasChanges({ plan }: Decision): boolean {
  return plan !== null && plan.changes.length > 0;
}

/** One firm, or the workspace itself (null), that a command is to decide about and write for. */
export interface Target {
  readonly firm: string | null;
  /** Decides from the workspace it is given, which is the one under the lock when it is to be written. */
  readonly decide: (workspace: Workspace) => Promise<Decision>;
}

/** A target for each firm. */
export function eachFirm(
  slugs: readonly string[],
  decide: (workspace: Workspace, slug: string) => Promise<Decision>,
): Target[] {
  return slugs.map((firm) => ({ firm, decide: (workspace) => decide(workspace, firm) }));
}

/**
 * Decides for each target in turn and carries it out at once, so that what is written rests on what was read
 * under the same lock; or prints what would be written, with `--dry-run`. A firm that fails never hides
 * another. Says what happened and what to run next.
 */
export async function carryOut(
  context: CommandContext,
  workspace: Workspace,
  targets: readonly Target[],
  more: {
    readonly diagnostics?: readonly Diagnostic[];
    readonly next?: (decisions: readonly Decision[]) => readonly string[];
    /** False for a command that leaves every commit to people. */
    readonly commit?: boolean;
  } = {},
): Promise<CommandResult> {
  const planOut = textFlag(context, 'plan-out');
  const dryRun = switchFlag(context, 'dry-run') || planOut !== null;
  const silent = more.commit === false;
  const commit = !silent && !switchFlag(context, 'no-commit') && workspace.settings.commit.auto;
  const several = targets.filter((one) => one.firm !== null).length > 1;
  const outcomes: Carried[] = [];
  for (const [n, one] of targets.entries()) {
    context.progress?.(n, targets.length);
    const label = one.firm === null || !several ? '' : `${one.firm}: `;
    outcomes.push(await carryOutOne(context, workspace, one, { label, dryRun, commit, silent }));
  }
  const notes = outcomes.flatMap((one) => one.notes);
  const errors = outcomes.flatMap((one) => (one.error ? [one.error] : []));
  const decisions = outcomes.flatMap((one) => (one.decision ? [one.decision] : []));
  const diagnostics = [...(more.diagnostics ?? []), ...decisions.flatMap(findingsOf)];
  const failed = hasErrors(diagnostics);
  const worst = Math.max(0, ...errors.map(exitCodeOf));
  const firms = outcomes.map((one) => one.data);
  const data = dryRun ? planData(workspace, firms) : { dry_run: false, firms };
  if (planOut !== null) {
    await writeFileAtomic(resolve(context.cwd, planOut), new TextEncoder().encode(renderPlanFile(data)));
    notes.push(`Next: scend plan show ${planOut}`, `Next: scend apply ${planOut}`);
  } else if (dryRun) notes.push('Dry run: nothing was written.');
  else if (!failed && errors.length === 0) {
    notes.push(...(more.next?.(decisions) ?? []).map((line) => `Next: ${line}`));
  }
  return result({
    data,
    text: outcomes.flatMap((one) => one.text).join('\n'),
    notes,
    diagnostics,
    exitCode: worst > 0 ? worst : failed ? 1 : 0,
    error: errors[0] ?? null,
  });
}

function findingsOf({ diagnostics, besides = [] }: Decision): readonly Diagnostic[] {
  return [...diagnostics, ...besides];
}

interface Carried {
  readonly decision: Decision | null;
  readonly text: readonly string[];
  readonly notes: readonly string[];
  readonly data: object;
  readonly error: ScendError | null;
}

interface CarryOptions {
  readonly label: string;
  readonly dryRun: boolean;
  readonly commit: boolean;
  /** Nothing is said of a commit that nobody expects. */
  readonly silent: boolean;
}

async function carryOutOne(
  context: CommandContext,
  workspace: Workspace,
  target: Target,
  options: CarryOptions,
): Promise<Carried> {
  const found: string[] = [];
  try {
    if (options.dryRun) {
      // Read before the decision, so that whatever changes meanwhile makes the plan stale.
      const inputs = await planInputs(workspace, target.firm);
      const decision = await target.decide(workspace);
      return report(decision, options, decision.plan ? { preview: { plan: decision.plan, inputs } } : {});
    }
    return await withRun(workspace, async ({ workspace: present, notes }) => {
      found.push(...notes);
      const decision = await target.decide(present);
      if (!decision.plan || hasErrors(decision.diagnostics)) return report(decision, options, { notes });
      const author = textFlag(context, 'author');
      const applied = await applyPlan(present, decision.plan, { commit: options.commit, author });
      return report(decision, options, { applied, notes });
    });
  } catch (error) {
    if (!(error instanceof ScendError) || error.code === 'usage/cancelled') throw error;
    // What was decided is not said as if it had happened.
    return {
      decision: null,
      text: [],
      notes: [...found, ...errorLines(options.label, error)],
      data: {
        firm: target.firm,
        error: { code: error.code, message: error.message, hint: error.hint },
      },
      error,
    };
  }
}

interface Happened {
  readonly applied?: Applied;
  readonly preview?: { readonly plan: WritePlan; readonly inputs: PlanInputs };
  readonly notes?: readonly string[];
}

function report(decision: Decision, { label, silent }: CarryOptions, happened: Happened): Carried {
  const { applied, preview, notes = [] } = happened;
  const base = { firm: decision.firm, ...decision.data };
  const more = applied ? appliedLines(silent ? { ...applied, notCommitted: null } : applied) : [];
  const lines = [...decision.lines, ...more].map((line) => `${label}${line}`);
  const carried = { decision, text: lines, error: null };
  if (hasErrors(decision.diagnostics)) {
    const stopped = `${label}nothing was written because of the errors listed`;
    return { ...carried, notes: [...notes, stopped], data: { ...base, written: [], commit: null } };
  }
  if (preview && preview.plan.changes.length > 0) {
    const text = [...lines, renderPlan(preview.plan, silent)];
    return { ...carried, text, notes, data: { ...base, plan: planFields(preview.plan, preview.inputs) } };
  }
  const removed = applied && applied.removed.length > 0 ? { removed: applied.removed } : {};
  const data = { ...base, written: applied?.written ?? [], ...removed, commit: applied?.commit?.oid ?? null };
  return { ...carried, notes: [...notes, ...(applied?.notes ?? [])], data };
}

function errorLines(label: string, error: ScendError): string[] {
  return [`${label}error: ${error.message} [${error.code}]`, `  ${error.hint}`];
}

function appliedLines(applied: Applied): string[] {
  const lines = [
    ...applied.written.map((path) => `  wrote ${path}`),
    ...applied.removed.map((path) => `  removed ${path}`),
  ];
  if (applied.commit)
    lines.push(`  committed ${applied.commit.oid.slice(0, 10)} on ${applied.commit.branch}`);
  else if (applied.notCommitted) lines.push(`  not committed: ${applied.notCommitted}`);
  return lines;
}

/** A dry run as data is a plan that "scend apply" takes. */
function planData(workspace: Workspace, firms: readonly object[]) {
  const { id } = workspace.settings;
  return { schema: 'scend/plan@1', engine: packageVersion(), workspace_id: id, dry_run: true, firms };
}
