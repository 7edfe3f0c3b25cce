import { baselineAtHand } from '../domain/baseline.ts';
import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { aggregate } from '../domain/learning/aggregate.ts';
import { type MetricProjection, project } from '../domain/learning/projection.ts';
import type { FirmRecord } from '../domain/learning/record.ts';
import type { MetricValues } from '../domain/metric.ts';
import { plural, round } from '../domain/number.ts';
import { resolveEconomics } from '../domain/outcome.ts';
import type { RoiProjection } from '../domain/roadmap.ts';
import { estimateRoi } from '../domain/roi.ts';
import { latestVersion } from '../domain/version.ts';
import { updateProjection } from '../formats/metadata.ts';
import { writeProjection } from '../formats/projection-edit.ts';
import { projectionFields } from '../formats/projection-fields.ts';
import { explainLines, renderEvidence, type TargetSource } from '../formats/projection-text.ts';
import { partDigests } from '../formats/roadmap-digests.ts';
import { parseRoadmapFile, type RoadmapFile } from '../formats/roadmap-file.ts';
import { encodeSource, makeSource } from '../formats/source.ts';
import { maxBytes, readInside } from '../store/files.ts';
import { firmPaths, loadSnapshots } from '../store/load.ts';
import { findVersions, loadRoadmap } from '../store/load-roadmap.ts';
import { editOf, type FileChange } from '../store/transaction/change.ts';
import { chooseFirms, listFirms, loadFirm, type Workspace } from '../store/workspace.ts';
import { askFirst } from './ask-first.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  firmOption,
  metricChoices,
  open,
  switchFlag,
  textFlag,
  usage,
  writeOptions,
} from './context.ts';
import { readRecords } from './learning-records.ts';
import { evidenceData, figureLines, missingLines, targetLines } from './project-report.ts';
import { chooseTargets } from './project-targets.ts';
import { noRoadmap } from './version-flag.ts';
import { carryOut, type Decision, eachFirm, hasChanges } from './write.ts';

export const command: CommandSpec = {
  options: [
    firmOption,
    {
      name: 'target',
      value: '<name=value>',
      about: 'your own 90-day target of a metric; may be repeated',
      choices: metricChoices,
      many: true,
    },
    { name: 'replace', about: 'also replace targets and figures that the roadmap has already' },
    { name: 'explain', about: 'show groups, numbers of firms, and figures before and after shrinkage' },
    ...writeOptions,
  ],
  examples: [
    'scend project --firm hayes_real_estate --explain --dry-run',
    'scend project --firm hayes_real_estate --target close_rate=15% --replace',
  ],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const { slugs } = await chooseFirms(workspace, textFlag(context, 'firm'));
  const slug = slugs[0];
  if (slug === undefined || (textFlag(context, 'firm') === null && workspace.currentFirm === null))
    throw usage('missing-option', '--firm is missing', 'Name the firm: --firm SLUG.');
  // What other firms reached is read once; it is not changed by this command.
  const all = await listFirms(workspace);
  const others = all.slugs.filter((one) => one !== slug);
  const records = await readRecords(workspace, others, context.progress);
  const decideFor = (asking: CommandContext, present: Workspace) =>
    decide(asking, present, slug, records.firms);
  const asked = await askFirst(context, (asking) => decideFor(asking, workspace));
  const leftOut = new Set(records.diagnostics.map((one) => one.file)).size;
  const result = await carryOut(
    context,
    workspace,
    eachFirm([slug], (present) => decideFor(asked, present)),
    { next: (decisions) => (decisions.some(hasChanges) ? [`scend status --firm ${slug}`] : []) },
  );
  const note = `Note: ${plural(leftOut, 'file')} of other firms had findings; "scend aggregate" lists them.`;
  return leftOut > 0 ? { ...result, notes: [note, ...result.notes] } : result;
}

