import type { Heading, List, ListItem, RootContent } from 'mdast';
import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import type { TicketEntry } from '../domain/ticket.ts';
import { withoutEchoes } from './echoes.ts';
import {
  type Block,
  headingText,
  type Markdown,
  type ParsedPieces,
  parseMarkdown,
  rangeOf,
} from './markdown.ts';
import { nearMisses } from './near-miss.ts';
import { diagnoseAt, placeAt, type Source } from './source.ts';
import { type Detail, detailKeyOf, readDetail } from './ticket-details.ts';
import { isStatus, type Report, readDetails, readEntry } from './ticket-entry.ts';
import { boxEnd, boxOf, idShape, readTicketText } from './ticket-line.ts';

/** A ticket with the places that an edit needs; offsets are into the source. */
export interface PackTicket {
  readonly entry: TicketEntry;
  readonly itemStart: number;
  readonly itemEnd: number;
  readonly boxAt: number;
  readonly idAt: number;
  /** End of the ticket's own text, before its bullets. */
  readonly textEnd: number;
  /** Start of the first bullet under the ticket, whatever it is. */
  readonly firstChildAt: number | null;
  readonly details: readonly Detail[];
}

export interface SprintHeading {
  readonly number: number;
  readonly name: string | null;
  readonly at: number;
}

/** A heading that opens a sprint, or ends one (`sprint` null). */
export interface Boundary {
  readonly sprint: number | null;
  readonly at: number;
  readonly end: number;
}

/** What the body of a ticket pack says. */
export interface PackBody {
  readonly tickets: readonly PackTicket[];
  readonly sprints: readonly SprintHeading[];
  readonly boundaries: readonly Boundary[];
  /** Ids of lines that look like tickets and are none. */
  readonly missed: ReadonlySet<string>;
  readonly diagnostics: Diagnostic[];
}

/** The one way from text to tickets: reads the body of a pack from offset `from` on. */
export function parsePackBody(source: Source, from = 0, known?: ParsedPieces): PackBody {
  return readPackBody(source, from, parseMarkdown(source, from, { reading: 'items', known }));
}

/** The same from what was read of the source already. */
export function readPackBody(source: Source, from: number, read: Markdown): PackBody {
  if (hasErrors(read.diagnostics)) return nothing(read.diagnostics);
  const reader = new Reader(source);
  for (const block of read.blocks) reader.block(block);
  reader.finish();
  const { tickets, sprints, boundaries } = reader;
  const misses = nearMisses(source, from, read.pieces, reader.taskOffsets);
  if (hasErrors(misses.unreadable)) return nothing(misses.unreadable);
  const found = withoutEchoes(source, tickets, reader.diagnostics, misses.diagnostics);
  const told = [...found, ...misses.diagnostics];
  return { tickets, sprints, boundaries, missed: misses.ids, diagnostics: told };
}

function nothing(diagnostics: Diagnostic[]): PackBody {
  return { tickets: [], sprints: [], boundaries: [], missed: new Set(), diagnostics };
}

const sprintText =
  /^(?:\*\*|__)?Sprint[ \t\u00a0]+(\d{1,4})\b(?:\*\*|__)?[ \t\u00a0]*[–—−:.|-]*[ \t\u00a0]*(.*?)(?:\*\*|__)?$/i;
const systemText = /^(?:\*\*|__)?System[ \t\u00a0]+(\d{1,4})\b/i;

interface Context {
  readonly parent: PackTicket | null;
  /** The nearest thing above is the root list of a sprint, so an item without an id is a ticket without one. */
  readonly direct: boolean;
}

/** Walks the blocks once; a class only because headings, sprint and system carry over from block to block. */
class Reader {
  readonly tickets: PackTicket[] = [];
  readonly sprints: SprintHeading[] = [];
  readonly boundaries: Boundary[] = [];
  readonly diagnostics: Diagnostic[] = [];
  /** Where the parser itself sees a task, ticket or not. */
  readonly taskOffsets: number[] = [];
  private readonly numbers = new Set<number>();
  private readonly seen = new Map<string, PackTicket>();
  private readonly doubtful: PackTicket[] = [];
  private sprint: { number: number; depth: number } | null = null;
  private sprintsEnded = false;
  private group: { system: string; depth: number } | null = null;
  private readonly source: Source;

  constructor(source: Source) {
    this.source = source;
  }

  block({ node, base }: Block): void {
    if (node.type === 'heading') this.heading(node, base);
    else this.container(node, base, { parent: null, direct: true });
  }

  private container(node: RootContent, base: number, context: Context): void {
    if (node.type === 'list') this.list(node, base, context);
    else if (node.type === 'footnoteDefinition') {
      for (const child of node.children) this.container(child, base, { ...context, direct: false });
    }
  }

