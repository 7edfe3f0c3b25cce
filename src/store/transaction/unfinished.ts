import { type Diagnostic, diagnose } from '../../domain/diagnostic.ts';
import type { Workspace } from '../workspace.ts';
import { describeHolder } from './run-lock.ts';

/** What a run that was cut short left: its commit's first line, and its files. Null when there is nothing. */
export async function unfinishedRun(
  workspace: Workspace,
): Promise<{ readonly what: string; readonly files: readonly string[] } | null> {
  const { journal, place } = workspace;
  if (journal.intent === null) return null;
  // The record of a run that goes on is none of our business.
  if ((await describeHolder(place.directory, workspace.process)) !== null) return null;
  const { commit, files, firm } = journal.intent;
  const what = commit?.message.split('\n', 1)[0] ?? `writing files of ${firm ?? 'the workspace'}`;
  return { what, files: files.map((one) => one.path) };
}

/** The finding for commands that only read. */
export async function findUnfinished(workspace: Workspace): Promise<Diagnostic[]> {
  const unfinished = await unfinishedRun(workspace);
  if (unfinished === null) return [];
  const [file = 'scend.yaml'] = unfinished.files;
  return [diagnose('run/unfinished', { file }, `a run was cut short: ${unfinished.what}`)];
}
