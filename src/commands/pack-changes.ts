import type { Diagnostic } from '../domain/diagnostic.ts';
import type { Inferred, TicketChange } from '../domain/lifecycle.ts';
import type { TicketPack } from '../domain/pack.ts';
import { historyText } from '../formats/history-text.ts';
import { editPack } from '../formats/pack-edit.ts';
import { renderRollup } from '../formats/rollup-file.ts';
import { encodeSource } from '../formats/source.ts';
import { firmPaths, type LoadedPack } from '../store/load.ts';
import { editOf, type FileChange, generated } from '../store/transaction/change.ts';
import type { Workspace } from '../store/workspace.ts';
import { type CommandContext, switchFlag } from './context.ts';

export interface PackText {
  readonly text: string;
  readonly diagnostics: Diagnostic[];
}

/** The pack's text with its settled states written in; unchanged, with findings, when a ticket cannot be edited. */
export function settledText(
  pack: LoadedPack,
  changes: readonly TicketChange[] = pack.settled.changes,
): PackText {
  const { source, bodyStart, body } = pack.file;
  const { text, diagnostics } = editPack(source, bodyStart, body.tickets, changes);
  return { text, diagnostics };
}

/** The dates that a change writes, with the commits that told them: `Completed: 2026-01-12 (from history, …)`. */
export function datesText({ started, completed, inferred }: TicketChange): string[] {
  const say = (word: string, date: string | null | undefined, told: Inferred | undefined) =>
    date ? [`${word}: ${date}${told ? ` (${historyText(told)})` : ''}`] : [];
  return [...say('Started', started, inferred?.started), ...say('Completed', completed, inferred?.completed)];
}

/** A ticket's change for `--json`. */
export function changeData({ ticketId, ...change }: TicketChange): object {
  return { ticket_id: ticketId, ...change };
}

/**
 * The pack's own change. A pack in which only prose was edited is left for its author to commit; one whose
 * tickets differ from the last commit goes in, as the numbers of the commit come from it.
 */
export async function packChange(
  workspace: Workspace,
  slug: string,
  pack: LoadedPack,
  text: string,
): Promise<FileChange | null> {
  const entries = pack.file.facts.entries;
  const touched = text !== pack.file.source.text || JSON.stringify(entries) !== JSON.stringify(pack.head);
  if (!touched) return null;
  return editOf(workspace, firmPaths(slug).pack, pack.bytes, encodeSource(pack.file.source, text));
}

/** The derived rollup, where it may be written: on the main branch, in CI, outside Git, or with `--rollup`. */
export async function rollupChange(
  context: CommandContext,
  workspace: Workspace,
  pack: TicketPack,
  systemNames: ReadonlyMap<string, string>,
): Promise<FileChange | null> {
  if (!writesDerived(context, workspace)) return null;
  const bytes = new TextEncoder().encode(renderRollup(pack, systemNames));
  return generated(workspace, firmPaths(pack.firm).rollup, bytes, 'derived');
}

/** On side branches a derived file only brings conflicts, so it is written on the main one. */
export function writesDerived(context: Pick<CommandContext, 'flags' | 'env'>, workspace: Workspace): boolean {
  if (switchFlag(context, 'rollup') || !workspace.git || context.env.CI) return true;
  const main = workspace.settings.mainBranch;
  const { branch } = workspace.git;
  return branch !== null && (main === null ? branch === 'main' || branch === 'master' : branch === main);
}
