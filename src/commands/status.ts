import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { forecastPack, type PackForecast } from '../domain/forecast.ts';
import { design } from '../domain/outcome.ts';
import type { TicketPack } from '../domain/pack.ts';
import { type Progress, rollUp } from '../domain/rollup.ts';
import { type SprintState, sprintStates } from '../domain/timeline.ts';
import { statusText } from '../formats/outcome-text.ts';
import { totalsFields } from '../formats/pack-render.ts';
import { forecastData, forecastPart } from '../report/forecast.ts';
import { cut, grid } from '../report/grid.ts';
import { plainText } from '../report/plain.ts';
import { openMemo } from '../store/cache/memo.ts';
import { systemNames } from '../store/library.ts';
import { loadOutcomes, loadPack, loadSnapshots } from '../store/load.ts';
import { findVersions } from '../store/load-roadmap.ts';
import { findUnfinished } from '../store/transaction/unfinished.ts';
import { chooseFirms, loadFirm, todayFor, type Workspace } from '../store/workspace.ts';
import { checkNewest } from './check-derived.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  firmOption,
  open,
  result,
  step,
  switchFlag,
  textFlag,
} from './context.ts';

export const command: CommandSpec = {
  options: [firmOption],
  examples: ['scend status', 'scend status --firm hayes_real_estate', 'scend status --json'],
  run,
};

interface FirmStatus {
  readonly firm: Firm;
  readonly version: string | null;
  readonly today: string;
  readonly pack: TicketPack | null;
  readonly sprints: readonly SprintState[];
  readonly forecast: PackForecast | null;
  readonly pending: number;
  readonly outcome: string | null;
}

/** What is shown of a firm, and the findings about it. */
interface Shown {
  readonly text: string | null;
  readonly data: object | null;
  readonly diagnostics: readonly Diagnostic[];
}

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const { slugs, diagnostics } = await chooseFirms(workspace, textFlag(context, 'firm'));
  const found: Diagnostic[] = [...diagnostics, ...(await findUnfinished(workspace))];
  const shape = switchFlag(context, 'json') ? 'data' : slugs.length === 1 ? 'full' : 'brief';
  // Only the full view of one firm shows the systems' names.
  const names = shape === 'full' ? await namesKept(workspace) : [];
  const memo = openMemo(workspace, `status-${shape}`, [JSON.stringify(names)]);
  const parts: string[] = [];
  const data: object[] = [];
  for (const [n, slug] of slugs.entries()) {
    await step(context, n, slugs.length);
    const shown = await memo.of(slug, (seen) => show(seen, slug, shape, new Map(names)));
    found.push(...shown.diagnostics);
    if (shown.text !== null) parts.push(shown.text);
    if (shown.data !== null) data.push(shown.data);
  }
  memo.save();
  if (slugs.length === 0) parts.push('No firms yet: "scend firm add <slug>".');
  return result({
    data: { firms: data },
    text: parts.join(slugs.length === 1 ? '\n\n' : '\n'),
    diagnostics: found,
  });
}

/** The library is long, and seldom changes. */
async function namesKept(workspace: Workspace): Promise<[id: string, name: string][]> {
  const memo = openMemo(workspace, 'systems');
  const names = await memo.of('', async (seen) => [...(await systemNames(seen))]);
  memo.save();
  return names;
}

async function show(
  workspace: Workspace,
  slug: string,
  shape: 'data' | 'full' | 'brief',
  names: ReadonlyMap<string, string>,
): Promise<Shown> {
  const { status, diagnostics: faults } = await load(workspace, slug);
  const diagnostics = faults.filter((one) => one.severity !== 'info');
  if (shape === 'data')
    return { text: null, data: status ? dataOf(status) : { firm: slug, readable: false }, diagnostics };
  if (!status) return { text: `${slug}: cannot be read, see the errors`, data: null, diagnostics };
  const text = shape === 'brief' ? brief(status) : full(status, names);
  return { text, data: null, diagnostics };
}

async function load(
  workspace: Workspace,
  slug: string,
): Promise<{ status: FirmStatus | null; diagnostics: Diagnostic[] }> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  if (!firm) return { status: null, diagnostics };
  const [loaded, versions, outcomes] = await Promise.all([
    loadPack(workspace, firm),
    findVersions(workspace, slug),
    loadOutcomes(workspace, slug),
  ]);
  const found = [...diagnostics, ...loaded.diagnostics, ...outcomes.diagnostics];
  if (loaded.exists && !loaded.pack) return { status: null, diagnostics: found };
  const today = todayFor(workspace, firm);
  const pack = loaded.pack?.settled.pack ?? null;
  const newest = outcomes.outcomes.at(-1)?.outcome ?? null;
  const { snapshots } = await loadSnapshots(workspace, firm);
  found.push(...(await checkNewest(workspace, firm, outcomes.outcomes.at(-1) ?? null, snapshots)));
  return {
    status: {
      firm,
      version: versions.current,
      today,
      pack,
      // A line a firm shows neither of the two.
      get sprints() {
        return pack ? sprintStates(pack, today) : [];
      },
      get forecast() {
        return pack && forecastPack(pack, today, workspace.settings.forecast.windowDays);
      },
      pending: loaded.pack?.settled.changes.length ?? 0,
      outcome: newest ? `${newest.targetLabel} of ${newest.targetDate}: ${statusText(newest)}` : null,
    },
    diagnostics: hasErrors(diagnostics) ? diagnostics : found,
  };
}

