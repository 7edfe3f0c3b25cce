import type { Diagnostic } from '../domain/diagnostic.ts';
import { diagnose } from '../domain/diagnostic.ts';
import type { ImportedPack, ImportedSprint, ImportedTicket } from '../domain/imported.ts';
import { CellReader } from './import-cells.ts';
import { columnOf, type TicketColumn, ticketColumns } from './import-kinds.ts';
import { readPackRow } from './import-pack-row.ts';
import type { Row, RowTable } from './import-rows.ts';
import { sentence } from './inline.ts';
import { detailKeyOf } from './ticket-details.ts';

export interface TicketTables {
  readonly tickets: readonly RowTable[];
  readonly instances: readonly RowTable[];
  readonly packs: readonly RowTable[];
}

interface ReadRow {
  readonly row: Row;
  readonly columns: readonly string[];
  readonly id: string;
}

const idPattern = /^(?=.*\d)[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$/;

/**
 * A pack from rows of tickets, of ticket instances (their state) and of packs (their sprints). Titles that the
 * rows lack come from `titles`. Every row that cannot be understood is a finding.
 */
export function packFromRows(
  tables: TicketTables,
  titles: ReadonlyMap<string, string>,
  timeZone: string,
): { readonly pack: ImportedPack; readonly diagnostics: Diagnostic[] } {
  const reader = new CellReader(timeZone);
  const { rows: tickets, refused } = readIds(reader, tables.tickets);
  const { rows: instances, refused: others } = readIds(reader, tables.instances);
  onePack(reader, tables);
  const { pack, sprintOf } = readPackRow(
    reader,
    tables.packs,
    instances,
    new Set([...tickets.keys(), ...instances.keys()]),
  );
  const sprints = new Map(pack.sprints.map((one) => [one.number, one]));
  const known = new Set(tickets.keys());
  const ids = [...known, ...[...instances.keys()].filter((one) => !known.has(one))];
  const read = ids.map((id): ImportedTicket => {
    const rows = [tickets.get(id), instances.get(id)].filter((one): one is ReadRow => one !== undefined);
    return readTicket(reader, id, rows, { titles, sprints, assigned: sprintOf.get(id) ?? null });
  });
  // All faults of a row are told at once, also where its id is one of them.
  for (const one of [...refused, ...others])
    readTicket(reader, one.id, [one], { titles, sprints: new Map(sprints), assigned: null });
  for (const table of [...tables.tickets, ...tables.instances]) reader.diagnostics.push(...notTaken(table));
  const all = [...sprints.values()].sort((a, b) => a.number - b.number);
  return { pack: { ...pack, sprints: all, tickets: read }, diagnostics: reader.diagnostics };
}

/** Rows by their ids; those without an id of their own are reported, and `refused` for the rest of their faults. */
function readIds(
  reader: CellReader,
  tables: readonly RowTable[],
): { readonly rows: Map<string, ReadRow>; readonly refused: ReadRow[] } {
  const rows = new Map<string, ReadRow>();
  const refused: ReadRow[] = [];
  for (const { columns, rows: own } of tables) {
    const column = columnOf(columns, 'ticketId');
    const place = column ?? undefined;
    for (const row of own) {
      const id = reader.text(row, column);
      const first = id === null ? undefined : rows.get(id);
      if (id !== null && idPattern.test(id) && !first) {
        rows.set(id, { row, columns, id });
        continue;
      }
      const message = first
        ? `${id} stands here again, first in row ${first.row.number} (${first.row.file}:${first.row.line})`
        : id === null
          ? 'there is no ticket id'
          : `"${id}" is no ticket id`;
      reader.bad(row, message, place, first ? undefined : 'Ids are like T1.3.1, A1 or T001.');
      refused.push({ row, columns, id: id ?? 'the ticket' });
    }
  }
  return { rows, refused };
}

/** The rows of one pack are imported at a time. */
function onePack(reader: CellReader, tables: TicketTables): void {
  const seen = new Set<string>();
  for (const row of tables.instances.flatMap((one) => one.rows)) {
    const id = reader.text(row, 'ticket_pack_id');
    if (id === null || seen.has(id)) continue;
    seen.add(id);
    if (seen.size > 1)
      reader.bad(
        row,
        `this row is of another pack (${id})`,
        'ticket_pack_id',
        'Import the rows of one pack at a time.',
      );
  }
}

interface Around {
  readonly titles: ReadonlyMap<string, string>;
  readonly sprints: Map<number, ImportedSprint>;
  readonly assigned: number | null;
}

function readTicket(
  reader: CellReader,
  id: string,
  rows: readonly ReadRow[],
  around: Around,
): ImportedTicket {
  const first = <T>(field: TicketColumn, read: (row: Row, column: string) => T | null): T | null => {
    for (const { row, columns } of rows) {
      const column = columnOf(columns, field);
      const value = column === null ? null : read(row, column);
      if (value !== null) return value;
    }
    return null;
  };
  // A row of an instance says the state, whatever a column of the same name says of the ticket.
  const state = <T>(field: TicketColumn, read: (row: Row, column: string) => T | null): T | null => {
    const own = rows.at(-1);
    const column = own ? columnOf(own.columns, field) : null;
    return own && column !== null ? read(own.row, column) : first(field, read);
  };
  const text = (row: Row, column: string) => reader.text(row, column);
  const date = (row: Row, column: string) => reader.date(row, column);
  const place = rows[0]?.row as Row;
  const title = first('title', text) ?? around.titles.get(id) ?? null;
  if (title === null) reader.bad(place, `${id} has no title, and the library does not know it`);
  const completed = state('completed', date);
  const status = state('status', (row, column) => reader.status(row, column)) ?? 'not_started';
  const started = state('started', date);
  const last = rows.at(-1)?.row ?? place;
  if (completed !== null && status !== 'done')
    reader.bad(
      last,
      `${id} is ${status} and has a completion date`,
      'status',
      'Set it to done, or remove the date.',
    );
  if (completed !== null && started !== null && completed < started)
    reader.bad(last, `${id} was completed ${completed}, before it was started ${started}`);
  const sprint =
    first('sprint', (row, column) => readSprint(reader, row, column, around.sprints)) ?? around.assigned;
  const name = first('sprintName', text);
  const known = sprint === null ? undefined : around.sprints.get(sprint);
  if (sprint !== null && (!known || (known.name === null && name !== null)))
    around.sprints.set(sprint, {
      ...(known ?? { number: sprint, plannedStart: null, plannedEnd: null }),
      name,
    });
  const list = (field: TicketColumn) => first(field, (row, column) => reader.list(row, column)) ?? [];
  const dependsOn = list('dependsOn');
  for (const one of dependsOn)
    if (!idPattern.test(one)) reader.bad(place, `${id} depends on "${one}", which is no ticket id`);
  const more: [string, string][] = [
    ['Description', first('description', text) ?? ''],
    ['Type', first('type', text) ?? ''],
    ['Tags', list('tags').join(', ')],
    ['Validation', list('validation').join('; ')],
  ];
  return {
    ticketId: id,
    title: title ?? '',
    sprint,
    system: first('system', text),
    dependsOn,
    estimatedHours: first('hours', (row, column) => reader.hours(row, column)),
    status,
    assignee: state('assignee', text),
    started,
    completed,
    notes: state('notes', text),
    more: [...more.filter(([, value]) => value !== ''), ...rows.flatMap((one) => otherBullets(reader, one))],
  };
}

function readSprint(
  reader: CellReader,
  row: Row,
  column: string,
  sprints: Map<number, ImportedSprint>,
): number | null {
  const text = reader.text(row, column);
  if (text === null || /^(?:backlog|none|-|–|—)$/i.test(text)) return null;
  const match = /^(?:sprint[ ]*)?(\d{1,4})(?:[ ]*[–—:.|-][ ]*(.*)|[ ]+(.*))?$/i.exec(text);
  if (!match?.[1])
    return reader.bad(
      row,
      `"${column}": "${text}" is no sprint`,
      column,
      'Write it like 1, or Sprint 1 — Foundation.',
    );
  const number = Number(match[1]);
  const name = match[2] || match[3] || null;
  const known = sprints.get(number);
  if (known && known.name !== null && name !== null && known.name !== name)
    reader.bad(row, `sprint ${number} is called "${name}" here and "${known.name}" before`, column);
  if (!known || (known.name === null && name !== null))
    sprints.set(number, { ...(known ?? { number, plannedStart: null, plannedEnd: null }), name });
  return number;
}

/** Columns that join tables, or say again what the ticket's id and the files say. */
const joins = new Set([
  'id',
  'ticket_pack_id',
  'firm_id',
  'roadmap_id',
  'firm',
  'firm_slug',
  'system_name',
  'subsystem_id',
  'subsystem_name',
]);
const ofTheTable = new Set(['created_at', 'updated_at', 'deleted_at']);

function usedColumns(columns: readonly string[]): Set<string> {
  const fields = Object.keys(ticketColumns) as TicketColumn[];
  return new Set(fields.flatMap((one) => columnOf(columns, one) ?? []));
}

/** Why a column cannot become a bullet of its own under each ticket; null when it can. */
function whyNot(column: string): string | null {
  if (ofTheTable.has(column)) return 'it tells of the row, not of the ticket';
  return detailKeyOf(`${labelOf(column)}:`) === null ? null : 'another column says the same';
}

function labelOf(column: string): string {
  return sentence(column.replaceAll('_', ' '));
}

/** What other columns say of a ticket, as bullets under it, so that nothing is lost. */
function otherBullets(reader: CellReader, { row, columns }: ReadRow): [string, string][] {
  const used = usedColumns(columns);
  return columns.flatMap((one): [string, string][] => {
    if (used.has(one) || joins.has(one) || whyNot(one) !== null || row.cells.get(one)?.node) return [];
    const value = reader.text(row, one);
    return value === null ? [] : [[labelOf(one), value]];
  });
}

function notTaken({ file, columns, rows }: RowTable): Diagnostic[] {
  const used = usedColumns(columns);
  const filled = (column: string) =>
    rows.some((one) => one.cells.get(column)?.text || one.cells.get(column)?.node);
  return columns.flatMap((one) => {
    if (used.has(one) || joins.has(one) || !filled(one)) return [];
    const nested = rows.some((row) => row.cells.get(one)?.node);
    const why = whyNot(one) ?? (nested ? 'it holds more than text' : null);
    const place = { file, line: rows[0]?.line ?? 1 };
    return why === null
      ? []
      : [diagnose('import/not-taken', place, `the column "${one}" was not taken: ${why}`)];
  });
}
