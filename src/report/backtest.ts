import { type Backtest, type HeldTally, judge } from '../domain/backtest.ts';
import { levelNames, levels } from '../domain/forecast.ts';
import { formatNumber } from '../domain/number.ts';
import { minHistory } from '../domain/throughput.ts';
import { wrap } from './forecast.ts';
import { grid } from './grid.ts';

/** How often past forecasts held, in a table and in words; or why nothing can be said. */
export function backtestPart(backtest: Backtest): string[] {
  const { days, from, to, forecasts, undated } = backtest;
  const leftOut =
    undated === 0
      ? []
      : wrap(`Done tickets without a past date of completion are left out: ${formatNumber(undated)}.`);
  if (days === 0) {
    const needed = `at least ${minHistory.days} days of work with a ticket done`;
    return [...wrap(`Backtest: too little history. No past day with work left had ${needed}.`), ...leftOut];
  }
  const made = `Backtest: ${count(forecasts.length, 'forecast')} made again for ${count(days, 'past day')} (${from} to ${to}), each from what was done before its day`;
  if (levelNames.every((one) => backtest.held[one].decided === 0)) {
    const open = `${made}. None of their dates is decided yet: the work is not finished, and the dates are still to come.`;
    return [...wrap(open), ...leftOut];
  }
  const head = `${made}, and compared with what came of it. How often the dates held, of those decided:`;
  const rows = [
    ['', ...levelNames.map((one) => `${100 * levels[one]} %`)],
    ...backtest.scopes.map(({ sprint, held }) => [
      sprint === null ? 'Whole pack' : `Sprint ${sprint}`,
      ...levelNames.map((one) => cell(held[one])),
    ]),
    ['All', ...levelNames.map((one) => cell(backtest.held[one]))],
  ];
  return [
    ...wrap(head),
    '',
    ...grid(rows),
    '',
    ...wrap(verdict(backtest)),
    ...wrap(caution(backtest)),
    ...leftOut,
  ];
}

const count = (number: number, word: string) => `${formatNumber(number)} ${word}${number === 1 ? '' : 's'}`;

function cell({ decided, held, percent }: HeldTally): string {
  return percent === null
    ? '–'
    : `${formatNumber(held)} of ${formatNumber(decided)} (${formatNumber(percent, 1)} %)`;
}

/** Whether the 85 % dates kept what they promise, and what to make of it. */
function verdict({ held }: Backtest): string {
  const found = judge('p85', held.p85);
  if (found === null)
    return 'No 85 % date is decided yet: the work is not finished, and they are still to come.';
  const share = `The 85 % dates held in ${formatNumber(held.p85.percent ?? 0, 1)} % of the cases:`;
  if (found === 'as promised') return `${share} about what 85 % promises.`;
  return found === 'too early'
    ? `${share} less often than the 85 % they promise. They were too early, so allow for more time.`
    : `${share} more often than the 85 % they promise. They were on the safe side.`;
}

function caution({ scopes }: Backtest): string {
  const finishes = scopes.length === 1 ? 'one finish' : `at most ${formatNumber(scopes.length)} finishes`;
  return `Do not take the counts for as many trials: neighbouring days share nearly all of their data, and all these forecasts are about ${finishes}. Unfinished work whose date has passed counts as missed; with a date still to come it is not counted. Which tickets were added or skipped later is not known, so today's scope is used throughout.`;
}

/** All numbers of a backtest for `--json`. */
export function backtestData(backtest: Backtest): object {
  const { days, from, to, held, scopes, undated, forecasts } = backtest;
  return { days, from, to, held, verdict: judge('p85', held.p85), scopes, undated, forecasts };
}
