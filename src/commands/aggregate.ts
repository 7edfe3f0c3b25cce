import { resolve } from 'node:path';
import { quartileChart } from '../charts/index.ts';
import { didYouMean } from '../domain/closest.ts';
import { aggregate, type GlobalOutcomes } from '../domain/learning/aggregate.ts';
import { firmsOf, type LearningPart, parseShard, type Shard } from '../domain/learning/shard.ts';
import { plural } from '../domain/number.ts';
import { groupName } from '../formats/figure-text.ts';
import { renderGlobalOutcomes } from '../formats/global-outcomes.ts';
import { milestoneLines, renderOutcomesPage } from '../formats/global-outcomes-page.ts';
import { groupPictureFile, groupPictureLink, picturesOfGroups } from '../formats/global-outcomes-pictures.ts';
import { renderPart } from '../formats/learning-part.ts';
import { writeFileAtomic } from '../store/atomic.ts';
import { systemNames } from '../store/library.ts';
import { type FileChange, generated } from '../store/transaction/change.ts';
import { listFirms, type Workspace } from '../store/workspace.ts';
import { partState, readParts } from './aggregate-parts.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  open,
  result,
  switchFlag,
  textFlag,
  usage,
  writeOptions,
} from './context.ts';
import { type Records, readRecords } from './learning-records.ts';
import { writesDerived } from './pack-changes.ts';
import { carryOut, type Decision, hasChanges } from './write.ts';

export const command: CommandSpec = {
  arguments: [
    { name: 'parts', required: false, many: true, about: 'with --merge: the files that --shard wrote' },
  ],
  options: [
    { name: 'firm-min', value: '<n>', about: 'tell nothing of fewer firms; 3, or 5 with --shareable' },
    { name: 'shareable', about: 'make the files that may leave the practice' },
    { name: 'industry', value: '<word>', about: 'print the groups of one industry, and write nothing' },
    { name: 'shard', value: '<i/n>', about: 'read only this part of the firms, to be merged later' },
    {
      name: 'out',
      value: '<file>',
      about: 'with --shard: where the part goes; standard output when left out',
    },
    { name: 'merge', about: 'make the files from the parts of all shards' },
    { name: 'write', about: 'write the files on a side branch too, where they only bring conflicts' },
    ...writeOptions,
  ],
  examples: [
    'scend aggregate',
    'scend aggregate --shareable',
    'scend aggregate --industry real_estate',
    'scend aggregate --shard 1/2 --out part-1.json',
  ],
  run,
};

/** Nothing smaller may leave the practice, whatever the settings say. */
const smallestShareable = 5;

async function run(context: CommandContext): Promise<CommandResult> {
  const shard = shardFlag(context);
  const merge = switchFlag(context, 'merge');
  checkUse(context, shard, merge);
  const workspace = await open(context);
  if (shard) return writePart(context, workspace, shard);
  if (textFlag(context, 'industry') !== null) return showIndustry(context, workspace);
  const decide = (present: Workspace) => decideAll(context, present, merge);
  return carryOut(context, workspace, [{ firm: null, decide }], {
    next: (decisions) =>
      decisions.some(hasChanges) ? ['scend project --firm <slug> uses what was learned'] : [],
  });
}

function shardFlag(context: CommandContext): Shard | null {
  const text = textFlag(context, 'shard');
  if (text === null) return null;
  const shard = parseShard(text);
  if (shard) return shard;
  throw usage(
    'bad-shard',
    `--shard "${text}" is no part of a whole`,
    'Write it like 3/16: the third of sixteen.',
  );
}

function checkUse(context: CommandContext, shard: Shard | null, merge: boolean): void {
  const together = (one: string, other: string) =>
    usage('conflicting-options', `--${one} and --${other} do not go together`, 'Leave one of them out.');
  const industry = textFlag(context, 'industry') !== null;
  if (shard && merge) throw together('shard', 'merge');
  if (shard && industry) throw together('shard', 'industry');
  if (merge && industry) throw together('merge', 'industry');
  if (!shard && textFlag(context, 'out') !== null)
    throw usage('conflicting-options', '--out goes with --shard', 'Give --shard 1/2, or leave --out out.');
  if (merge && context.args.length === 0)
    throw usage(
      'missing-argument',
      '--merge needs the parts',
      'Name them: scend aggregate --merge part-*.json',
    );
  if (!merge && context.args.length > 0)
    throw usage(
      'unexpected-argument',
      `"${context.args[0]}" is not expected here`,
      'To join the parts of several runs, give --merge.',
    );
}

async function writePart(
  context: CommandContext,
  workspace: Workspace,
  shard: Shard,
): Promise<CommandResult> {
  const { slugs, diagnostics } = await listFirms(workspace);
  const covered = firmsOf(slugs, shard);
  const records = await readRecords(workspace, covered, context.progress);
  const { firms, unreadable } = records;
  const part: LearningPart = { ...partState(workspace, slugs), covered, unreadable, firms };
  const text = renderPart(part);
  const out = textFlag(context, 'out');
  if (out !== null) await writeFileAtomic(resolve(context.cwd, out), new TextEncoder().encode(text));
  const measured = firms.filter((one) => one.milestones.length > 0).length;
  return result({
    data: { part: JSON.parse(text), file: out, firms: covered.length, measured, unreadable },
    text: out === null ? text.trimEnd() : `${out}: ${measured} of ${plural(covered.length, 'firm')} measured`,
    notes: out === null ? [] : ['Next: scend aggregate --merge with the parts of all shards'],
    diagnostics: [...workspace.diagnostics, ...diagnostics, ...records.diagnostics],
  });
}

