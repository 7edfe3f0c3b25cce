import { type Picture, type SprintBar, sprintGantt, ticketsByStatus } from '../charts/index.ts';
import { baselineAtHand } from '../domain/baseline.ts';
import { formatChange, type Metric } from '../domain/metric.ts';
import { formatNumber } from '../domain/number.ts';
import { design, type Outcome } from '../domain/outcome.ts';
import type { RefreshPlan } from '../domain/refresh.ts';
import type { RoiProjection } from '../domain/roadmap.ts';
import type { TicketInstance } from '../domain/ticket.ts';
import type { SprintState } from '../domain/timeline.ts';
import { forecastDates, forecastNote } from './forecast-text.ts';
import { inline, item, sentence, table } from './inline.ts';
import { certaintyTable, gains } from './outcome-certainty.ts';
import {
  arithmeticTable,
  assumptionsTable,
  baselineNote,
  comparisonTable,
  money,
  roiTable,
  statusText,
} from './outcome-text.ts';
import { pictureLink } from './pictures.ts';

/** What the text of a new version needs beside the plan. */
export interface TextContext {
  readonly firm: string;
  readonly currency: string;
  readonly metrics: readonly Metric[];
  readonly projection: RoiProjection;
  readonly systemNames: ReadonlyMap<string, string>;
  /** The pictures that go with the version. */
  readonly pictures: readonly Picture[];
}

/** `System 1 — Inbound Capture`, or the id alone. */
export function systemTitle(id: string, names: ReadonlyMap<string, string>): string {
  const name = names.get(id);
  const title = /^\d+$/.test(id) ? `System ${id}` : inline(id);
  return name ? `${title} — ${inline(name)}` : title;
}

const percent = (pct: number | null) => (pct === null ? '—' : `${pct} %`);

/** Section 1: what has been delivered so far, and what came of it. */
export function deliveredToDate(plan: RefreshPlan, context: TextContext): string {
  const { pack } = plan.rollup;
  const lines = [
    `**Delivered to date** (${plan.today}): ${pack.done} of ${pack.active} tickets, ${percent(pack.pct)}.`,
    '',
  ];
  const systems = (ids: readonly string[]) =>
    ids.map((id) => systemTitle(id, context.systemNames)).join('; ');
  if (plan.systemsImplemented.length > 0) lines.push(`- In operation: ${systems(plan.systemsImplemented)}`);
  if (plan.systemsInProgress.length > 0) lines.push(`- In progress: ${systems(plan.systemsInProgress)}`);
  if (pack.blocked > 0) lines.push(`- Blocked: ${pack.blocked} ${pack.blocked === 1 ? 'ticket' : 'tickets'}`);
  const { outcome } = plan;
  if (outcome) {
    const { roi } = outcome;
    lines.push(`- Results on ${outcome.targetDate}: ${statusText(outcome)}; ${design}`);
    if (roi.benefitAnnual !== null) {
      const net = roi.netRoiPercent === null ? '' : `, net ROI ${formatNumber(roi.netRoiPercent)} %`;
      lines.push(
        `- Realised benefit, 12-month run rate: ${money(roi.benefitAnnual, context.currency)}${net}`,
      );
    }
    for (const line of topChanges(plan, context)) lines.push(`- ${item(line)}`);
  }
  if (lines.length === 2) lines.push('- Nothing has been started yet.');
  return lines.join('\n');
}

function topChanges(plan: RefreshPlan, { metrics }: TextContext): string[] {
  const { outcome } = plan;
  if (!outcome) return [];
  return gains(outcome, plan.snapshots, metrics)
    .filter(({ from, to }) => from !== to)
    .map(
      ({ metric, from, to, noise }) => `${inline(metric.label)}: ${formatChange(metric, from, to)}${noise}`,
    );
}

/** Section 3 and 5: one line that says that something is in operation, or no longer. */
export function deployedLine(completion: RefreshPlan['subsections'][number]['completion']): string {
  return completion.complete
    ? `**Deployed: ${completion.date ?? 'date unknown'}**`
    : `**Reopened:** ${completion.done} of ${completion.active} tickets done.`;
}

