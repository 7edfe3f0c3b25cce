import type { RoiProjection } from '../domain/roadmap.ts';
import type { ImportFile } from './import-headings.ts';

/** Figures of a projection that prose may state. */
export const figureFields = [
  'time_savings_hours_annual',
  'time_savings_value_annual',
  'revenue_impact_annual',
  'cost_avoidance_annual',
  'net_roi_12_months',
] as const;
export type FigureField = (typeof figureFields)[number];

/** An amount, a percentage or hours found in a text; what it may mean is an offer, never taken by itself. */
export interface FoundFigure {
  readonly file: string;
  readonly line: number;
  /** As it is written. */
  readonly written: string;
  /** Null where the writing leaves room for doubt, such as `18.200 €`. */
  readonly value: number | null;
  readonly field: FigureField | null;
}

const figure =
  /(?<money>(?:US\$|[$€£])[ \t]?(?<amount>\d[\d.,]*)(?<scale>[ \t]?(?:k|m|thousand|million)\b)?|(?<amount2>\d[\d.,]*)[ \t]?(?:USD|EUR|GBP|CAD|AUD|dollars|€))|(?<percent>\d[\d.,]*)[ \t]?%|(?<hours>\d[\d.,]*)[ \t]?(?:hours|hrs|h)\b/gi;

/** Finds figures line by line, with the words around each that say what it is. */
export function findFigures(files: readonly ImportFile[]): FoundFigure[] {
  return files.flatMap(({ source, bodyStart }) => {
    const found: FoundFigure[] = [];
    for (const [index, start] of source.lineStarts.entries()) {
      if (start < bodyStart) continue;
      const text = source.text.slice(start, source.lineStarts[index + 1] ?? source.text.length);
      for (const match of text.slice(0, 2000).matchAll(figure)) {
        const { money, amount, amount2, scale, percent, hours } = match.groups ?? {};
        const kind = money !== undefined ? 'money' : percent !== undefined ? 'percent' : 'hours';
        const field = fieldOf(kind, around(text, match.index, match[0].length));
        if (kind !== 'money' && field === null) continue;
        const digits = (amount ?? amount2 ?? percent ?? hours ?? '').replace(/[.,]+$/, '');
        const value = readAmount(digits, scale?.trim().toLowerCase() ?? '');
        found.push({
          file: source.file,
          line: index + 1,
          written: match[0].trim().replace(/[.,]+$/, ''),
          value,
          field,
        });
      }
    }
    return found;
  });
}

/** The words that tell what a figure is: its clause, or the whole row of a table. */
function around(text: string, at: number, length: number): string {
  if (/^[ \t]*\|/.test(text)) return text.toLowerCase();
  const before =
    text
      .slice(0, at)
      .split(/[;.](?=\s)|,(?=\s)/)
      .at(-1) ?? '';
  const after = text.slice(at + length).split(/[;.,](?=\s)/)[0] ?? '';
  return (before + after).toLowerCase();
}

function fieldOf(kind: 'money' | 'percent' | 'hours', words: string): FigureField | null {
  const yearly = /\b(?:year|yearly|annual|annually|annum|12[ -]months?|twelve[ -]months?)\b/.test(words);
  if (kind === 'percent')
    return /\b(?:net roi|roi|return on investment)\b/.test(words) ? 'net_roi_12_months' : null;
  if (!yearly) return null;
  const saved = /\bsav(?:e|es|ed|ing|ings)\b/.test(words);
  if (kind === 'hours') return saved ? 'time_savings_hours_annual' : null;
  if (/\b(?:avoid|avoided|avoidance)\b/.test(words)) return 'cost_avoidance_annual';
  if (/\b(?:revenue|sales|commissions?|gci)\b/.test(words)) return 'revenue_impact_annual';
  return saved && /\b(?:time|labou?r|hours?|payroll|staff)\b/.test(words)
    ? 'time_savings_value_annual'
    : null;
}

/** `18,200`, `18200.50`, `1.2` million; null for what could be read in two ways (`18.200`). */
function readAmount(digits: string, scale: string): number | null {
  if (!/^(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$/.test(digits)) return null;
  const factor = /^(?:k|thousand)$/.test(scale) ? 1000 : scale === '' ? 1 : 1_000_000;
  if (factor === 1 && /^\d{1,3}\.\d{3}$/.test(digits)) return null;
  const value = Number(digits.replaceAll(',', '')) * factor;
  return Number.isFinite(value) ? Math.round(value * 1e6) / 1e6 : null;
}

/** The fields for which the text offers exactly one figure, and those for which it offers several. */
export function offeredFigures(found: readonly FoundFigure[]): {
  readonly single: ReadonlyMap<FigureField, number>;
  readonly several: readonly FigureField[];
} {
  const single = new Map<FigureField, number>();
  const several: FigureField[] = [];
  for (const field of figureFields) {
    const own = found.filter((one) => one.field === field);
    const values = new Set(own.map((one) => one.value));
    const [value] = values;
    if (values.size === 1 && value !== null && value !== undefined) single.set(field, value);
    else if (own.length > 0) several.push(field);
  }
  return { single, several };
}

/** Figures by their names in files as a projection; the rest stays as it was. */
export function withFigures(
  projection: RoiProjection,
  figures: ReadonlyMap<FigureField, number>,
): RoiProjection {
  const of = (field: FigureField, before: number | null) => figures.get(field) ?? before;
  return {
    timeSavingsHoursAnnual: of('time_savings_hours_annual', projection.timeSavingsHoursAnnual),
    timeSavingsValueAnnual: of('time_savings_value_annual', projection.timeSavingsValueAnnual),
    revenueImpactAnnual: of('revenue_impact_annual', projection.revenueImpactAnnual),
    costAvoidanceAnnual: of('cost_avoidance_annual', projection.costAvoidanceAnnual),
    netRoi12Months: of('net_roi_12_months', projection.netRoi12Months),
    targets: projection.targets,
  };
}
