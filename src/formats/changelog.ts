import type { Inferred } from '../domain/lifecycle.ts';
import { formatChange, formatValue } from '../domain/metric.ts';
import { formatNumber } from '../domain/number.ts';
import { design } from '../domain/outcome.ts';
import type { RefreshPlan } from '../domain/refresh.ts';
import { sectionTitles } from '../domain/roadmap.ts';
import type { TicketInstance } from '../domain/ticket.ts';
import { historyText } from './history-text.ts';
import { inline, item } from './inline.ts';
import { gains } from './outcome-certainty.ts';
import { baselineDates, money, statusText } from './outcome-text.ts';
import { systemTitle, type TextContext, ticketTitle } from './roadmap-blocks.ts';

/** The changelog of one refresh, for the reviewer of a pull request and for the client. */
export function renderChangelog(
  plan: RefreshPlan,
  context: TextContext & {
    readonly firmName: string;
    readonly previousPct: number | null;
    readonly changedSections: readonly number[];
    /** By ticket: what told the date of its completion, where this refresh read that from history. */
    readonly inferred: ReadonlyMap<string, Inferred>;
    /** What else a reader must know about how the version came about, as Markdown. */
    readonly remark: string | null;
  },
): string {
  const parts = [
    `# ${inline(context.firmName)} — Roadmap Changelog ${plan.from} → ${plan.to}`,
    `Date: ${plan.today}`,
    ...(context.remark === null ? [] : [context.remark]),
    '## Implementation progress',
    progress(plan, context),
    '## Realised outcomes',
    outcomes(plan, context),
    '## Updates to the roadmap',
    updates(plan, context),
    '## Scope changes',
    scope(plan, context),
    '## Edits by people',
    edits(plan),
  ];
  return `${parts.join('\n\n')}\n`;
}

function list(lines: readonly string[], none: string): string {
  return lines.length === 0 ? none : lines.map((one) => `- ${item(one)}`).join('\n');
}

function progress(
  plan: RefreshPlan,
  context: TextContext & {
    readonly previousPct: number | null;
    readonly inferred: ReadonlyMap<string, Inferred>;
  },
): string {
  const { pack } = plan.rollup;
  const from = context.previousPct === null ? '' : `${context.previousPct} % → `;
  const parts = [`${pack.done} of ${pack.active} tickets done (${from}${pack.pct ?? 0} %).`];
  const bySystem = groupBy(plan.diff.done, (one) => one.systemId);
  if (bySystem.length === 0) parts.push('No ticket was newly done.');
  for (const [system, tickets] of bySystem) {
    const status = plan.rollup.systems.get(system);
    const done = status ? ` (${status.done}/${status.active})` : '';
    parts.push(
      `### ${systemTitle(system, context.systemNames)}${done}`,
      list(
        tickets.map((one) => doneLine(one, context.inferred.get(one.ticketId))),
        '',
      ),
    );
  }
  const sprints = plan.sprints.filter((one) => plan.diff.done.some((ticket) => ticket.sprint === one.number));
  if (sprints.length > 0) {
    const lines = sprints.map((one) => {
      const name = one.name ? ` — ${inline(one.name)}` : '';
      const newly = plan.diff.done.filter((ticket) => ticket.sprint === one.number).length;
      const state =
        one.status === 'completed'
          ? `✅ delivered ${one.delivered ?? ''}`
          : `${one.progress.done} of ${one.progress.active} done`;
      return `Sprint ${one.number}${name}: ${newly} newly done, ${state}`;
    });
    parts.push('### By sprint', list(lines, ''));
  }
  const others: [string, readonly TicketInstance[]][] = [
    ['Started', plan.diff.started],
    ['Blocked', plan.diff.blocked],
    ['Reopened', plan.diff.reopened],
  ];
  for (const [word, tickets] of others) {
    if (tickets.length > 0) parts.push(`### ${word}`, list(tickets.map(noted), ''));
  }
  return parts.join('\n\n');
}

function doneLine(one: TicketInstance, told: Inferred | undefined): string {
  const sprint = one.sprint === null ? '' : `, sprint ${one.sprint}`;
  const source = told ? `, ${historyText(told)}` : '';
  return `${ticketTitle(one)} (${one.completedAt ?? 'date unknown'}${source}${sprint})`;
}

