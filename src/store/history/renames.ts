import { posix } from 'node:path';
import type { GitReader } from '../git/reader.ts';
import { isRegular, isTree } from '../git/tree.ts';

/** A file of one commit by its path and the id of its bytes. */
export interface FileAt {
  readonly path: string;
  readonly blob: string;
}

/** How much may be read to find renames; counts down. */
export interface RenameBudget {
  folders: number;
  /** Files whose content is compared, for each rename. */
  readonly candidates: number;
}

/** Lines that two versions must share to be one file under two names: as in Git, one half. */
const alike = 0.5;

/**
 * Where a file that begins in `commit` stood in its parent: of the files that are gone in the commit, one
 * with the same bytes, else one of the same name and much the same content. Null when it is new; `'unknown'`
 * when the budget ends before that is certain.
 */
export async function renamedFrom(
  reader: GitReader,
  file: FileAt,
  commit: string,
  parent: string,
  budget: RenameBudget,
): Promise<FileAt | 'unknown' | null> {
  const name = posix.basename(file.path);
  const moved: FileAt[] = [];
  const edited: FileAt[] = [];
  for await (const gone of goneFiles(reader, parent, commit, budget)) {
    if (gone === 'unknown') return 'unknown';
    const sameName = posix.basename(gone.path) === name;
    if (gone.blob === file.blob) {
      if (sameName) return gone;
      moved.push(gone);
    } else if (sameName) edited.push(gone);
  }
  return moved[0] ?? mostAlike(reader, file, edited.slice(0, budget.candidates));
}

/** Files of `before` that are not in `after`; those below a folder `firms` come first, as packs stand there. */
async function* goneFiles(
  reader: GitReader,
  before: string,
  after: string,
  budget: RenameBudget,
): AsyncGenerator<FileAt | 'unknown'> {
  const open = [{ folder: '', gone: false }];
  while (open.length > 0) {
    const likely = open.findIndex((one) => /(?:^|\/)firms(?:\/|$)/.test(one.folder));
    const [{ folder, gone } = { folder: '', gone: false }] = open.splice(Math.max(0, likely), 1);
    budget.folders -= 1;
    if (budget.folders < 0) {
      yield 'unknown';
      return;
    }
    const kept = new Map(gone ? [] : (await reader.list(after, folder)).map((one) => [one.name, one]));
    for (const entry of await reader.list(before, folder)) {
      const now = kept.get(entry.name);
      if (now?.oid === entry.oid && now.mode === entry.mode) continue;
      const path = posix.join(folder, entry.name);
      if (isTree(entry)) open.push({ folder: path, gone: !now || !isTree(now) });
      else if (isRegular(entry) && (!now || !isRegular(now))) yield { path, blob: entry.oid };
    }
  }
}

/** The one that shares most lines, if enough; the pack's own id settles it where both have one. */
async function mostAlike(
  reader: GitReader,
  file: FileAt,
  candidates: readonly FileAt[],
): Promise<FileAt | null> {
  if (candidates.length === 0) return null;
  const now = contentOf(await reader.blob(file.blob));
  let best: { readonly file: FileAt; readonly score: number } | null = null;
  for (const candidate of candidates) {
    const score = likeness(now, contentOf(await reader.blob(candidate.blob)));
    if (score >= alike && score > (best?.score ?? 0)) best = { file: candidate, score };
  }
  return best?.file ?? null;
}

interface Content {
  readonly id: string | null;
  readonly lines: readonly string[];
}

function contentOf(bytes: Uint8Array): Content {
  const lines = new TextDecoder()
    .decode(bytes)
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim());
  const id = lines.slice(0, 40).find((line) => line.startsWith('id:')) ?? null;
  return { id, lines: lines.filter((line) => line !== '') };
}

/** The share of common lines, from 0 to 1; 0 for packs of different ids, more than 1 for those of one id. */
function likeness(a: Content, b: Content): number {
  if (a.id !== null && b.id !== null && a.id !== b.id) return 0;
  const counts = new Map<string, number>();
  for (const line of a.lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  let common = 0;
  for (const line of b.lines) {
    const left = counts.get(line) ?? 0;
    if (left === 0) continue;
    counts.set(line, left - 1);
    common += 1;
  }
  const share = common / Math.max(a.lines.length, b.lines.length, 1);
  return a.id !== null && a.id === b.id ? 1 + share : share;
}
