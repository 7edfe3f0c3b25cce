import { type Backtest, backtest } from '../domain/backtest.ts';
import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import { ScendError } from '../domain/error.ts';
import { exitCodeOf } from '../domain/exit-code.ts';
import { forecastPack, type PackForecast } from '../domain/forecast.ts';
import type { TicketPack } from '../domain/pack.ts';
import { cautionText, historyText, lackingText, leftText } from '../formats/forecast-text.ts';
import { backtestData, backtestPart } from '../report/backtest.ts';
import { forecastData, forecastTable, wrap } from '../report/forecast.ts';
import { plainText } from '../report/plain.ts';
import { loadPack } from '../store/load.ts';
import { findUnfinished } from '../store/transaction/unfinished.ts';
import { chooseFirms, loadFirm, todayFor, type Workspace } from '../store/workspace.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  firmOption,
  open,
  result,
  switchFlag,
  textFlag,
} from './context.ts';

export const command: CommandSpec = {
  options: [
    firmOption,
    { name: 'backtest', about: "replay the firm's past: how often would the dates have held?" },
  ],
  examples: ['scend forecast', 'scend forecast --firm hayes_real_estate --backtest', 'scend forecast --json'],
  run,
};

/** What is to be said of one firm. */
interface Told {
  readonly text: readonly string[];
  readonly data: object;
  readonly diagnostics: readonly Diagnostic[];
  /** It holds dates, which are to be explained. */
  readonly dated: boolean;
  readonly error: ScendError | null;
}

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const { slugs, diagnostics } = await chooseFirms(workspace, textFlag(context, 'firm'));
  const found: Diagnostic[] = [...diagnostics, ...(await findUnfinished(workspace))];
  const told: Told[] = [];
  for (const [n, slug] of slugs.entries()) {
    context.progress?.(n, slugs.length);
    told.push(await tell(workspace, slug, switchFlag(context, 'backtest')));
  }
  found.push(...told.flatMap((one) => one.diagnostics.filter(({ severity }) => severity !== 'info')));
  const parts = told.map((one) => one.text.join('\n'));
  if (slugs.length === 0) parts.push('No firms yet: "scend firm add <slug>".');
  if (told.some((one) => one.dated)) parts.push(wrap(explanation).join('\n'));
  const errors = told.flatMap((one) => (one.error ? [one.error] : []));
  const worst = Math.max(hasErrors(found) ? 1 : 0, ...errors.map(exitCodeOf));
  return result({
    data: {
      window_days: workspace.settings.forecast.windowDays,
      firms: told.map((one) => one.data),
    },
    text: parts.join('\n\n'),
    notes: errors.map((one) => `error: ${one.message} [${one.code}]\n  ${one.hint}`),
    diagnostics: found,
    exitCode: worst,
    error: errors[0] ?? null,
  });
}

const explanation =
  "A sprint's dates are for it and all sprints before it. By the 85 % date the work is done in 85 of 100 cases, if it goes on as on those days; tickets still to be added are not in it.";

async function tell(workspace: Workspace, slug: string, replay: boolean): Promise<Told> {
  try {
    return await tellFirm(workspace, slug, replay);
  } catch (error) {
    if (!(error instanceof ScendError)) throw error;
    return { ...unreadable(slug, []), error };
  }
}

function unreadable(slug: string, diagnostics: readonly Diagnostic[]): Told {
  const text = [`${slug}: cannot be read, see the errors`];
  return { text, data: { firm: slug, readable: false }, diagnostics, dated: false, error: null };
}

async function tellFirm(workspace: Workspace, slug: string, replay: boolean): Promise<Told> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  if (!firm) return unreadable(slug, diagnostics);
  const loaded = await loadPack(workspace, firm);
  const found = [...diagnostics, ...loaded.diagnostics];
  if (loaded.exists && !loaded.pack) return unreadable(slug, found);
  const today = todayFor(workspace, firm);
  const head = `${plainText(firm.name)} (${slug}), ${today}`;
  const base = { firm: slug, name: firm.name, readable: true, today };
  const rest = { diagnostics: found, error: null };
  if (!loaded.pack) {
    const text = [head, `No ticket pack yet: "scend pack create --firm ${slug} --systems 1,2,3".`];
    return { ...rest, text, data: { ...base, forecast: null }, dated: false };
  }
  const { pack } = loaded.pack.settled;
  const { windowDays } = workspace.settings.forecast;
  const forecast = forecastPack(pack, today, windowDays);
  const past = replay ? backtest(pack, today, windowDays) : null;
  return {
    ...rest,
    text: [head, ...textOf(forecast, pack), ...pastText(past)],
    data: {
      ...base,
      forecast: forecastData(forecast),
      ...(past && { backtest: backtestData(past) }),
    },
    dated: forecast.enough && forecast.pack.remaining > 0,
  };
}

function textOf(forecast: PackForecast, pack: TicketPack): string[] {
  const remaining = forecast.enough ? forecast.pack.remaining : forecast.remaining;
  if (remaining === 0) return ['Nothing is left to do.'];
  const left = leftText(remaining, forecast.blocked);
  if (!forecast.enough) return wrap(`${left}; ${lackingText(forecast)}.`);
  const head = wrap(`From ${historyText(forecast.history)}: ${left}.`);
  const caution = cautionText(forecast);
  const table = forecastTable(forecast, pack.sprints);
  return [...head, '', ...table, ...(caution === null ? [] : ['', ...wrap(caution)])];
}

function pastText(past: Backtest | null): string[] {
  return past ? ['', ...backtestPart(past)] : [];
}
