import { isUuid } from '../domain/id.ts';
import type { ImportedPack, ImportedSprint } from '../domain/imported.ts';
import { isVersion } from '../domain/version.ts';
import { type CellReader, inCell } from './import-cells.ts';
import { columnName, type Row, type RowTable } from './import-rows.ts';
import type { JsonNode } from './json-tree.ts';

/** The one row of a pack, and which of its tickets stand in which sprint. */
export function readPackRow(
  reader: CellReader,
  tables: readonly RowTable[],
  instances: ReadonlyMap<string, { readonly row: Row }>,
  known: ReadonlySet<string>,
): { readonly pack: Omit<ImportedPack, 'tickets'>; readonly sprintOf: ReadonlyMap<string, number> } {
  const [row, second] = tables.flatMap((one) => one.rows);
  const sprintOf = new Map<string, number>();
  if (!row) return { pack: { id: null, version: null, createdAt: null, sprints: [] }, sprintOf };
  if (second) reader.bad(second, 'this is a second pack', undefined, 'Import one pack at a time.');
  const byInstance = new Map([...known].map((one) => [one, one]));
  for (const [id, one] of instances) {
    const own = one.row.cells.get('id')?.text;
    if (own) byInstance.set(own, id);
  }
  const version = reader.text(row, 'version');
  if (version !== null && !isVersion(version))
    reader.bad(row, `"${version}" is no version`, 'version', 'Write it like v1.0.');
  const cell = row.cells.get('sprint_assignments');
  const node = cell?.node ?? (cell ? inCell(cell, /^\[/) : null);
  if (cell && (cell.text !== null || cell.node) && node?.kind !== 'array')
    reader.bad(row, '"sprint_assignments" is no list', 'sprint_assignments');
  const sprints = (node?.kind === 'array' ? node.items : []).flatMap((one, index) => {
    const read = readAssignment(reader, row, one, index, byInstance);
    for (const id of read?.tickets ?? []) {
      if (read) sprintOf.set(id, read.sprint.number);
    }
    return read ? [read.sprint] : [];
  });
  const id = reader.text(row, 'id');
  return {
    pack: {
      id: id !== null && isUuid(id) ? id : null,
      version,
      createdAt: reader.date(row, 'created_at'),
      sprints,
    },
    sprintOf,
  };
}

function readAssignment(
  reader: CellReader,
  row: Row,
  node: JsonNode,
  index: number,
  byInstance: ReadonlyMap<string, string>,
): { readonly sprint: ImportedSprint; readonly tickets: readonly string[] } | null {
  const column = 'sprint_assignments';
  if (node.kind !== 'object') return reader.bad(row, `sprint ${index + 1} of ${column} is no object`, column);
  const cells = new Map(
    [...node.entries].map(([key, value]) => {
      const text = value.kind === 'text' || value.kind === 'number' ? value.text : null;
      const list = value.kind === 'array' ? value : null;
      return [columnName(key), { text, node: list, line: row.line, column: 1 }];
    }),
  );
  const own: Row = { ...row, cells };
  const written = reader.text(own, 'sprint_number') ?? '';
  if (!/^\d{1,4}$/.test(written))
    return reader.bad(row, `sprint ${index + 1} of ${column} has no number`, column);
  const listed = cells.has('ticket_ids') ? 'ticket_ids' : 'ticket_instance_ids';
  const tickets = reader.list(own, listed).flatMap((one) => {
    const id = byInstance.get(one) ?? null;
    if (id === null) reader.bad(row, `sprint ${written} names the instance ${one}, which has no row`, column);
    return id === null ? [] : [id];
  });
  const sprint: ImportedSprint = {
    number: Number(written),
    name: reader.text(own, 'name'),
    plannedStart: reader.date(own, 'planned_start'),
    plannedEnd: reader.date(own, 'planned_end'),
  };
  return { sprint, tickets };
}
