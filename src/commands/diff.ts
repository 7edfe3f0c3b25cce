import type { Diagnostic } from '../domain/diagnostic.ts';
import { type FirmDiff, isUnchanged } from '../domain/diff.ts';
import { type Failure, failures } from '../domain/diff-findings.ts';
import { plural } from '../domain/number.ts';
import { diffData, occurrenceData } from '../report/diff-data.ts';
import { diffMarkdown } from '../report/diff-markdown.ts';
import { outlineOf } from '../report/diff-outline.ts';
import { outlineText } from '../report/diff-text.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  choiceFlag,
  firmOption,
  listFlag,
  oneOf,
  open,
  result,
  textFlag,
  usage,
} from './context.ts';
import { chooseSides, type Sides } from './diff-base.ts';
import { type Compared, compareFirms } from './diff-firms.ts';

const formats = ['text', 'markdown'] as const;

export const command: CommandSpec = {
  arguments: [
    {
      name: 'base',
      required: false,
      about:
        'a commit, branch or tag; when left out, where this branch left the main one, or on the main branch HEAD',
    },
  ],
  options: [
    { name: 'to', value: '<revision>', about: 'compare with this commit in place of the work tree' },
    firmOption,
    {
      name: 'format',
      value: '<format>',
      about: 'text, or markdown for a pull request (default text)',
      choices: formats,
    },
    {
      name: 'fail-on',
      choices: failures,
      value: '<list>',
      many: true,
      about:
        'exit 1 when one of these occurs: off_track (an outcome that is off track and was not, or is new), regression (the newest value of a metric is worse, or fewer tickets are done), reopened (a ticket was done and is not any more)',
    },
  ],
  examples: [
    'scend diff',
    'scend diff HEAD',
    'scend diff main --to HEAD --format markdown',
    'scend diff --fail-on off_track,regression,reopened',
  ],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const format = choiceFlag(context, 'format', formats) ?? 'text';
  const failOn = listFlag(context, 'fail-on').map((one) => oneOf('fail-on', one, failures));
  // A list of no words would let everything pass that the caller wanted stopped.
  if (context.flags['fail-on'] !== undefined && failOn.length === 0)
    throw usage('bad-fail-on', '--fail-on names nothing', `Write --fail-on ${failures.join(',')}.`);
  const workspace = await open(context);
  const sides = await chooseSides(workspace, context.args[0] ?? null, textFlag(context, 'to'));
  const all = await compareFirms(workspace, sides.git, sides, textFlag(context, 'firm'));
  const changed = all.firms.filter((one) => !isUnchanged(one.diff));
  const diffs = changed.map((one) => one.diff);
  const stopped = changed.flatMap((one) => asked(one, failOn));
  const markdown = format === 'markdown';
  return result({
    data: {
      ...diffData(sides, diffs),
      occurrences: changed.flatMap(occurrenceData),
      fail_on: failOn,
    },
    text: markdown ? markdownOf(sides, diffs) : textOf(sides, diffs),
    diagnostics: [...all.diagnostics, ...stopped],
  });
}

/** What `--fail-on` stops at, as findings at their places. */
function asked({ occurrences }: Compared, failOn: readonly Failure[]): Diagnostic[] {
  return occurrences.filter((one) => failOn.includes(one.failure)).map((one) => one.diagnostic);
}

function textOf(sides: Sides, diffs: readonly FirmDiff[]): string {
  if (diffs.length === 0) return nothing(sides);
  const parts = diffs.map((one) => outlineText(outlineOf(one)).join('\n'));
  return [`Changes since ${baseWords(sides)}${toWords(sides)}`, ...parts].join('\n\n');
}

function markdownOf(sides: Sides, diffs: readonly FirmDiff[]): string {
  if (diffs.length === 0) return diffMarkdown([nothing(sides)], []);
  const head = `Changes since ${baseWords(sides)}${toWords(sides)}: ${plural(diffs.length, 'firm')}.`;
  return diffMarkdown([head], diffs.map(outlineOf));
}

function nothing(sides: Sides): string {
  return `no change in meaning since ${baseWords(sides)}${toWords(sides)}`;
}

function baseWords({ base }: Sides): string {
  const short = base.commit.slice(0, 10);
  if (base.reason === 'branch_point') return `${short}, where this branch left ${base.revision}`;
  return base.commit.startsWith(base.revision) ? short : `${base.revision} (${short})`;
}

function toWords({ to }: Sides): string {
  if (to === null) return '';
  const short = to.commit.slice(0, 10);
  return `, up to ${to.commit.startsWith(to.revision) ? short : `${to.revision} (${short})`}`;
}
