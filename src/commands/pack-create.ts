import { isDate } from '../domain/date.ts';
import { hasErrors } from '../domain/diagnostic.ts';
import { derivedId } from '../domain/id.ts';
import { formatNumber, plural } from '../domain/number.ts';
import type { Recommendation } from '../domain/roadmap.ts';
import { selectTickets, topologicalOrder } from '../domain/selection.ts';
import { assumedHours, fillSprints, type SprintPlan } from '../domain/sprint-fill.ts';
import { compareIds, type Ticket } from '../domain/ticket.ts';
import { renderPack } from '../formats/pack-render.ts';
import { renderRecommendations } from '../formats/recommendations-file.ts';
import { libraryPath, loadLibrary, loadLibraryAt } from '../store/library.ts';
import { firmPaths, loadPack, loadRecommendations } from '../store/load.ts';
import { type FileChange, generated } from '../store/transaction/change.ts';
import { chooseFirms, loadFirm, todayFor, type Workspace } from '../store/workspace.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  firmOption,
  listFlag,
  open,
  textFlag,
  usage,
  writeOptions,
} from './context.ts';
import { carryOut, type Decision, eachFirm } from './write.ts';

export const command: CommandSpec = {
  options: [
    { ...firmOption, required: true },
    {
      name: 'systems',
      value: '<ids>',
      about: 'systems and subsystems, such as 1,2,3.1; recommendations.yaml when left out',
      many: true,
    },
    { name: 'tickets', value: '<ids>', about: 'single tickets besides, such as T4.1.1,T4.1.2', many: true },
    { name: 'exclude', value: '<ids>', about: 'systems, subsystems or tickets to leave out', many: true },
    { name: 'library', value: '<file>', about: 'another ticket library than templates/ticket-library.md' },
    { name: 'start', value: '<date>', about: 'first day of sprint 1; today when left out' },
    { name: 'sprint-days', value: '<n>', about: 'length of a sprint; 14 when left out' },
    { name: 'sprint-hours', value: '<n>', about: 'hours of work that fit a sprint' },
    {
      name: 'sprints',
      value: '<n>',
      about: 'how many sprints; as many as size and hours ask for when left out',
    },
    ...writeOptions,
  ],
  examples: [
    'scend pack create --firm acme_law --systems 1 --sprint-hours 40 --dry-run',
    'scend pack create --firm acme_law --systems 1,2,3.1 --exclude T1.2.4',
  ],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const named = textFlag(context, 'firm');
  if (named === null && workspace.currentFirm === null)
    throw usage('missing-option', '--firm is missing', 'Name the firm: --firm SLUG.');
  const { slugs, diagnostics } = await chooseFirms(workspace, named);
  const targets = eachFirm(slugs, (present, slug) => decide(context, present, slug));
  const [slug] = slugs;
  return carryOut(context, workspace, targets, {
    diagnostics,
    next: () => [`scend snapshot --firm ${slug} --label baseline`],
  });
}

async function decide(context: CommandContext, workspace: Workspace, slug: string): Promise<Decision> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  const found = [...diagnostics];
  const stop = (): Decision => ({ firm: slug, plan: null, diagnostics: found, lines: [], data: {} });
  if (!firm) return stop();
  const [pack, recommended] = await Promise.all([
    loadPack(workspace, firm),
    loadRecommendations(workspace, slug),
  ]);
  found.push(...recommended.diagnostics);
  const file = textFlag(context, 'library');
  const read =
    file === null ? await loadLibrary(workspace) : await loadLibraryAt(workspace, context.cwd, file);
  found.push(...read.diagnostics.filter((one) => one.rule !== 'library/cycle'));
  if (hasErrors(found)) return stop();
  if (!read.library)
    throw usage('no-library', `there is no ${libraryPath}`, 'Restore it, or name a library with --library.');
  const request = requestOf(context, recommended.recommendations);
  const selection = selectTickets(read.library.tickets, request);
  if (!selection.ok) {
    const messages = selection.problems.map((one) => one.message).join('; ');
    throw usage(
      selection.problems[0]?.kind ?? 'selection',
      messages,
      [...new Set(selection.problems.map((one) => one.hint))].join(' '),
    );
  }
  const ordered = topologicalOrder(selection.tickets, recommended.recommendations);
  const sprints = fillSprints(ordered, fillOptions(context, workspace, todayFor(workspace, firm), ordered));
  const text = renderPack({
    id: derivedId(firm.id, 'ticket-pack'),
    firm: slug,
    firmName: firm.name,
    version: 'v1.0',
    createdAt: todayFor(workspace, firm),
    sprints,
  });
  if (pack.exists && pack.pack?.file.source.text !== text) {
    throw usage(
      'pack-exists',
      `${slug} has a ticket pack already`,
      `Edit firms/${slug}/ticket-pack.md: tickets can be added under any sprint.`,
    );
  }
  const paths = firmPaths(slug);
  const encode = (content: string) => new TextEncoder().encode(content);
  const recommendations = recommended.exists
    ? null
    : renderRecommendations(recommendationsFrom(request, selection.tickets), slug);
  const changes = [
    await generated(workspace, paths.pack, encode(text), 'fresh'),
    recommendations === null
      ? null
      : await generated(workspace, paths.recommendations, encode(recommendations), 'fresh'),
  ].filter((one): one is FileChange => one !== null);
  const lines = [
    ...selection.prerequisites.map(
      (one) => `added ${one.ticket.ticketId} ${one.ticket.title}: needed by ${one.neededBy.join(', ')}`,
    ),
    ...summary(ordered, sprints),
  ];
  const message = `pack(${slug}): create with ${plural(ordered.length, 'ticket')} in ${plural(sprints.length, 'sprint')}\n\nScend-Firm: ${slug}\n`;
  return {
    firm: slug,
    plan: { firm: slug, changes, message },
    diagnostics: found,
    lines,
    data: {
      changed: changes.length > 0,
      tickets: ordered.length,
      prerequisites: selection.prerequisites.map((one) => ({
        ticket_id: one.ticket.ticketId,
        needed_by: one.neededBy,
      })),
      sprints: sprints.map((one) => ({
        sprint: one.number,
        name: one.name,
        planned_start: one.plannedStart,
        planned_end: one.plannedEnd,
        hours: one.hours,
        ticket_ids: one.tickets.map((ticket) => ticket.ticketId),
      })),
    },
  };
}

