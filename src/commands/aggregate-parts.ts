import { globby, isDynamicPattern } from 'globby';
import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import { joinParts, type LearningPart, type Mismatch, mismatchOf } from '../domain/learning/shard.ts';
import { plural } from '../domain/number.ts';
import { digestData } from '../formats/digest.ts';
import { parsePart } from '../formats/learning-part.ts';
import { decodeSource } from '../formats/source.ts';
import { packageVersion } from '../store/assets.ts';
import { maxBytes, readNamed } from '../store/files.ts';
import type { Workspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';
import type { Records } from './learning-records.ts';

/** What a part must have in common with the workspace that it is merged in. */
export function partState(workspace: Workspace, slugs: readonly string[]) {
  const { settings, git } = workspace;
  const catalogue = settings.metrics.map((one) => [one.name, one.unit, one.better]);
  return {
    engine: packageVersion(),
    workspaceId: settings.id,
    state: digestData([git?.head.oid ?? null, catalogue, slugs]),
  };
}

/** What the parts that a call names tell of the firms, with what is missing or does not belong together. */
export async function readParts(
  context: CommandContext,
  workspace: Workspace,
  slugs: readonly string[],
): Promise<Records> {
  const present = partState(workspace, slugs);
  const diagnostics: Diagnostic[] = [];
  const parts: LearningPart[] = [];
  for (const typed of await namedFiles(context)) {
    const { name, bytes } = await readNamed(workspace.root, context.cwd, typed, 'merge', maxBytes.part);
    const { source, diagnostics: faults } = decodeSource(name, bytes, maxBytes.part);
    const read = source ? parsePart(source) : { part: null, diagnostics: [] };
    diagnostics.push(...faults, ...read.diagnostics);
    if (!read.part || hasErrors(faults)) continue;
    const mismatch = mismatchOf(read.part, present);
    if (mismatch) diagnostics.push(foreign(name, mismatch, read.part, present.engine));
    else parts.push(read.part);
  }
  const joined = joinParts(parts, slugs);
  const { missing, contradicted } = joined;
  const shown = (of: readonly string[]) => `${of.slice(0, 5).join(', ')}${of.length > 5 ? ', …' : ''}`;
  if (missing.length > 0) {
    const message = `no part tells of ${plural(missing.length, 'firm')} (${shown(missing)})`;
    diagnostics.push(diagnose('learning/part-missing', { file: 'firms' }, message));
  }
  for (const slug of contradicted) {
    const message = `two parts tell of ${slug} differently`;
    diagnostics.push(diagnose('learning/part-conflict', { file: `firms/${slug}` }, message));
  }
  return { firms: joined.firms, unreadable: joined.unreadable, diagnostics };
}

/** The parts as typed; where the shell left a pattern as it is, the files that fit it. */
async function namedFiles({ args, cwd }: CommandContext): Promise<string[]> {
  const files: string[] = [];
  for (const typed of args) {
    const found = isDynamicPattern(typed) ? await globby(typed, { cwd }) : [];
    files.push(...(found.length > 0 ? found.sort() : [typed]));
  }
  return files;
}

function foreign(file: string, mismatch: Mismatch, part: LearningPart, engine: string): Diagnostic {
  const words: Readonly<Record<Mismatch, string>> = {
    workspace: 'this part is of another workspace',
    engine: `this part was made by scend ${part.engine}, this is ${engine}`,
    state: 'this part was made from another commit, other settings or other firms',
  };
  return diagnose('learning/foreign-part', { file }, words[mismatch]);
}
