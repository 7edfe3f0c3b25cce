import { hasErrors } from '../domain/diagnostic.ts';
import type { Recommendation } from '../domain/roadmap.ts';
import { type Read, readKind } from './schema.ts';
import { diagnoseAt, type Source } from './source.ts';
import { offsetAt, parseYaml } from './yaml.ts';
import { stringify } from './yaml-parser.ts';

interface WrittenRecommendations {
  readonly firm: string;
  readonly recommendations: readonly {
    readonly system_id: string;
    readonly ticket_ids?: readonly string[] | null;
    readonly implementation_phase: Recommendation['phase'];
    readonly sprint_number?: number | null;
  }[];
}

/** Reads `recommendations.yaml`. */
export function parseRecommendations(source: Source, slug: string): Read<readonly Recommendation[]> {
  const yaml = parseYaml(source);
  const { value, diagnostics } = readKind<WrittenRecommendations>(yaml, 'recommendations', {
    defaults: () => ({ firm: slug }),
  });
  const all = [...yaml.diagnostics, ...diagnostics];
  if (!value) return { value: null, yaml, diagnostics: all };
  if (value.firm !== slug) {
    all.push(
      diagnoseAt(
        source,
        'reference/mismatch',
        offsetAt(yaml, ['firm']),
        `"${value.firm}" stands in the folder of ${slug}`,
      ),
    );
  }
  const recommendations = value.recommendations.map((one) => ({
    systemId: one.system_id,
    ticketIds: one.ticket_ids ?? [],
    phase: one.implementation_phase,
    sprintNumber: one.sprint_number ?? null,
  }));
  return { value: hasErrors(all) ? null : recommendations, yaml, diagnostics: all };
}

/** New recommendations as a YAML file. */
export function renderRecommendations(recommendations: readonly Recommendation[], firm: string): string {
  const data = {
    schema: 'scend/recommendations@1',
    firm,
    recommendations: recommendations.map((one) => ({
      system_id: one.systemId,
      ...(one.ticketIds.length > 0 ? { ticket_ids: one.ticketIds } : {}),
      implementation_phase: one.phase,
    })),
  };
  return `# yaml-language-server: $schema=../../schemas/recommendations.schema.json\n${stringify(data, { lineWidth: 0 })}`;
}
