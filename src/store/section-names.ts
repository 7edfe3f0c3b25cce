import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import type { SectionNames } from '../domain/section-match.ts';
import { parseSectionNames } from '../formats/section-names-file.ts';
import { makeSource } from '../formats/source.ts';
import { readAsset } from './assets.ts';
import { maxBytes, readSource } from './files.ts';
import type { Workspace } from './workspace.ts';

const path = 'templates/section-names.yaml';

/** Reads the workspace's table of section names, or the one that comes with Scend where it has none. */
export async function loadSectionNames(
  workspace: Workspace,
): Promise<{ readonly names: readonly SectionNames[]; readonly diagnostics: Diagnostic[] }> {
  const { source, diagnostics } = await readSource(workspace.root, path, maxBytes.yaml);
  if (hasErrors(diagnostics)) return { names: [], diagnostics };
  const read = parseSectionNames(source ?? makeSource(path, new TextDecoder().decode(readAsset(path))));
  return { names: read.value ?? [], diagnostics: [...diagnostics, ...read.diagnostics] };
}