  private heading(node: Heading, base: number): void {
    const range = rangeOf(node, base);
    if (!range) return;
    const text = headingText(this.source.text.slice(range[0], range[1]));
    if (this.group && node.depth <= this.group.depth) this.group = null;
    const sprint = sprintText.exec(text);
    if (sprint?.[1]) {
      const number = Number(sprint[1]);
      if (this.numbers.has(number)) {
        this.report('pack/sprint-twice', range[0], `a second heading opens Sprint ${number}`);
      } else this.sprints.push({ number, name: sprint[2] || null, at: range[0] });
      this.numbers.add(number);
      this.sprint = { number, depth: node.depth };
      this.boundaries.push({ sprint: number, at: range[0], end: range[1] });
      this.group = null;
      return;
    }
    if (this.sprint && node.depth <= this.sprint.depth) {
      this.sprint = null;
      this.sprintsEnded = true;
      this.boundaries.push({ sprint: null, at: range[0], end: range[1] });
    }
    const system = systemText.exec(text);
    if (system?.[1]) this.group = { system: String(Number(system[1])), depth: node.depth };
  }

  private list(list: List, base: number, context: Context): void {
    let previous: PackTicket | null = null;
    for (let index = 0; index < list.children.length; index += 1) {
      const item = list.children[index]!;
      if (context.parent && this.isLeaf(item, base)) continue;
      const ticket = this.ticket(item, base, context);
      if (ticket) {
        previous = ticket;
        continue;
      }
      const strayed = this.strayDetail(item, base, previous, context);
      if (!strayed) {
        this.taskWithoutId(item, base, context);
        for (const child of item.children) {
          this.container(child as RootContent, base, { parent: context.parent, direct: false });
        }
      }
    }
  }

  /** Under a ticket, text that is no task and has nothing under it: a detail that was read already, or a remark. */
  private isLeaf(item: ListItem, base: number): boolean {
    const paragraph = item.children[0];
    if (item.children.length > 1 || paragraph?.type !== 'paragraph' || (item.checked ?? null) !== null)
      return false;
    return this.source.text.charCodeAt(base + (paragraph.position?.start.offset ?? 0)) !== 0x5b;
  }

  private ticket(item: ListItem, base: number, context: Context): PackTicket | null {
    const paragraph = item.children[0];
    if (paragraph?.type !== 'paragraph') return null;
    const range = rangeOf(item, base);
    const text = rangeOf(paragraph, base);
    if (!range || !text) return null;
    // A box is the first thing in an item.
    if ((item.checked ?? null) === null && this.source.text.charCodeAt(text[0]) !== 0x5b) return null;
    const boxed = boxEnd(this.source.text, range[0]);
    if (boxed < 0 || boxed > text[1]) return null;
    const mark = this.source.text.charAt(boxed - 2);
    const after = this.source.text.charCodeAt(boxed);
    const obsidian = mark === '/' || mark === '-';
    // The parser says what is a task; Obsidian's two marks are text to it, and read by their shape.
    if (obsidian ? boxed === text[1] || (after !== 0x20 && after !== 0x09) : (item.checked ?? null) === null)
      return null;
    let textAt = boxed;
    while (textAt < text[1] && ' \t\r\n'.includes(this.source.text.charAt(textAt))) textAt += 1;
    const line = readTicketText(this.source.text.slice(textAt, text[1]));
    if (!line || !this.isTicket(line.ticketId, line.separator, context)) return null;
    const nested = item.children.slice(1);
    const details = readDetails(this.source, nested, base, this.report);
    const ticket: PackTicket = {
      entry: readEntry(line, boxOf(mark), details, {
        sprint: this.sprint?.number ?? null,
        system: this.group?.system ?? null,
        report: this.report,
      }),
      itemStart: range[0],
      itemEnd: range[1],
      boxAt: boxed - 2,
      idAt: textAt + line.idAt,
      textEnd: text[1],
      firstChildAt: firstChildAt(nested, base),
      details,
    };
    this.add(ticket, line.separator);
    this.textLines(ticket, textAt);
    for (let index = 0; index < nested.length; index += 1) {
      const child = nested[index]!;
      if (child.type === 'list') this.list(child, base, { parent: ticket, direct: false });
    }
    return ticket;
  }

  /**
   * A word that begins with a digit ("24h reminder") is an id only when a dash, colon or bold type sets it
   * off; under a ticket, so is any word built unlike the ticket's own id ("GA4 event fires").
   */
  private isTicket(id: string, separator: 'mark' | 'space' | 'none', context: Context): boolean {
    if (separator === 'mark') return true;
    if (/^\d/.test(id)) return false;
    return context.parent === null || idShape(id) === idShape(context.parent.entry.ticketId);
  }

