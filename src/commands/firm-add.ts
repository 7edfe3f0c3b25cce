import { closest } from '../domain/closest.ts';
import { hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { derivedId } from '../domain/id.ts';
import { isSlug, toSlug } from '../domain/slug.ts';
import { renderFirm } from '../formats/firm-file.ts';
import { renderMetadata } from '../formats/metadata.ts';
import { partDigests } from '../formats/roadmap-digests.ts';
import { parseRoadmapFile } from '../formats/roadmap-file.ts';
import { renderNewRoadmap } from '../formats/roadmap-new.ts';
import { makeSource } from '../formats/source.ts';
import { plainText } from '../report/plain.ts';
import { readAsset } from '../store/assets.ts';
import { maxBytes, readInside, readSource } from '../store/files.ts';
import { firmPaths } from '../store/load.ts';
import { findVersions } from '../store/load-roadmap.ts';
import { type FileChange, generated, isOwn } from '../store/transaction/change.ts';
import { listFirms, loadFirm, todayFor, type Workspace } from '../store/workspace.ts';
import { askFirst } from './ask-first.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  metricChoices,
  open,
  usage,
  writeOptions,
} from './context.ts';
import { economicsAbout } from './economics-flags.ts';
import { newFirm, readTargets } from './firm-flags.ts';
import { similarFirms } from './similar-firms.ts';
import { carryOut, type Decision, eachFirm } from './write.ts';

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
      choices: metricChoices,
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
  const asked = await askFirst(context, (asking) => decide(asking, workspace, slug));
  const targets = eachFirm([slug], (present) => decide(asked, present, slug));
  const near = slugs.includes(slug) ? null : closest(slug, slugs);
  const result = await carryOut(context, workspace, targets, {
    diagnostics,
    next: () => [
      `edit firms/${slug}/deliverables/${slug}_ROADMAP_v1.0.md, then "scend pack create --firm ${slug} --systems 1,2,3"`,
    ],
  });
  return near && near !== slug
    ? { ...result, notes: [`Note: there is a firm "${near}" already.`, ...result.notes] }
    : result;
}

/** The firm's own file as a run of this command wrote it that did not commit; that commit is still to be made. */
async function ownFirmFile(workspace: Workspace, slug: string): Promise<Uint8Array | null> {
  const path = firmPaths(slug).firm;
  const read = await readInside(workspace.root, path, maxBytes.yaml);
  return workspace.git && read.kind === 'file' && isOwn(workspace, path, read.bytes) ? read.bytes : null;
}

async function decide(context: CommandContext, workspace: Workspace, slug: string): Promise<Decision> {
  const paths = firmPaths(slug);
  const existing = await loadFirm(workspace, slug);
  const versions = await findVersions(workspace, slug);
  const uncommitted = await ownFirmFile(workspace, slug);
  if (existing.firm && versions.current !== null && !uncommitted) {
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
    await generated(workspace, paths.roadmap('v1.0'), encode(text), 'fresh'),
    await generated(workspace, paths.metadata('v1.0'), encode(metadata), 'fresh'),
    existing.firm && !uncommitted
      ? null
      : await generated(workspace, paths.firm, uncommitted ?? encode(renderFirm(firm)), 'fresh'),
  ].filter((one): one is FileChange => one !== null);
  const message = `firm(${slug}): add ${plainText(firm.name)} with roadmap v1.0\n\nScend-Firm: ${slug}\nScend-Version: v1.0\n`;
  const missing = economicsMissing(firm);
  const lines = [
    `${firm.name} (${slug}) with roadmap v1.0`,
    ...(missing.length > 0
      ? [`not known yet, so the ROI stays empty: ${missing.join(', ')} (firms/${slug}/firm.yaml)`]
      : []),
    ...(await similarFirms(workspace, firm)),
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

/** The workspace's roadmap template, or the one that comes with Scend. */
export async function templateText(workspace: Workspace): Promise<string> {
  const { source } = await readSource(workspace.root, 'templates/roadmap.md', maxBytes.markdown);
  return source?.text ?? new TextDecoder().decode(readAsset('templates/roadmap.md'));
}
