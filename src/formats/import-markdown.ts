import type { Heading, List, ListItem, Table, TableRow } from 'mdast';
import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import { applyEdits, type TextEdit } from './edit.ts';
import { columnOf } from './import-kinds.ts';
import { columnName, type Row, type RowTable } from './import-rows.ts';
import { packFromRows } from './import-tickets.ts';
import { headingText, parseMarkdown, rangeOf } from './markdown.ts';
import { renderTicket, sprintHeading } from './pack-imported.ts';
import { diagnoseAt, lineEnding, placeAt, type Source } from './source.ts';
import { idShape, readTicketText } from './ticket-line.ts';

/** A Markdown text made into the body of a pack. */
export interface MarkdownPack {
  readonly body: string;
  /** Checkboxes put before ids. */
  readonly boxes: number;
  /** Tickets put under headings that name them. */
  readonly fromHeadings: number;
  /** Tickets from tables, which their lists replace. */
  readonly fromTables: number;
  readonly diagnostics: Diagnostic[];
}

interface Found {
  readonly edits: TextEdit[];
  boxes: number;
  fromHeadings: number;
  fromTables: number;
  readonly diagnostics: Diagnostic[];
}

/**
 * Makes tickets of what names them: list items that begin with an id get a checkbox, headings that begin with
 * one get a ticket under them, tables with a column of ids become lists. Every other byte stays.
 */
export function markdownPack(source: Source, bodyStart: number, timeZone: string): MarkdownPack {
  const { blocks, diagnostics } = parseMarkdown(source, bodyStart, { reading: 'all' });
  const found: Found = { edits: [], boxes: 0, fromHeadings: 0, fromTables: 0, diagnostics };
  const headings = blocks.flatMap(({ node, base }) => (node.type === 'heading' ? [{ node, base }] : []));
  const shapes = headingShapes(source, headings);
  const listed: Candidate[] = [];
  let depth = 1;
  for (const { node, base } of blocks) {
    if (node.type === 'heading') {
      depth = node.depth;
      headingTicket(source, node, base, shapes, found);
    } else if (node.type === 'list') listed.push(...candidates(source, node, base, null));
    else if (node.type === 'table') tableTickets(source, node, base, depth, timeZone, found);
  }
  const named = new Set(headings.flatMap((one) => headingLine(source, one)?.line.ticketId ?? []));
  listTickets(found, listed, shapes, named);
  const edits = found.edits.map((one) => ({
    ...one,
    start: one.start - bodyStart,
    end: one.end - bodyStart,
  }));
  return { ...found, body: applyEdits(source.text.slice(bodyStart), edits) };
}

interface Candidate {
  readonly at: number;
  readonly id: string;
  readonly shape: string;
  readonly marked: boolean;
}

/** List items without a checkbox that begin with an id; under a ticket only those whose id is built like its own. */
function candidates(source: Source, list: List, base: number, parent: string | null): Candidate[] {
  return list.children.flatMap((item) => {
    const own = candidateOf(source, item, base);
    const fits = own !== null && (parent === null || own.shape === parent);
    const inside = item.children.flatMap((one) =>
      one.type === 'list' ? candidates(source, one, base, fits ? own.shape : parent) : [],
    );
    return fits ? [own, ...inside] : inside;
  });
}

function candidateOf(source: Source, item: ListItem, base: number): Candidate | null {
  const [paragraph] = item.children;
  const range = rangeOf(item, base);
  const text = paragraph?.type === 'paragraph' ? rangeOf(paragraph, base) : null;
  if (!range || !text) return null;
  if (/^(?:[-*+]|\d{1,9}[.)])[ \t]*\[[^\]]?\]/.test(source.text.slice(range[0], text[1]))) return null;
  const line = readTicketText(source.text.slice(...text));
  if (!line || !/^[A-Za-z]/.test(line.ticketId)) return null;
  // "L0.1.1, L0.1.2" is a list of ids, not a ticket.
  if (/^[*_`]*[A-Za-z0-9.-]+[*_`]*[ \t]*[,;)&+]/.test(source.text.slice(...text))) return null;
  return { at: text[0], id: line.ticketId, shape: idShape(line.ticketId), marked: line.separator === 'mark' };
}

/**
 * Puts a checkbox before each id that a dash, a colon or bold type sets off. An id with only a space after it
 * counts where others are built like it: "L1 depends on L0" is prose beside tickets such as L0.1.2.
 */
function listTickets(
  found: Found,
  all: readonly Candidate[],
  shapes: ReadonlyMap<string, number>,
  named: ReadonlySet<string>,
): void {
  const marked = new Set([
    ...all.flatMap((one) => (one.marked ? [one.shape] : [])),
    ...[...shapes.keys()].map((one) => one.slice(2)),
  ]);
  const alike = new Map<string, number>();
  for (const { shape } of all) alike.set(shape, (alike.get(shape) ?? 0) + 1);
  const known = new Set([...named, ...all.flatMap((one) => (one.marked ? [one.id] : []))]);
  for (const { at, id, shape, marked: sure } of all) {
    if (!sure && known.has(id)) continue;
    if (!sure && !marked.has(shape) && (marked.size > 0 || (alike.get(shape) ?? 0) < 2)) continue;
    found.edits.push({ start: at, end: at, text: '[ ] ' });
    found.boxes += 1;
  }
}

