import { closest } from '../domain/closest.ts';
import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import { dateOfStamp } from '../domain/stamp.ts';
import { hiddenCharacters } from '../domain/text.ts';
import { type TicketStatus, ticketStatuses } from '../domain/ticket.ts';
import { badRow, type Cell, type Row } from './import-rows.ts';
import { parseJsonTree } from './json-tree.ts';
import { makeSource } from './source.ts';
import { parseHours } from './ticket-details.ts';

/** Reads cells strictly; every fault is a finding that names the row and the column. */
export class CellReader {
  readonly diagnostics: Diagnostic[] = [];
  private readonly timeZone: string;
  private readonly flattened = new Set<string>();

  constructor(timeZone: string) {
    this.timeZone = timeZone;
  }

  bad(row: Row, message: string, column?: string, hint?: string): null {
    this.diagnostics.push(badRow(row, message, column, hint));
    return null;
  }

  /** One line of text, or null; line breaks become spaces, which is said once a column. */
  text(row: Row, column: string | null): string | null {
    const cell = column === null ? undefined : row.cells.get(column);
    if (!cell || column === null) return null;
    if (cell.node) return this.bad(row, `"${column}" is no text`, column);
    if (cell.text === null) return null;
    const line = cell.text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/\t/g, ' ');
    if (line.search(hiddenCharacters) >= 0)
      return this.bad(row, `"${column}" holds control characters`, column);
    if (line !== cell.text && !this.flattened.has(`${row.file}:${column}`)) {
      this.flattened.add(`${row.file}:${column}`);
      const message = `line breaks in "${column}" became spaces (first in row ${row.number})`;
      this.diagnostics.push(diagnose('import/not-taken', { file: row.file, line: cell.line }, message));
    }
    return line;
  }

  date(row: Row, column: string | null): string | null {
    const text = this.text(row, column);
    if (text === null || column === null) return null;
    const date = dateOfStamp(text, this.timeZone);
    return (
      date ??
      this.bad(
        row,
        `"${column}": "${text}" is no date`,
        column,
        'Write it like 2026-01-31, or as an ISO date-time.',
      )
    );
  }

  status(row: Row, column: string | null): TicketStatus | null {
    const text = this.text(row, column);
    if (text === null || column === null) return null;
    const written = text.toLowerCase().replace(/[ -]+/g, '_');
    const status = ticketStatuses.find((one) => one === written);
    if (status) return status;
    const near = closest(written, ticketStatuses);
    const hint = near ? `Did you mean "${near}"?` : `One of ${ticketStatuses.join(', ')}.`;
    return this.bad(row, `"${text}" is no status`, column, hint);
  }

  hours(row: Row, column: string | null): number | null {
    const text = this.text(row, column);
    if (text === null || column === null) return null;
    return (
      parseHours(text) ??
      this.bad(row, `"${column}": "${text}" is no number of hours`, column, 'Write it like 2 or 1.5.')
    );
  }

  /** A list of texts: a JSON list, also one written into a cell, or words between commas or semicolons. */
  list(row: Row, column: string | null): string[] {
    const cell = column === null ? undefined : row.cells.get(column);
    if (!cell || column === null) return [];
    const node = cell.node ?? inCell(cell, /^\[/);
    if (node?.kind === 'array') {
      const items = node.items.flatMap((one) =>
        one.kind === 'text' || one.kind === 'number' ? [one.text.trim()] : [],
      );
      if (items.length < node.items.length)
        this.bad(row, `"${column}" holds something that is no text`, column);
      return items.filter(Boolean);
    }
    // An array as Postgres prints it.
    const text = (this.text(row, column) ?? '').replace(/^\{(.*)\}$/, '$1');
    return text
      .split(/[,;]/)
      .map((one) => one.trim().replace(/^"(.*)"$/, '$1'))
      .filter(Boolean);
  }
}

/** JSON that stands as text in a cell; null when the text does not begin like it, or is none. */
export function inCell(cell: Cell, begin: RegExp) {
  if (cell.text === null || !begin.test(cell.text)) return null;
  return parseJsonTree(makeSource('', cell.text)).node;
}
