import { closest, didYouMean } from '../domain/closest.ts';
import { isDate, isTimeZone } from '../domain/date.ts';
import { hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { derivedId, firmId } from '../domain/id.ts';
import { parseMetric } from '../domain/metric.ts';
import { isSlug, toSlug } from '../domain/slug.ts';
import { renderFirm } from '../formats/firm-file.ts';
import { renderMetadata } from '../formats/metadata.ts';
import { parseRoadmapFile, partDigests } from '../formats/roadmap-file.ts';
import { renderNewRoadmap } from '../formats/roadmap-new.ts';
import { makeSource } from '../formats/source.ts';
import { plainText } from '../report/plain.ts';
import { changeTo, type FileChange } from '../store/apply.ts';
import { readAsset } from '../store/assets.ts';
import { maxBytes, readSource } from '../store/files.ts';
import { findVersions, firmPaths } from '../store/load.ts';
import { listFirms, loadFirm, todayFor, type Workspace } from '../store/workspace.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  listFlag,
  open,
  textFlag,
  usage,
  writeOptions,
} from './context.ts';
import { readAmount } from './outcomes.ts';
import { carryOut, type Decision, decideEach } from './write.ts';

const economicsAbout = [
  ['blended-hourly-rate', 'what an hour of the team costs'],
  ['annual-lead-volume', 'leads a year'],
  ['avg-deal-value', 'revenue of an average deal'],
  ['gross-margin', 'part of the revenue that stays, 0 to 1'],
  ['recapture-rate', 'part of the saved time that becomes useful work, 0 to 1'],
  ['implementation-cost', 'what the implementation costs the firm'],
] as const;

export const command: CommandSpec = {
  arguments: [
    { name: 'slug', required: true, about: 'folder name of the firm: lower-case letters, digits, _ and -' },
  ],
  options: [
    { name: 'name', value: '<text>', about: 'the firm as people call it', required: true },
    {
      name: 'industry',
      value: '<word>',
      about: 'such as real_estate or legal; firms are compared within it',
      required: true,
    },
    { name: 'team-size', value: '<n>', about: 'how many people work there' },
    { name: 'annual-revenue', value: '<number>', about: 'revenue a year' },
    { name: 'owner-name', value: '<text>', about: 'whom you talk to' },
    { name: 'owner-email', value: '<mail>', about: 'their address' },
    { name: 'cohort', value: '<text>', about: 'a group of your own, such as 2026-Q1' },
    { name: 'go-live-date', value: '<date>', about: 'day on which everything is to be live' },
    { name: 'timezone', value: '<zone>', about: "IANA time zone; the workspace's when left out" },
    { name: 'currency', value: '<code>', about: "ISO 4217 code; the workspace's when left out" },
    ...economicsAbout.map(([name, about]) => ({ name, value: '<number>', about })),
    {
      name: 'target',
      value: '<name=value>',
      about: '90-day target of a metric; may be repeated',
      many: true,
    },
    ...writeOptions,
  ],
  examples: [
    'scend firm add acme_law --name "Acme Law" --industry legal --team-size 9 --blended-hourly-rate 50 --annual-lead-volume 420 --avg-deal-value 7500 --implementation-cost 16800 --target lead_response_minutes=5 --target lead_to_appt_rate=40%',
  ],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const slug = context.args[0] ?? '';
  if (!isSlug(slug)) {
    const near = toSlug(slug);
    throw usage(
      'bad-slug',
      `"${slug}" cannot be a slug`,
      near ? `Try "${near}".` : 'Use lower-case letters, digits, _ and -.',
    );
  }
  const { slugs, diagnostics } = await listFirms(workspace);
  const decisions = await decideEach([slug], () => decide(context, workspace, slug));
  const near = slugs.includes(slug) ? null : closest(slug, slugs);
  const result = await carryOut(context, workspace, decisions, {
    diagnostics,
    next: [
      `edit firms/${slug}/deliverables/${slug}_ROADMAP_v1.0.md, then "scend pack create --firm ${slug} --systems 1,2,3"`,
    ],
  });
  return near && near !== slug
    ? { ...result, notes: [`Note: there is a firm "${near}" already.`, ...result.notes] }
    : result;
}

