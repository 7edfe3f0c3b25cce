import type { IsoDate } from '../domain/date.ts';
import type { ImportedPack, ImportedSprint, ImportedTicket } from '../domain/imported.ts';
import { hiddenCharacters } from '../domain/text.ts';
import { systemOf, type TicketEntry } from '../domain/ticket.ts';
import type { Version } from '../domain/version.ts';
import { inline } from './inline.ts';
import { renderScalar } from './yaml.ts';

/** What a pack's front matter says. */
export interface PackFront {
  readonly id: string;
  readonly firm: string;
  readonly version: Version;
  readonly createdAt: IsoDate;
  readonly sprints: readonly ImportedSprint[];
}

/** Lines of a pack's front matter, without the dashes; `skip` names keys that are there already. */
export function packFrontLines(front: PackFront, skip: ReadonlySet<string> = new Set()): string[] {
  const sprints = front.sprints.map((one) => {
    const parts = [
      `number: ${one.number}`,
      ...(one.name === null ? [] : [`name: ${renderScalar(one.name)}`]),
      ...(one.plannedStart === null ? [] : [`planned_start: ${one.plannedStart}`]),
      ...(one.plannedEnd === null ? [] : [`planned_end: ${one.plannedEnd}`]),
    ];
    return `  - { ${parts.join(', ')} }`;
  });
  const lines: [string, string[]][] = [
    [
      'schema',
      [
        '# yaml-language-server: $schema=../../schemas/ticket-pack.schema.json',
        'schema: scend/ticket-pack@1',
      ],
    ],
    ['id', [`id: ${front.id}`]],
    ['firm', [`firm: ${renderScalar(front.firm)}`]],
    ['version', [`version: ${front.version}`]],
    ['created_at', [`created_at: ${front.createdAt}`]],
    ['sprints', sprints.length > 0 ? ['sprints:', ...sprints] : ['sprints: []']],
  ];
  return lines.flatMap(([key, own]) => (skip.has(key) ? [] : own));
}

/** A pack of tickets from elsewhere, as `pack create` writes one, with the state that they have. */
export function renderImportedPack(pack: ImportedPack, front: PackFront, firmName: string): string {
  const loose = pack.tickets.filter((one) => one.sprint === null);
  const blocks = [
    ...(loose.length > 0 ? [['## No sprint', ...loose.map(renderTicket)]] : []),
    ...front.sprints.map((sprint) => [
      sprintHeading(sprint, 2),
      ...pack.tickets.filter((one) => one.sprint === sprint.number).map(renderTicket),
    ]),
  ];
  const body = blocks.map(([heading = '', ...tickets]) =>
    tickets.length === 0 ? heading : `${heading}\n\n${tickets.join('\n')}`,
  );
  const head = ['---', ...packFrontLines(front), '---', `# ${inline(firmName)} – Ticket Pack`].join('\n');
  return `${[head, ...body].join('\n\n')}\n`;
}

/** The heading that opens a sprint. */
export function sprintHeading(
  { number, name }: Pick<ImportedSprint, 'number' | 'name'>,
  depth: number,
): string {
  return `${'#'.repeat(depth)} Sprint ${number}${name === null ? '' : ` — ${plainLine(name)}`}`;
}

/** A ticket as a list item with its details. */
export function renderTicket(one: ImportedTicket): string {
  const stated = one.system !== null && systemOf(one.ticketId, one.system) !== systemOf(one.ticketId, null);
  const details: [string, string | null][] = [
    ['Status', one.status],
    ['Assignee', one.assignee],
    ['Started', one.started],
    ['Completed', one.completed],
    ['Notes', one.notes],
    ['System', stated ? one.system : null],
    ['Depends on', one.dependsOn.length > 0 ? one.dependsOn.join(', ') : null],
    ['Estimate', one.estimatedHours === null ? null : `${one.estimatedHours}h`],
    ...one.more,
  ];
  return [
    `- [${one.status === 'done' ? 'x' : ' '}] ${one.ticketId} – ${plainLine(one.title)}`,
    ...details.flatMap(([key, value]) => (value === null ? [] : [`  - ${key}: ${plainLine(value)}`])),
  ].join('\n');
}

/** Text as it is, unless it could open a link, a picture, HTML or mention anybody; then as `inline` writes it. */
function plainLine(text: string): string {
  return /[<@]|\]\s*[([:]|^\[/.test(text)
    ? inline(text)
    : text.replace(/\s+/g, ' ').replace(hiddenCharacters, '').trim();
}

/** Where what was read back differs from the ticket that was written; null when nothing does. */
export function differsFrom(ticket: ImportedTicket, entry: TicketEntry | undefined): string | null {
  if (!entry) return 'it would not read back as a ticket';
  const wanted: [string, unknown, unknown][] = [
    ['title', plainLine(ticket.title), entry.title],
    ['status', ticket.status, entry.statusLine],
    ['assignee', ticket.assignee && plainLine(ticket.assignee), entry.assignee],
    ['started', ticket.started, entry.started],
    ['completed', ticket.completed, entry.completed],
    ['notes', ticket.notes && plainLine(ticket.notes), entry.notes],
    ['dependencies', ticket.dependsOn.join(), entry.dependsOn.join()],
    ['hours', ticket.estimatedHours, entry.estimatedHours],
    ['sprint', ticket.sprint, entry.sprint],
  ];
  const wrong = wanted.find(([, a, b]) => a !== b);
  return wrong ? `its ${wrong[0]} would read back as "${wrong[2]}"` : null;
}