async function decideAll(context: CommandContext, workspace: Workspace, merge: boolean): Promise<Decision> {
  const { slugs, diagnostics } = await listFirms(workspace);
  const records = merge
    ? await readParts(context, workspace, slugs)
    : await readRecords(workspace, slugs, context.progress);
  const found = [...diagnostics, ...records.diagnostics];
  const outcomes = summarise(context, workspace, slugs, records);
  const names = await systemNames(workspace);
  const elsewhere = !switchFlag(context, 'write') && !writesDerived(context, workspace);
  const changes = elsewhere ? [] : await filesOf(workspace, outcomes, names);
  const { measured, total } = outcomes.firms;
  const whole = outcomes.groups[0]?.milestones ?? [];
  const lines = [
    `${measured} of ${plural(total, 'firm')} measured, ${plural(outcomes.groups.length, 'group')}`,
    ...whole.flatMap(milestoneLines),
    ...(elsewhere ? ['not written on this branch: it is done on the main one, or with --write'] : []),
    ...(!elsewhere && changes.length === 0 ? ['unchanged since it was last computed'] : []),
  ];
  const file = changes.map((one) => one.path);
  return {
    firm: null,
    plan: { firm: null, changes, message: `analytics: ${measured} of ${plural(total, 'firm')} measured\n` },
    // An incomplete merge would pass for the whole; a firm that cannot be read is only left out.
    diagnostics: merge ? found.filter((one) => one.rule.startsWith('learning/part-')) : [],
    besides: merge ? found.filter((one) => !one.rule.startsWith('learning/part-')) : found,
    lines,
    data: { changed: changes.length > 0, files: file, firms: outcomes.firms, groups: outcomes.groups.length },
  };
}

function summarise(
  context: CommandContext,
  workspace: Workspace,
  slugs: readonly string[],
  { firms, unreadable }: Records,
): GlobalOutcomes {
  const { settings } = workspace;
  const shareable = switchFlag(context, 'shareable');
  return aggregate({
    workspaceId: settings.id,
    firms,
    total: slugs.length,
    unreadable: unreadable.length,
    metrics: settings.metrics,
    sizeBands: settings.sizeBands,
    minGroupSize: firmMin(context, workspace, shareable),
    shareable,
  });
}

function firmMin(context: CommandContext, { settings }: Workspace, shareable: boolean): number {
  const { minGroupSize, shareableGroupSize } = settings.learning;
  const text = textFlag(context, 'firm-min');
  if (text === null) return shareable ? shareableGroupSize : minGroupSize;
  const smallest = shareable ? smallestShareable : 1;
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) >= smallest) return Number(text);
  throw usage(
    'bad-number',
    `--firm-min "${text}" is no number of firms from ${smallest} on`,
    shareable ? 'What is shared tells nothing of fewer than 5 firms.' : 'Write it like 3.',
  );
}

async function filesOf(
  workspace: Workspace,
  outcomes: GlobalOutcomes,
  names: ReadonlyMap<string, string>,
): Promise<FileChange[]> {
  const base = outcomes.shareable ? 'shareable_outcomes' : 'global_outcomes';
  const pictures = picturesOfGroups(outcomes, names);
  const links = pictures.map((one) => [one.kind, groupPictureLink(one, base)] as const);
  const page = renderOutcomesPage(outcomes, { systemNames: names, pictures: new Map(links) });
  const files: [string, string][] = [
    [`${base}.json`, renderGlobalOutcomes(outcomes, workspace.settings.metrics, names)],
    [`${base}.md`, page],
  ];
  for (const { kind, input } of pictures)
    files.push([groupPictureFile(base, kind), await quartileChart(input)]);
  const changes: (FileChange | null)[] = [];
  for (const [name, text] of files)
    changes.push(await generated(workspace, `analytics/${name}`, new TextEncoder().encode(text), 'derived'));
  return changes.filter((one): one is FileChange => one !== null);
}

async function showIndustry(context: CommandContext, workspace: Workspace): Promise<CommandResult> {
  const industry = textFlag(context, 'industry') ?? '';
  const { slugs, diagnostics } = await listFirms(workspace);
  const records = await readRecords(workspace, slugs, context.progress);
  // The figures are those of the whole, so that what is hidden there stays hidden.
  const outcomes = summarise(context, workspace, slugs, records);
  const groups = outcomes.groups.filter((one) => one.industry === industry);
  if (groups.length === 0) {
    const known = [...new Set(outcomes.groups.flatMap((one) => one.industry ?? []))];
    const measured =
      known.length === 0 ? 'No firm has been measured yet.' : `Measured are ${known.join(', ')}.`;
    throw usage(
      'unknown-industry',
      `no firm of the industry "${industry}" has been measured`,
      didYouMean(industry, known) || measured,
    );
  }
  const names = await systemNames(workspace);
  const text = groups.flatMap((group) => [
    `${groupName(group, names)}: ${plural(group.firms, 'firm')}`,
    ...group.milestones.flatMap(milestoneLines).map((line) => `  ${line}`),
    '',
  ]);
  const written = JSON.parse(
    renderGlobalOutcomes({ ...outcomes, groups }, workspace.settings.metrics, names),
  ) as unknown;
  return result({
    data: written,
    text: text.slice(0, -1).join('\n'),
    diagnostics: [...workspace.diagnostics, ...diagnostics, ...records.diagnostics],
  });
}