async function decide(context: CommandContext, workspace: Workspace, slug: string): Promise<Decision> {
  const paths = firmPaths(slug);
  const existing = await loadFirm(workspace, slug);
  const versions = await findVersions(workspace, slug);
  if (existing.firm && versions.current !== null) {
    throw usage(
      'firm-exists',
      `the firm "${slug}" is there already`,
      `Edit firms/${slug}/firm.yaml; "scend status --firm ${slug}" shows it.`,
    );
  }
  const absent = existing.diagnostics.every((one) => one.rule === 'file/missing');
  if (!existing.firm && !absent)
    return { firm: slug, plan: null, diagnostics: existing.diagnostics, lines: [], data: {} };
  const firm = existing.firm ?? (await newFirm(context, workspace, slug));
  const today = todayFor(workspace, firm);
  const template = await templateText(workspace);
  const id = derivedId(firm.id, 'roadmap:v1.0');
  const currency = firm.economics.currency ?? workspace.settings.currency;
  const text = renderNewRoadmap({
    id,
    firm,
    version: 'v1.0',
    today,
    currency,
    targets: readTargets(context, workspace),
    template,
  });
  const parsed = parseRoadmapFile(makeSource(paths.roadmap('v1.0'), text), firm, 'v1.0');
  if (!parsed.roadmap || hasErrors(parsed.diagnostics)) {
    return {
      firm: slug,
      plan: null,
      diagnostics: parsed.diagnostics,
      lines: ['the roadmap template cannot be used'],
      data: {},
    };
  }
  const encode = (content: string) => new TextEncoder().encode(content);
  const metadata = renderMetadata({
    firm,
    roadmap: parsed.roadmap.facts,
    previousVersion: null,
    today,
    tickets: null,
    rollup: null,
    outcome: null,
    inputs: { pack: null, outcome: null, snapshots: null },
    previousRoadmap: null,
    parts: partDigests(parsed.roadmap),
  });
  const changes = [
    await changeTo(workspace, paths.roadmap('v1.0'), encode(text), 'fresh'),
    await changeTo(workspace, paths.metadata('v1.0'), encode(metadata), 'fresh'),
    existing.firm ? null : await changeTo(workspace, paths.firm, encode(renderFirm(firm)), 'fresh'),
  ].filter((one): one is FileChange => one !== null);
  const message = `firm(${slug}): add ${firm.name} with roadmap v1.0\n\nScend-Firm: ${slug}\nScend-Version: v1.0\n`;
  const missing = economicsMissing(firm);
  const lines = [
    `${firm.name} (${slug}) with roadmap v1.0`,
    ...(missing.length > 0
      ? [`not known yet, so the ROI stays empty: ${missing.join(', ')} (firms/${slug}/firm.yaml)`]
      : []),
  ];
  return {
    firm: slug,
    plan: { firm: slug, changes, message },
    diagnostics: [],
    lines,
    data: { changed: true, id: firm.id, version: 'v1.0', missing },
  };
}

function economicsMissing({ economics }: Firm): string[] {
  const needed: [string, number | null][] = [
    ['blended_hourly_rate', economics.blendedHourlyRate],
    ['annual_lead_volume', economics.annualLeadVolume],
    ['avg_deal_value', economics.avgDealValue],
    ['implementation_cost', economics.implementationCost],
  ];
  return needed.filter(([, value]) => value === null).map(([name]) => name);
}

async function templateText(workspace: Workspace): Promise<string> {
  const { source } = await readSource(workspace.root, 'templates/roadmap.md', maxBytes.markdown);
  return source?.text ?? new TextDecoder().decode(readAsset('templates/roadmap.md'));
}

async function newFirm(context: CommandContext, workspace: Workspace, slug: string): Promise<Firm> {
  const absent = ['name', 'industry'].filter((flag) => (textFlag(context, flag) ?? '').trim() === '');
  if (absent.length > 0 && !context.prompter) {
    const flags = absent.map((flag) => `--${flag}`).join(' and ');
    throw usage(
      'missing-option',
      `${flags} ${absent.length > 1 ? 'are' : 'is'} missing`,
      'See "scend firm add --help".',
    );
  }
  const name = await required(context, 'name', 'What is the firm called?');
  const industry = await required(context, 'industry', 'Which industry (one word, such as real_estate)?');
  checkTexts(context, name, industry);
  const goLiveDate = textFlag(context, 'go-live-date');
  if (goLiveDate !== null && !isDate(goLiveDate))
    throw usage('bad-date', `--go-live-date "${goLiveDate}" is no date`, 'Write it like 2026-03-06.');
  const asked = context.prompter !== null && textFlag(context, 'name') === null;
  const amount = async (flag: string, about: string): Promise<number | null> => {
    const given = textFlag(context, flag) ?? (asked ? await askAmount(context, flag, about) : null);
    return given === null || given.trim() === '' ? null : readAmount(flag, given);
  };
  const teamSize = await amount('team-size', 'how many people work there');
  if (teamSize !== null && (!Number.isInteger(teamSize) || teamSize < 1)) {
    throw usage('bad-number', `--team-size "${teamSize}" is no whole number of people`, 'Write it like 9.');
  }
  const figures = new Map<string, number | null>();
  for (const [flag, about] of economicsAbout) {
    const optional = flag === 'gross-margin' || flag === 'recapture-rate';
    figures.set(flag, optional && textFlag(context, flag) === null ? null : await amount(flag, about));
  }
  const figure = (flag: string) => figures.get(flag) ?? null;
  return {
    id: firmId(workspace.settings.id, slug),
    slug,
    name,
    industry,
    teamSize,
    annualRevenue:
      textFlag(context, 'annual-revenue') === null
        ? null
        : readAmount('annual-revenue', textFlag(context, 'annual-revenue') ?? ''),
    ownerName: textFlag(context, 'owner-name'),
    ownerEmail: textFlag(context, 'owner-email'),
    cohort: textFlag(context, 'cohort'),
    goLiveDate,
    createdAt: todayFor(workspace, { timezone: textFlag(context, 'timezone') }),
    timezone: textFlag(context, 'timezone'),
    economics: {
      currency: textFlag(context, 'currency') ?? workspace.settings.currency,
      blendedHourlyRate: figure('blended-hourly-rate'),
      annualLeadVolume: figure('annual-lead-volume'),
      avgDealValue: figure('avg-deal-value'),
      grossMargin: figure('gross-margin'),
      recaptureRate: figure('recapture-rate'),
      implementationCost: figure('implementation-cost'),
      costAvoidanceItems: [],
    },
  };
}

