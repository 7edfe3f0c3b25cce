import { didYouMean } from '../domain/closest.ts';
import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import { diffFirm, type FirmDiff, type FirmState } from '../domain/diff.ts';
import { type Failure, type Occurrence, occurrencesIn } from '../domain/diff-findings.ts';
import { newestWith } from '../domain/diff-measured.ts';
import type { Version } from '../domain/version.ts';
import type { Library } from '../formats/library.ts';
import { diagnoseAt } from '../formats/source.ts';
import { isSameAt, workspaceAt } from '../store/commit-files.ts';
import { maxBytes, readSource } from '../store/files.ts';
import type { GitView } from '../store/git-view.ts';
import { loadLibrary } from '../store/library.ts';
import { firmPaths } from '../store/load.ts';
import { listFirms, type Workspace } from '../store/workspace.ts';
import { usage } from './context.ts';
import type { Sides } from './diff-base.ts';
import { findEdits } from './diff-edits.ts';
import { type LoadedFirm, loadState } from './diff-state.ts';

/** Something `--fail-on` can name, with its place. */
export interface Placed {
  readonly failure: Failure;
  readonly diagnostic: Diagnostic;
}

/** A firm's changes, and what of them `--fail-on` can name. */
export interface Compared {
  readonly diff: FirmDiff;
  readonly occurrences: readonly Placed[];
}

interface Both {
  readonly before: Workspace;
  readonly after: Workspace;
  readonly library: Library | null;
}

/** Compares every firm of both sides, or the one that is named; each by itself, so that none hides another. */
export async function compareFirms(
  workspace: Workspace,
  git: GitView,
  { base, to }: Sides,
  named: string | null,
): Promise<{ readonly firms: readonly Compared[]; readonly diagnostics: readonly Diagnostic[] }> {
  const [old, now] = [
    await workspaceAt(workspace, git, base.commit),
    to ? await workspaceAt(workspace, git, to.commit) : { workspace, diagnostics: workspace.diagnostics },
  ];
  const [oldSlugs, newSlugs] = [await listFirms(old.workspace), await listFirms(now.workspace)];
  const library = await loadLibrary(now.workspace);
  const both = {
    before: old.workspace,
    after: now.workspace,
    library: hasErrors(library.diagnostics) ? null : library.library,
  };
  const slugs = [...new Set([...oldSlugs.slugs, ...newSlugs.slugs])].sort();
  const wanted = named ?? workspace.currentFirm;
  if (wanted !== null && !slugs.includes(wanted)) {
    const hint = didYouMean(wanted, slugs) || 'See them with: scend status';
    throw usage('unknown-firm', `there is no firm "${wanted}" on either side`, hint);
  }
  const other = to?.commit ?? null;
  const sameSettings = await isSameAt({ root: workspace.root, git }, 'scend.yaml', base.commit, other);
  const firms: Compared[] = [];
  const oneSided: Pair[] = [];
  const [inBase, inNow] = [
    [...old.diagnostics, ...oldSlugs.diagnostics].filter(isError),
    [...now.diagnostics, ...newSlugs.diagnostics].filter(isError),
  ];
  for (const slug of slugs) {
    if (wanted !== null && slug !== wanted) continue;
    const [was, is] = [oldSlugs.slugs.includes(slug), newSlugs.slugs.includes(slug)];
    const at = { root: workspace.root, git };
    if (was && is && sameSettings && (await isSameAt(at, `firms/${slug}`, base.commit, other))) continue;
    const before = was ? await loadState(both.before, slug) : null;
    const after = is ? await loadState(both.after, slug) : null;
    inBase.push(...(before?.diagnostics ?? []));
    inNow.push(...(after?.diagnostics ?? []));
    // Of many firms only one at a time is held in memory.
    if (was && is) firms.push(await compare(both, { before, after }));
    else oneSided.push({ before, after });
  }
  for (const one of joinRenamed(oneSided)) firms.push(await compare(both, one));
  return {
    firms: firms.sort((a, b) => (a.diff.slug < b.diff.slug ? -1 : 1)),
    diagnostics: [...past(base.commit, inBase), ...told(to?.commit ?? null, inNow)],
  };
}