/** Section 5, under a sprint's own heading. */
export function sprintLine(sprint: SprintState): string {
  const { progress } = sprint;
  if (sprint.status === 'completed') return `✅ Delivered ${sprint.delivered ?? ''}`.trimEnd();
  const revised = sprint.revisedEnd
    ? ` Planned end ${sprint.plannedEnd}, now expected ${sprint.revisedEnd}.`
    : '';
  return `${progress.done} of ${progress.active} tickets done (${percent(progress.pct)}).${revised}`;
}

/** Section 5: every sprint's plan beside its progress, as table and diagrams, and what was put off. */
export function sprintTable(plan: RefreshPlan, context: TextContext): string {
  const rows = plan.sprints.map((one) => [
    `${one.number}${one.name ? ` — ${inline(one.name)}` : ''}`,
    one.plannedStart && one.plannedEnd ? `${one.plannedStart} to ${one.plannedEnd}` : '—',
    `${one.progress.done}/${one.progress.active} (${percent(one.progress.pct)})`,
    sprintOutlook(one),
    sprintForecast(plan, one),
  ]);
  const body = table(['Sprint', 'Planned', 'Done', 'Timeline', 'Forecast (50 / 85 / 95 %)'], rows);
  const expected = plan.sprints.some((one) => one.revisedEnd)
    ? '\n\nExpected dates assume that what is left of a sprint takes its share of the planned days, one sprint after the other.'
    : '';
  const note = `${expected}\n\n${forecastNote(plan.forecast, plan.today)}`;
  const parts = [
    body + note,
    sprintGantt(plan.sprints.map(sprintBar)),
    ticketsByStatus(plan.rollup.pack),
    ...linksTo(['burn_up'], plan, context),
  ].filter((one) => one !== null);
  if (plan.backlog.length > 0) {
    const backlog = plan.backlog.map((one) => `- ${ticketTitle(one)}`).join('\n');
    parts.push(`**Phase 2 Backlog**\n\n${backlog}`);
  }
  return parts.join('\n\n');
}

function sprintBar(sprint: SprintState): SprintBar {
  const { done, active } = sprint.progress;
  return { ...sprint, done, active, expectedEnd: sprint.revisedEnd };
}

/** The pictures of these names that the version has, as Markdown. */
function linksTo(names: readonly Picture['name'][], plan: RefreshPlan, context: TextContext): string[] {
  return context.pictures
    .filter((one) => names.includes(one.name))
    .map((one) => pictureLink(one, context.firm, plan.to));
}

function sprintForecast({ forecast }: RefreshPlan, { number, progress }: SprintState): string {
  if (progress.done === progress.active) return '—';
  if (!forecast.enough) return forecast.reason;
  const found = forecast.sprints.find((one) => one.number === number);
  return found ? forecastDates(found.forecast) : '—';
}

function sprintOutlook(sprint: SprintState): string {
  if (sprint.status === 'completed') return `✅ Delivered ${sprint.delivered ?? ''}`.trimEnd();
  if (!sprint.revisedEnd) return sprint.progress.active === 0 ? 'nothing to do' : 'not planned';
  return sprint.late
    ? `expected ${sprint.revisedEnd} (planned ${sprint.plannedEnd})`
    : `on plan, ${sprint.revisedEnd}`;
}

/** A ticket's id and title, safe inside Markdown. */
export function ticketTitle(one: Pick<TicketInstance, 'ticketId' | 'title'>): string {
  return one.title ? `${one.ticketId} – ${inline(one.title)}` : one.ticketId;
}

/** Section 4, under "Delivered": when each workflow was complete. */
export function deliveredWorkflows(plan: RefreshPlan): string {
  const rows = plan.workflows
    .filter((one) => (one.delivered || one.moves) && one.named.tickets.length + one.named.systems.length > 0)
    .map((one) => {
      const names = [...one.named.systems.map((id) => `System ${id}`), ...one.named.tickets].join(', ');
      const { complete, date, done, active } = one.completion;
      return [inline(one.name), names, complete ? (date ?? '—') : `reopened: ${done} of ${active} done`];
    });
  return rows.length === 0 ? 'Nothing delivered yet.' : table(['Workflow', 'Made of', 'Delivered'], rows);
}