  private add(ticket: PackTicket, separator: string): void {
    const { ticketId, sprint } = ticket.entry;
    const first = this.seen.get(ticketId);
    if (first) {
      const line = placeAt(this.source, first.idAt).line;
      this.report('pack/duplicate-id', ticket.idAt, `${ticketId} stands here again, first on line ${line}`);
    } else this.seen.set(ticketId, ticket);
    if (sprint === null && this.sprintsEnded) {
      this.report('pack/outside-sprint', ticket.idAt, `${ticketId} belongs to no sprint`);
    }
    if (separator !== 'mark') this.doubtful.push(ticket);
    this.taskOffsets.push(ticket.itemStart, ticket.idAt);
    this.tickets.push(ticket);
  }

  /** Details that became part of the ticket's own paragraph would silently be taken for its title. */
  private textLines(ticket: PackTicket, from: number): void {
    const text = this.source.text.slice(from, ticket.textEnd);
    if (!text.includes('\n') && !text.includes('\r')) return;
    for (const match of text.matchAll(/(?:\r\n|\r|\n)([ \t]*)([^\r\n]*)/g)) {
      const line = (match[2] ?? '').replace(/^(?:[-*+•–—][ \t]*)/, '');
      const at = from + match.index + match[0].length - (match[2] ?? '').length;
      const key = detailKeyOf(line);
      if (key) {
        const hint = `Write "${this.indentOf(ticket)}- ${line.trim()}".`;
        this.report(
          'pack/detail-not-bullet',
          at,
          `"${key}" stands in the text of ${ticket.entry.ticketId}`,
          hint,
        );
      }
    }
  }

  private indentOf(ticket: PackTicket): string {
    return ' '.repeat(
      /^(?:[-*+]|\d{1,9}[.)])[ \t]*/.exec(this.source.text.slice(ticket.itemStart))?.[0].length ?? 2,
    );
  }

  private strayDetail(item: ListItem, base: number, previous: PackTicket | null, context: Context): boolean {
    // Inside a ticket's own bullets, details have been read already.
    if (context.parent) return false;
    const detail = readDetail(this.source, item, base, () => {});
    if (!detail) return false;
    if (previous) {
      const hint = `Indent it under ${previous.entry.ticketId}: "${this.indentOf(previous)}- …".`;
      const message = `"${detail.key}" is not indented under ${previous.entry.ticketId}`;
      this.report('pack/detail-not-nested', detail.itemStart, message, hint);
      return true;
    }
    if (detail.key !== 'status' || !isStatus(detail.value)) return false;
    this.report('pack/detail-not-nested', detail.itemStart, '"Status" stands under no ticket');
    return true;
  }

  private taskWithoutId(item: ListItem, base: number, context: Context): void {
    const range = rangeOf(item, base);
    if (!range || (item.checked ?? null) === null) return;
    this.taskOffsets.push(range[0]);
    if (!context.direct || !this.sprint) return;
    const text =
      this.source.text
        .slice(...range)
        .split(/[\r\n]/)[0]
        ?.slice(0, 60) ?? '';
    this.report('pack/task-without-id', range[0], `"${text}" has no ticket id and is not counted`);
  }

  finish(): void {
    if (this.doubtful.length > 0 && this.tickets.length >= 4) this.oddIds();
    for (const { entry, details } of this.tickets) {
      if (!entry.started || !entry.completed || entry.completed >= entry.started) continue;
      const completed = details.find((one) => one.key === 'completed');
      if (completed) {
        const message = `${entry.ticketId} was completed ${entry.completed}, before it was started ${entry.started}`;
        this.report('pack/date-order', completed.valueStart, message);
      }
    }
  }

  private oddIds(): void {
    const shapes = new Map<string, number>();
    for (const { entry } of this.tickets) {
      const shape = idShape(entry.ticketId);
      shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
    }
    for (const ticket of this.doubtful) {
      const { ticketId } = ticket.entry;
      if ((shapes.get(idShape(ticketId)) ?? 0) > 1) continue;
      this.report('pack/odd-id', ticket.idAt, `"${ticketId}" was read as a ticket id`);
    }
  }

  private readonly report: Report = (rule, at, message, hint) => {
    this.diagnostics.push(diagnoseAt(this.source, rule, at, message, hint));
  };
}

function firstChildAt(children: readonly ListItem['children'][number][], base: number): number | null {
  for (let index = 0; index < children.length; index += 1) {
    const child = children[index]!;
    if (child.type !== 'list') continue;
    const first = child.children[0];
    return (first && rangeOf(first, base)?.[0]) ?? null;
  }
  return null;
}
