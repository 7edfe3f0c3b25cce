import { baselineAtHand } from '../domain/baseline.ts';
import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { backwardTargets } from '../domain/status.ts';
import { compareVersions, type Version } from '../domain/version.ts';
import { digestText } from '../formats/digest.ts';
import type { WrittenMetadata } from '../formats/metadata.ts';
import { parsePackFile } from '../formats/pack-file.ts';
import { changedParts } from '../formats/refresh.ts';
import { partDigests } from '../formats/roadmap-digests.ts';
import type { RoadmapFile } from '../formats/roadmap-file.ts';
import { namedIn } from '../formats/roadmap-parts.ts';
import { checkMetrics } from '../formats/settings-file.ts';
import { diagnoseAt } from '../formats/source.ts';
import { offsetAt } from '../formats/yaml.ts';
import { maxBytes, readSource } from '../store/files.ts';
import { firmPaths } from '../store/load.ts';
import { findVersions, loadMetadata, loadRoadmap } from '../store/load-roadmap.ts';
import { isVersionFile } from '../store/version-files.ts';
import type { Workspace } from '../store/workspace.ts';

/** Every roadmap version of a firm that can be read, with the findings of all. */
export async function loadRoadmaps(workspace: Workspace, firm: Firm) {
  const { onDisk } = await findVersions(workspace, firm.slug);
  const versions = [...onDisk].sort(compareVersions);
  const files = new Map<Version, RoadmapFile>();
  const diagnostics: Diagnostic[] = [...(await strayDeliverables(workspace, firm.slug))];
  for (const version of versions) {
    const [roadmap, metadata] = await Promise.all([
      loadRoadmap(workspace, firm, version),
      loadMetadata(workspace, firm.slug, version),
    ]);
    diagnostics.push(...roadmap.diagnostics, ...metadata.diagnostics);
    if (roadmap.roadmap) files.set(version, roadmap.roadmap);
    if (roadmap.roadmap && metadata.metadata)
      diagnostics.push(...editedBlocks(roadmap.roadmap, metadata.metadata));
    if (metadata.metadata) diagnostics.push(...(await editedExport(workspace, firm, metadata.metadata)));
    const previous = metadata.metadata?.previous_version;
    const recorded = metadata.metadata?.digests.previous_roadmap;
    const older = previous ? files.get(previous) : undefined;
    if (older && recorded && digestText(older.source.text) !== recorded) {
      const message = `${previous} was edited after ${version} was made from it`;
      diagnostics.push(diagnoseAt(older.source, 'roadmap/superseded-edited', 0, message));
    }
  }
  if (versions.length === 0) {
    const file = firmPaths(firm.slug).deliverables;
    diagnostics.push(
      diagnose(
        'file/missing',
        { file },
        `${firm.slug} has no roadmap`,
        `Restore it, or run "scend firm add ${firm.slug}".`,
      ),
    );
  }
  const unreadable = versions.filter((one) => !files.has(one));
  return { files, diagnostics, unreadable, newest: versions.at(-1) ?? null };
}

function editedBlocks(roadmap: RoadmapFile, metadata: WrittenMetadata): Diagnostic[] {
  return changedParts(metadata.digests.roadmap_parts, partDigests(roadmap))
    .filter((part) => part.startsWith('block:'))
    .map((part) => {
      const name = part.slice('block:'.length);
      const at = roadmap.blocks.get(name)?.start ?? 0;
      return diagnoseAt(
        roadmap.source,
        'roadmap/block-edited',
        at,
        `the engine's block "${name}" was edited`,
      );
    });
}

/** A tick in an export counts nowhere until it is read back. */
async function editedExport(
  workspace: Workspace,
  firm: Firm,
  metadata: WrittenMetadata,
): Promise<Diagnostic[]> {
  const path = firmPaths(firm.slug).export(metadata.version);
  const { source } = await readSource(workspace.files, path, maxBytes.markdown);
  const pack = source ? parsePackFile(source, firm).pack : null;
  if (!source || !pack) return [];
  const recorded = new Map(metadata.tickets?.map((one) => [one.ticket_id, one.status]));
  return pack.body.tickets.flatMap(({ entry, boxAt }) => {
    const was = recorded.get(entry.ticketId);
    const line = entry.statusLine ?? was;
    if (was === undefined || ((entry.box === 'done') === (was === 'done') && line === was)) return [];
    const message = `${entry.ticketId} was ${was} when this was exported`;
    return [diagnoseAt(source, 'export/edited', boxAt, message)];
  });
}

async function strayDeliverables(workspace: Workspace, slug: string): Promise<Diagnostic[]> {
  const folder = firmPaths(slug).deliverables;
  const entries = await workspace.files.list(folder);
  return entries
    .filter(
      (one) => !one.name.startsWith('.') && one.name.startsWith(`${slug}_`) && !isVersionFile(slug, one.name),
    )
    .map((one) =>
      diagnose(
        'file/unknown-name',
        { file: `${folder}/${one.name}` },
        `"${one.name}" fits no pattern of a deliverable`,
      ),
    );
}

/** Findings in the targets that a roadmap projects. */
export function checkProjection(
  workspace: Workspace,
  roadmap: RoadmapFile,
  snapshots: readonly Snapshot[],
): Diagnostic[] {
  const { facts, yaml } = roadmap;
  const path = ['metadata', 'roi_projection', 'targets'];
  const { targets } = facts.projection;
  const found = checkMetrics(yaml, path, targets, workspace.settings);
  const baseline = baselineAtHand(snapshots, workspace.settings.metrics);
  if (!baseline) return found;
  return [
    ...found,
    ...backwardTargets(workspace.settings.metrics, baseline.metrics, targets).map((name) =>
      diagnoseAt(
        yaml.source,
        'metric/backward-target',
        offsetAt(yaml, [...path, name]),
        `the target of ${name}, ${targets[name]}, is worse than the baseline, ${baseline.metrics[name]}`,
      ),
    ),
  ];
}

/** Ids on `Tickets:` lines that nobody knows; prose is not searched, where "90-day" would look like one. */
export function unknownTickets(roadmap: RoadmapFile, known: ReadonlySet<string>): Diagnostic[] {
  const { source, bodyStart } = roadmap;
  const lines = source.text
    .slice(bodyStart)
    .matchAll(/^[ \t]*(?:[-*+][ \t]+)?(?:\*\*)?Tickets?(?:\*\*)?[ \t]*:[^\r\n]*/gim);
  return [...lines].flatMap((line) =>
    namedIn('', line[0], { tickets: known })
      .tickets.filter((id) => !known.has(id))
      .map((id) => {
        const at = bodyStart + line.index + Math.max(0, line[0].indexOf(id));
        return diagnoseAt(
          source,
          'roadmap/unknown-ticket',
          at,
          `${id} is neither in the pack nor in the library`,
        );
      }),
  );
}
