import type { Firm } from '../domain/firm.ts';
import type { MetricValues } from '../domain/metric.ts';
import { sectionNames } from '../domain/roadmap.ts';
import type { Version } from '../domain/version.ts';
import { inline } from './inline.ts';
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

/** A firm's first roadmap: front matter with nine planned sections over the template's text. */
export function renderNewRoadmap(input: NewRoadmap): string {
  const { firm, targets } = input;
  const targetLines = Object.entries(targets).flatMap(([name, value]) =>
    value === null ? [] : [`      ${name}: ${value}`],
  );
  const front = [
    '---',
    '# yaml-language-server: $schema=../../../schemas/roadmap.schema.json',
    'schema: scend/roadmap@1',
    `id: ${input.id}`,
    `firm: ${renderScalar(firm.slug)}`,
    `version: ${input.version}`,
    'status: draft',
    `generated_at: ${input.today}`,
    'metadata:',
    '  top_pain_points: []',
    '  primary_goals: []',
    '  systems_recommended: []',
    '  roi_projection:',
    ...(targetLines.length > 0 ? ['    targets:', ...targetLines] : ['    targets: {}']),
    'sections:',
    ...sectionNames
      .slice(0, 9)
      .map((name, index) => `  - { section_number: ${index + 1}, section_name: ${name}, status: planned }`),
    '---',
  ];
  const values: Record<string, string> = {
    firm_name: inline(firm.name),
    industry: inline(firm.industry.replaceAll('_', ' ')),
    team_size: firm.teamSize === null ? 'unknown' : String(firm.teamSize),
    date: input.today,
    currency: input.currency,
  };
  const body = input.template.replace(/\{\{([a-z_]+)\}\}/g, (whole, key: string) => values[key] ?? whole);
  return `${front.join('\n')}\n${body.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n')}`;
}
