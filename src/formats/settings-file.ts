import { didYouMean } from '../domain/closest.ts';
import { isTimeZone } from '../domain/date.ts';
import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import { builtInMetrics, type Metric, type MetricValues } from '../domain/metric.ts';
import { noRoiSettings, type RoiSettings } from '../domain/roi-adjusted.ts';
import { defaultSettings, type Settings } from '../domain/settings.ts';
import { type Read, readKind } from './schema.ts';
import { diagnoseAt, type Source } from './source.ts';
import { keyOffsetAt, offsetAt, parseYaml, type YamlText } from './yaml.ts';

interface WrittenSettings {
  readonly id?: string;
  readonly name?: string | null;
  readonly timezone?: string;
  readonly currency?: string;
  readonly main_branch?: string | null;
  readonly size_bands?: readonly number[];
  readonly ramp?: Partial<Settings['ramp']>;
  readonly weights?: Readonly<Record<string, number>>;
  readonly metrics?: readonly (Omit<Metric, 'min' | 'max' | 'about'> & {
    readonly min?: number | null;
    readonly max?: number | null;
    readonly about?: string;
  })[];
  readonly commit?: { readonly auto?: boolean };
  readonly sprints?: {
    readonly days?: number;
    readonly min_tickets?: number;
    readonly max_tickets?: number;
    readonly hours?: number | null;
  };
  readonly learning?: {
    readonly min_group_size?: number;
    readonly shareable_group_size?: number;
    readonly shrinkage?: number;
  };
  readonly forecast?: { readonly window_days?: number };
  readonly economics?: Readonly<Record<string, number | null>>;
  readonly roi?: {
    readonly discount_rate?: number | null;
    readonly risk?: Readonly<Partial<Record<RiskName, number>>> | null;
  } | null;
}

type RiskName = 'time_savings' | 'revenue' | 'cost_avoidance' | 'implementation_cost';

/** Reads `scend.yaml` over the defaults. */
export function parseSettings(source: Source): Read<Settings> {
  const yaml = parseYaml(source);
  const empty = yaml.diagnostics.length === 0 && yaml.value === null;
  if (empty) return { value: defaultSettings, yaml, diagnostics: [] };
  const { value, diagnostics } = readKind<WrittenSettings>(yaml, 'workspace');
  const all = [...yaml.diagnostics, ...diagnostics];
  if (!value) return { value: null, yaml, diagnostics: all };
  const bad = (path: readonly (string | number)[], message: string) =>
    all.push(diagnoseAt(source, 'settings/invalid', offsetAt(yaml, path), message));
  if (value.timezone && !isTimeZone(value.timezone))
    bad(['timezone'], `"${value.timezone}" is no IANA time zone`);
  if (value.size_bands?.some((one, i, bands) => i > 0 && one <= (bands[i - 1] ?? 0)))
    bad(['size_bands'], 'the bands do not rise');
  const extra = (value.metrics ?? []).map((one, index): Metric => {
    if (builtInMetrics.some((built) => built.name === one.name))
      bad(['metrics', index, 'name'], `"${one.name}" is built in`);
    return { ...one, min: one.min ?? null, max: one.max ?? null, about: one.about ?? '' };
  });
  const { sprints } = value;
  const settings: Settings = {
    id: value.id ?? null,
    name: value.name ?? null,
    timezone: value.timezone ?? defaultSettings.timezone,
    currency: value.currency ?? defaultSettings.currency,
    mainBranch: value.main_branch ?? null,
    sizeBands: value.size_bands ?? defaultSettings.sizeBands,
    ramp: { ...defaultSettings.ramp, ...value.ramp },
    weights: value.weights ?? {},
    metrics: [...builtInMetrics, ...extra],
    commit: { auto: value.commit?.auto ?? true },
    sprints: {
      days: sprints?.days ?? defaultSettings.sprints.days,
      minTickets: sprints?.min_tickets ?? defaultSettings.sprints.minTickets,
      maxTickets: sprints?.max_tickets ?? defaultSettings.sprints.maxTickets,
      hours: sprints?.hours ?? null,
    },
    learning: {
      minGroupSize: value.learning?.min_group_size ?? defaultSettings.learning.minGroupSize,
      shareableGroupSize: value.learning?.shareable_group_size ?? defaultSettings.learning.shareableGroupSize,
      shrinkage: value.learning?.shrinkage ?? defaultSettings.learning.shrinkage,
    },
    forecast: { windowDays: value.forecast?.window_days ?? defaultSettings.forecast.windowDays },
    economics: value.economics ?? {},
    roi: roiSettings(value.roi),
  };
  if (settings.sprints.minTickets > settings.sprints.maxTickets)
    bad(['sprints'], 'min_tickets is above max_tickets');
  for (const name of Object.keys(settings.weights)) {
    if (!settings.metrics.some((one) => one.name === name))
      all.push(unknownMetric(yaml, ['weights', name], name, settings));
  }
  return { value: hasErrors(all) ? null : settings, yaml, diagnostics: all };
}

function roiSettings(written: WrittenSettings['roi']): RoiSettings {
  if (!written) return noRoiSettings;
  const { discount_rate: discountRate = null, risk = null } = written;
  const part = (name: RiskName) => risk?.[name] ?? 0;
  const names: RiskName[] = ['time_savings', 'revenue', 'cost_avoidance', 'implementation_cost'];
  return {
    discountRate,
    risk: risk && {
      timeSavings: part('time_savings'),
      revenue: part('revenue'),
      costAvoidance: part('cost_avoidance'),
      implementationCost: part('implementation_cost'),
    },
    defaulted: risk ? names.filter((name) => risk[name] === undefined) : [],
  };
}

/** The finding about a name that is no metric here, with the name that was meant. */
export function unknownMetric(
  yaml: YamlText,
  path: readonly (string | number)[],
  name: string,
  settings: Pick<Settings, 'metrics'>,
): Diagnostic {
  const hint =
    didYouMean(
      name,
      settings.metrics.map((one) => one.name),
    ) || undefined;
  return diagnoseAt(
    yaml.source,
    'metric/unknown',
    keyOffsetAt(yaml, path),
    `"${name}" is no metric of this workspace`,
    hint,
  );
}

/** Metric values under `path`: unknown names are reported, values checked against the catalogue's range. */
export function checkMetrics(
  yaml: YamlText,
  path: readonly (string | number)[],
  values: MetricValues,
  settings: Pick<Settings, 'metrics'>,
): Diagnostic[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const metric = settings.metrics.find((one) => one.name === name);
    if (!metric) return [unknownMetric(yaml, [...path, name], name, settings)];
    if (value === null) return [];
    const low = metric.min !== null && value < metric.min;
    const high = metric.max !== null && value > metric.max;
    if (!low && !high) return [];
    return [
      diagnoseAt(
        yaml.source,
        'metric/range',
        offsetAt(yaml, [...path, name]),
        `${name}: ${value} is out of range`,
      ),
    ];
  });
}
