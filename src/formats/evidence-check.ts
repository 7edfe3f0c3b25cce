import type { Diagnostic } from '../domain/diagnostic.ts';
import { decimalsOf, evidenceFault } from '../domain/evidence.ts';
import type { Settings } from '../domain/settings.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { unknownMetric } from './settings-file.ts';
import { diagnoseAt } from './source.ts';
import { keyOffsetAt, offsetAt, scalarSource, type YamlText } from './yaml.ts';

/** Evidence of a snapshot that cannot be, or that does not give the metric's value as it is written. */
export function checkEvidence(
  yaml: YamlText,
  { evidence, metrics }: Pick<Snapshot, 'evidence' | 'metrics'>,
  settings: Pick<Settings, 'metrics'>,
): Diagnostic[] {
  return Object.entries(evidence).flatMap(([name, counts]) => {
    const metric = settings.metrics.find((one) => one.name === name);
    if (!metric) return [unknownMetric(yaml, ['evidence', name], name, settings)];
    const value = metrics[name] ?? null;
    const written = scalarSource(yaml, ['metrics', name]) ?? String(value);
    const fault = evidenceFault(metric, counts, value, decimalsOf(written));
    if (!fault) return [];
    const at = fault.key
      ? offsetAt(yaml, ['evidence', name, fault.key])
      : keyOffsetAt(yaml, ['evidence', name]);
    return [diagnoseAt(yaml.source, 'metric/evidence-mismatch', at, `${name}: ${fault.why}`, fault.hint)];
  });
}
