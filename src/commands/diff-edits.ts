import type { FileEdit } from '../domain/diff.ts';
import type { Firm } from '../domain/firm.ts';
import { compareIds } from '../domain/ticket.ts';
import { compareVersions, latestVersion, type Version } from '../domain/version.ts';
import { digestText } from '../formats/digest.ts';
import type { WrittenMetadata } from '../formats/metadata.ts';
import { changedParts } from '../formats/refresh.ts';
import { partDigests } from '../formats/roadmap-digests.ts';
import { parseRoadmapFile, type RoadmapFile } from '../formats/roadmap-file.ts';
import type { Source } from '../formats/source.ts';
import { parsePackBody } from '../formats/ticket-pack.ts';
import { maxBytes, readSource } from '../store/files.ts';
import { firmPaths, loadOutcomes, loadSnapshots } from '../store/load.ts';
import { loadMetadata, loadRoadmap } from '../store/load-roadmap.ts';
import { isVersionFile, versionsAmong } from '../store/version-files.ts';
import type { Workspace } from '../store/workspace.ts';
import { checkOutcome, checkRollup } from './check-derived.ts';
import type { LoadedFirm } from './diff-state.ts';

interface Both {
  readonly before: Workspace;
  readonly after: Workspace;
  readonly firm: Firm;
  readonly slug: string;
}

/**
 * Files that the engine makes, and roadmaps that a newer version has replaced, where they differ from the base
 * and are not as the engine would leave them. A firm whose folder was renamed has none: all its files moved.
 */
export async function findEdits(
  before: Workspace,
  after: Workspace,
  loaded: LoadedFirm,
  library: Parameters<typeof checkRollup>[3],
): Promise<FileEdit[]> {
  const { firm, slug } = loaded.state;
  if (!firm) return [];
  const both = { before, after, firm, slug };
  return [
    ...(await editedDeliverables(both)),
    ...(await editedOutcomes(both)),
    ...(await editedRollup(both, loaded, library)),
  ];
}

/** A file's text on both sides, without regard to line endings; null where it is the same, or new. */
async function difference(
  { before, after }: Both,
  file: string,
): Promise<{ readonly old: Source; readonly now: Source | null } | null> {
  const [{ source: old }, { source: now, diagnostics }] = [
    await readSource(before.files, file, maxBytes.json),
    await readSource(after.files, file, maxBytes.json),
  ];
  if (!old || (now && digestText(old.text) === digestText(now.text))) return null;
  return now === null && diagnostics.length > 0 ? null : { old, now };
}

async function editedDeliverables(both: Both): Promise<FileEdit[]> {
  const { slug } = both;
  const folder = firmPaths(slug).deliverables;
  const names = (await both.after.files.list(folder)).map((one) => one.name);
  const versions = versionsAmong(slug, names);
  const newest = latestVersion(versions);
  const edits: FileEdit[] = [];
  for (const { name } of await both.before.files.list(folder)) {
    const version = /_(v\d+\.\d+)\.[a-z]+$/.exec(name)?.[1] ?? '';
    // What went with its whole version is told as that.
    if (!isVersionFile(slug, name) || !versions.includes(version)) continue;
    const file = `${folder}/${name}`;
    const found = await difference(both, file);
    if (!found) continue;
    const { old, now } = found;
    if (name === `${slug}_ROADMAP_${version}.md`) {
      if (now) edits.push(...(await editedRoadmap(both, { old, now }, version, versions)));
    } else if (name === `${slug}_TICKET_PACK_${version}.md`)
      edits.push({ file, kind: 'export', parts: now ? changedTickets(old, now) : [], removed: !now });
    // "scend project" writes its figures into the newest version's metadata.
    else if (version !== newest || !now || !name.startsWith(`${slug}_metadata_`))
      edits.push({ file, kind: 'generated', parts: [], removed: !now });
  }
  return edits;
}

/** Tickets whose checkbox or Status line an export shows differently. */
function changedTickets(old: Source, now: Source): string[] {
  const marks = (source: Source) =>
    new Map(
      parsePackBody(source).tickets.map(({ entry }) => [entry.ticketId, `${entry.box} ${entry.statusLine}`]),
    );
  const [before, after] = [marks(old), marks(now)];
  const ids = [...new Set([...before.keys(), ...after.keys()])];
  return ids.filter((id) => before.get(id) !== after.get(id)).sort(compareIds);
}

