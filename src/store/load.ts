import type { Picture } from '../charts/index.ts';
import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Recommendation } from '../domain/roadmap.ts';
import { type Contradiction, needHistory, type SettledPack, settlePack } from '../domain/settle-pack.ts';
import { compareSnapshots, parseSnapshotFileName, type Snapshot } from '../domain/snapshot.ts';
import type { TicketEntry } from '../domain/ticket.ts';
import { compareVersions, type Version } from '../domain/version.ts';
import { parseFrontMatter } from '../formats/front-matter.ts';
import { parseOutcome } from '../formats/outcome-file.ts';
import { type PackFile, parsePackFile } from '../formats/pack-file.ts';
import { pictureFileName } from '../formats/pictures.ts';
import { parseRecommendations } from '../formats/recommendations-file.ts';
import { parseSnapshot } from '../formats/snapshot-file.ts';
import { decodeSource, diagnoseAt, type Source } from '../formats/source.ts';
import { parsePackBody } from '../formats/ticket-pack.ts';
import { maxBytes, readSource } from './files.ts';
import { hashObject } from './git/object-id.ts';
import { oidAtHead, readAtHead } from './git-view.ts';
import { ticketPasts } from './pack-history.ts';
import { todayFor, type Workspace } from './workspace.ts';

/** Where a firm's files stand. */
export const firmPaths = (slug: string) => ({
  firm: `firms/${slug}/firm.yaml`,
  pack: `firms/${slug}/ticket-pack.md`,
  recommendations: `firms/${slug}/recommendations.yaml`,
  rollup: `firms/${slug}/rollup.yaml`,
  snapshots: `firms/${slug}/snapshots`,
  outcomes: `firms/${slug}/outcomes`,
  deliverables: `firms/${slug}/deliverables`,
  roadmap: (version: Version) => `firms/${slug}/deliverables/${slug}_ROADMAP_${version}.md`,
  export: (version: Version) => `firms/${slug}/deliverables/${slug}_TICKET_PACK_${version}.md`,
  metadata: (version: Version) => `firms/${slug}/deliverables/${slug}_metadata_${version}.json`,
  changelog: (from: Version, to: Version) =>
    `firms/${slug}/deliverables/${slug}_ROADMAP_CHANGELOG_${from}_to_${to}.md`,
  picture: (name: Picture['name'], version: Version) =>
    `firms/${slug}/deliverables/${pictureFileName(slug, name, version)}`,
  outcome: (version: Version, label: string) => `firms/${slug}/outcomes/${version}_${label}.yaml`,
});

export interface LoadedPack {
  readonly file: PackFile;
  readonly bytes: Uint8Array;
  readonly settled: SettledPack;
  /** The tickets of the last commit; none when there is no commit, or what it holds cannot be read. */
  readonly head: readonly TicketEntry[];
}

/** Reads a firm's pack and settles it against HEAD. Null, with findings, when it cannot be trusted. */
export async function loadPack(
  workspace: Workspace,
  firm: Firm,
): Promise<{
  readonly pack: LoadedPack | null;
  readonly exists: boolean;
  readonly diagnostics: Diagnostic[];
}> {
  const path = firmPaths(firm.slug).pack;
  const { source, bytes, diagnostics } = await readSource(workspace.files, path, maxBytes.markdown);
  const exists = bytes !== null || diagnostics.length > 0;
  if (!source || !bytes || hasErrors(diagnostics)) return { pack: null, exists, diagnostics };
  const parsed = parsePackFile(source, firm);
  const found = [...diagnostics, ...parsed.diagnostics];
  if (!parsed.pack) return { pack: null, exists, diagnostics: found };
  if (parsed.pack.facts.firm !== firm.slug) {
    const message = `"${parsed.pack.facts.firm}" stands in the folder of ${firm.slug}`;
    found.push(diagnoseAt(source, 'reference/mismatch', parsed.pack.yaml.start, message));
  }
  const head = await headEntries(workspace, path, bytes, parsed.pack.facts.entries);
  const committed = needHistory(parsed.pack.facts.entries, head);
  const pasts = await ticketPasts(workspace.git, path, committed, {
    timeZone: firm.timezone ?? workspace.settings.timezone,
    now: latestNow(workspace),
  });
  const settled = settlePack(parsed.pack.facts, head, todayFor(workspace, firm), pasts);
  for (const one of settled.contradictions) {
    const ticket = parsed.pack.body.tickets.find(({ entry }) => entry.ticketId === one.ticketId);
    found.push(diagnoseAt(source, 'pack/contradiction', ticket?.boxAt ?? 0, ...contradictionText(one)));
  }
  return {
    pack: hasErrors(found) ? null : { file: parsed.pack, bytes, settled, head },
    exists,
    diagnostics: found,
  };
}

function contradictionText({ ticketId, box, line, cut }: Contradiction): [message: string, hint?: string] {
  if (!cut)
    return [
      `${ticketId}: the checkbox was changed to ${box} and Status to ${line}, which contradict each other`,
    ];
  return [
    `${ticketId}: the checkbox says ${box} and Status ${line}; which came last lies beyond this clone's history`,
    'Fetch the rest (git fetch --unshallow; fetch-depth: 0 in GitHub Actions), or make the two agree.',
  ];
}

