import type { Firm } from '../domain/firm.ts';
import type { GroupFigure } from '../domain/learning/aggregate.ts';
import { type Group, groupsOf, keyOf } from '../domain/learning/group.ts';
import { plural } from '../domain/number.ts';
import { amountOf, groupName, percentCell } from '../formats/figure-text.ts';
import { readJson } from '../formats/json-file.ts';
import { maxBytes, readSource } from '../store/files.ts';
import type { Workspace } from '../store/workspace.ts';

type Figure = Pick<GroupFigure, 'n' | 'median' | 'p25' | 'p75'>;

interface Written {
  readonly groups: readonly {
    readonly kind: Group['kind'];
    readonly industry: string | null;
    readonly size_band: string | null;
    readonly system: string | null;
    readonly milestones: Readonly<
      Record<string, { readonly metrics: Readonly<Record<string, WrittenMetric>> }>
    >;
  }[];
}

interface WrittenMetric {
  readonly improvement: Figure;
  readonly improvement_percent?: Figure;
}

/**
 * What firms like a new one had reached after 90 days, from the last "scend aggregate"; nothing where none was
 * made, or none is like it. Targets follow when its own baseline is known.
 */
export async function similarFirms(workspace: Workspace, firm: Firm): Promise<string[]> {
  const path = 'analytics/global_outcomes.json';
  const { source } = await readSource(workspace.root, path, maxBytes.json);
  const written = source ? readJson<Written>(source, 'global-outcomes').value : null;
  if (!written) return [];
  const { slug, industry, teamSize } = firm;
  const own = groupsOf(
    { slug, industry, teamSize, systems: [], milestones: [] },
    workspace.settings.sizeBands,
  );
  // The most specific group of which anything is told, in the order in which a projection looks.
  const kinds = ['industry_size_band', 'industry', 'size_band', 'all'] as const;
  for (const group of kinds.flatMap((kind) => own.filter((one) => one.kind === kind))) {
    const found = written.groups.find((one) => keyOf(groupIn(one)) === keyOf(group));
    const figures = figuresOf(workspace, found?.milestones['90d']?.metrics ?? {});
    if (figures.length === 0) continue;
    return [
      `similar firms after 90 days (${groupName(group, new Map()).toLowerCase()}): ${figures.join('; ')}`,
      `targets for this one follow from its baseline: "scend snapshot --firm ${slug} --label baseline", then "scend project --firm ${slug}"`,
    ];
  }
  return [];
}

function groupIn({ kind, industry, size_band: sizeBand, system }: Written['groups'][number]): Group {
  return { kind, industry, sizeBand, system };
}

function figuresOf({ settings }: Workspace, metrics: Readonly<Record<string, WrittenMetric>>): string[] {
  return settings.metrics.flatMap((metric) => {
    const one = metrics[metric.name];
    const figure = one?.improvement_percent ?? one?.improvement;
    if (!one || !figure || figure.median === null) return [];
    const whole: GroupFigure = { ...figure, interval: null, reasons: {} };
    const text = one.improvement_percent ? percentCell(whole) : amountOf(metric, whole);
    return [`${metric.label} ${text}, ${plural(figure.n, 'firm')}`];
  });
}