const isError = (one: Diagnostic) => one.severity === 'error';

/** What was wrong in the base is nobody's to mend now, but says why something is not compared. */
function past(commit: string, found: readonly Diagnostic[]): Diagnostic[] {
  return told(commit, found).map((one) => ({ ...one, severity: 'warning' }));
}

function told(commit: string | null, found: readonly Diagnostic[]): Diagnostic[] {
  if (commit === null) return [...found];
  return found.map((one) => ({ ...one, message: `in ${commit.slice(0, 10)}: ${one.message}` }));
}

type Pair = { readonly before: LoadedFirm | null; readonly after: LoadedFirm | null };

/** A firm that is gone and one that came are one, renamed, where they have the same id. */
function joinRenamed(oneSided: readonly Pair[]): Pair[] {
  const idOf = (one: LoadedFirm | null) => one?.state.firm?.id ?? null;
  const gone = oneSided.filter((one) => one.before);
  const joined = new Set<Pair>();
  const pairs = oneSided.map((one): Pair => {
    const id = idOf(one.after);
    const was = gone.find((other) => id !== null && idOf(other.before) === id && !joined.has(other));
    if (!was) return one;
    joined.add(was);
    return { before: was.before, after: one.after };
  });
  return pairs.filter((one) => !joined.has(one));
}

async function compare(both: Both, { before, after }: Pair): Promise<Compared> {
  const diff = diffFirm({
    before: before?.state ?? null,
    after: after?.state ?? null,
    metrics: both.after.settings.metrics,
    systemNames: both.library?.systems ?? new Map(),
    edits:
      before && after?.state.slug === before.state.slug
        ? await findEdits(both.before, both.after, after, both.library)
        : [],
    changelogs: await changelogsOf(both, before?.state ?? null, after?.state ?? null),
  });
  const occurrences = occurrencesIn(diff).map((one) => ({
    failure: one.failure,
    diagnostic: placed(diff.slug, one, after),
  }));
  return { diff, occurrences };
}

/** Changelogs of the versions that only the newer side has. */
async function changelogsOf({ after }: Both, old: FirmState | null, now: FirmState | null) {
  const found = new Map<Version, { readonly file: string; readonly text: string }>();
  if (!old || !now) return found;
  const folder = firmPaths(now.slug).deliverables;
  for (const { name } of await after.files.list(folder)) {
    const version = /_ROADMAP_CHANGELOG_v\d+\.\d+_to_(v\d+\.\d+)\.md$/.exec(name)?.[1];
    if (version === undefined || !now.versions.includes(version) || old.versions.includes(version)) continue;
    const { source } = await readSource(after.files, `${folder}/${name}`, maxBytes.markdown);
    if (source) found.set(version, { file: source.file, text: source.text });
  }
  return found;
}

const ruleOf = {
  off_track: 'diff/off-track',
  regression: 'diff/regression',
  reopened: 'diff/reopened',
} as const;

/** A finding at the ticket, the snapshot or the outcome that it is about. */
function placed(slug: string, { failure, message, about }: Occurrence, after: LoadedFirm | null): Diagnostic {
  const rule = ruleOf[failure];
  if (about.kind === 'outcome')
    return diagnose(rule, { file: firmPaths(slug).outcome(about.version, about.label) }, message);
  if (about.kind === 'metric') {
    const newest = newestWith(after?.state.snapshots ?? [], about.name);
    const file = (newest && after?.snapshotFiles.get(newest.id)) ?? firmPaths(slug).snapshots;
    return diagnose(rule, { file }, message);
  }
  const pack = after?.packFile;
  const ticket =
    about.kind === 'ticket' ? pack?.body.tickets.find((one) => one.entry.ticketId === about.ticketId) : null;
  if (pack && ticket) return diagnoseAt(pack.source, rule, ticket.boxAt, message);
  return diagnose(rule, { file: firmPaths(slug).pack }, message);
}
