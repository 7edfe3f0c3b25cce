import { didYouMean } from '../domain/closest.ts';
import { renderGithub } from '../report/github.ts';
import { renderJson } from '../report/result.ts';
import { renderSarif } from '../report/sarif.ts';
import { packageVersion } from '../store/assets.ts';
import type { Workspace } from '../store/workspace.ts';
import {
  type CommandContext,
  type CommandResult,
  type OptionSpec,
  switchFlag,
  textFlag,
  usage,
} from './context.ts';

const formats = ['text', 'json', 'github', 'sarif'] as const;

export type CheckFormat = (typeof formats)[number];

export const formatOption: OptionSpec = {
  name: 'format',
  value: '<format>',
  about: 'text, json, github (annotations in a workflow) or sarif; text when left out',
  choices: formats,
};

/** The format asked for. Throws `usage/bad-format`. */
export function readFormat(context: CommandContext): CheckFormat {
  const asked = textFlag(context, 'format');
  if (asked === null) return 'text';
  const format = formats.find((one) => one === asked);
  if (!format) {
    const hint = didYouMean(asked, formats) || `Write one of ${formats.join(', ')}.`;
    throw usage('bad-format', `there is no format "${asked}"`, hint);
  }
  if (switchFlag(context, 'json') && format !== 'json') {
    throw usage(
      'bad-format',
      `--json and --format ${format} exclude each other`,
      'Leave one of the two out.',
    );
  }
  return format;
}

/** The result with what its format makes of it; files are named from the repository's root where GitHub reads them. */
export function inFormat(format: CheckFormat, workspace: Workspace, result: CommandResult): CommandResult {
  const { diagnostics, text } = result;
  const toRepo = workspace.git?.toRepo ?? ((path: string) => path);
  if (format === 'json') return { ...result, document: renderJson(result) };
  if (format === 'github') return { ...result, document: renderGithub({ diagnostics, text, toRepo }) };
  if (format === 'sarif') {
    return { ...result, document: renderSarif({ diagnostics, version: packageVersion(), toRepo }) };
  }
  return result;
}
