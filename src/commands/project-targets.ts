import type { MetricProjection } from '../domain/learning/projection.ts';
import { delta, formatValue, type Metric, type MetricValues, parseMetric } from '../domain/metric.ts';
import type { TargetSource } from '../formats/projection-text.ts';
import type { RoadmapFile } from '../formats/roadmap-file.ts';
import type { Workspace } from '../store/workspace.ts';
import { type CommandContext, switchFlag, usage } from './context.ts';
import { readTargets } from './firm-flags.ts';

/** Each metric's target: the person's own, the one that is there, the projected one, or what is answered. */
export async function chooseTargets(
  context: CommandContext,
  workspace: Workspace,
  { facts }: RoadmapFile,
  baseline: MetricValues | null,
  made: readonly MetricProjection[],
): Promise<TargetSource[]> {
  const own = readTargets(context, workspace);
  const kept = switchFlag(context, 'replace') ? {} : facts.projection.targets;
  const sources: TargetSource[] = [];
  for (const one of made) {
    const { metric } = one;
    const before = baseline?.[metric.name] ?? null;
    const given = own[metric.name] ?? kept[metric.name] ?? null;
    const projection = one.kind === 'projected' && (given ?? one.target) === one.target ? one : null;
    const asked = given === null && !projection ? await askTarget(context, metric, before) : null;
    const target = given ?? projection?.target ?? asked;
    if (target === null) continue;
    if (metric.name in own && (delta(metric, before, target) ?? 0) < 0) {
      const text = `--target ${metric.name}: ${formatValue(metric, target)} is worse than the baseline, ${formatValue(metric, before)}`;
      throw usage('bad-target', text, `${metric.label}: ${metric.better} is better.`);
    }
    sources.push({ metric, baseline: before, target, projection });
  }
  return sources;
}

async function askTarget(
  { prompter }: CommandContext,
  metric: Metric,
  baseline: number | null,
): Promise<number | null> {
  if (!prompter || baseline === null) return null;
  const answer = await prompter.text({
    message: `${metric.label}: too little is known of other firms. Your own target at 90 days (now ${formatValue(metric, baseline)})?`,
    placeholder: 'empty: no target',
    validate: (text) => {
      const read = parseMetric(metric, text);
      if (!read.ok) return read.why;
      const worse = (delta(metric, baseline, read.value) ?? 0) < 0;
      return worse ? `${metric.better} is better` : undefined;
    },
  });
  const read = parseMetric(metric, answer);
  return read.ok ? read.value : null;
}
