import fc from 'fast-check';

/** A pack as a person thinks of it, for tests that change it in many ways and compare what comes out. */
export interface ModelTicket {
  readonly id: string;
  title: string;
  box: ' ' | 'x';
  details: Map<string, string>;
  extra: string;
}

export interface ModelSprint {
  readonly number: number;
  name: string;
  prose: string;
  tickets: ModelTicket[];
}

export interface Model {
  version: string;
  sprints: ModelSprint[];
}

/** How the text is written; the same for all versions of one pack. */
export interface Style {
  readonly eol: '\n' | '\r\n';
  readonly loose: boolean;
  readonly indent: string;
  readonly bom: boolean;
}

const detailOrder = [
  'Status',
  'Assignee',
  'Started',
  'Completed',
  'Notes',
  'System',
  'Depends on',
  'Estimate',
];

export function renderModel(model: Model, style: Style): string {
  const front = [
    '---',
    'schema: scend/ticket-pack@1',
    'id: 7f0c1111-2222-4333-8444-555566667777',
    'firm: acme',
    `version: ${model.version}`,
    'created_at: 2026-01-05 # kept',
    'sprints:',
    ...model.sprints.map((one) => `  - { number: ${one.number}, name: ${one.name} }`),
    '---',
    '# Acme – Ticket Pack',
    '',
  ];
  const body = model.sprints.flatMap((sprint) => [
    `## Sprint ${sprint.number} — ${sprint.name}`,
    '',
    sprint.prose,
    '',
    ...sprint.tickets.flatMap((one, n) => [
      ...(style.loose && n > 0 ? [''] : []),
      ...ticketLines(one, style),
    ]),
    ...(sprint.tickets.length > 0 ? [''] : []),
  ]);
  return (style.bom ? '\uFEFF' : '') + [...front, ...body].map((line) => line + style.eol).join('');
}

function ticketLines(ticket: ModelTicket, { indent }: Style): string[] {
  const details = detailOrder.filter((key) => ticket.details.has(key));
  return [
    `- [${ticket.box}] ${ticket.id} – ${ticket.title}`,
    ...details.map((key) => `${indent}- ${key}: ${ticket.details.get(key)}`),
    ...(ticket.extra === '' ? [] : [`${indent}- ${ticket.extra}`]),
  ];
}

export function cloneModel(model: Model): Model {
  return {
    ...model,
    sprints: model.sprints.map((sprint) => ({
      ...sprint,
      tickets: sprint.tickets.map((one) => ({ ...one, details: new Map(one.details) })),
    })),
  };
}

/** Something that one person does; two edits of different `target` do not touch each other. */
export interface Edit {
  readonly target: string;
  readonly structural: boolean;
  readonly apply: (model: Model) => void;
}

export function ticketIn(model: Model, id: string): ModelTicket | undefined {
  return model.sprints.flatMap((one) => one.tickets).find((one) => one.id === id);
}

export const styles: fc.Arbitrary<Style> = fc.record({
  eol: fc.constantFrom('\n' as const, '\r\n' as const),
  loose: fc.boolean(),
  indent: fc.constantFrom('  ', '\t', '   '),
  bom: fc.boolean(),
});

const words = ['call', 'route', 'book', 'größer', 'SMS', 'inbox', 'T1.1.1', 'x: y', '50 %'];
const titles = fc
  .array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 })
  .map((one) => `Do ${one.join(' ')}`);
const dates = fc.integer({ min: 10, max: 28 }).map((day) => `2026-02-${day}`);

