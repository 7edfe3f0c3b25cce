import type { Diagnostic } from '../domain/diagnostic.ts';
import { diagnose } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { derivedId, isUuid } from '../domain/id.ts';
import { type Metric, parseMetric } from '../domain/metric.ts';
import { type Snapshot, snapshotFileName, snapshotLabels, snapshotSources } from '../domain/snapshot.ts';
import { CellReader, inCell } from './import-cells.ts';
import { columnName, type Row, type RowTable } from './import-rows.ts';

const columns = new Set([
  'id',
  'firm_id',
  'firm',
  'firm_slug',
  'date',
  'label',
  'source',
  'metrics',
  'notes',
]);

/** Snapshots from rows of `implementation_snapshots`: metrics in an object, or in a column each. */
export function snapshotsFromRows(
  tables: readonly RowTable[],
  firm: Pick<Firm, 'id' | 'slug'>,
  metrics: readonly Metric[],
  timeZone: string,
): { readonly snapshots: Snapshot[]; readonly diagnostics: Diagnostic[] } {
  const reader = new CellReader(timeZone);
  const snapshots: Snapshot[] = [];
  const firms = new Set<string>();
  const counts = new Map<string, number>();
  for (const row of tables.flatMap((one) => one.rows)) {
    oneFirm(reader, row, firm.slug, firms);
    const label = oneOf(reader, row, 'label', snapshotLabels);
    const source = row.cells.get('source')?.text ? oneOf(reader, row, 'source', snapshotSources) : 'manual';
    const date = reader.date(row, 'date');
    if (date === null && !row.cells.get('date')?.text) reader.bad(row, 'there is no date');
    const values = readMetrics(reader, row, metrics);
    if (label === null || source === null || date === null || values === null) continue;
    const key = `${date}_${label}`;
    const sequence = (counts.get(key) ?? 0) + 1;
    counts.set(key, sequence);
    const id = reader.text(row, 'id');
    if (id !== null && snapshots.some((one) => one.id === id))
      reader.bad(row, `the id ${id} stands twice`, 'id');
    snapshots.push({
      id:
        id !== null && isUuid(id)
          ? id
          : derivedId(firm.id, `snapshot:${snapshotFileName(date, label, sequence)}`),
      firmId: firm.id,
      date,
      label,
      source,
      metrics: values,
      notes: reader.text(row, 'notes'),
      evidence: {},
      sequence,
    });
  }
  for (const { file, columns: own, rows } of tables) {
    for (const one of own) {
      if (columns.has(one) || metrics.some((metric) => metric.name === one)) continue;
      if (!rows.some((row) => row.cells.get(one)?.text || row.cells.get(one)?.node)) continue;
      const place = { file, line: rows[0]?.line ?? 1 };
      reader.diagnostics.push(diagnose('import/not-taken', place, `the column "${one}" was not taken`));
    }
  }
  return { snapshots, diagnostics: reader.diagnostics };
}

/** Rows of one firm are imported at a time; where they name it, it must be this one. */
export function oneFirm(reader: CellReader, row: Row, slug: string, seen: Set<string>): void {
  for (const column of ['firm', 'firm_slug']) {
    const named = reader.text(row, column);
    if (named !== null && named !== slug)
      reader.bad(row, `this row is of "${named}", not of ${slug}`, column);
  }
  const id = reader.text(row, 'firm_id');
  if (id === null || seen.has(id)) return;
  seen.add(id);
  if (seen.size > 1)
    reader.bad(
      row,
      `this row is of another firm (${id})`,
      'firm_id',
      'Import the rows of one firm at a time.',
    );
}

function oneOf<T extends string>(
  reader: CellReader,
  row: Row,
  column: string,
  allowed: readonly T[],
): T | null {
  const text = reader.text(row, column);
  const found = allowed.find((one) => one === text);
  return (
    found ??
    reader.bad(
      row,
      text === null ? `there is no ${column}` : `"${text}" is no ${column}`,
      column,
      `One of ${allowed.join(', ')}.`,
    )
  );
}

function readMetrics(
  reader: CellReader,
  row: Row,
  metrics: readonly Metric[],
): Record<string, number | null> | null {
  const written = new Map<string, string | null>();
  const cell = row.cells.get('metrics');
  if (cell && (cell.text !== null || cell.node)) {
    const node = cell.node ?? inCell(cell, /^\{/);
    if (node?.kind !== 'object') return reader.bad(row, '"metrics" is no object', 'metrics');
    for (const [key, value] of node.entries) {
      const name = columnName(key);
      if (!metrics.some((one) => one.name === name))
        reader.bad(
          row,
          `"${key}" is no metric of this workspace`,
          'metrics',
          'Mend its name, or add it to scend.yaml.',
        );
      else if (value.kind === 'text' || value.kind === 'number') written.set(name, value.text);
      else if (value.kind === 'null') written.set(name, null);
      else reader.bad(row, `${name} is no number`, 'metrics');
    }
  }
  for (const { name } of metrics) {
    if (row.cells.has(name)) written.set(name, reader.text(row, name));
  }
  const values: Record<string, number | null> = {};
  for (const metric of metrics) {
    const text = written.get(metric.name);
    if (text === undefined) continue;
    const read = parseMetric(metric, text ?? '');
    const column = row.cells.has(metric.name) ? metric.name : 'metrics';
    if (read.ok) values[metric.name] = read.value;
    else reader.bad(row, `${metric.name} ${text}: ${read.why}`, column);
  }
  if (Object.values(values).every((one) => one === null))
    return reader.bad(row, 'no metric was measured', 'metrics');
  return values;
}
