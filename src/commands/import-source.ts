import type { Diagnostic } from '../domain/diagnostic.ts';
import { hiddenCharacters } from '../domain/text.ts';
import { decodeSource, type Source } from '../formats/source.ts';
import { listNamed, maxBytes, readNamed } from '../store/files.ts';
import type { Workspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';
import { usage } from './context.ts';

/** Texts that a person named on the command line, or the Markdown files of a folder, in their order. */
export async function readSources(
  context: CommandContext,
  workspace: Workspace,
  limit: number = maxBytes.markdown,
): Promise<{
  readonly sources: readonly Source[];
  /** What else lies in a folder that was named. */
  readonly passedOver: readonly string[];
  readonly diagnostics: Diagnostic[];
}> {
  const passedOver: string[] = [];
  const paths: string[] = [];
  for (const typed of context.args) {
    const listed = await listNamed(context.cwd, typed);
    if (listed === null) {
      paths.push(typed);
      continue;
    }
    const folder = typed.replace(/[/\\]+$/, '');
    for (const { name, kind } of listed) {
      const taken = kind === 'file' && /\.(?:md|markdown)$/i.test(name) && !name.startsWith('.');
      (taken ? paths : passedOver).push(`${folder}/${name}`);
    }
    if (!listed.some((one) => paths.includes(`${folder}/${one.name}`)))
      throw usage('no-file', `${typed} holds no Markdown file`, 'Name the files themselves.');
  }
  const sources: Source[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const typed of paths) {
    if (typed.search(hiddenCharacters) >= 0)
      throw usage('bad-name', 'the name of a file holds control characters', 'Rename the file.');
    const { name, bytes } = await readNamed(workspace.root, context.cwd, typed, '', limit);
    const read = decodeSource(name, bytes, limit);
    diagnostics.push(...read.diagnostics);
    if (!read.source) continue;
    if (sources.some((one) => one.file === name))
      throw usage('twice', `${typed} is named twice`, 'Name every file once.');
    sources.push(read.source);
  }
  return { sources, passedOver, diagnostics };
}

/** Every value of a flag that may be repeated, commas and all. */
export function repeated(context: CommandContext, name: string): string[] {
  const value = context.flags[name];
  return typeof value === 'string' ? [value] : Array.isArray(value) ? [...value] : [];
}

/** The first lines of a long list, and how many more there are. */
export function firstLines(lines: readonly string[], most = 40): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most), `  … and ${lines.length - most} more (--json has them all)`];
}