function noted(one: TicketInstance): string {
  return one.notes ? `${ticketTitle(one)}: ${inline(one.notes)}` : ticketTitle(one);
}

function groupBy(
  tickets: readonly TicketInstance[],
  key: (one: TicketInstance) => string,
): [string, TicketInstance[]][] {
  const groups = new Map<string, TicketInstance[]>();
  for (const one of tickets) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return [...groups];
}

function outcomes(plan: RefreshPlan, context: TextContext): string {
  const { outcome } = plan;
  if (!outcome) return 'No outcome has been measured yet.';
  if (!plan.outcomeChanged) return `Unchanged since ${plan.from}: ${statusText(outcome)}; ${design}.`;
  const lines = gains(outcome, plan.snapshots, context.metrics).map(({ metric, from, to, noise }) => {
    const values = `${formatValue(metric, from)} → ${formatValue(metric, to)}`;
    return `${inline(metric.label)}: ${values} (${formatChange(metric, from, to)})${noise}`;
  });
  const { roi } = outcome;
  if (roi.benefitAnnual !== null)
    lines.push(`Benefit, 12-month run rate: ${money(roi.benefitAnnual, context.currency)}`);
  lines.push(
    roi.netRoiPercent === null
      ? `Net ROI: unknown (${inline(roi.reasons.net_roi_percent ?? '')})`
      : `Net ROI: ${formatNumber(roi.netRoiPercent)} %`,
  );
  const head = `${baselineDates(outcome)} to ${outcome.targetDate} (${outcome.targetLabel}): **${statusText(outcome)}**. Before/after, no control group.`;
  return `${head}\n\n${list(lines, '')}`;
}

function updates(
  plan: RefreshPlan,
  context: TextContext & { readonly changedSections: readonly number[] },
): string {
  const lines = plan.sections.flatMap((one) => {
    const title = `Section ${one.sectionNumber} (${sectionTitles[one.sectionNumber - 1]})`;
    const changes: string[] = [];
    if (one.before === null) changes.push('added');
    else if (one.before !== one.after) changes.push(`${one.before} → ${one.after}`);
    else if (context.changedSections.includes(one.sectionNumber)) changes.push('figures updated');
    return changes.length > 0 ? [`${title}: ${changes.join(', ')}`] : [];
  });
  for (const one of plan.workflows.filter((workflow) => workflow.moves)) {
    lines.push(`Workflow delivered: ${inline(one.name)} (${one.completion.date ?? 'date unknown'})`);
  }
  for (const one of plan.workflows.filter(
    (workflow) => workflow.delivered && !workflow.completion.complete,
  )) {
    if (one.named.tickets.length + one.named.systems.length > 0) {
      lines.push(
        `Workflow reopened: ${inline(one.name)} (${one.completion.done} of ${one.completion.active} done)`,
      );
    }
  }
  return list(lines, 'None.');
}

function scope(plan: RefreshPlan, context: TextContext): string {
  const { diff } = plan;
  return list(
    [
      ...plan.systemsAdded.map((id) => `System added: ${systemTitle(id, context.systemNames)}`),
      ...diff.added.map((one) => `Added: ${ticketTitle(one)}`),
      ...diff.removed.map((one) => `Removed: ${ticketTitle(one)}`),
      ...diff.skipped.map((one) => `Put off to phase 2: ${noted(one)}`),
      ...diff.moved.map(
        ({ ticket, from }) =>
          `Moved: ${ticketTitle(ticket)} (${sprintWord(from)} → ${sprintWord(ticket.sprint)})`,
      ),
    ],
    'None.',
  );
}

function sprintWord(sprint: number | null): string {
  return sprint === null ? 'no sprint' : `sprint ${sprint}`;
}

function edits(plan: RefreshPlan): string {
  if (plan.editedParts === null) return `Not known: ${plan.from} has no record of how it was written.`;
  const line = (part: string): string => {
    if (part.startsWith('block:')) {
      return `The engine-owned block "${inline(part.slice(6))}" was edited; its content was made anew`;
    }
    const name = part === 'opening' ? 'Opening' : `Section ${part} (${sectionTitles[Number(part) - 1]})`;
    return `${name} was edited since ${plan.from} was written; the edit is kept`;
  };
  return list(plan.editedParts.map(line), 'None.');
}