async function decide(
  context: CommandContext,
  workspace: Workspace,
  slug: string,
  others: readonly FirmRecord[],
): Promise<Decision> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  const stop = (found: readonly Diagnostic[]): Decision => ({
    firm: slug,
    plan: null,
    diagnostics: found,
    lines: [],
    data: {},
  });
  if (!firm) return stop(diagnostics);
  const version = latestVersion((await findVersions(workspace, slug)).onDisk);
  if (version === null) throw noRoadmap(slug);
  const loaded = await loadRoadmap(workspace, firm, version);
  const snapshots = await loadSnapshots(workspace, firm);
  const found = [...diagnostics, ...loaded.diagnostics, ...snapshots.diagnostics];
  if (!loaded.roadmap || hasErrors(found)) return stop(found);
  const { roadmap } = loaded;
  const baseline = baselineAtHand(snapshots.snapshots, workspace.settings.metrics)?.metrics ?? null;
  const made = projectFor(workspace, firm, baseline ?? {}, others);
  const sources = await chooseTargets(context, workspace, roadmap, baseline, made);
  if (sources.length === 0) throw nothingToProject(slug, baseline, made);
  const projection = projectionOf(context, workspace, firm, roadmap, baseline ?? {}, sources);
  const evidence = renderEvidence(sources, shareableOf(workspace, others));
  // What it rests on is told of the day on which it was projected, not anew each day.
  const settled = isSame(roadmap.facts.projection, projection);
  const text = settled ? roadmap.source.text : writeProjection(roadmap, projection, evidence);
  const path = firmPaths(slug).roadmap(version);
  if (text === null || !readsBack(text, roadmap, firm, projection)) {
    const hint = 'Give it a "metadata:" with "roi_projection:" and "targets:" in block style.';
    const message = 'the projection cannot be written into this front matter';
    return stop([...found, diagnose('roadmap/cannot-edit', { file: path }, message, hint)]);
  }
  const changes = settled ? [] : await changesOf(workspace, firm, roadmap, text);
  const message = `projection(${slug}): targets of ${version}\n\n${targetLines(sources).join('\n')}\n\nScend-Firm: ${slug}\nScend-Version: ${version}\n`;
  const explained = made.flatMap((one) => explainLines(one, workspace.settings.learning.shrinkage));
  return {
    firm: slug,
    plan: { firm: slug, changes, message },
    diagnostics: found,
    lines: [
      `90-day targets of ${version}`,
      ...targetLines(sources).map((line) => `  ${line}`),
      ...figureLines(projection, firm.economics.currency ?? workspace.settings.currency),
      ...missingLines(sources, made, baseline).map((line) => `  ${line}`),
      ...(switchFlag(context, 'explain') ? ['', ...explained] : []),
      ...(changes.length === 0 ? ['unchanged'] : []),
    ],
    data: {
      changed: changes.length > 0,
      version,
      roi_projection: projectionFields(projection),
      evidence: made.map(evidenceData),
    },
  };
}

function projectFor(
  { settings }: Workspace,
  { slug, industry, teamSize }: Firm,
  baseline: MetricValues,
  firms: readonly FirmRecord[],
): MetricProjection[] {
  return project({
    firm: { slug, industry, teamSize },
    baseline,
    firms,
    metrics: settings.metrics,
    sizeBands: settings.sizeBands,
    minGroupSize: settings.learning.minGroupSize,
    kappa: settings.learning.shrinkage,
  });
}

/** A roadmap leaves the practice, so it quotes only what a shareable file of the same firms would tell. */
function shareableOf({ settings }: Workspace, firms: readonly FirmRecord[]) {
  return aggregate({
    workspaceId: settings.id,
    firms,
    total: firms.length,
    unreadable: 0,
    metrics: settings.metrics,
    sizeBands: settings.sizeBands,
    minGroupSize: settings.learning.shareableGroupSize,
    shareable: true,
  });
}

