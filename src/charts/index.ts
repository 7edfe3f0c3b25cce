import { type BeforeAfterInput, beforeAfterChart, describeBeforeAfter } from './before-after.ts';
import { type BurnUpInput, burnUp, describeBurnUp } from './burn-up.ts';
import { describeOverTime, metricsOverTime, type OverTimeInput } from './over-time.ts';
import { shorten } from './text.ts';

export {
  type BeforeAfterInput,
  type BeforeAfterRow,
  beforeAfterChart,
  describeBeforeAfter,
} from './before-after.ts';
export { type BurnUpForecast, type BurnUpInput, burnUp, describeBurnUp } from './burn-up.ts';
export { mermaidText, type SprintBar, sprintGantt, ticketsByStatus } from './mermaid.ts';
export { describeOverTime, type MetricSeries, metricsOverTime, type OverTimeInput } from './over-time.ts';
export {
  describeQuartiles,
  type HiddenGroup,
  type QuartileGroup,
  type QuartileInput,
  quartileChart,
} from './quartile.ts';
export type { Unit } from './ticks.ts';

/** A picture of a roadmap version, decided and not yet drawn. */
export type Picture =
  | { readonly name: 'before_after'; readonly input: BeforeAfterInput }
  | { readonly name: 'metrics_over_time'; readonly input: OverTimeInput }
  | { readonly name: 'burn_up'; readonly input: BurnUpInput };

/** Pictures drawn last, by what they show; a run that decides twice, or is tried again, draws once. */
const drawn = new Map<string, Promise<string>>();
const mostKept = 16;

/** Draws a picture as SVG text. */
export function drawPicture(picture: Picture): Promise<string> {
  const key = JSON.stringify(picture);
  const svg = drawn.get(key) ?? drawNew(picture);
  drawn.delete(key);
  drawn.set(key, svg);
  for (const oldest of drawn.keys()) if (drawn.size > mostKept) drawn.delete(oldest);
  return svg;
}

function drawNew(picture: Picture): Promise<string> {
  switch (picture.name) {
    case 'before_after':
      return beforeAfterChart(picture.input);
    case 'metrics_over_time':
      return metricsOverTime(picture.input);
    case 'burn_up':
      return burnUp(picture.input);
  }
}

/** What a picture shows, with its figures, as one plain sentence of at most 3,000 characters. */
export function describePicture(picture: Picture): string {
  // However it is escaped, it stays within the length of a line in Markdown.
  return shorten(describe(picture), 3000);
}

function describe(picture: Picture): string {
  switch (picture.name) {
    case 'before_after':
      return describeBeforeAfter(picture.input);
    case 'metrics_over_time':
      return describeOverTime(picture.input);
    case 'burn_up':
      return describeBurnUp(picture.input);
  }
}
