import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { latestVersion, type Version } from '../domain/version.ts';
import type { WrittenMetadata } from '../formats/metadata.ts';
import {
  parseRoadmapFile,
  parseRoadmapFront,
  type RoadmapFile,
  type RoadmapFront,
} from '../formats/roadmap-file.ts';
import { readKind } from '../formats/schema.ts';
import { diagnoseAt, type Source } from '../formats/source.ts';
import { parseYaml } from '../formats/yaml.ts';
import { maxBytes, readFrontSource, readSource } from './files.ts';
import { listAtHead } from './git-view.ts';
import { firmPaths } from './load.ts';
import { versionsAmong } from './version-files.ts';
import type { Workspace } from './workspace.ts';

export interface Versions {
  /** Versions whose roadmap lies in the work tree, in no order. */
  readonly onDisk: readonly Version[];
  readonly atHead: readonly Version[];
  /** The version that a refresh starts from: the newest commit knows, else the newest on disk. */
  readonly current: Version | null;
}

/** Finds a firm's roadmap versions. What is committed counts: a refresh cut short must not be built upon. */
export async function findVersions(workspace: Workspace, slug: string): Promise<Versions> {
  const folder = firmPaths(slug).deliverables;
  const pick = (names: readonly string[]) => versionsAmong(slug, names);
  const onDisk = pick(
    (await workspace.files.list(folder)).filter((one) => one.kind === 'file').map((one) => one.name),
  );
  const atHead = pick(await listAtHead(workspace.git, folder));
  return { onDisk, atHead, current: latestVersion(atHead) ?? latestVersion(onDisk) };
}

/** Reads one version of a roadmap. */
export function loadRoadmap(workspace: Workspace, firm: Firm, version: Version) {
  return loadRoadmapBy<RoadmapFile>(readSource, parseRoadmapFile, workspace, firm, version);
}

/** Reads what the front matter of one version says. */
export function loadRoadmapFront(workspace: Workspace, firm: Firm, version: Version) {
  return loadRoadmapBy<RoadmapFront>(readFrontSource, parseRoadmapFront, workspace, firm, version);
}

async function loadRoadmapBy<T extends RoadmapFront>(
  read: typeof readFrontSource,
  parse: (
    source: Source,
    firm: Firm,
    version: Version,
  ) => { readonly roadmap: T | null; readonly diagnostics: Diagnostic[] },
  workspace: Workspace,
  firm: Firm,
  version: Version,
): Promise<{ readonly roadmap: T | null; readonly diagnostics: Diagnostic[] }> {
  const path = firmPaths(firm.slug).roadmap(version);
  const { source, diagnostics } = await read(workspace.files, path, maxBytes.markdown);
  if (!source) {
    const missing = diagnose(
      'file/missing',
      { file: path },
      `the roadmap ${version} is not in the work tree`,
    );
    return { roadmap: null, diagnostics: diagnostics.length > 0 ? diagnostics : [missing] };
  }
  if (hasErrors(diagnostics)) return { roadmap: null, diagnostics };
  const parsed = parse(source, firm, version);
  const found = [...diagnostics, ...parsed.diagnostics];
  if (parsed.roadmap && parsed.roadmap.facts.version !== version) {
    const message = `the file name says ${version}, the front matter ${parsed.roadmap.facts.version}`;
    found.push(diagnoseAt(source, 'reference/mismatch', parsed.roadmap.yaml.start, message));
  }
  if (parsed.roadmap && parsed.roadmap.facts.firm !== firm.slug) {
    const message = `"${parsed.roadmap.facts.firm}" stands in the folder of ${firm.slug}`;
    found.push(diagnoseAt(source, 'reference/mismatch', parsed.roadmap.yaml.start, message));
  }
  return { roadmap: hasErrors(found) ? null : parsed.roadmap, diagnostics: found };
}

/** Reads one version's metadata; null where there is none. */
export async function loadMetadata(
  workspace: Workspace,
  slug: string,
  version: Version,
): Promise<{ readonly metadata: WrittenMetadata | null; readonly diagnostics: Diagnostic[] }> {
  const path = firmPaths(slug).metadata(version);
  const { source, diagnostics } = await readSource(workspace.files, path, maxBytes.json);
  if (!source || hasErrors(diagnostics)) return { metadata: null, diagnostics };
  const yaml = parseYaml(source);
  const read = readKind<WrittenMetadata>(yaml, 'metadata');
  const found = [...diagnostics, ...yaml.diagnostics, ...read.diagnostics];
  if (read.value && (read.value.version !== version || read.value.firm !== slug)) {
    found.push(
      diagnose(
        'reference/mismatch',
        { file: path },
        `the file says ${read.value.firm} ${read.value.version}`,
      ),
    );
  }
  return { metadata: hasErrors(found) ? null : read.value, diagnostics: found };
}
