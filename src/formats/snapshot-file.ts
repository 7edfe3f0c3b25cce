import { hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { derivedId } from '../domain/id.ts';
import type { MetricValues } from '../domain/metric.ts';
import type { Settings } from '../domain/settings.ts';
import { type Evidence, parseSnapshotFileName, type Snapshot } from '../domain/snapshot.ts';
import { checkEvidence } from './evidence-check.ts';
import { type Read, readKind } from './schema.ts';
import { checkMetrics } from './settings-file.ts';
import { diagnoseAt, type Source } from './source.ts';
import { offsetAt, parseYaml } from './yaml.ts';
import { stringify } from './yaml-parser.ts';

interface WrittenSnapshot {
  readonly id: string;
  readonly firm: string;
  readonly firm_id: string;
  readonly date: string;
  readonly label: Snapshot['label'];
  readonly source: Snapshot['source'];
  readonly metrics: MetricValues;
  readonly notes?: string | null;
  readonly evidence?: Readonly<Record<string, Evidence>> | null;
}

/** Reads a snapshot; `name` is its file name, which must say the same date and label. */
export function parseSnapshot(
  source: Source,
  name: string,
  firm: Pick<Firm, 'id' | 'slug'>,
  settings: Pick<Settings, 'metrics'>,
): Read<Snapshot> {
  const yaml = parseYaml(source);
  const named = parseSnapshotFileName(name);
  const { value, diagnostics } = readKind<WrittenSnapshot>(yaml, 'snapshot', {
    defaults: () => ({
      id: derivedId(firm.id, `snapshot:${name}`),
      firm: firm.slug,
      firm_id: firm.id,
      source: 'manual',
      ...(named ? { date: named.date, label: named.label } : {}),
    }),
  });
  const all = [...yaml.diagnostics, ...diagnostics];
  if (!value) return { value: null, yaml, diagnostics: all };
  const mismatch = (key: string, message: string) =>
    all.push(diagnoseAt(source, 'reference/mismatch', offsetAt(yaml, [key]), message));
  if (named && value.date !== named.date)
    mismatch('date', `the file name says ${named.date}, the file ${value.date}`);
  if (named && value.label !== named.label)
    mismatch('label', `the file name says ${named.label}, the file ${value.label}`);
  if (value.firm !== firm.slug) mismatch('firm', `"${value.firm}" stands in the folder of ${firm.slug}`);
  if (value.firm_id !== firm.id) mismatch('firm_id', `this is not the id of ${firm.slug}`);
  all.push(...checkMetrics(yaml, ['metrics'], value.metrics, settings));
  all.push(...checkEvidence(yaml, { evidence: value.evidence ?? {}, metrics: value.metrics }, settings));
  const snapshot: Snapshot = {
    id: value.id,
    firmId: value.firm_id,
    date: value.date,
    label: value.label,
    source: value.source,
    metrics: value.metrics,
    notes: value.notes ?? null,
    evidence: value.evidence ?? {},
    sequence: named?.sequence ?? 1,
  };
  return { value: hasErrors(all) ? null : snapshot, yaml, diagnostics: all };
}

/** A new snapshot as a YAML file. */
export function renderSnapshot(snapshot: Snapshot, firm: string): string {
  const data = {
    schema: 'scend/snapshot@1',
    id: snapshot.id,
    firm,
    firm_id: snapshot.firmId,
    date: snapshot.date,
    label: snapshot.label,
    source: snapshot.source,
    metrics: snapshot.metrics,
    ...(snapshot.notes === null ? {} : { notes: snapshot.notes }),
    ...(Object.keys(snapshot.evidence).length === 0 ? {} : { evidence: snapshot.evidence }),
  };
  return `# yaml-language-server: $schema=../../../schemas/snapshot.schema.json\n${stringify(data, { lineWidth: 0 })}`;
}
