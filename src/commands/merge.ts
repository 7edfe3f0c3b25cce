import { relative, resolve, sep } from 'node:path';
import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import type { Sides } from '../domain/merge-order.ts';
import { plural } from '../domain/number.ts';
import { isSlug } from '../domain/slug.ts';
import { readMarkers } from '../formats/conflict-markers.ts';
import { mergePacks, type PackMerge } from '../formats/pack-merge.ts';
import { maxBytes, readInside } from '../store/files.ts';
import { readStages, type Stages } from '../store/git/unmerged.ts';
import { editOf, same, unsafePath } from '../store/transaction/change.ts';
import type { Workspace } from '../store/workspace.ts';
import { type CommandContext, type CommandResult, type CommandSpec, open, usage } from './context.ts';
import { describeConflict } from './merge-driver.ts';
import { carryOut, type Decision, type Target } from './write.ts';

export const command: CommandSpec = {
  arguments: [{ name: 'files', required: true, many: true, about: 'ticket packs in conflict' }],
  options: [{ name: 'dry-run', about: 'print what would be written, and write nothing' }],
  examples: [
    'scend merge firms/hayes_real_estate/ticket-pack.md',
    'scend merge firms/*/ticket-pack.md --dry-run',
  ],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const paths = [...new Set(context.args.map((typed) => pathOf(workspace, context.cwd, typed)))];
  const targets = paths.map((path): Target => {
    const [, slug = ''] = path.split('/');
    return { firm: slug, decide: (present) => decide(present, slug, path) };
  });
  return carryOut(context, workspace, targets, {
    commit: false,
    next: (decisions) => {
      const done = decisions.filter((one) => one.plan).map((one) => (one.data as { path: string }).path);
      return done.length > 0 ? [`git add ${done.join(' ')}; then git commit (or git rebase --continue)`] : [];
    },
  });
}

/** The path in the workspace of a file that can be merged here. */
function pathOf({ root }: Workspace, cwd: string, typed: string): string {
  const path = relative(root, resolve(cwd, typed)).split(sep).join('/');
  const [top, slug = '', name, ...more] = path.split('/');
  if (top === 'firms' && isSlug(slug) && more.length === 0) {
    if (name === 'ticket-pack.md') return path;
    if (name === 'rollup.yaml') throw derived(typed, 'scend sync --rollup');
  }
  if (top === 'analytics') throw derived(typed, 'scend aggregate');
  throw usage(
    'not-a-pack',
    `${typed} is no ticket pack`,
    'Only firms/<slug>/ticket-pack.md is merged by ticket.',
  );
}

function derived(typed: string, again: string) {
  const hint = `Settle the ticket packs first, then run "${again}": it writes the file anew, markers and all; then git add it.`;
  return usage('derived', `${typed} is derived, and is made again rather than merged`, hint);
}

async function decide(workspace: Workspace, slug: string, path: string): Promise<Decision> {
  const read = await readInside(workspace.root, path, maxBytes.markdown);
  if (read.kind === 'refused') throw unsafePath(path);
  const stages = workspace.git && (await readStages(workspace.git, path));
  const nothing = (line: string, ...found: Diagnostic[]): Decision => ({
    firm: slug,
    plan: null,
    diagnostics: [],
    besides: found,
    lines: [line],
    data: { path, changed: false },
  });
  if (stages && (!stages.ours || !stages.theirs)) {
    const who = stages.ours ? 'the other side' : 'our side';
    const hint = `Keep it with "git add ${path}", or let it go with "git rm ${path}".`;
    return nothing(
      `${path}: left as it is`,
      diagnose('file/conflict-markers', { file: path }, `${who} removed the file`, hint),
    );
  }
  if (read.kind === 'missing')
    throw usage('no-file', `there is no file ${path}`, 'Name a ticket pack in conflict.');
  const sources = sourcesOf(read.bytes, stages);
  if (sources === null) {
    return nothing(`${path}: no conflict${stages ? `; mark it as settled with "git add ${path}"` : ''}`);
  }
  const merged = mergePacks(sources.sides, { ...sources.style, maxBytes: maxBytes.markdown });
  if (merged.asText !== null) {
    const hint = `Settle the marked lines by hand, or begin again with "git checkout --merge -- ${path}".`;
    const message = `cannot be merged by ticket: ${merged.asText}`;
    return nothing(
      `${path}: left as it is`,
      diagnose('file/conflict-markers', { file: path }, message, hint),
    );
  }
  const settled = same(read.bytes, merged.bytes);
  const change = settled ? null : await editOf(workspace, path, read.bytes, merged.bytes);
  return {
    firm: slug,
    plan: { firm: slug, changes: change ? [change] : [], message: `pack(${slug}): merge` },
    diagnostics: [],
    besides: findings(path, merged),
    lines: [summary(path, merged)],
    data: { path, changed: change !== null, conflicts: merged.conflicts.length },
  };
}

function summary(path: string, { conflicts }: PackMerge): string {
  const left =
    conflicts.length === 0
      ? 'nothing is left to decide'
      : `${plural(conflicts.length, 'conflict')} left to decide`;
  return `${path}: merged by ticket, ${left}`;
}

function findings(file: string, { conflicts }: PackMerge): Diagnostic[] {
  const hint = 'Keep one of the two, remove the markers, and save.';
  return conflicts.map((one) =>
    diagnose('file/conflict-markers', { file, line: one.line }, describeConflict(one), hint),
  );
}

interface Sources {
  readonly sides: Sides<Uint8Array>;
  readonly style: {
    readonly size?: number;
    readonly labels?: { readonly ours: string; readonly theirs: string };
  };
}

/**
 * What is to be merged. Markers in the file come first: what a person settled by hand around them stays. The
 * ancestor is Git's, else that of the markers; without one, what either side says holds. Null without a conflict.
 */
function sourcesOf(bytes: Uint8Array, stages: Stages | null): Sources | null {
  // Byte by byte, so that a file in another encoding is refused by the merge, with its reason.
  const text = Buffer.from(bytes).toString('latin1');
  const marked = readMarkers(text);
  const back = (one: string) => Buffer.from(one, 'latin1');
  if (marked) {
    const utf8 = (one: string, other: string) => (one === '' ? other : back(one).toString('utf8'));
    const labels = { ours: utf8(marked.labels.ours, 'ours'), theirs: utf8(marked.labels.theirs, 'theirs') };
    const base = stages ? (stages.base ?? back('')) : back(marked.hasBase ? marked.base : '');
    const sides = { base, ours: back(marked.ours), theirs: back(marked.theirs) };
    return { sides, style: { size: marked.size, labels } };
  }
  if (!stages?.ours || !stages.theirs || !same(bytes, stages.ours)) return null;
  return { sides: { base: stages.base ?? back(''), ours: stages.ours, theirs: stages.theirs }, style: {} };
}
