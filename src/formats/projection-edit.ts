import type { RoiProjection } from '../domain/roadmap.ts';
import { BlockEditor } from './block-editor.ts';
import { applyEdits, type TextEdit } from './edit.ts';
import { evidenceBlock, projectionFields } from './projection-fields.ts';
import type { RoadmapFile } from './roadmap-file.ts';
import { setKey, setKeys } from './yaml.ts';

/**
 * The roadmap's text with the projection in its front matter and, where a person left room for it, what it
 * rests on in Section 8; every other byte stays. Null when the front matter cannot be edited in place.
 */
export function writeProjection(
  roadmap: RoadmapFile,
  projection: RoiProjection,
  evidence: string,
): string | null {
  const path = ['metadata', 'roi_projection'];
  const { targets, ...figures } = projectionFields(projection);
  const edits: (TextEdit[] | null)[] = [];
  for (const [key, value] of Object.entries(figures)) {
    const before = projectionFields(roadmap.facts.projection)[key as keyof typeof figures];
    if (value !== before) edits.push(setKey(roadmap.yaml, path, key, value));
  }
  const before = roadmap.facts.projection.targets;
  const changed = Object.entries(targets).flatMap(([name, value]) =>
    value === null || before[name] === value ? [] : [[name, value] as const],
  );
  edits.push(setKeys(roadmap.yaml, path, 'targets', Object.fromEntries(changed)));
  const editor = new BlockEditor(roadmap);
  editor.put(evidenceBlock, 8, evidence);
  const own = edits.flatMap((one) => one ?? []);
  return edits.includes(null) ? null : applyEdits(roadmap.source.text, [...own, ...editor.edits]);
}
