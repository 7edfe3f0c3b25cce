import { type Forecast, levelNames, levels, type PackForecast } from '../domain/forecast.ts';
import { formatNumber } from '../domain/number.ts';
import type { Sprint } from '../domain/pack.ts';
import { cautionText, forecastDate, historyText, lackingText } from '../formats/forecast-text.ts';
import { cut, grid } from './grid.ts';
import { plainText } from './plain.ts';

type Names = readonly Pick<Sprint, 'number' | 'name'>[];

const lineWidth = 80;

/** The dates of a pack and its unfinished sprints with what they rest on, or what is lacking for them. */
export function forecastPart(forecast: PackForecast, sprints: Names): string[] {
  const remaining = forecast.enough ? forecast.pack.remaining : forecast.remaining;
  if (remaining === 0) return ['  nothing is left to do'];
  if (!forecast.enough) return wrap(lackingText(forecast), '  ');
  const caution = cautionText(forecast);
  const from = `From ${historyText(forecast.history)}.${caution === null ? '' : ` ${caution}`}`;
  return [...forecastTable(forecast, sprints), ...wrap(from, '  ')];
}

/** A row for each unfinished sprint and one for the pack, within 80 columns: names are cut before dates are. */
export function forecastTable(forecast: PackForecast & { enough: true }, sprints: Names): string[] {
  const names = new Map(sprints.map((one) => [one.number, one.name]));
  const rows = [
    ['', '', 'left', ...levelNames.map((one) => `${100 * levels[one]} %`)],
    ...forecast.sprints.map((one) =>
      row(`${one.number}`, plainText(names.get(one.number) ?? ''), one.forecast, one.blocked),
    ),
    row('', 'Whole pack', forecast.pack, forecast.blocked),
  ];
  const widest = (column: number) => Math.max(...rows.map((cells) => [...(cells[column] ?? '')].length));
  const others = [0, 2, 3, 4, 5].reduce((sum, column) => sum + widest(column) + 2, 2);
  const space = Math.max(10, lineWidth - others);
  return grid(rows.map(([number = '', name = '', ...rest]) => [number, cut(name, space), ...rest]));
}

function row(number: string, name: string, forecast: Forecast, blocked: number): string[] {
  const left = `${formatNumber(forecast.remaining)}${blocked > 0 ? ` (${formatNumber(blocked)} blocked)` : ''}`;
  return [number, name, left, ...levelNames.map((one) => forecastDate(forecast[one]))];
}

/** Words in lines of at most 80 columns. */
export function wrap(text: string, indent = ''): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= lineWidth)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}

const datesData = ({ remaining, p50, p85, p95 }: Forecast) => ({ remaining, p50, p85, p95 });

/** A pack's forecast for `--json`; a date of null is later than a forecast looks. */
export function forecastData(forecast: PackForecast): object {
  if (!forecast.enough) return { ...forecast };
  const { enough, pack, blocked, sprints, history } = forecast;
  return {
    enough,
    history,
    pack: { ...datesData(pack), blocked },
    sprints: sprints.map((one) => ({ sprint: one.number, ...datesData(one.forecast), blocked: one.blocked })),
  };
}
