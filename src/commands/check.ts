import { type Diagnostic, diagnose, sortDiagnostics } from '../domain/diagnostic.ts';
import type { Library } from '../formats/library.ts';
import { tightLists } from '../formats/tight-list.ts';
import { countDiagnostics } from '../report/diagnostics.ts';
import { openMemo } from '../store/cache/memo.ts';
import { digestAt, existsInside } from '../store/files.ts';
import { libraryPath, loadLibrary } from '../store/library.ts';
import { firmPaths, loadOutcomes, loadPack, loadRecommendations, loadSnapshots } from '../store/load.ts';
import { type MergeState, mergeUnderWay } from '../store/merge-state.ts';
import { loadSectionNames } from '../store/section-names.ts';
import { findUnfinished } from '../store/transaction/unfinished.ts';
import { chooseFirms, loadFirm, type Workspace } from '../store/workspace.ts';
import { checkAnalytics } from './check-analytics.ts';
import { checkOutcome, checkRollup } from './check-derived.ts';
import { formatOption, withFormat } from './check-format.ts';
import { checkProjection, loadRoadmaps, unknownTickets } from './check-roadmaps.ts';
import { checkOnce, type FirmFindings, nothingSeen, type Seen, watchCheck } from './check-watch.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  firmOption,
  open,
  result,
  step,
  switchFlag,
  textFlag,
  usage,
} from './context.ts';
import { twiceMade } from './rebase.ts';

export const command: CommandSpec = {
  arguments: [
    { name: 'paths', required: false, many: true, about: 'only findings in these files or folders' },
  ],
  options: [firmOption, formatOption, { name: 'watch', about: 'check again after each save, until Ctrl-C' }],
  examples: ['scend check', 'scend check firms/hayes_real_estate', 'scend check --format github'],
  run: withFormat(run),
};

async function run(context: CommandContext): Promise<CommandResult> {
  return switchFlag(context, 'watch') ? watchCheck(context, check) : check(context, nothingSeen());
}

/** Checks the workspace; firms whose findings are known from before are not read again. */
export async function check(context: CommandContext, seen: Seen): Promise<CommandResult> {
  const workspace = await open(context);
  const named = textFlag(context, 'firm');
  // A check run inside a firm's folder still sees the whole workspace, as in CI.
  const { slugs, diagnostics } = await chooseFirms({ ...workspace, currentFirm: null }, named);
  const once = openMemo(workspace, 'library');
  const memo = openMemo(workspace, 'check', [await digestAt(workspace, libraryPath)]);
  const library = lazily(() => loadLibrary(workspace));
  const found = [
    ...workspace.diagnostics,
    ...(await findUnfinished(workspace)),
    ...diagnostics,
    ...(await once.of('', async (seen) => (await loadLibrary(seen)).diagnostics)),
    ...(await loadSectionNames(workspace)).diagnostics,
    ...(named === null ? await checkAnalytics(workspace, slugs) : []),
  ];
  const merge = workspace.git && (await mergeUnderWay(workspace.git));
  for (const [n, slug] of slugs.entries()) {
    await step(context, n, slugs.length);
    const checked = () =>
      memo.of(slug, async (present) => checkFirm(present, slug, (await library()).library));
    found.push(
      ...(await checkVersions(workspace, merge, slug)),
      ...(await checkOnce(seen, workspace, slug, checked)),
    );
  }
  once.save();
  memo.save();
  const paths = context.args.map((one) => cleanPath(one));
  for (const path of paths) {
    if (path === '' || (await existsInside(workspace.root, path))) continue;
    throw usage(
      'no-file',
      `there is no ${path} in the workspace`,
      'Name a file or folder relative to the workspace.',
    );
  }
  const inPaths = (one: Diagnostic) =>
    paths.length === 0 ||
    paths.some((path) => path === '' || one.file === path || one.file.startsWith(`${path}/`));
  const shown = sortDiagnostics(found.filter(inPaths));
  const count = countDiagnostics(shown);
  const text =
    count === ''
      ? `${slugs.length} ${slugs.length === 1 ? 'firm' : 'firms'} checked, no findings`
      : `${slugs.length} ${slugs.length === 1 ? 'firm' : 'firms'} checked: ${count}`;
  return result({
    data: { firms: slugs.length, findings: shown.length },
    text,
    diagnostics: shown,
    findingsAreOutput: true,
  });
}