async function editedRoadmap(
  both: Both,
  { old, now }: { readonly old: Source; readonly now: Source },
  version: Version,
  versions: readonly Version[],
): Promise<FileEdit[]> {
  const { firm, slug, after } = both;
  const file = firmPaths(slug).roadmap(version);
  const [was, is] = [old, now].map((one) => parseRoadmapFile(one, firm, version).roadmap);
  const parts = was && is ? changedParts(partDigests(was), partDigests(is)) : [];
  const [text, blocks] = [parts.filter((one) => !isBlock(one)), parts.filter(isBlock)];
  const edited = await blocksByHand(after, slug, version, is ?? null, blocks);
  const edits: FileEdit[] = [];
  if (edited.length > 0)
    edits.push({ file, kind: 'managed_block', parts: edited.map((one) => one.slice(6)), removed: false });
  const replaced = await replacedBy(after, slug, version, versions);
  // The next version took the edit over when it was made: then it is people's own text.
  const late = replaced !== null && replaced.digests.previous_roadmap !== digestText(now.text);
  if (late && (text.length > 0 || edited.length === 0))
    edits.push({ file, kind: 'superseded_roadmap', parts: text, removed: false });
  else if (!late && text.length > 0) edits.push({ file, kind: 'roadmap_text', parts: text, removed: false });
  return edits;
}

const isBlock = (part: string) => part.startsWith('block:');

/** Of the blocks that differ, those that are not as the engine last recorded them. */
async function blocksByHand(
  after: Workspace,
  slug: string,
  version: Version,
  roadmap: RoadmapFile | null,
  blocks: readonly string[],
): Promise<string[]> {
  const { metadata } = await loadMetadata(after, slug, version);
  if (!metadata || !roadmap) return [...blocks];
  const edited = changedParts(metadata.digests.roadmap_parts, partDigests(roadmap));
  return blocks.filter((one) => edited.includes(one) || !(one in metadata.digests.roadmap_parts));
}

/** What the next version recorded when it was made from this one; null for the newest. */
async function replacedBy(
  after: Workspace,
  slug: string,
  version: Version,
  versions: readonly Version[],
): Promise<WrittenMetadata | null> {
  const newer = versions.filter((one) => compareVersions(one, version) > 0).sort(compareVersions);
  let last: WrittenMetadata | null = null;
  for (const one of newer) {
    const { metadata } = await loadMetadata(after, slug, one);
    if (metadata?.previous_version === version) return metadata;
    last ??= metadata;
  }
  return last;
}

/** An outcome that differs from the base and does not follow from its snapshots, targets and settings. */
async function editedOutcomes(both: Both): Promise<FileEdit[]> {
  const { before, after, firm, slug } = both;
  const old = new Map(
    (await loadOutcomes(before, slug)).outcomes.map(({ source }) => [source.file, digestText(source.text)]),
  );
  const { outcomes } = await loadOutcomes(after, slug);
  const changed = outcomes.filter(({ source }) => old.get(source.file) !== digestText(source.text));
  if (changed.length === 0) return [];
  const { snapshots } = await loadSnapshots(after, firm);
  const edits: FileEdit[] = [];
  for (const one of changed) {
    // The status is worked out again from the targets of the roadmap that it was measured against.
    const { roadmapVersion } = one.outcome;
    const { roadmap } = await loadRoadmap(after, firm, roadmapVersion);
    const roadmaps = roadmap ? new Map([[roadmapVersion, roadmap]]) : null;
    const found = checkOutcome(after, firm, one, snapshots, roadmaps);
    if (found.some((finding) => finding.rule === 'derived/outcome-stale'))
      edits.push({ file: one.source.file, kind: 'outcome', parts: [], removed: false });
  }
  return edits;
}

async function editedRollup(
  both: Both,
  { state }: LoadedFirm,
  library: Parameters<typeof checkRollup>[3],
): Promise<FileEdit[]> {
  const { after, firm, slug } = both;
  const file = firmPaths(slug).rollup;
  const found = await difference(both, file);
  if (!found) return [];
  if (!found.now) return [{ file, kind: 'rollup', parts: [], removed: true }];
  if (!state.pack) return [];
  const findings = await checkRollup(after, firm, state.pack, library);
  return findings.length > 0 ? [{ file, kind: 'rollup', parts: [], removed: false }] : [];
}
