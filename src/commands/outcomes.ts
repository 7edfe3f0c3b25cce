import { type Baseline, baselineFor } from '../domain/baseline.ts';
import { didYouMean } from '../domain/closest.ts';
import { daysBetween } from '../domain/date.ts';
import { diagnose, hasErrors } from '../domain/diagnostic.ts';
import type { Metric } from '../domain/metric.ts';
import { computeOutcome, design, resolveEconomics } from '../domain/outcome.ts';
import {
  latestOf,
  newestTarget,
  type Snapshot,
  type SnapshotLabel,
  snapshotLabels,
} from '../domain/snapshot.ts';
import { backwardTargets } from '../domain/status.ts';
import { latestVersion } from '../domain/version.ts';
import { certaintyFields } from '../formats/outcome-evidence.ts';
import { renderOutcome } from '../formats/outcome-file.ts';
import { statusText } from '../formats/outcome-text.ts';
import { diagnoseAt, encodeSource } from '../formats/source.ts';
import { offsetAt } from '../formats/yaml.ts';
import { firmPaths, loadOutcomes, loadSnapshots } from '../store/load.ts';
import { findVersions, loadRoadmap } from '../store/load-roadmap.ts';
import { editOf, generated } from '../store/transaction/change.ts';
import { chooseFirms, loadFirm, type Workspace } from '../store/workspace.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  firmOption,
  open,
  textFlag,
  usage,
  writeOptions,
} from './context.ts';
import { economicsAbout, readAmount } from './economics-flags.ts';
import { outcomeLines } from './outcome-lines.ts';
import { noRoadmap, versionFlag } from './version-flag.ts';
import { carryOut, type Decision, eachFirm } from './write.ts';

export const command: CommandSpec = {
  options: [
    firmOption,
    {
      name: 'roadmap-version',
      value: '<version>',
      about: 'the roadmap to compare with; the newest when left out',
    },
    { name: 'baseline-label', value: '<label>', about: 'baseline when left out' },
    { name: 'target-label', value: '<label>', about: 'the newest milestone measured when left out' },
    ...economicsAbout.map(([name]) => ({
      name,
      value: '<number>',
      about: 'in place of the figure in firm.yaml',
    })),
    ...writeOptions,
  ],
  examples: [
    'scend outcomes --firm hayes_real_estate',
    'scend outcomes --firm hayes_real_estate --roadmap-version v1.0 --baseline-label baseline --target-label 60d',
  ],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const { slugs, diagnostics } = await chooseFirms(workspace, textFlag(context, 'firm'));
  const targets = eachFirm(slugs, (present, slug) => decide(context, present, slug));
  const next = [`scend refresh${slugs.length === 1 ? ` --firm ${slugs[0]}` : ' --all'}`];
  return carryOut(context, workspace, targets, {
    diagnostics,
    next: (decisions) => (decisions.some((one) => one.plan) ? next : []),
  });
}