/** The clock, or the end of the day that a person fixed, where that is later. */
function latestNow({ now, fixedToday }: Workspace): Date {
  const fixed = fixedToday === null ? 0 : Date.parse(`${fixedToday}T23:59:59Z`);
  return new Date(Math.max(now.getTime(), fixed));
}

/** The tickets of the pack in HEAD; those at hand where it holds the same bytes. */
async function headEntries(
  { git }: Workspace,
  path: string,
  bytes: Uint8Array,
  entries: readonly TicketEntry[],
): Promise<readonly TicketEntry[]> {
  const oid = git && (await oidAtHead(git, path));
  if (!oid) return [];
  if (hashObject('blob', bytes) === oid) return entries;
  const committed = await readAtHead(git, path);
  const source = committed && decodeSource(path, committed, maxBytes.markdown).source;
  if (!source) return [];
  // The front matter would be read as prose, which only the parser can.
  const from = parseFrontMatter(source).frontMatter?.bodyStart ?? 0;
  return parsePackBody(source, from).tickets.map((one) => one.entry);
}

/** Reads all snapshots of a firm, oldest first. */
export async function loadSnapshots(
  workspace: Workspace,
  firm: Firm,
): Promise<{
  readonly snapshots: Snapshot[];
  readonly sources: Map<string, Source>;
  readonly diagnostics: Diagnostic[];
}> {
  const folder = firmPaths(firm.slug).snapshots;
  const snapshots: Snapshot[] = [];
  const sources = new Map<string, Source>();
  const diagnostics: Diagnostic[] = [];
  for (const { name } of await workspace.files.list(folder)) {
    const file = `${folder}/${name}`;
    if (!/\.ya?ml$/.test(name)) continue;
    if (!parseSnapshotFileName(name)) {
      diagnostics.push(
        diagnose('file/unknown-name', { file }, `a snapshot is called <date>_<label>.yaml, not ${name}`),
      );
      continue;
    }
    const { source, diagnostics: faults } = await readSource(workspace.files, file, maxBytes.yaml);
    diagnostics.push(...faults);
    if (!source || hasErrors(faults)) continue;
    const read = parseSnapshot(source, name, firm, workspace.settings);
    diagnostics.push(...read.diagnostics);
    if (!read.value) continue;
    if (snapshots.some((one) => one.id === read.value?.id)) {
      diagnostics.push(
        diagnose('reference/duplicate', { file }, `another snapshot has the id ${read.value.id}`),
      );
    }
    snapshots.push(read.value);
    sources.set(read.value.id, source);
  }
  return { snapshots: snapshots.sort(compareSnapshots), sources, diagnostics };
}

export interface LoadedOutcome {
  readonly outcome: Outcome;
  readonly source: Source;
}

/** Reads all outcomes of a firm, in the order of their measurement. */
export async function loadOutcomes(
  workspace: Workspace,
  slug: string,
): Promise<{ readonly outcomes: LoadedOutcome[]; readonly diagnostics: Diagnostic[] }> {
  const folder = firmPaths(slug).outcomes;
  const outcomes: LoadedOutcome[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { name } of await workspace.files.list(folder)) {
    const file = `${folder}/${name}`;
    if (!/\.ya?ml$/.test(name)) continue;
    const { source, diagnostics: faults } = await readSource(workspace.files, file, maxBytes.yaml);
    diagnostics.push(...faults);
    if (!source || hasErrors(faults)) continue;
    const read = parseOutcome(source);
    diagnostics.push(...read.diagnostics);
    if (!read.outcome || hasErrors(read.diagnostics)) continue;
    const { roadmapVersion, targetLabel } = read.outcome;
    if (name !== `${roadmapVersion}_${targetLabel}.yaml`) {
      diagnostics.push(
        diagnose(
          'reference/mismatch',
          { file },
          `the file name does not say ${roadmapVersion}_${targetLabel}`,
        ),
      );
      continue;
    }
    outcomes.push({ outcome: read.outcome, source });
  }
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  outcomes.sort(
    (a, b) =>
      order(a.outcome.targetDate, b.outcome.targetDate) ||
      compareVersions(a.outcome.roadmapVersion, b.outcome.roadmapVersion) ||
      order(a.source.file, b.source.file),
  );
  return { outcomes, diagnostics };
}

/** Reads `recommendations.yaml`; none where it is missing. */
export async function loadRecommendations(
  workspace: Workspace,
  slug: string,
): Promise<{
  readonly recommendations: readonly Recommendation[];
  readonly exists: boolean;
  readonly diagnostics: Diagnostic[];
}> {
  const { source, diagnostics } = await readSource(
    workspace.files,
    firmPaths(slug).recommendations,
    maxBytes.yaml,
  );
  if (!source) return { recommendations: [], exists: diagnostics.length > 0, diagnostics };
  const read = parseRecommendations(source, slug);
  return {
    recommendations: read.value ?? [],
    exists: true,
    diagnostics: [...diagnostics, ...read.diagnostics],
  };
}
