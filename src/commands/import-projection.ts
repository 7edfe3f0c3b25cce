import { didYouMean } from '../domain/closest.ts';
import type { RoiProjection } from '../domain/roadmap.ts';
import {
  type FigureField,
  type FoundFigure,
  figureFields,
  offeredFigures,
  withFigures,
} from '../formats/import-figures.ts';
import { projectionFields } from '../formats/projection-fields.ts';
import { type CommandContext, switchFlag, usage } from './context.ts';
import { firstLines, repeated } from './import-source.ts';

/** The projection with the figures that a person took, and lines that list all that were found. */
export async function takeFigures(
  context: CommandContext,
  found: readonly FoundFigure[],
  before: RoiProjection,
): Promise<{ readonly projection: RoiProjection; readonly lines: readonly string[]; readonly data: object }> {
  const { single, several } = offeredFigures(found);
  const taken = new Map<FigureField, number>();
  for (const [field, value] of single) {
    const answer = switchFlag(context, 'take-figures') || (await confirmed(context, found, field, value));
    if (answer) taken.set(field, value);
  }
  for (const [field, value] of saidFigures(context)) taken.set(field, value);
  const projection = withFigures(before, taken);
  const stated: Readonly<Record<string, unknown>> = projectionFields(projection);
  const left = [...single].filter(([field, value]) => stated[field] !== value).map(([field]) => field);
  return {
    projection,
    lines: [
      ...(found.length > 0 ? ['figures found:'] : []),
      ...firstLines(found.map((one) => `  ${one.file}:${one.line} ${one.written} → ${offerText(one)}`)),
      ...[...taken].map(([field, value]) => `taken as roi_projection.${field}: ${value}`),
      ...(left.length > 0
        ? [`not taken: ${left.join(', ')} (--take-figures takes them, --figure NAME=VALUE one of them)`]
        : []),
      ...several
        .filter((one) => !taken.has(one))
        .map(
          (one) =>
            `not taken: ${one} (several figures, or one that can be read in two ways; --figure ${one}=VALUE)`,
        ),
    ],
    data: {
      found: found.map((one) => ({ ...one })),
      taken: Object.fromEntries(taken),
    },
  };
}

function offerText(one: FoundFigure): string {
  if (one.field === null) return 'no figure of a projection';
  return one.value === null ? `${one.field}? It can be read in two ways` : `${one.field}: ${one.value}?`;
}

async function confirmed(
  context: CommandContext,
  found: readonly FoundFigure[],
  field: FigureField,
  value: number,
): Promise<boolean> {
  if (!context.prompter) return false;
  const places = found.filter((one) => one.field === field).map((one) => `${one.file}:${one.line}`);
  const answer = await context.prompter.select({
    message: `Take ${value} as roi_projection.${field} (${places.join(', ')})?`,
    options: [
      { value: 'no', label: 'no' },
      { value: 'yes', label: 'yes' },
    ],
  });
  return answer === 'yes';
}

function saidFigures(context: CommandContext): [FigureField, number][] {
  return repeated(context, 'figure').map((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const field = figureFields.find((one) => one === name.trim().replaceAll('-', '_'));
    if (!field) {
      const hint = didYouMean(name.trim(), figureFields) || `The figures are ${figureFields.join(', ')}.`;
      throw usage('bad-figure', `--figure "${pair}" names no figure`, hint);
    }
    if (!/^-?\d{1,15}(?:\.\d{1,6})?$/.test(value.trim()))
      throw usage(
        'bad-figure',
        `--figure "${pair}": "${value}" is no plain number`,
        `Write it ${field}=18200.`,
      );
    return [field, Number(value)];
  });
}