async function decide(context: CommandContext, workspace: Workspace, slug: string): Promise<Decision> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  const found = [...diagnostics];
  const stop = (): Decision => ({ firm: slug, plan: null, diagnostics: found, lines: [], data: {} });
  if (!firm) return stop();
  const version = await chosenVersion(context, workspace, slug);
  const [roadmap, snapshots, earlier] = await Promise.all([
    loadRoadmap(workspace, firm, version),
    loadSnapshots(workspace, firm),
    loadOutcomes(workspace, slug),
  ]);
  found.push(
    ...roadmap.diagnostics,
    ...snapshots.diagnostics,
    ...earlier.diagnostics.filter((one) => one.severity !== 'error'),
  );
  if (!roadmap.roadmap || hasErrors(found)) return stop();
  const { facts, yaml } = roadmap.roadmap;
  const pair = choosePair(context, slug, snapshots.snapshots, workspace.settings.metrics);
  const { targets } = facts.projection;
  const judged = pair.baseline.label === 'baseline';
  for (const name of !judged
    ? []
    : backwardTargets(workspace.settings.metrics, pair.baseline.metrics, targets)) {
    const at = offsetAt(yaml, ['metadata', 'roi_projection', 'targets', name]);
    const message = `the target of ${name}, ${targets[name]}, is worse than the baseline, ${pair.baseline.metrics[name]}`;
    found.push(diagnoseAt(yaml.source, 'metric/backward-target', at, message));
  }
  if (hasErrors(found)) return stop();
  const kept = earlier.outcomes.find(
    (one) => one.outcome.roadmapVersion === version && one.outcome.targetLabel === pair.target.label,
  );
  const outcome = computeOutcome({
    firm,
    roadmap: { id: facts.id, version, targets },
    snapshots: snapshots.snapshots,
    ...pair,
    economics: resolveEconomics(firm.economics, workspace.settings.economics, economicsFrom(context)),
    settings: workspace.settings,
    notes: kept?.outcome.notes ?? null,
  });
  const path = firmPaths(slug).outcome(version, pair.target.label);
  const bytes = new TextEncoder().encode(renderOutcome(outcome, slug));
  const change = kept
    ? await editOf(workspace, path, encodeSource(kept.source, kept.source.text), bytes)
    : await generated(workspace, path, bytes, 'fresh');
  if (daysBetween(pair.baseline.date, pair.target.date) <= 0) {
    found.push(
      diagnose(
        'reference/mismatch',
        { file: path },
        `the ${pair.target.label} snapshot is not later than the baseline`,
        'Mend the date of one of the two.',
      ),
    );
    return stop();
  }
  const currency = firm.economics.currency ?? workspace.settings.currency;
  const lines = [
    ...outcomeLines(outcome, pair.baseline, pair.target, workspace.settings.metrics, currency),
    ...(change ? [] : ['unchanged since it was last computed']),
  ];
  const message = `outcome(${slug}): ${pair.target.label} against ${version}\n\n${statusText(outcome)}\n\nScend-Firm: ${slug}\nScend-Version: ${version}\n`;
  return {
    firm: slug,
    plan: { firm: slug, changes: change ? [change] : [], message },
    diagnostics: found,
    lines,
    data: {
      changed: change !== null,
      file: path,
      status: outcome.classification.status,
      status_reason: outcome.classification.reason,
      score: outcome.classification.score,
      design,
      baseline_dates: pair.baseline.averaged?.map((one) => one.date) ?? [pair.baseline.date],
      deltas: outcome.deltas,
      ...(outcome.certainty && { evidence: certaintyFields(outcome.certainty) }),
      net_roi_percent: outcome.roi.netRoiPercent,
      benefit_annual: outcome.roi.benefitAnnual,
      ...(outcome.roi.netPresentValue !== undefined && { net_present_value: outcome.roi.netPresentValue }),
      ...(outcome.roi.riskAdjusted && {
        risk_adjusted_net_roi_percent: outcome.roi.riskAdjusted.netRoiPercent,
      }),
    },
  };
}

async function chosenVersion(context: CommandContext, workspace: Workspace, slug: string): Promise<string> {
  const { onDisk } = await findVersions(workspace, slug);
  const newest = latestVersion(onDisk);
  if (newest === null) throw noRoadmap(slug);
  return versionFlag(context, slug, onDisk) ?? newest;
}

function choosePair(
  context: CommandContext,
  slug: string,
  snapshots: readonly Snapshot[],
  metrics: readonly Metric[],
): { baseline: Baseline; target: Snapshot } {
  const baselineLabel = label(context, 'baseline-label') ?? 'baseline';
  const newest = latestOf(snapshots, baselineLabel);
  if (!newest)
    throw usage(
      'no-baseline',
      `${slug} has no ${baselineLabel} snapshot`,
      `Capture it with "scend snapshot --firm ${slug} --label ${baselineLabel}".`,
    );
  const targetLabel = label(context, 'target-label') ?? newestTarget(snapshots);
  if (targetLabel === null) {
    throw usage(
      'no-target',
      `${slug} has no snapshot after its baseline`,
      `Capture one with "scend snapshot --firm ${slug} --label 30d".`,
    );
  }
  const target = latestOf(snapshots, targetLabel);
  if (!target)
    throw usage(
      'no-target',
      `${slug} has no ${targetLabel} snapshot`,
      `Capture it with "scend snapshot --firm ${slug} --label ${targetLabel}".`,
    );
  if (target.label === 'baseline')
    throw usage(
      'no-target',
      'a baseline is not compared with itself',
      'Name a later milestone with --target-label.',
    );
  // Another milestone named as the baseline is one measurement, the latest.
  const baseline =
    baselineLabel === 'baseline' ? (baselineFor(snapshots, metrics, target.date) ?? newest) : newest;
  return { baseline, target };
}

function label(context: CommandContext, flag: string): SnapshotLabel | null {
  const value = textFlag(context, flag);
  if (value === null) return null;
  const found = snapshotLabels.find((one) => one === value);
  if (found) return found;
  throw usage(
    'bad-label',
    `--${flag} "${value}" is none of ${snapshotLabels.join(', ')}`,
    didYouMean(value, snapshotLabels) || 'Use one of these.',
  );
}

function economicsFrom(context: CommandContext): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [flag] of economicsAbout) {
    const text = textFlag(context, flag);
    if (text === null) continue;
    values[flag.replaceAll('-', '_')] = readAmount(flag, text);
  }
  return values;
}
