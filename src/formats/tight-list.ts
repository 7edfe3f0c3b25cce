import type { Diagnostic } from '../domain/diagnostic.ts';
import type { PackFile } from './pack-file.ts';
import { diagnoseAt, placeAt } from './source.ts';

/** So many tickets in a row make a list; two neighbours are easily told apart by hand. */
const several = 3;

/** One finding for each run of tickets of which every one stands right below the other, with nothing between. */
export function tightLists({ source, body }: PackFile): Diagnostic[] {
  const found: Diagnostic[] = [];
  let first = 0;
  const lines = body.tickets.map((one) => placeAt(source, one.itemStart).line);
  for (let next = 1; next <= lines.length; next += 1) {
    if (lines[next] === (lines[next - 1] ?? 0) + 1) continue;
    const ticket = body.tickets[first];
    if (ticket && next - first >= several) {
      const message = `${next - first} tickets, from ${ticket.entry.ticketId} on, stand on neighbouring lines`;
      found.push(diagnoseAt(source, 'pack/tight-list', ticket.itemStart, message));
    }
    first = next;
  }
  return found;
}
