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
  const text: string[] = [];
  const notes: string[] = [];
  const data: object[] = [];
  const errors: ScendError[] = [];
  for (const one of decisions) {
    const label = one.firm === null || decisions.length === 1 ? '' : `${one.firm}: `;
    const base = { firm: one.firm, ...one.data };
    text.push(...one.lines.map((line) => `${label}${line}`));
    if (one.error) {
      errors.push(one.error);
      notes.push(...errorLines(label, one.error));
      data.push({
        ...base,
        error: { code: one.error.code, message: one.error.message, hint: one.error.hint },
      });
    } else if (hasErrors(one.diagnostics)) {
      notes.push(`${label}nothing was written because of the errors listed`);
      data.push({ ...base, written: [], commit: null });
    } else if (!one.plan || one.plan.changes.length === 0) {
      data.push({ ...base, written: [], commit: null });
    } else if (dryRun) {
      text.push(renderPlan(one.plan));
      data.push({ ...base, plan: planData(one.plan) });
    } else {
      try {
        const applied = await applyPlan(workspace, one.plan, { commit, author: textFlag(context, 'author') });
        text.push(...appliedLines(applied).map((line) => `${label}${line}`));
        data.push({ ...base, written: applied.written, commit: applied.commit?.oid ?? null });
      } catch (error) {
        if (!(error instanceof ScendError)) throw error;
        errors.push(error);
        notes.push(...errorLines(label, error));
        data.push({ ...base, error: { code: error.code, message: error.message, hint: error.hint } });
      }
    }
  }
  const diagnostics = [...(more.diagnostics ?? []), ...decisions.flatMap((one) => one.diagnostics)];
  const failed = hasErrors(diagnostics);
  const worst = Math.max(0, ...errors.map(exitCodeOf));
  if (dryRun) notes.push('Dry run: nothing was written.');
  else if (!failed && errors.length === 0) notes.push(...(more.next ?? []).map((line) => `Next: ${line}`));
  return result({
    data: { dry_run: dryRun, firms: data },
    text: text.join('\n'),
    notes,
    diagnostics,
    exitCode: worst > 0 ? worst : failed ? 1 : 0,
    error: errors[0] ?? null,
  });
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

function diffOf(change: FileChange): string {
  const before = change.before ? decoder.decode(change.before) : '';
  const after = decoder.decode(change.after);
  const from = change.before ? `a/${change.path}` : '/dev/null';
  return createTwoFilesPatch(from, `b/${change.path}`, before, after, undefined, undefined, { context: 3 })
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