/** Section 8: projection beside measurement, with pictures. */
export function actualsBlock(plan: RefreshPlan, context: TextContext): string {
  const baseline = baselineAtHand(plan.snapshots, context.metrics);
  if (plan.snapshots.length === 0 || !baseline) return baselinePending(context.firm);
  const parts = [
    '**Projected and measured**',
    comparisonTable(context.metrics, plan.snapshots, context.projection.targets),
  ];
  return [...parts, ...linksTo(['before_after', 'metrics_over_time'], plan, context)].join('\n\n');
}

function baselinePending(firm: string): string {
  return `**Baseline pending.** Capture it with \`scend snapshot --firm ${firm} --label baseline\`.`;
}

/** Section 10: what was measured, what it is worth, how it stands, and what the figures teach. */
export function outcomesBlock(plan: RefreshPlan, context: TextContext): string {
  const { outcome } = plan;
  const hasBaseline = plan.snapshots.some((one) => one.label === 'baseline');
  if (!hasBaseline) return baselinePending(context.firm);
  const comparison = comparisonTable(context.metrics, plan.snapshots, context.projection.targets);
  if (!outcome) {
    const next = `Take the next snapshot with \`scend snapshot --firm ${context.firm} --label 30d\`, then run \`scend outcomes --firm ${context.firm}\`.`;
    return `### Measured\n\n${comparison}\n\nNo outcome has been computed yet. ${next}`;
  }
  const parts = [
    `### Measured\n\n${comparison}\n\n${measuredNote(outcome)}`,
    ...certaintyPart(outcome, context.metrics),
    `### Realised ROI\n\n${roiTable(outcome, context.currency)}\n\n${assumptionsTable(outcome)}`,
    `### Status: ${statusText(outcome)}`,
  ];
  if (outcome.classification.scores.length > 0) parts.push(arithmeticTable(outcome, context.metrics));
  const figures = whatTheFiguresSay(plan, context);
  if (figures.length > 0)
    parts.push(`### What the figures say\n\n${figures.map((one) => `- ${one}`).join('\n')}`);
  return parts.join('\n\n');
}

function measuredNote(outcome: Outcome): string {
  const note = baselineNote(outcome);
  return `${sentence(design)}.${note ? ` ${sentence(note)}.` : ''}`;
}

function certaintyPart(outcome: Outcome, metrics: readonly Metric[]): string[] {
  const made = certaintyTable(outcome, metrics);
  return made === null ? [] : [`### How sure this is\n\n${made}`];
}

function whatTheFiguresSay(plan: RefreshPlan, context: TextContext): string[] {
  const { outcome } = plan;
  if (!outcome) return [];
  const label = (name: string) => inline(context.metrics.find((one) => one.name === name)?.label ?? name);
  const { scores, worsened, unmeasured } = outcome.classification;
  const ahead = scores.filter((one) => one.r >= 1).map((one) => label(one.metric));
  const behind = scores.filter((one) => one.r >= 0 && one.r < 0.5).map((one) => label(one.metric));
  const lines: string[] = [];
  if (ahead.length > 0) lines.push(`Ahead of the projection: ${ahead.join(', ')}`);
  if (behind.length > 0) lines.push(`Less than half of what was expected by now: ${behind.join(', ')}`);
  if (worsened.length > 0) lines.push(`Got worse: ${worsened.map(label).join(', ')}`);
  if (unmeasured.length > 0)
    lines.push(`Projected and not yet measured: ${unmeasured.map(label).join(', ')}`);
  const { revenueFromAppointments: appointments, revenueFromCloses: closes } = outcome.roi;
  if (appointments !== null && closes !== null && appointments + closes > 0) {
    lines.push(
      `Of the revenue impact, ${money(appointments, context.currency)} come from more appointments and ${money(closes, context.currency)} from more closes`,
    );
  }
  return lines;
}