function nothingToProject(slug: string, baseline: MetricValues | null, made: readonly MetricProjection[]) {
  if (baseline === null)
    return usage(
      'no-baseline',
      `${slug} has no baseline snapshot to project from`,
      `Capture it with "scend snapshot --firm ${slug} --label baseline", or give your own figures: --target NAME=VALUE.`,
    );
  const most = Math.max(0, ...made.map((one) => (one.kind === 'projected' ? 0 : one.n)));
  return usage(
    'too-little-evidence',
    `too little is known to project from: ${plural(most, 'other firm')} measured at 90 days`,
    'Give your own figures: --target lead_response_minutes=5 --target close_rate=15%',
  );
}

/** The figures that follow from the targets; those that a person worked out stay, unless they are to be replaced. */
function projectionOf(
  context: CommandContext,
  { settings }: Workspace,
  firm: Firm,
  { facts }: RoadmapFile,
  baseline: MetricValues,
  sources: readonly TargetSource[],
): RoiProjection {
  const { economics } = resolveEconomics(firm.economics, settings.economics);
  const figuresOf = (current: MetricValues) => {
    const roi = estimateRoi({ baseline, current, economics, goLiveDays: null });
    const cents = (value: number | null) => (value === null ? null : round(value, 2));
    return {
      timeSavingsHoursAnnual: cents(roi.timeSavingsHoursAnnual),
      timeSavingsValueAnnual: cents(roi.timeSavingsValueAnnual),
      revenueImpactAnnual: cents(roi.revenueImpactAnnual),
      costAvoidanceAnnual: cents(roi.costAvoidanceAnnual),
      netRoi12Months: cents(roi.netRoiPercent),
    };
  };
  const { targets: old, ...before } = facts.projection;
  const targets = { ...old, ...Object.fromEntries(sources.map((one) => [one.metric.name, one.target])) };
  const computed = figuresOf(targets);
  if (switchFlag(context, 'replace')) return { ...computed, targets };
  const followed = figuresOf(old);
  const keep = (key: keyof typeof before) =>
    before[key] === null || before[key] === followed[key] ? computed[key] : before[key];
  return {
    timeSavingsHoursAnnual: keep('timeSavingsHoursAnnual'),
    timeSavingsValueAnnual: keep('timeSavingsValueAnnual'),
    revenueImpactAnnual: keep('revenueImpactAnnual'),
    costAvoidanceAnnual: keep('costAvoidanceAnnual'),
    netRoi12Months: keep('netRoi12Months'),
    targets,
  };
}

function readsBack(text: string, roadmap: RoadmapFile, firm: Firm, projection: RoiProjection): boolean {
  const source = makeSource(roadmap.source.file, text);
  const read = parseRoadmapFile(source, firm, roadmap.facts.version).roadmap;
  return read !== null && isSame(read.facts.projection, projection);
}

function isSame(one: RoiProjection, other: RoiProjection): boolean {
  const { targets, ...figures } = projectionFields(one);
  const fields = projectionFields(other);
  return (
    Object.entries(fields.targets).every(([name, value]) => targets[name] === value) &&
    Object.entries(figures).every(([key, value]) => fields[key as keyof typeof figures] === value)
  );
}

async function changesOf(
  workspace: Workspace,
  firm: Firm,
  roadmap: RoadmapFile,
  text: string,
): Promise<FileChange[]> {
  const { version } = roadmap.facts;
  const paths = firmPaths(firm.slug);
  const { source } = roadmap;
  const before = encodeSource(source, source.text);
  const changes = [await editOf(workspace, paths.roadmap(version), before, encodeSource(source, text))];
  const recorded = await readInside(workspace.root, paths.metadata(version), maxBytes.json);
  const next = parseRoadmapFile(makeSource(source.file, text), firm, version).roadmap;
  if (recorded.kind === 'file' && next) {
    const { projection } = next.facts;
    const after = updateProjection(recorded.bytes, projectionFields(projection), partDigests(next));
    if (after) changes.push(await editOf(workspace, paths.metadata(version), recorded.bytes, after));
  }
  return changes.filter((one): one is FileChange => one !== null);
}
