import { hasErrors } from '../domain/diagnostic.ts';
import { ScendError } from '../domain/error.ts';
import { type PlanFile, type PlannedChange, type PlannedWrite, parsePlanFile } from '../formats/plan-file.ts';
import { decodeSource } from '../formats/source.ts';
import { maxBytes, readInside, readNamed } from '../store/files.ts';
import { type FileChange, unsafePath, type WritePlan } from '../store/transaction/change.ts';
import { digestOf } from '../store/transaction/journal.ts';
import type { Workspace } from '../store/workspace.ts';
import { type CommandContext, type CommandResult, result, usage } from './context.ts';

/** Reads the plan that a call names; a result with the findings when it cannot be used. */
export async function readPlan(
  context: CommandContext,
  workspace: Workspace,
): Promise<{ readonly plan: PlanFile } | { readonly refused: CommandResult }> {
  const typed = context.args[0] ?? '';
  const { name, bytes } = await readNamed(workspace.root, context.cwd, typed, 'plan', maxBytes.part);
  const { source, diagnostics } = decodeSource(name, bytes, maxBytes.part);
  const read = source ? parsePlanFile(source) : { plan: null, diagnostics: [] };
  const found = [...diagnostics, ...read.diagnostics];
  if (!read.plan || hasErrors(found))
    return { refused: result({ data: {}, text: '', diagnostics: found, exitCode: 1 }) };
  if (read.plan.workspace_id !== workspace.settings.id)
    throw usage(
      'foreign-plan',
      `${name} is a plan for another workspace`,
      'Run it there, or make it again here.',
    );
  return { plan: read.plan };
}

/** A plan's change of a file, over what lies there now. */
export async function changeFrom(
  workspace: Workspace,
  firm: string | null,
  { path, content, against }: PlannedChange,
): Promise<FileChange> {
  if (!mayWrite(firm, path))
    throw usage('foreign-path', `the plan would write ${path}`, 'A plan writes only files that Scend keeps.');
  const before = await presentBytes(workspace, path);
  const older = against === undefined ? null : await presentBytes(workspace, against);
  const after = content === null ? null : new TextEncoder().encode(content);
  return { path, before, after, ...(older && against ? { against: { path: against, bytes: older } } : {}) };
}

/** The plan of one firm as it would be carried out now, whether or not it still fits. */
export async function planFrom(
  workspace: Workspace,
  { firm, plan }: PlannedWrite,
): Promise<WritePlan | null> {
  if (!plan) return null;
  const changes: FileChange[] = [];
  for (const one of plan.changes) changes.push(await changeFrom(workspace, firm, one));
  return { firm, changes, message: plan.message };
}

/** Files of the plan that are no longer as they were when it was made. */
export function movedFiles({ changes }: WritePlan, planned: readonly PlannedChange[]): string[] {
  return changes.filter((one, n) => digestOf(one.before) !== planned[n]?.before).map((one) => one.path);
}

/** The refusal of a plan that rests on what has changed. */
export function stalePlan(what: string, moved: readonly string[]): ScendError {
  const shown = moved.slice(0, 8).map((path) => path.replace(/^HEAD:/, 'the last commit of '));
  return new ScendError(
    'git/stale-plan',
    `the plan for ${what} is stale, moved since: ${shown.join(', ')}${moved.length > 8 ? ', …' : ''}`,
    'Make it again (--plan-out), and have it reviewed again; nothing was written.',
    { moved },
  );
}

/** A firm's plan stays in its folder; the workspace's writes what is derived, and the settings. */
function mayWrite(firm: string | null, path: string): boolean {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part.startsWith('.') || /[\\:\0]/.test(part))) return false;
  if (firm !== null) return path.startsWith(`firms/${firm}/`);
  return path === 'scend.yaml' || parts[0] === 'analytics';
}

async function presentBytes(workspace: Workspace, path: string): Promise<Uint8Array | null> {
  const read = await readInside(workspace.root, path, maxBytes.part);
  if (read.kind === 'refused') throw unsafePath(path);
  return read.kind === 'file' ? read.bytes : null;
}
