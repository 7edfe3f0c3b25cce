import type { Firm } from '../domain/firm.ts';
import type { RoiProjection } from '../domain/roadmap.ts';
import { partDigests } from '../formats/roadmap-digests.ts';
import { parseRoadmapFile } from '../formats/roadmap-file.ts';
import { noProjection, renderNewRoadmap } from '../formats/roadmap-new.ts';
import { encodeSource, makeSource } from '../formats/source.ts';
import { maxBytes, readInside } from '../store/files.ts';
import { firmPaths } from '../store/load.ts';
import { findVersions, loadRoadmap } from '../store/load-roadmap.ts';
import type { Workspace } from '../store/workspace.ts';
import { usage } from './context.ts';
import { templateText } from './firm-add.ts';

/** The roadmap that an import finds in its place. */
export interface Standing {
  readonly projection: RoiProjection;
  /** The day that an import or `firm add` wrote into it. */
  readonly generatedAt: string | null;
  /** The roadmap and metadata that are there; null where there are none. */
  readonly roadmap: Uint8Array | null;
  readonly metadata: Uint8Array | null;
  /** Whether it is as `firm add` made it, so that nothing is lost. */
  readonly replaceable: boolean;
}

/** The roadmap that the import finds. Throws `usage/roadmap-exists` when it is beyond v1.0 or cannot be read. */
export async function standingRoadmap(workspace: Workspace, firm: Firm): Promise<Standing> {
  const { onDisk, atHead } = await findVersions(workspace, firm.slug);
  const versions = [...new Set([...onDisk, ...atHead])];
  const none = {
    projection: noProjection,
    generatedAt: null,
    roadmap: null,
    metadata: null,
    replaceable: true,
  };
  if (versions.length === 0) return none;
  const { roadmap } = await loadRoadmap(workspace, firm, 'v1.0');
  if (!roadmap || versions.length > 1) throw roadmapExists(firm.slug);
  const { id, generatedAt, projection } = roadmap.facts;
  const metadata = await readInside(workspace.root, firmPaths(firm.slug).metadata('v1.0'), maxBytes.json);
  const rendered = renderNewRoadmap({
    id,
    firm,
    version: 'v1.0',
    today: generatedAt,
    currency: firm.economics.currency ?? workspace.settings.currency,
    targets: {},
    template: await templateText(workspace),
  });
  const template = parseRoadmapFile(makeSource('', rendered), firm, 'v1.0').roadmap;
  return {
    projection,
    generatedAt,
    roadmap: encodeSource(roadmap.source, roadmap.source.text),
    metadata: metadata.kind === 'file' ? metadata.bytes : null,
    replaceable: template !== null && sameParts(partDigests(template), partDigests(roadmap)),
  };
}

/** Whether what people write is the same in two roadmaps; the engine's own blocks do not count. */
function sameParts(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)].filter((one) => !one.startsWith('block:')));
  return [...names].every((one) => a[one] === b[one]);
}

/** The refusal to import over a roadmap. */
export function roadmapExists(slug: string) {
  return usage(
    'roadmap-exists',
    `${slug} has a roadmap already, and it is not as "firm add" made it`,
    `Write the text into it by hand; or remove firms/${slug}/deliverables/, commit that, and import again.`,
  );
}