/** Refuses what would block the firm, or split it from its industry, later. */
function checkTexts(context: CommandContext, name: string, industry: string): void {
  const texts = { name, 'owner-name': textFlag(context, 'owner-name'), cohort: textFlag(context, 'cohort') };
  for (const [flag, text] of Object.entries(texts)) {
    if (text === null || (text.length <= 200 && plainText(text) === text && !/[\n\t]/.test(text))) continue;
    throw usage(
      'bad-text',
      `--${flag} holds control characters or is too long`,
      'Use plain text of at most 200 characters.',
    );
  }
  if (!isSlug(industry)) {
    const near = toSlug(industry);
    throw usage(
      'bad-industry',
      `--industry "${plainText(industry)}" is not one word`,
      near ? `Try "${near}".` : 'Write it like real_estate.',
    );
  }
  const timezone = textFlag(context, 'timezone');
  if (timezone !== null && !isTimeZone(timezone)) {
    throw usage(
      'bad-timezone',
      `"${plainText(timezone)}" is no IANA time zone`,
      'Write it like Europe/Berlin.',
    );
  }
  const currency = textFlag(context, 'currency');
  if (currency !== null && !/^[A-Z]{3}$/.test(currency)) {
    throw usage('bad-currency', `"${plainText(currency)}" is no currency code`, 'Write it like USD.');
  }
  const mail = textFlag(context, 'owner-email');
  if (mail !== null && !/^[^\s@<>]+@[^\s@<>]+$/.test(mail)) {
    throw usage('bad-email', `"${plainText(mail)}" is no mail address`, 'Write it like dana@example.org.');
  }
}

async function required(context: CommandContext, flag: string, message: string): Promise<string> {
  const given = textFlag(context, flag);
  if (given !== null && given.trim() !== '') return given.trim();
  if (!context.prompter) throw usage('missing-option', `--${flag} is missing`, `Give --${flag}.`);
  return (
    await context.prompter.text({
      message,
      validate: (answer) => (answer.trim() === '' ? 'An answer is needed' : undefined),
    })
  ).trim();
}

async function askAmount(context: CommandContext, flag: string, about: string): Promise<string | null> {
  if (!context.prompter) return null;
  return context.prompter.text({
    message: `${flag.replaceAll('-', ' ')}: ${about}`,
    placeholder: 'empty: not known yet',
    validate: (answer) =>
      /^\s*(?:\d+(?:\.\d+)?)?\s*$/.test(answer) ? undefined : 'A plain number, without units or separators',
  });
}

function readTargets(context: CommandContext, workspace: Workspace): Record<string, number> {
  const targets: Record<string, number> = {};
  for (const pair of listFlag(context, 'target')) {
    const [written = '', ...rest] = pair.split('=');
    const name = written.trim().replaceAll('-', '_');
    const { metrics } = workspace.settings;
    const metric = metrics.find((one) => one.name === name);
    if (!metric) {
      const names = metrics.map((one) => one.name);
      throw usage(
        'bad-target',
        `--target "${pair}" names no metric`,
        didYouMean(name, names) || `The metrics are ${names.join(', ')}.`,
      );
    }
    const read = parseMetric(metric, rest.join('='));
    if (!read.ok || read.value === null) {
      throw usage(
        'bad-target',
        `--target "${pair}": ${read.ok ? 'a value is missing' : read.why}`,
        'Write it NAME=VALUE, such as lead_to_appt_rate=40%.',
      );
    }
    targets[name] = read.value;
  }
  return targets;
}
