import type { FirmDiff } from '../domain/diff.ts';
import type { FieldChange } from '../domain/diff-tickets.ts';
import { fieldsText, type Item, ticketItem } from './diff-words.ts';

/** What is to be done, was promised or agreed, and is another now. */
export function scopeLines({ tickets, systems, plan }: FirmDiff): Item[] {
  const sprint = (number: number | null) => (number === null ? 'no sprint' : `sprint ${number}`);
  const put = (kind: 'skipped' | 'restored', words: string) =>
    tickets.moves
      .filter((one) => one.kind === kind)
      .map(({ ticket }) => ticketItem(ticket, ` (${words})${ticket.notes ? `: ${ticket.notes}` : ''}`));
  const system = ({ key, name }: { key: string; name: string | null }) => (name ? `${key} – ${name}` : key);
  return [
    ...systems.filter((one) => !one.before).map((one) => plain(`system added to the pack: ${system(one)}`)),
    ...systems
      .filter((one) => !one.after)
      .map((one) => plain(`system no longer in the pack: ${system(one)}`)),
    ...tickets.added.map((one) => ticketItem(one, ` (added, ${sprint(one.sprint)})`)),
    ...tickets.removed.map((one) =>
      ticketItem(one, ` (removed${one.status === 'done' ? ', was done' : ''})`),
    ),
    ...put('skipped', 'put off'),
    ...put('restored', 'taken up again'),
    ...tickets.moved.map(({ ticket, from }) =>
      ticketItem(ticket, ` (${sprint(from)} → ${sprint(ticket.sprint)})`),
    ),
    ...tickets.retitled.map(({ ticket, from }) => ({
      id: ticket.ticketId,
      text: `renamed: ${from} → ${ticket.title}`,
    })),
    ...plan.sprints.map(({ number, fields }) => plain(`sprint ${number}: ${fieldsText(fields)}`)),
    ...plan.recommended.map((one) => plain(`recommended: system ${one.systemId} (${words(one.phase)})`)),
    ...plan.unrecommended.map((one) => plain(`no longer recommended: system ${one.systemId}`)),
    ...plan.recommendations.map((one) =>
      plain(`recommended system ${one.systemId}: ${fieldsText(one.fields)}`),
    ),
    ...each('90-day target', plan.targets),
    ...each('projection', plan.projection),
    ...each('roadmap', plan.roadmap),
    ...each('firm', plan.firm),
  ];
}

function each(what: string, fields: readonly FieldChange[]): Item[] {
  return fields.map((one) => plain(`${what}: ${fieldsText([one])}`));
}

function plain(text: string): Item {
  return { id: null, text };
}

function words(name: string): string {
  return name.replaceAll('_', ' ');
}
