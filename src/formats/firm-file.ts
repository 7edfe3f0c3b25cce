import { isTimeZone } from '../domain/date.ts';
import { hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { firmId } from '../domain/id.ts';
import { type Read, readKind } from './schema.ts';
import { diagnoseAt, type Source } from './source.ts';
import { offsetAt, parseYaml } from './yaml.ts';
import { stringify } from './yaml-parser.ts';

interface WrittenFirm {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly industry: string;
  readonly team_size?: number | null;
  readonly annual_revenue?: number | null;
  readonly owner_name?: string | null;
  readonly owner_email?: string | null;
  readonly cohort?: string | null;
  readonly go_live_date?: string | null;
  readonly created_at: string;
  readonly timezone?: string | null;
  readonly economics?: {
    readonly currency?: string | null;
    readonly blended_hourly_rate?: number | null;
    readonly annual_lead_volume?: number | null;
    readonly avg_deal_value?: number | null;
    readonly gross_margin?: number | null;
    readonly recapture_rate?: number | null;
    readonly implementation_cost?: number | null;
    readonly cost_avoidance_items?:
      | readonly { readonly name: string; readonly annual_value: number; readonly realised?: boolean }[]
      | null;
  };
}

/** Reads `firm.yaml`; `slug` is the name of its folder. */
export function parseFirm(source: Source, slug: string, workspaceId: string | null): Read<Firm> {
  const yaml = parseYaml(source);
  const defaults = () => ({
    id: firmId(workspaceId, slug),
    slug,
    name: slug,
    industry: 'unknown',
    created_at: '1970-01-01',
  });
  const { value, diagnostics } = readKind<WrittenFirm>(yaml, 'firm', { defaults });
  const all = [...yaml.diagnostics, ...diagnostics];
  if (!value) return { value: null, yaml, diagnostics: all };
  if (value.slug !== slug) {
    all.push(
      diagnoseAt(
        source,
        'reference/mismatch',
        offsetAt(yaml, ['slug']),
        `the slug "${value.slug}" stands in the folder ${slug}`,
      ),
    );
  }
  if (value.timezone && !isTimeZone(value.timezone)) {
    all.push(
      diagnoseAt(
        source,
        'settings/invalid',
        offsetAt(yaml, ['timezone']),
        `"${value.timezone}" is no IANA time zone`,
        'Write it like Europe/Berlin.',
      ),
    );
  }
  const economics = value.economics ?? {};
  const firm: Firm = {
    id: value.id,
    slug,
    name: value.name,
    industry: value.industry,
    teamSize: value.team_size ?? null,
    annualRevenue: value.annual_revenue ?? null,
    ownerName: value.owner_name ?? null,
    ownerEmail: value.owner_email ?? null,
    cohort: value.cohort ?? null,
    goLiveDate: value.go_live_date ?? null,
    createdAt: value.created_at,
    timezone: value.timezone ?? null,
    economics: {
      currency: economics.currency ?? null,
      blendedHourlyRate: economics.blended_hourly_rate ?? null,
      annualLeadVolume: economics.annual_lead_volume ?? null,
      avgDealValue: economics.avg_deal_value ?? null,
      grossMargin: economics.gross_margin ?? null,
      recaptureRate: economics.recapture_rate ?? null,
      implementationCost: economics.implementation_cost ?? null,
      costAvoidanceItems: (economics.cost_avoidance_items ?? []).map((one) => ({
        name: one.name,
        annualValue: one.annual_value,
        realised: one.realised ?? true,
      })),
    },
  };
  return { value: hasErrors(all) ? null : firm, yaml, diagnostics: all };
}

/** A new firm as a YAML file; figures that are not known yet are left as empty keys to fill in. */
export function renderFirm(firm: Firm): string {
  const { economics } = firm;
  const data = {
    schema: 'scend/firm@1',
    id: firm.id,
    slug: firm.slug,
    name: firm.name,
    industry: firm.industry,
    team_size: firm.teamSize,
    annual_revenue: firm.annualRevenue,
    owner_name: firm.ownerName,
    owner_email: firm.ownerEmail,
    cohort: firm.cohort,
    go_live_date: firm.goLiveDate,
    created_at: firm.createdAt,
    ...(firm.timezone === null ? {} : { timezone: firm.timezone }),
    economics: {
      currency: economics.currency,
      blended_hourly_rate: economics.blendedHourlyRate,
      annual_lead_volume: economics.annualLeadVolume,
      avg_deal_value: economics.avgDealValue,
      gross_margin: economics.grossMargin,
      recapture_rate: economics.recaptureRate,
      implementation_cost: economics.implementationCost,
      cost_avoidance_items: economics.costAvoidanceItems.map((one) => ({
        name: one.name,
        annual_value: one.annualValue,
      })),
    },
  };
  const head =
    '# yaml-language-server: $schema=../../schemas/firm.schema.json\n' +
    '# Empty means not known yet; figures that need it stay empty too, nothing is guessed.\n';
  return head + stringify(data, { lineWidth: 0, nullStr: '' }).replace(/: $/gm, ':');
}
