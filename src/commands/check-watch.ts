import type { Diagnostic } from '../domain/diagnostic.ts';
import { ScendError } from '../domain/error.ts';
import { errorFindings } from '../report/result.ts';
import { watchBegins, watchEnds } from '../report/watch.ts';
import { oidAtHead } from '../store/git-view.ts';
import { watchWorkspace } from '../store/watch.ts';
import { findRoot, todayFor, type Workspace } from '../store/workspace.ts';
import { type CommandContext, type CommandResult, result, switchFlag, textFlag, usage } from './context.ts';

export interface FirmFindings {
  /** Of the firm where it has its own; null also where its file cannot be read. */
  readonly timezone: string | null;
  readonly found: readonly Diagnostic[];
}

/** What is known from the last check, by firm, so that only what changed is read again. */
export interface Seen {
  readonly firms: Map<string, FirmFindings & { readonly state: string }>;
}

export function nothingSeen(): Seen {
  return { firms: new Map() };
}

/** A firm's findings: those that are known, where the last commit holds the same of it on the same day. */
export async function checkOnce(
  seen: Seen,
  workspace: Workspace,
  slug: string,
  check: () => Promise<FirmFindings>,
): Promise<readonly Diagnostic[]> {
  const committed = workspace.git && (await oidAtHead(workspace.git, `firms/${slug}`));
  const stateFor = ({ timezone }: Pick<FirmFindings, 'timezone'>) =>
    `${committed} ${todayFor(workspace, { timezone })}`;
  const known = seen.firms.get(slug);
  if (known && known.state === stateFor(known)) return known.found;
  const fresh = await check();
  seen.firms.set(slug, { ...fresh, state: stateFor(fresh) });
  return fresh.found;
}

/**
 * Forgets what the changed paths have to do with. A firm's findings rest on its own folder, here and in the last
 * commit, on the settings, the templates and the day alone; those over all firms are never kept.
 */
export function forget(seen: Seen, paths: readonly string[]): void {
  for (const path of paths) {
    const [folder, slug] = path.split('/');
    if (folder === 'firms' && slug !== undefined) seen.firms.delete(slug);
    else if (folder !== 'analytics') seen.firms.clear();
  }
}

/** Checks at once, and again after each change, until it is stopped. */
export async function watchCheck(
  context: CommandContext,
  check: (context: CommandContext, seen: Seen) => Promise<CommandResult>,
): Promise<CommandResult> {
  const { live } = context;
  const format = textFlag(context, 'format');
  if (switchFlag(context, 'json') || (format !== null && format !== 'text'))
    throw usage(
      'conflicting-options',
      '--watch goes on and on, and prints text only',
      'Leave out one of the two.',
    );
  if (!live) throw usage('no-watch', '--watch needs a process of its own', 'Run it on the command line.');
  const seen = nothingSeen();
  const root = await findRoot(context.cwd);
  // There is no workspace; this says so.
  if (root === null) return check(context, seen);
  let first = true;
  for await (const paths of watchWorkspace(root, live.stopped)) {
    forget(seen, paths);
    live.show(result({ data: null, text: watchBegins(paths) }));
    live.show(await checked({ ...context, now: live.now() }, seen, check, first));
    first = false;
  }
  return result({ data: null, text: '' });
}

async function checked(
  context: CommandContext,
  seen: Seen,
  check: (context: CommandContext, seen: Seen) => Promise<CommandResult>,
  first: boolean,
): Promise<CommandResult> {
  try {
    const found = await check(context, seen);
    return { ...found, text: watchEnds(found.text) };
  } catch (error) {
    // A wrong call stays wrong; anything else may be mended by the next save.
    if (!(error instanceof ScendError) || (first && error.code.startsWith('usage/'))) throw error;
    const { message, hint, code } = error;
    return result({
      data: null,
      text: `error: ${message} [${code}]\n  ${hint}\n${watchEnds('not everything could be checked')}`,
      diagnostics: errorFindings(error),
      findingsAreOutput: true,
    });
  }
}