function requestOf(context: CommandContext, recommendations: readonly Recommendation[]) {
  const systems = listFlag(context, 'systems');
  const tickets = listFlag(context, 'tickets');
  const exclude = listFlag(context, 'exclude');
  if (systems.length + tickets.length > 0) return { systems, tickets, exclude };
  // A recommendation that names tickets means these, not the whole system.
  return {
    systems: recommendations.filter((one) => one.ticketIds.length === 0).map((one) => one.systemId),
    tickets: recommendations.flatMap((one) => one.ticketIds),
    exclude,
  };
}

function recommendationsFrom(
  request: ReturnType<typeof requestOf>,
  tickets: readonly Ticket[],
): Recommendation[] {
  const systems = new Set(tickets.map((one) => one.systemId));
  return [...systems].sort(compareIds).map((systemId) => {
    const whole = request.systems.includes(systemId);
    const members = tickets.filter((one) => one.systemId === systemId).map((one) => one.ticketId);
    return { systemId, ticketIds: whole ? [] : members, phase: 'mvp', sprintNumber: null };
  });
}

function fillOptions(
  context: CommandContext,
  workspace: Workspace,
  today: string,
  ordered: readonly Ticket[],
) {
  const start = textFlag(context, 'start') ?? today;
  if (!isDate(start)) throw usage('bad-date', `--start "${start}" is no date`, 'Write it like 2026-01-05.');
  const { sprints } = workspace.settings;
  const count = whole(context, 'sprints');
  const bounds =
    count === null
      ? {
          minTickets: sprints.minTickets,
          maxTickets: sprints.maxTickets,
          hours: whole(context, 'sprint-hours') ?? sprints.hours,
        }
      : {
          minTickets: Math.max(1, Math.floor(ordered.length / count)),
          maxTickets: Math.max(1, Math.ceil(ordered.length / count)),
          hours: null,
        };
  return { start, days: whole(context, 'sprint-days') ?? sprints.days, ...bounds };
}

function whole(context: CommandContext, flag: string): number | null {
  const text = textFlag(context, flag);
  if (text === null) return null;
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw usage('bad-number', `--${flag} "${text}" is no whole number above zero`, 'Write it like 14.');
  return Number(text);
}

function summary(ordered: readonly Ticket[], sprints: readonly SprintPlan[]): string[] {
  const assumed = ordered.filter((one) => one.estimatedHours === null).length;
  const hours = sprints.reduce((sum, one) => sum + one.hours, 0);
  return [
    `${plural(ordered.length, 'ticket')}, ${formatNumber(hours)} h, ${plural(sprints.length, 'sprint')}`,
    ...sprints.map(
      (one) =>
        `  sprint ${one.number} ${one.name}: ${plural(one.tickets.length, 'ticket')}, ${formatNumber(one.hours)} h, ${one.plannedStart} to ${one.plannedEnd}`,
    ),
    ...(assumed > 0 ? [`${assumed} tickets state no estimate; ${assumedHours} h were taken for each`] : []),
  ];
}
