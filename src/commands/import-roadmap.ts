import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { derivedId } from '../domain/id.ts';
import type { RoiProjection } from '../domain/roadmap.ts';
import { findFigures } from '../formats/import-figures.ts';
import { type ImportFile, readImportFile } from '../formats/import-headings.ts';
import { findIds } from '../formats/import-ids.ts';
import { type Mapped, sectionLabel } from '../formats/import-mapping.ts';
import { renderMetadata } from '../formats/metadata.ts';
import { partDigests } from '../formats/roadmap-digests.ts';
import { parseRoadmapFile } from '../formats/roadmap-file.ts';
import { buildBody, type ImportedBody } from '../formats/roadmap-import.ts';
import { roadmapFront } from '../formats/roadmap-new.ts';
import { diagnoseAt, encodeSource, makeSource } from '../formats/source.ts';
import { loadLibrary } from '../store/library.ts';
import { firmPaths, loadPack } from '../store/load.ts';
import { loadSectionNames } from '../store/section-names.ts';
import { editOf, type FileChange, generated, same } from '../store/transaction/change.ts';
import { chooseFirms, loadFirm, todayFor, type Workspace } from '../store/workspace.ts';
import { askFirst } from './ask-first.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  firmOption,
  metricChoices,
  open,
  textFlag,
  usage,
  writeOptions,
} from './context.ts';
import { readTargets } from './firm-flags.ts';
import { mappingLines, placeHeadings } from './import-placing.ts';
import { takeFigures } from './import-projection.ts';
import { firstLines, readSources } from './import-source.ts';
import { roadmapExists, type Standing, standingRoadmap } from './import-standing.ts';
import { carryOut, type Decision, eachFirm } from './write.ts';

export const command: CommandSpec = {
  arguments: [
    {
      name: 'files',
      required: true,
      many: true,
      about: 'Markdown files in their order, or a folder of them',
    },
  ],
  options: [
    { ...firmOption, required: true },
    {
      name: 'map',
      value: '<heading=n>',
      about:
        'a heading (or FILE:LINE) is section 1 to 10, "append" to the one before, or "skip"; may be repeated',
      many: true,
    },
    {
      name: 'keep-unplaced',
      about: 'move what names no section to the Appendix, under a heading that says so',
    },
    { name: 'take-figures', about: 'take the figures that are offered as the projection' },
    {
      name: 'figure',
      value: '<name=value>',
      about: 'a figure of the projection, such as revenue_impact_annual=56385; may be repeated',
      many: true,
    },
    {
      name: 'target',
      value: '<name=value>',
      about: '90-day target of a metric; may be repeated',
      choices: metricChoices,
      many: true,
    },
    ...writeOptions,
  ],
  examples: [
    'scend import roadmap roadmap.md --firm acme_law --dry-run',
    'scend import roadmap sections/ --firm acme_law --map "Team and Roles=append"',
    'scend import roadmap roadmap.md --firm acme_law --map "Playbook=7" --take-figures',
  ],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const named = textFlag(context, 'firm');
  if (named === null && workspace.currentFirm === null)
    throw usage('missing-option', '--firm is missing', 'Name the firm: --firm SLUG.');
  const { slugs, diagnostics } = await chooseFirms(workspace, named);
  const slug = slugs[0] ?? '';
  const asked = await askFirst(context, (asking) => decide(asking, workspace, slug));
  return carryOut(
    context,
    workspace,
    eachFirm([slug], (present) => decide(asked, present, slug)),
    {
      diagnostics,
      next: () => [`scend refresh --firm ${slug} --dry-run`],
    },
  );
}

async function decide(context: CommandContext, workspace: Workspace, slug: string): Promise<Decision> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  const found: Diagnostic[] = [...diagnostics];
  const stop = (lines: readonly string[] = []): Decision => ({
    firm: slug,
    plan: null,
    diagnostics: found,
    lines,
    data: {},
  });
  const { sources, passedOver, diagnostics: unread } = await readSources(context, workspace);
  found.push(...unread);
  const files: ImportFile[] = [];
  for (const source of sources) {
    const read = readImportFile(source);
    found.push(...read.diagnostics);
    if (read.file) files.push(read.file);
  }
  const { names, diagnostics: faults } = await loadSectionNames(workspace);
  found.push(...faults);
  if (!firm || hasErrors(found)) return stop();
  const { mapped, diagnostics: open } = await placeHeadings(context, files, names);
  found.push(...open);
  if (!hasErrors(found) && !mapped.some(({ placing }) => 'section' in placing))
    throw usage(
      'no-section',
      'no heading names one of the ten sections',
      'Say which: --map "HEADING=NUMBER", once for each.',
    );
  const shown = mappingLines(mapped);
  if (hasErrors(found)) return stop(shown);
  const standing = await standingRoadmap(workspace, firm);
  const today = (standing.replaceable ? null : standing.generatedAt) ?? todayFor(workspace, firm);
  const figures = await takeFigures(context, findFigures(files), {
    ...standing.projection,
    targets: { ...standing.projection.targets, ...readTargets(context, workspace) },
  });
  const body = buildBody(files, mapped);
  const written = renderImported({
    firm,
    today,
    bom: files[0]?.source.bom ?? false,
    body,
    mapped,
    projection: figures.projection,
  });
  found.push(...written.diagnostics);
  if (!written.bytes || hasErrors(found)) return stop(shown);
  if (!standing.replaceable && !same(standing.roadmap, written.bytes)) throw roadmapExists(slug);
  const changes = await changesFor(workspace, slug, standing, written.bytes, written.metadata);
  const ids = findIds(files, await knownIds(workspace, firm));
  const from = files.map((one) => one.source.file.split('/').at(-1)).join(', ');
  const lines = [
    ...shown,
    ...firstLines(body.changes.map((one) => `  ${one.file}:${one.line} ${one.what}`)),
    ...(body.made.length > 0
      ? [`made with nothing but a heading: ${body.made.map(sectionLabel).join(', ')}`]
      : []),
    ...(passedOver.length > 0 ? [`not read: ${passedOver.join(', ')}`] : []),
    ...(ids.known.length > 0 ? [`ticket ids known: ${ids.known.join(', ')}`] : []),
    ...firstLines(
      ids.unknown.map((one) => `ticket id not in pack or library: ${one.id} (${one.file}:${one.line})`),
    ),
    ...figures.lines,
    changes.length > 0 ? `${firm.name}: roadmap v1.0 from ${from}` : 'imported already; nothing to do',
  ];
  return {
    firm: slug,
    plan: { firm: slug, changes, message: messageOf(slug, from, mapped) },
    diagnostics: found,
    lines,
    data: {
      changed: changes.length > 0,
      version: 'v1.0',
      headings: mapped.map(({ heading, placing }) => ({
        file: heading.file,
        line: heading.line,
        heading: heading.text,
        placing: placing.kind,
        section: 'section' in placing ? placing.section : null,
        why: placing.why,
      })),
      changes: body.changes,
      sections_made: body.made,
      not_read: passedOver,
      tickets_known: ids.known,
      tickets_unknown: ids.unknown,
      figures: figures.data,
    },
  };
}

