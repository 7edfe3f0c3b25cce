import { createTwoFilesPatch } from 'diff';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { hasErrors } from '../domain/diagnostic.ts';
import { ScendError } from '../domain/error.ts';
import { exitCodeOf } from '../domain/exit-code.ts';
import { type Applied, applyPlan, type FileChange, same, type WritePlan } from '../store/apply.ts';
import type { Workspace } from '../store/workspace.ts';
import { type CommandContext, type CommandResult, result, switchFlag, textFlag } from './context.ts';

/** What a command decided for one firm (or for the workspace). */
export interface Decision {
  readonly firm: string | null;
  /** Null when there is nothing to write, or findings stop it. */
  readonly plan: WritePlan | null;
  readonly diagnostics: readonly Diagnostic[];
  /** What happened or will happen, for people. */
  readonly lines: readonly string[];
  /** Plain data about the decision, for `--json`. */
  readonly data: object;
  readonly error?: ScendError | null;
}

/** Decides for each slug in turn; a firm that fails never hides another. */
export async function decideEach(
  slugs: readonly string[],
  decide: (slug: string) => Promise<Decision>,
): Promise<Decision[]> {
  const decisions: Decision[] = [];
  for (const slug of slugs) {
    try {
      decisions.push(await decide(slug));
    } catch (error) {
      if (!(error instanceof ScendError) || error.code === 'usage/cancelled') throw error;
      decisions.push({ firm: slug, plan: null, diagnostics: [], lines: [], data: {}, error });
    }
  }
  return decisions;
}

/** Carries decisions out, or prints them with `--dry-run`, and says what happened and what to run next. */
export async function carryOut(
  context: CommandContext,
  workspace: Workspace,
  decisions: readonly Decision[],
  more: { readonly diagnostics?: readonly Diagnostic[]; readonly next?: readonly string[] } = {},
): Promise<CommandResult> {
  const dryRun = switchFlag(context, 'dry-run');
  const commit = !switchFlag(context, 'no-commit') && workspace.settings.commit.auto;
  const outcomes: Carried[] = [];
  for (const one of decisions) {
    const label = one.firm === null || decisions.length === 1 ? '' : `${one.firm}: `;
    outcomes.push(await carryOutOne(context, workspace, one, { label, dryRun, commit }));
  }
  const notes = outcomes.flatMap((one) => one.notes);
  const errors = outcomes.flatMap((one) => (one.error ? [one.error] : []));
  const diagnostics = [...(more.diagnostics ?? []), ...decisions.flatMap((one) => one.diagnostics)];
  const failed = hasErrors(diagnostics);
  const worst = Math.max(0, ...errors.map(exitCodeOf));
  if (dryRun) notes.push('Dry run: nothing was written.');
  else if (!failed && errors.length === 0) notes.push(...(more.next ?? []).map((line) => `Next: ${line}`));
  return result({
    data: { dry_run: dryRun, firms: outcomes.map((one) => one.data) },
    text: outcomes.flatMap((one) => one.text).join('\n'),
    notes,
    diagnostics,
    exitCode: worst > 0 ? worst : failed ? 1 : 0,
    error: errors[0] ?? null,
  });
}

interface Carried {
  readonly text: readonly string[];
  readonly notes: readonly string[];
  readonly data: object;
  readonly error: ScendError | null;
}

async function carryOutOne(
  context: CommandContext,
  workspace: Workspace,
  decision: Decision,
  options: { readonly label: string; readonly dryRun: boolean; readonly commit: boolean },
): Promise<Carried> {
  const { firm, plan, lines } = decision;
  const { label } = options;
  const base = { firm, ...decision.data };
  const said = (more: readonly string[]) => [...lines, ...more].map((line) => `${label}${line}`);
  // What was decided is not said as if it had happened.
  const failed = (error: ScendError): Carried => ({
    text: [],
    notes: errorLines(label, error),
    data: { ...base, error: { code: error.code, message: error.message, hint: error.hint } },
    error,
  });
  if (decision.error) return failed(decision.error);
  if (hasErrors(decision.diagnostics)) {
    const notes = [`${label}nothing was written because of the errors listed`];
    return { text: said([]), notes, data: { ...base, written: [], commit: null }, error: null };
  }
  if (!plan || plan.changes.length === 0) {
    return { text: said([]), notes: [], data: { ...base, written: [], commit: null }, error: null };
  }
  if (options.dryRun) {
    return {
      text: [...said([]), renderPlan(plan)],
      notes: [],
      data: { ...base, plan: planData(plan) },
      error: null,
    };
  }
  try {
    const applied = await applyPlan(workspace, plan, {
      commit: options.commit,
      author: textFlag(context, 'author'),
    });
    const data = { ...base, written: applied.written, commit: applied.commit?.oid ?? null };
    return { text: said(appliedLines(applied)), notes: [], data, error: null };
  } catch (error) {
    if (!(error instanceof ScendError)) throw error;
    return failed(error);
  }
}

function errorLines(label: string, error: ScendError): string[] {
  return [`${label}error: ${error.message} [${error.code}]`, `  ${error.hint}`];
}

function appliedLines(applied: Applied): string[] {
  const lines = applied.written.map((path) => `  wrote ${path}`);
  if (applied.commit)
    lines.push(`  committed ${applied.commit.oid.slice(0, 10)} on ${applied.commit.branch}`);
  else if (applied.notCommitted) lines.push(`  not committed: ${applied.notCommitted}`);
  return lines;
}

const decoder = new TextDecoder();

/** A change as a unified diff; a new version is shown against the one before, new data only by its size. */
function diffOf(change: FileChange): string {
  const { path, before, against } = change;
  const after = decoder.decode(change.after);
  const old = before ? { path, bytes: before } : against;
  if (!old && !path.endsWith('.md')) {
    return `new file ${path} (${after.split('\n').length - 1} lines; --json prints it)`;
  }
  const from = old ? `a/${old.path}` : '/dev/null';
  const text = old ? decoder.decode(old.bytes) : '';
  return createTwoFilesPatch(from, `b/${path}`, text, after, undefined, undefined, { context: 3 })
    .replace(/^=+\n/, '')
    .trimEnd();
}

function renderPlan(plan: WritePlan): string {
  const files = plan.changes.map((one) =>
    one.before && same(one.before, one.after)
      ? `unchanged on disk, to be committed: ${one.path}`
      : diffOf(one),
  );
  return [
    ...files,
    '',
    'Commit message:',
    ...plan.message
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n');
}

function planData(plan: WritePlan): object {
  return {
    message: plan.message,
    changes: plan.changes.map((one) => ({
      path: one.path,
      action: one.before === null ? 'create' : same(one.before, one.after) ? 'commit' : 'update',
      content: decoder.decode(one.after),
    })),
  };
}