type HeadingAt = { readonly node: Heading; readonly base: number };

function headingLine(source: Source, { node, base }: HeadingAt) {
  const range = rangeOf(node, base);
  if (!range) return null;
  const line = readTicketText(headingText(source.text.slice(...range)));
  return line && line.separator === 'mark' && /^[A-Za-z]/.test(line.ticketId) ? { line, range } : null;
}

/** How often headings of one depth begin with ids of one shape. */
function headingShapes(source: Source, headings: readonly HeadingAt[]): Map<string, number> {
  const shapes = new Map<string, number>();
  for (const one of headings) {
    const id = headingLine(source, one)?.line.ticketId;
    if (id === undefined) continue;
    const key = `${one.node.depth} ${idShape(id)}`;
    shapes.set(key, (shapes.get(key) ?? 0) + 1);
  }
  return shapes;
}

/** "### L0.1.2 — Title" is a ticket when its id has three parts, or others of its shape stand beside it. */
function headingTicket(
  source: Source,
  node: Heading,
  base: number,
  shapes: ReadonlyMap<string, number>,
  found: Found,
): void {
  const read = headingLine(source, { node, base });
  if (!read) return;
  const { line, range } = read;
  const shape = idShape(line.ticketId);
  const alike = shapes.get(`${node.depth} ${shape}`) ?? 0;
  if (!/^A9\.9\.9$/.test(shape) && alike < 3) return;
  const eol = lineEnding(source);
  const title = line.title.replace(/[*_]+$/, '').trim();
  found.edits.push({ start: range[1], end: range[1], text: `${eol}${eol}- [ ] ${line.ticketId} – ${title}` });
  found.fromHeadings += 1;
}

function tableTickets(
  source: Source,
  table: Table,
  base: number,
  depth: number,
  timeZone: string,
  found: Found,
): void {
  const range = rangeOf(table, base);
  const [head, ...body] = table.children;
  if (!range || !head) return;
  const columns = cellsOf(source, head, base).map((one) => columnName(one.text.replace(/[*_`]/g, '')));
  const id = columnOf(columns, 'ticketId');
  if (id === null || columnOf(columns, 'title') === null) return;
  const file = source.file;
  const rows = body.map((row, index): Row => {
    const cells = cellsOf(source, row, base);
    const line = placeAt(source, rangeOf(row, base)?.[0] ?? range[0]).line;
    const named = columns.map(
      (name, place): [string, Row['cells'] extends ReadonlyMap<string, infer C> ? C : never] => {
        const cell = cells[place];
        const at = placeAt(source, cell?.at ?? range[0]);
        const text = name === id ? (cell?.text ?? '').replace(/^[*_`]+|[*_`]+$/g, '') : (cell?.text ?? '');
        return [name, { text: text || null, node: null, ...at }];
      },
    );
    return { file, number: index + 1, line, cells: new Map(named) };
  });
  const own: RowTable = { file, name: null, columns, rows };
  const { pack, diagnostics } = packFromRows(
    { tickets: [own], instances: [], packs: [] },
    new Map(),
    timeZone,
  );
  const eol = lineEnding(source);
  const loose = pack.tickets
    .filter((one) => one.sprint === null)
    .map(renderTicket)
    .join('\n');
  const sprints = pack.sprints.map((sprint) => {
    const tickets = pack.tickets.filter((one) => one.sprint === sprint.number);
    return `${sprintHeading(sprint, Math.min(6, Math.max(2, depth)))}\n\n${tickets.map(renderTicket).join('\n')}`;
  });
  const text = [...(loose ? [loose] : []), ...sprints].join('\n\n');
  found.edits.push({ start: range[0], end: range[1], text: text.replaceAll('\n', eol) });
  found.fromTables += pack.tickets.length;
  found.diagnostics.push(...diagnostics);
}

function cellsOf(
  source: Source,
  row: TableRow,
  base: number,
): { readonly text: string; readonly at: number }[] {
  return row.children.map((cell) => {
    const first = cell.children[0];
    const last = cell.children.at(-1);
    const start = first ? rangeOf(first, base) : null;
    const end = last ? rangeOf(last, base) : null;
    const text = start && end ? source.text.slice(start[0], end[1]).replace(/\\\|/g, '|').trim() : '';
    return { text, at: start?.[0] ?? rangeOf(cell, base)?.[0] ?? 0 };
  });
}

/** A finding for a file in which nothing is a ticket. */
export function noTickets(source: Source): Diagnostic {
  return diagnoseAt(
    source,
    'import/empty',
    0,
    'nothing in the file is a ticket',
    'Tickets are list items, headings or rows of a table that begin with an id such as T1.3.1.',
  );
}

/** A finding about a file as a whole. */
export function aboutFile(source: Source, message: string, hint: string): Diagnostic {
  return diagnose('import/bad-row', { file: source.file }, message, hint);
}