/** The roadmap's bytes and its metadata; null, with findings, when it would not read back as it was mapped. */
function renderImported(input: {
  readonly firm: Firm;
  readonly today: string;
  readonly bom: boolean;
  readonly body: ImportedBody;
  readonly mapped: readonly Mapped[];
  readonly projection: RoiProjection;
}): { readonly bytes: Uint8Array | null; readonly metadata: Uint8Array; readonly diagnostics: Diagnostic[] } {
  const { firm, today, body, mapped } = input;
  const opened = mapped.flatMap(({ placing }) => ('section' in placing ? [placing.section] : []));
  const front = roadmapFront({
    id: derivedId(firm.id, 'roadmap:v1.0'),
    firm,
    version: 'v1.0',
    today,
    projection: input.projection,
    sections: opened.includes(10) ? 10 : 9,
  });
  const text = front.replaceAll('\n', body.eol) + body.eol + body.text;
  const source = makeSource(firmPaths(firm.slug).roadmap('v1.0'), text);
  const { roadmap, diagnostics } = parseRoadmapFile(source, firm, 'v1.0');
  const expected = new Set([...opened, ...body.made]);
  const bad = hasErrors(diagnostics) || !roadmap;
  if (
    bad ||
    expected.size !== roadmap.sections.size ||
    [...expected].some((one) => !roadmap.sections.has(one))
  ) {
    const message = 'the imported text would not read back as it was mapped';
    const found = bad ? diagnostics : [diagnoseAt(source, 'roadmap/cannot-edit', 0, message)];
    return { bytes: null, metadata: new Uint8Array(), diagnostics: found };
  }
  const metadata = renderMetadata({
    firm,
    roadmap: roadmap.facts,
    previousVersion: null,
    today,
    tickets: null,
    rollup: null,
    outcome: null,
    inputs: { pack: null, outcome: null, snapshots: null },
    previousRoadmap: null,
    parts: partDigests(roadmap),
  });
  return {
    bytes: encodeSource({ bom: input.bom }, text),
    metadata: new TextEncoder().encode(metadata),
    diagnostics: [],
  };
}

async function changesFor(
  workspace: Workspace,
  slug: string,
  standing: Standing,
  bytes: Uint8Array,
  metadata: Uint8Array,
): Promise<FileChange[]> {
  const paths = firmPaths(slug);
  const change = (path: string, before: Uint8Array | null, after: Uint8Array) =>
    before === null ? generated(workspace, path, after, 'fresh') : editOf(workspace, path, before, after);
  const changes = [
    await change(paths.roadmap('v1.0'), standing.roadmap, bytes),
    await change(paths.metadata('v1.0'), standing.metadata, metadata),
  ];
  return changes.filter((one): one is FileChange => one !== null);
}

async function knownIds(workspace: Workspace, firm: Firm): Promise<Set<string>> {
  const [pack, library] = await Promise.all([loadPack(workspace, firm), loadLibrary(workspace)]);
  return new Set([
    ...(pack.pack?.file.facts.entries.map((one) => one.ticketId) ?? []),
    ...(library.library?.tickets.map((one) => one.ticketId) ?? []),
  ]);
}

function messageOf(slug: string, from: string, mapped: readonly Mapped[]): string {
  const lines = mapped.flatMap(({ heading, placing }) =>
    'section' in placing ? [`${heading.file}:${heading.line} → ${sectionLabel(placing.section)}`] : [],
  );
  return [
    `roadmap(${slug}): import v1.0 from ${from}`,
    '',
    ...lines,
    '',
    `Scend-Firm: ${slug}`,
    'Scend-Version: v1.0',
    '',
  ].join('\n');
}