/** A pack of a few sprints, none of them without tickets of its own. */
export const models: fc.Arbitrary<Model> = fc
  .array(
    fc.array(
      fc.record({
        title: titles,
        box: fc.constantFrom(' ' as const, 'x' as const),
        status: fc.boolean(),
        assignee: fc.boolean(),
        notes: fc.boolean(),
        extra: fc.constantFrom('', 'Custom: kept', '[ ] accepted by the client'),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((sprints) => ({
    version: 'v1.0',
    sprints: sprints.map((tickets, s) => ({
      number: s + 1,
      name: `Part ${s + 1}`,
      prose: `What part ${s + 1} is about.`,
      tickets: tickets.map((one, n) => ({
        id: `T${s + 1}.1.${n + 1}`,
        title: one.title,
        box: one.box,
        extra: one.extra,
        details: new Map([
          ...(one.status ? [['Status', one.box === 'x' ? 'done' : 'not_started'] as const] : []),
          ...(one.assignee ? [['Assignee', 'Ana'] as const] : []),
          ...(one.notes ? [['Notes', 'as agreed'] as const] : []),
        ]),
      })),
    })),
  }));

/** Edits of a pack, each with a target of its own. */
export function editsOf(model: Model): fc.Arbitrary<Edit[]> {
  const ids = model.sprints.flatMap((one) => one.tickets.map((ticket) => ticket.id));
  const numbers = model.sprints.map((one) => one.number);
  const id = fc.constantFrom(...ids);
  const number = fc.constantFrom(...numbers);
  const onTicket =
    (field: string, change: (ticket: ModelTicket) => void) =>
    (at: string): Edit => ({
      target: `${at} ${field}`,
      structural: false,
      apply: (one) => {
        const ticket = ticketIn(one, at);
        if (ticket) change(ticket);
      },
    });
  const detail = (key: string, values: fc.Arbitrary<string>) =>
    fc.tuple(id, values).map(([at, value]) => onTicket(key, (one) => one.details.set(key, value))(at));
  const edits = fc.oneof(
    id.map(
      onTicket('progress', (one) => {
        one.box = one.box === 'x' ? ' ' : 'x';
        if (one.details.has('Status')) one.details.set('Status', one.box === 'x' ? 'done' : 'in_progress');
      }),
    ),
    fc.tuple(id, titles).map(([at, title]) =>
      onTicket('title', (one) => {
        one.title = `${title} anew`;
      })(at),
    ),
    detail('Assignee', fc.constantFrom('Luis', 'Sofia')),
    detail('Started', dates),
    detail('Notes', titles),
    detail('System', fc.constantFrom('2', '7')),
    detail('Depends on', fc.constantFrom(...ids)),
    detail('Estimate', fc.constantFrom('2h', '3.5h')),
    id.map(onTicket('Assignee', (one) => void one.details.delete('Assignee'))),
    id.map(
      onTicket('extra', (one) => {
        one.extra = 'Custom: changed';
      }),
    ),
    fc.tuple(number, titles).map(([at, text]) => ({
      target: `prose ${at}`,
      structural: false,
      apply: (one: Model) => {
        sprintIn(one, at).prose = text;
      },
    })),
    fc.tuple(number, fc.constantFrom('Alpha', 'Beta')).map(([at, name]) => ({
      target: `name ${at}`,
      structural: false,
      apply: (one: Model) => {
        sprintIn(one, at).name = name;
      },
    })),
    fc.tuple(id, number, fc.nat(5)).map(([at, to, place]) => ({
      target: `${at} place`,
      structural: true,
      apply: (one: Model) => move(one, at, to, place),
    })),
    fc.tuple(number, fc.integer({ min: 10, max: 60 }), fc.nat(5)).map(([to, n, place]) => ({
      target: `T9.1.${n} new`,
      structural: true,
      apply: (one: Model) =>
        void sprintIn(one, to).tickets.splice(place, 0, {
          id: `T9.1.${n}`,
          title: 'New',
          box: ' ',
          details: new Map([['Status', 'not_started']]),
          extra: '',
        }),
    })),
    fc.integer({ min: 1, max: 6 }).map((n) => ({
      target: `sprint ${n + 10}`,
      structural: true,
      apply: (one: Model) =>
        void one.sprints.push({
          number: n + 10,
          name: 'Later',
          prose: 'What comes later.',
          tickets: [{ id: `T${n + 10}.1.1`, title: 'Late', box: ' ', details: new Map(), extra: '' }],
        }),
    })),
  );
  return fc.uniqueArray(edits, { selector: (one) => one.target, maxLength: 14 });
}

function sprintIn(model: Model, number: number): ModelSprint {
  const found = model.sprints.find((one) => one.number === number);
  if (!found) throw new Error(`no sprint ${number}`);
  return found;
}

function move(model: Model, id: string, to: number, place: number): void {
  const from = model.sprints.find((one) => one.tickets.some((ticket) => ticket.id === id));
  const ticket = ticketIn(model, id);
  if (!from || !ticket) return;
  from.tickets.splice(from.tickets.indexOf(ticket), 1);
  sprintIn(model, to).tickets.splice(place, 0, ticket);
}