const percent = (pct: number | null) => (pct === null ? '–' : `${pct} %`);

function brief({ firm, version, pack, outcome }: FirmStatus): string {
  const progress = pack ? rollUp(pack.tickets).pack : null;
  const done = progress
    ? `${progress.done}/${progress.active} (${percent(progress.pct)})${progress.blocked > 0 ? `, ${progress.blocked} blocked` : ''}`
    : 'no ticket pack';
  return `${firm.slug}  ${version ?? 'no roadmap'}  ${done}${outcome ? `  ${outcome}` : ''}`;
}

function full(status: FirmStatus, names: ReadonlyMap<string, string>): string {
  const { firm, version, pack, outcome, pending, today, forecast } = status;
  const head = `${plainText(firm.name)} (${firm.slug}), roadmap ${version ?? 'none'}, ${today}`;
  if (!pack) return `${head}\n\nNo ticket pack yet: "scend pack create --firm ${firm.slug} --systems 1,2,3".`;
  const rollup = rollUp(pack.tickets);
  const lines = [
    head,
    '',
    `${bar(rollup.pack)}  ${rollup.pack.done} of ${rollup.pack.active} tickets done (${percent(rollup.pack.pct)})${counts(rollup.pack)}`,
    '',
    'Sprints',
    ...grid(
      status.sprints.map((one) => [
        `${one.number}`,
        nameCell(one.name ?? ''),
        bar(one.progress),
        share(one.progress),
        outlook(one),
      ]),
    ),
    ...unsprinted(rollup.sprints.get(null)),
    '',
    'Systems',
    ...grid(
      [...rollup.systems].map(([id, one]) => [
        id,
        nameCell(names.get(id) ?? ''),
        bar(one),
        share(one),
        one.status.replace('_', ' '),
      ]),
    ),
    '',
    'Assignees',
    ...grid(
      [...rollup.assignees].map(([name, one]) => [
        nameCell(name ?? '(nobody)'),
        bar(one),
        share(one),
        counts(one).replace(/^, /, ''),
      ]),
    ),
  ];
  if (forecast) lines.push('', 'Forecast', ...forecastPart(forecast, pack.sprints));
  const attention = pack.tickets.filter((one) => one.status === 'blocked');
  if (attention.length > 0) {
    lines.push(
      '',
      'Blocked',
      ...attention.map(
        (one) => `  ${one.ticketId}  ${plainText(one.title)}${one.notes ? `: ${plainText(one.notes)}` : ''}`,
      ),
    );
  }
  lines.push('', outcome ? `Newest outcome, ${outcome}; ${design}` : 'No outcome yet.');
  if (pending > 0)
    lines.push(
      `${pending} ${pending === 1 ? 'ticket is' : 'tickets are'} to be settled: "scend sync --firm ${firm.slug}".`,
    );
  return lines.join('\n');
}

function unsprinted(progress: Progress | undefined): string[] {
  return progress ? [`  in no sprint: ${share(progress)}`] : [];
}

/** A name as a cell; a longer one would break every row of its table. */
function nameCell(name: string): string {
  return cut(plainText(name), 34);
}

function bar(progress: Progress): string {
  const width = 16;
  const filled = progress.pct === null ? 0 : Math.floor((progress.pct * width) / 100);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

function share(progress: Progress): string {
  return `${progress.done}/${progress.active} ${percent(progress.pct)}`;
}

function counts(progress: Progress): string {
  const parts: [number, string][] = [
    [progress.inProgress, 'in progress'],
    [progress.blocked, 'blocked'],
    [progress.skipped, 'skipped'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `, ${count} ${word}`)
    .join('');
}

function outlook(one: SprintState): string {
  if (one.status === 'completed') return `delivered ${one.delivered ?? ''}`.trimEnd();
  if (!one.revisedEnd) return one.progress.active === 0 ? 'nothing to do' : 'not planned';
  return one.late
    ? `late: expected ${one.revisedEnd}, planned ${one.plannedEnd}`
    : `on plan, ${one.revisedEnd}`;
}

function dataOf({ firm, version, pack, sprints, forecast, pending, outcome }: FirmStatus): object {
  const rollup = pack ? rollUp(pack.tickets) : null;
  return {
    firm: firm.slug,
    name: firm.name,
    readable: true,
    roadmap_version: version,
    pack: rollup ? { status: rollup.pack.status, ...totalsFields(rollup.pack) } : null,
    sprints: sprints.map((one) => ({
      sprint: one.number,
      name: one.name,
      status: one.status,
      ...totalsFields(one.progress),
      planned_start: one.plannedStart,
      planned_end: one.plannedEnd,
      delivered: one.delivered,
      revised_end: one.revisedEnd,
      late: one.late,
    })),
    forecast: forecast ? forecastData(forecast) : null,
    systems: rollup
      ? [...rollup.systems].map(([system, one]) => ({ system, status: one.status, ...totalsFields(one) }))
      : [],
    assignees: rollup
      ? [...rollup.assignees].map(([assignee, one]) => ({ assignee, ...totalsFields(one) }))
      : [],
    blocked: pack?.tickets.filter((one) => one.status === 'blocked').map((one) => one.ticketId) ?? [],
    to_settle: pending,
    newest_outcome: outcome && `${outcome}; ${design}`,
  };
}
