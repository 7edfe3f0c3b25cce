import { type Forecast, levelNames, type PackForecast } from '../domain/forecast.ts';
import { formatNumber } from '../domain/number.ts';
import { type History, minHistory } from '../domain/throughput.ts';

/** `2026-04-01`, or that it is later than a forecast looks. */
export function forecastDate(date: string | null): string {
  return date ?? 'over 5 years';
}

/** The three dates of a forecast, the likeliest first. */
export function forecastDates(forecast: Forecast): string {
  return levelNames.map((one) => forecastDate(forecast[one])).join(' / ');
}

const count = (number: number, word: string) => `${formatNumber(number)} ${word}${number === 1 ? '' : 's'}`;

/** `60 days with 45 tickets done (2026-01-19 to 2026-03-19)`. */
export function historyText({ days, completions, from, to }: History): string {
  return `${count(days, 'day')} with ${count(completions, 'ticket')} done (${from} to ${to})`;
}

/** `39 tickets are left, 1 of them blocked`. */
export function leftText(remaining: number, blocked: number): string {
  const left = `${count(remaining, 'ticket')} ${remaining === 1 ? 'is' : 'are'} left`;
  if (blocked === 0) return left;
  return `${left}, ${remaining === 1 ? 'and it is' : `${formatNumber(blocked)} of them`} blocked`;
}

/**
 * A caution where more is left than the history saw done: what a forecast does not know of its own history
 * then weighs as much as the luck of the days, and its later dates hold less often than they say.
 */
export function cautionText({ pack, history }: Extract<PackForecast, { enough: true }>): string | null {
  if (pack.remaining <= history.completions) return null;
  return 'More is left than those days saw done, so the dates are less sure than they look.';
}

/** What a forecast needs, and what there is. */
export function lackingText({ days, completions }: Extract<PackForecast, { enough: false }>): string {
  const needed = `a forecast needs at least ${minHistory.days} days with at least ${count(minHistory.completions, 'ticket')} done`;
  const noun =
    days === 0
      ? 'no full day of work yet'
      : `so far ${count(days, 'day')} with ${count(completions, 'ticket')} done`;
  return `not enough history: ${needed}; ${noun}`;
}

/** Section 5, below the sprints: what the forecast means and what it rests on. */
export function forecastNote(forecast: PackForecast, today: string): string {
  if (!forecast.enough) {
    if (forecast.remaining === 0) return 'Forecast: nothing is left to do.';
    return `Forecast of ${today}: ${lackingText(forecast)} (today is not counted).`;
  }
  const { pack, blocked, history } = forecast;
  const caution = cautionText(forecast);
  if (pack.remaining === 0) return 'Forecast: nothing is left to do.';
  return [
    `Forecast of ${today}, from ${historyText(history)}: by the three dates a sprint and all before it are done with a chance of 50, 85 and 95 %, if work goes on as on those days.`,
    `The whole pack (${leftText(pack.remaining, blocked)}): ${forecastDates(pack)}.`,
    ...(caution === null ? [] : [caution]),
  ].join(' ');
}