/** Whether both sides of a merge under way made the same version. */
async function checkVersions(
  { git }: Workspace,
  merge: MergeState | null,
  slug: string,
): Promise<Diagnostic[]> {
  const twice = git && merge && (await twiceMade(git, merge, slug));
  if (!merge || !twice) return [];
  const file = firmPaths(slug).roadmap(twice.version);
  const [ours, theirs] = [merge.ours.slice(0, 10), merge.theirs.slice(0, 10)];
  const message = `${twice.version} was made twice, by ${ours} on this branch and by ${theirs} on the one that is merged`;
  return [
    diagnose('roadmap/version-twice', { file }, message, `Run "scend refresh --firm ${slug} --rebase".`),
  ];
}

/** What a call gives, made when it is asked for first. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

function cleanPath(path: string): string {
  const clean = path.replaceAll('\\', '/').replace(/^(?:\.\/)+|\/+$/g, '');
  if (clean.startsWith('/') || clean.split('/').includes('..')) {
    throw usage('outside', `${path} lies outside the workspace`, 'Name paths relative to the workspace.');
  }
  return clean === '.' ? '' : clean;
}

/** Every finding of one firm; a firm that cannot be read never hides another. */
async function checkFirm(workspace: Workspace, slug: string, library: Library | null): Promise<FirmFindings> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  if (!firm) return { timezone: null, found: diagnostics };
  const [pack, snapshots, outcomes, recommendations, roadmaps] = await Promise.all([
    loadPack(workspace, firm),
    loadSnapshots(workspace, firm),
    loadOutcomes(workspace, slug),
    loadRecommendations(workspace, slug),
    loadRoadmaps(workspace, firm),
  ]);
  const found = [
    ...diagnostics,
    ...[pack, snapshots, outcomes, recommendations, roadmaps].flatMap((one) => one.diagnostics),
  ];
  if (pack.pack) found.push(...tightLists(pack.pack.file));
  for (const [version, roadmap] of roadmaps.files) {
    found.push(...checkProjection(workspace, roadmap, snapshots.snapshots));
    if (pack.pack && version === roadmaps.newest) {
      const known = new Set([
        ...pack.pack.settled.pack.tickets.map((one) => one.ticketId),
        ...(library?.tickets.map((one) => one.ticketId) ?? []),
      ]);
      found.push(...unknownTickets(roadmap, known));
    }
  }
  found.push(...(await checkRollup(workspace, firm, pack.pack?.settled.pack ?? null, library)));
  found.push(
    ...outcomes.outcomes.flatMap((one) =>
      checkOutcome(workspace, firm, one, snapshots.snapshots, roadmaps.files, roadmaps.unreadable),
    ),
  );
  if (library) found.push(...unknownSystems(slug, recommendations.recommendations, library));
  return { timezone: firm.timezone ?? null, found };
}

function unknownSystems(
  slug: string,
  recommendations: Awaited<ReturnType<typeof loadRecommendations>>['recommendations'],
  library: Library,
): Diagnostic[] {
  const ids = new Set(library.tickets.flatMap((one) => [one.systemId, one.subsystemId]));
  return recommendations
    .filter((one) => !ids.has(one.systemId))
    .map((one) =>
      diagnose(
        'reference/missing',
        { file: firmPaths(slug).recommendations },
        `the library has no system "${one.systemId}"`,
        'Mend the id, or add the system to the library.',
      ),
    );
}
