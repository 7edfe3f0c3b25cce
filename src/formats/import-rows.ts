import { CsvError, parse } from 'csv-parse/sync';
import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import { type JsonNode, parseJsonTree } from './json-tree.ts';
import { diagnoseAt, placeAt, type Source } from './source.ts';

/** A value of a row and where it stands. */
export interface Cell {
  /** Text as written; null for an empty cell, JSON's null, or a value of another shape. */
  readonly text: string | null;
  /** The value where it is a list or an object, or says true or false. */
  readonly node: JsonNode | null;
  readonly line: number;
  readonly column: number;
}

/** A row of a table that another program wrote; columns by their names in snake_case. */
export interface Row {
  readonly file: string;
  /** Counts from 1, without the head. */
  readonly number: number;
  readonly line: number;
  readonly cells: ReadonlyMap<string, Cell>;
}

/** Rows of one kind, as one table of a database or one sheet. */
export interface RowTable {
  readonly file: string;
  /** The key that a JSON export gives it (`ticket_instances`); null where it has none. */
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** `ticketId`, `Ticket ID` and `ticket-id` as `ticket_id`. */
export function columnName(written: string): string {
  return written
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}

/** A finding about a row, at its own place or at that of one of its cells. */
export function badRow(row: Row, message: string, column?: string, hint?: string): Diagnostic {
  const cell = column === undefined ? undefined : row.cells.get(column);
  const place = { file: row.file, line: cell?.line ?? row.line, column: cell?.column ?? 1 };
  return diagnose('import/bad-row', place, `row ${row.number}: ${message}`, hint);
}

/** Reads the rows of a CSV file with a head line, separated by commas, semicolons or tabs. */
export function readCsv(source: Source): { readonly tables: RowTable[]; readonly diagnostics: Diagnostic[] } {
  const head = /^[^\r\n]*/.exec(source.text)?.[0] ?? '';
  const delimiter = [',', ';', '\t'].reduce((best, one) =>
    head.split(one).length > head.split(best).length ? one : best,
  );
  let read: { record: string[]; info: { lines: number; bytes: number } }[];
  try {
    read = parse(source.text, {
      delimiter,
      info: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: 1_048_576,
    }) as unknown as typeof read;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number((error as unknown as { lines?: number }).lines ?? 1);
    return {
      tables: [],
      diagnostics: [diagnose('import/bad-row', { file: source.file, line }, csvFault(error))],
    };
  }
  const [first, ...records] = read;
  if (!first) return { tables: [], diagnostics: [emptyFile(source)] };
  const { columns, diagnostics } = readHead(source, first.record);
  const lines = recordLines(source.text, read);
  const rows = records.map(({ record }, index): Row => {
    const start = lines[index + 1] ?? 1;
    const cells = columns.map((name, place): [string, Cell] => [
      name,
      { text: (record[place] ?? '').trim() || null, node: null, line: start, column: 1 },
    ]);
    return { file: source.file, number: index + 1, line: start, cells: new Map(cells) };
  });
  return { tables: [{ file: source.file, name: null, columns, rows }], diagnostics };
}

/** Line on which each record begins. The parser says where a record ends; empty lines before the next are skipped. */
function recordLines(text: string, read: readonly { readonly info: { readonly bytes: number } }[]): number[] {
  const bytes = new TextEncoder().encode(text);
  const lines: number[] = [];
  let line = 1;
  let at = 0;
  const feed = (until: (byte: number) => boolean) => {
    for (; at < bytes.length && until(bytes[at] ?? 0); at += 1) {
      const lone = bytes[at] === 0x0d && bytes[at + 1] !== 0x0a;
      if (bytes[at] === 0x0a || lone) line += 1;
    }
  };
  for (const { info } of read) {
    feed((byte) => byte === 0x0a || byte === 0x0d);
    lines.push(line);
    feed(() => at < info.bytes);
  }
  return lines;
}

function readHead(source: Source, record: readonly string[]) {
  const diagnostics: Diagnostic[] = [];
  const columns = record.map(columnName);
  for (const [index, name] of columns.entries()) {
    const shown = record[index] ?? '';
    if (name === '') diagnostics.push(headFault(source, `column ${index + 1} has no name`));
    else if (columns.indexOf(name) < index)
      diagnostics.push(headFault(source, `the column "${shown}" stands twice`));
  }
  return { columns, diagnostics };
}

function headFault(source: Source, message: string): Diagnostic {
  return diagnose(
    'import/bad-row',
    { file: source.file },
    message,
    'The first line names every column once.',
  );
}

function csvFault(error: CsvError): string {
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return 'this row has more or fewer cells than the head has columns';
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quotation mark is not closed';
    default:
      return error.message;
  }
}

/** Reads a JSON list of rows, or an object with a list for each table. */
export function readJsonRows(source: Source): {
  readonly tables: RowTable[];
  readonly diagnostics: Diagnostic[];
} {
  const { node, diagnostics } = parseJsonTree(source);
  if (!node) return { tables: [], diagnostics };
  if (node.kind === 'array') return tableOf(source, null, node.items);
  if (node.kind !== 'object')
    return { tables: [], diagnostics: [diagnoseAt(source, 'import/bad-row', node.at, 'rows belong here')] };
  const read = [...node.entries].map(([key, value]) =>
    value.kind === 'array'
      ? tableOf(source, columnName(key), value.items)
      : {
          tables: [],
          diagnostics: [diagnoseAt(source, 'import/bad-row', value.at, `"${key}" is no list of rows`)],
        },
  );
  if (read.length === 0) return { tables: [], diagnostics: [emptyFile(source)] };
  return {
    tables: read.flatMap((one) => one.tables),
    diagnostics: read.flatMap((one) => one.diagnostics),
  };
}

function tableOf(source: Source, name: string | null, items: readonly JsonNode[]) {
  const diagnostics: Diagnostic[] = [];
  const columns = new Set<string>();
  const rows: Row[] = [];
  for (const [index, item] of items.entries()) {
    const { line } = placeAt(source, item.at);
    if (item.kind !== 'object') {
      diagnostics.push(diagnoseAt(source, 'import/bad-row', item.at, `row ${index + 1} is no object`));
      continue;
    }
    const cells = new Map<string, Cell>();
    for (const [key, value] of item.entries) {
      const column = columnName(key);
      if (cells.has(column))
        diagnostics.push(
          diagnoseAt(source, 'import/bad-row', value.at, `row ${index + 1} has "${key}" twice`),
        );
      columns.add(column);
      cells.set(column, cellOf(source, value));
    }
    rows.push({ file: source.file, number: index + 1, line, cells });
  }
  if (items.length === 0) diagnostics.push(emptyFile(source));
  return { tables: [{ file: source.file, name, columns: [...columns], rows }], diagnostics };
}

function cellOf(source: Source, node: JsonNode): Cell {
  const place = placeAt(source, node.at);
  if (node.kind === 'null') return { text: null, node: null, ...place };
  if (node.kind === 'text' || node.kind === 'number')
    return { text: node.text.trim() || null, node: null, ...place };
  return { text: null, node, ...place };
}

function emptyFile(source: Source): Diagnostic {
  return diagnose('import/empty', { file: source.file }, 'the file has no rows');
}
