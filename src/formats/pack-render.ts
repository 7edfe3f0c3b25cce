import type { IsoDate } from '../domain/date.ts';
import type { Rollup, Totals } from '../domain/rollup.ts';
import type { SprintPlan } from '../domain/sprint-fill.ts';
import type { Version } from '../domain/version.ts';
import { applyEdits, type TextEdit } from './edit.ts';
import { inline } from './inline.ts';
import type { PackFile } from './pack-file.ts';
import { lineEnding } from './source.ts';
import { renderScalar, setKey } from './yaml.ts';

export interface NewPack {
  readonly id: string;
  readonly firm: string;
  readonly firmName: string;
  readonly version: Version;
  readonly createdAt: IsoDate;
  readonly sprints: readonly SprintPlan[];
}

/** A new pack as Markdown: every ticket once, under its sprint, nothing started. */
export function renderPack(pack: NewPack): string {
  const sprints = pack.sprints.map(
    (one) =>
      `  - { number: ${one.number}, name: ${renderScalar(one.name)}, planned_start: ${one.plannedStart}, planned_end: ${one.plannedEnd} }`,
  );
  const front = [
    '---',
    '# yaml-language-server: $schema=../../schemas/ticket-pack.schema.json',
    'schema: scend/ticket-pack@1',
    `id: ${pack.id}`,
    `firm: ${renderScalar(pack.firm)}`,
    `version: ${pack.version}`,
    `created_at: ${pack.createdAt}`,
    ...(sprints.length > 0 ? ['sprints:', ...sprints] : ['sprints: []']),
    '---',
  ].join('\n');
  const intro = [
    `# ${inline(pack.firmName)} – Ticket Pack`,
    'Tick a box when a ticket is done, or set its Status; then run `scend refresh`. Assignee, Notes and other bullets are yours.',
  ];
  const body = pack.sprints.flatMap((one) => [
    `## Sprint ${one.number} — ${inline(one.name)}`,
    one.tickets.map(renderTicket).join('\n'),
  ]);
  return `${front}\n${[...intro, ...body].join('\n\n')}\n`;
}

function renderTicket(one: SprintPlan['tickets'][number]): string {
  const details = [
    '  - Status: not_started',
    ...(one.dependencies.length > 0 ? [`  - Depends on: ${one.dependencies.join(', ')}`] : []),
    // Never left out: a line that ticking does not change keeps two people's ticks apart where Git merges as text.
    one.estimatedHours === null ? '  - Estimate:' : `  - Estimate: ${one.estimatedHours}h`,
  ];
  return [`- [ ] ${one.ticketId} – ${inline(one.title)}`, ...details].join('\n');
}

/** Totals as file fields. */
export function totalsFields(totals: Totals & { readonly active: number; readonly pct: number | null }) {
  return {
    tickets: totals.tickets,
    done: totals.done,
    in_progress: totals.inProgress,
    blocked: totals.blocked,
    not_started: totals.notStarted,
    skipped: totals.skipped,
    active: totals.active,
    pct: totals.pct,
  };
}

/** The pack as exported with a roadmap version: its own text, with version, date and totals on top. Null where that cannot be edited. */
export function renderExport(
  pack: PackFile,
  text: string,
  version: Version,
  today: IsoDate,
  rollup: Rollup,
): string | null {
  const { yaml } = pack;
  const totals = Object.entries(totalsFields(rollup.pack)).map(([key, value]) => `${key}: ${value}`);
  const eol = lineEnding(pack.source);
  const edits: (TextEdit[] | null)[] = [setKey(yaml, [], 'version', version)];
  const old = new Set(Object.keys((yaml.value as object | null) ?? {}));
  const head = [
    `# Export of ticket-pack.md at ${version}. The living pack is ticket-pack.md; "scend sync --file" reads a ticked export back.`,
    ...(old.has('exported_at') ? [] : [`exported_at: ${today}`]),
    ...(old.has('totals') ? [] : [`totals: { ${totals.join(', ')} }`]),
  ];
  // The export lies one folder deeper, and the editor's schema line with it.
  const modeline = /\$schema=(?=\.\.\/\.\.\/schemas\/)/.exec(text.slice(yaml.start, yaml.end));
  if (modeline) {
    const at = yaml.start + modeline.index + modeline[0].length;
    edits.push([{ start: at, end: at, text: '../' }]);
  }
  edits.push([{ start: yaml.start, end: yaml.start, text: head.map((line) => line + eol).join('') }]);
  if (edits.includes(null)) return null;
  return applyEdits(
    text,
    edits.flatMap((one) => one ?? []),
  );
}
