import type { Firm } from '../domain/firm.ts';
import type { MetricValues } from '../domain/metric.ts';
import { type RoiProjection, sectionNames } from '../domain/roadmap.ts';
import type { Version } from '../domain/version.ts';
import { inline } from './inline.ts';
import { projectionFields } from './projection-fields.ts';
import { renderScalar } from './yaml.ts';

export interface NewRoadmap {
  readonly id: string;
  readonly firm: Firm;
  readonly version: Version;
  readonly today: string;
  readonly currency: string;
  readonly targets: MetricValues;
  /** The template's text, with `{{firm_name}}` and the like. */
  readonly template: string;
}

/** A projection that promises nothing yet. */
export const noProjection: RoiProjection = {
  timeSavingsHoursAnnual: null,
  timeSavingsValueAnnual: null,
  revenueImpactAnnual: null,
  costAvoidanceAnnual: null,
  netRoi12Months: null,
  targets: {},
};

/** Front matter of a firm's first roadmap, ending behind its closing dashes. */
export function roadmapFront(input: {
  readonly id: string;
  readonly firm: Pick<Firm, 'slug'>;
  readonly version: Version;
  readonly today: string;
  readonly projection: RoiProjection;
  /** How many of the ten sections it has: nine, or ten where the last one is written already. */
  readonly sections: number;
}): string {
  const { targets, ...figures } = projectionFields(input.projection);
  const lines = (values: object, indent: string) =>
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [`${indent}${name}: ${value}`]));
  const targetLines = lines(targets, '      ');
  return [
    '---',
    '# yaml-language-server: $schema=../../../schemas/roadmap.schema.json',
    'schema: scend/roadmap@1',
    `id: ${input.id}`,
    `firm: ${renderScalar(input.firm.slug)}`,
    `version: ${input.version}`,
    'status: draft',
    `generated_at: ${input.today}`,
    'metadata:',
    '  top_pain_points: []',
    '  primary_goals: []',
    '  systems_recommended: []',
    '  roi_projection:',
    ...lines(figures, '    '),
    ...(targetLines.length > 0 ? ['    targets:', ...targetLines] : ['    targets: {}']),
    'sections:',
    ...sectionNames
      .slice(0, input.sections)
      .map((name, index) => `  - { section_number: ${index + 1}, section_name: ${name}, status: planned }`),
    '---',
  ].join('\n');
}

/** A firm's first roadmap: front matter with nine planned sections over the template's text. */
export function renderNewRoadmap(input: NewRoadmap): string {
  const { firm, targets } = input;
  const front = roadmapFront({ ...input, projection: { ...noProjection, targets }, sections: 9 });
  const values: Record<string, string> = {
    firm_name: inline(firm.name),
    industry: inline(firm.industry.replaceAll('_', ' ')),
    team_size: firm.teamSize === null ? 'unknown' : String(firm.teamSize),
    date: input.today,
    currency: input.currency,
  };
  const body = input.template.replace(/\{\{([a-z_]+)\}\}/g, (whole, key: string) => values[key] ?? whole);
  return `${front}\n${body.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n')}`;
}
