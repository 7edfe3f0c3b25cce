import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import { aggregate } from '../domain/learning/aggregate.ts';
import { renderGlobalOutcomes } from '../formats/global-outcomes.ts';
import { readJson } from '../formats/json-file.ts';
import { maxBytes, readSource } from '../store/files.ts';
import { systemNames } from '../store/library.ts';
import type { Workspace } from '../store/workspace.ts';
import { type Records, readRecords } from './learning-records.ts';

/** What "scend aggregate" makes, and how. */
const files = [
  ['analytics/global_outcomes.json', 'scend aggregate', false],
  ['analytics/shareable_outcomes.json', 'scend aggregate --shareable', true],
] as const;

interface Written {
  readonly min_group_size: number;
}

/**
 * Whether the figures over all firms still follow from the firms' files, with the minimum that they were made
 * with; a file that is there and not so was edited by hand, or is older than what it rests on.
 */
export async function checkAnalytics(workspace: Workspace, slugs: readonly string[]): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  let records: Records | null = null;
  for (const [file, command, shareable] of files) {
    const { source, diagnostics } = await readSource(workspace.root, file, maxBytes.json);
    if (!source && diagnostics.length === 0) continue;
    const read =
      source && diagnostics.length === 0 ? readJson<Written>(source, 'global-outcomes').value : null;
    const hint = `Run "${command}" on the main branch; derived files are never edited by hand.`;
    const stale = (message: string) => found.push(diagnose('derived/stale', { file }, message, hint));
    if (!source || !read) {
      stale(`${file} is not as Scend writes it`);
      continue;
    }
    records ??= await readRecords(workspace, slugs);
    const fresh = await renderedFrom(workspace, slugs, records, shareable, read.min_group_size);
    if (fresh !== source.text.replace(/\r\n/g, '\n'))
      stale("the figures do not follow from the firms' outcomes");
  }
  return found;
}

async function renderedFrom(
  workspace: Workspace,
  slugs: readonly string[],
  { firms, unreadable }: Records,
  shareable: boolean,
  minGroupSize: number,
): Promise<string> {
  const { id, metrics, sizeBands } = workspace.settings;
  const outcomes = aggregate({
    workspaceId: id,
    firms,
    total: slugs.length,
    unreadable: unreadable.length,
    metrics,
    sizeBands,
    minGroupSize,
    shareable,
  });
  return renderGlobalOutcomes(outcomes, metrics, await systemNames(workspace));
}
