import { hasErrors } from '../../domain/diagnostic.ts';
import type { TicketMarks } from '../../domain/ticket.ts';
import { decodeSource, makeSource } from '../../formats/source.ts';
import { parsePackBody } from '../../formats/ticket-pack.ts';
import { maxBytes } from '../files.ts';

/** Checkbox and Status of every ticket of a pack, by its id. */
export type PackStates = ReadonlyMap<string, TicketMarks>;

/**
 * Reads the states of many versions of a pack. Between two versions most sprints stay as they are, so
 * each piece of text is parsed once; a whole pack takes tens of milliseconds.
 */
export class StateReader {
  private readonly pieces = new Map<string, PackStates | null>();

  /** The states in a version; null where it cannot be read (no UTF-8, an unfinished merge, too deep). */
  read(bytes: Uint8Array): PackStates | null {
    const { source, diagnostics } = decodeSource('ticket-pack.md', bytes, maxBytes.markdown);
    if (!source || hasErrors(diagnostics)) return null;
    const states = new Map<string, TicketMarks>();
    for (const piece of piecesOf(source.text)) {
      const read = this.piece(piece);
      if (!read) return null;
      for (const [id, marks] of read) states.set(id, marks);
    }
    return states;
  }

  private piece(text: string): PackStates | null {
    const known = this.pieces.get(text);
    if (known !== undefined) return known;
    const { tickets, diagnostics } = parsePackBody(makeSource('ticket-pack.md', text));
    const unread = tickets.length === 0 && diagnostics.some((one) => one.rule.startsWith('markdown/'));
    const states = unread ? null : new Map(tickets.map((one) => [one.entry.ticketId, one.entry]));
    this.pieces.set(text, states);
    return states;
  }
}

/**
 * Cuts where the Markdown parser itself cuts: before a heading that follows a blank line. It joins pieces
 * only where one ends in an open fence or HTML block, so a text with either stays whole.
 */
function piecesOf(text: string): string[] {
  if (/(?:^|[\r\n]) {0,3}(?:`{3}|~{3}|<)/.test(text)) return [text];
  return text.split(/(?<=(?:\r\n|\n|\r(?!\n))[ \t]*(?:\r\n|\n|\r(?!\n)))(?=#{1,6}[ \t])/);
}
