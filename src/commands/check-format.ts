import type { Diagnostic } from '../domain/diagnostic.ts';
import { ScendError } from '../domain/error.ts';
import { exitCodeOf } from '../domain/exit-code.ts';
import { noPaint } from '../report/diagnostics.ts';
import { renderGithub, renderGithubFailure } from '../report/github.ts';
import { renderError, renderJson } from '../report/result.ts';
import { renderSarif } from '../report/sarif.ts';
import { packageVersion } from '../store/assets.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  choiceFlag,
  type OptionSpec,
  open,
  result,
  switchFlag,
  usage,
} from './context.ts';

const formats = ['text', 'json', 'github', 'sarif'] as const;

type Format = (typeof formats)[number];

export const formatOption: OptionSpec = {
  name: 'format',
  value: '<format>',
  about: 'text, json, github (annotations in a workflow) or sarif; text when left out',
  choices: formats,
};

/** A command whose findings come in the format of `--format`. A bad one throws `usage/bad-format`. */
export function withFormat(run: CommandSpec['run']): CommandSpec['run'] {
  return async (context) => {
    const format = readFormat(context);
    if (format === 'text') return run(context);
    try {
      return await inFormat(format, context, await run(context));
    } catch (error) {
      // SARIF tells of files; that there was nothing to look at is for standard error alone.
      if (!(error instanceof ScendError) || format === 'sarif') throw error;
      return failureIn(format, error);
    }
  };
}

function readFormat(context: CommandContext): Format {
  const format = choiceFlag(context, 'format', formats);
  if (switchFlag(context, 'json') && format !== null && format !== 'json') {
    const message = `--json and --format ${format} exclude each other`;
    throw usage('bad-format', message, 'Leave one of the two out.');
  }
  // With --json every command prints the same, whatever it returns.
  return format === null || switchFlag(context, 'json') ? 'text' : format;
}

async function inFormat(
  format: Exclude<Format, 'text'>,
  context: CommandContext,
  found: CommandResult,
): Promise<CommandResult> {
  if (format === 'json') return { ...found, document: renderJson(found) };
  const { diagnostics, text } = found;
  const { git } = await open(context);
  const toRepo = git?.toRepo ?? ((path: string) => path);
  if (format === 'github') return { ...found, document: renderGithub({ diagnostics, text, toRepo }) };
  return { ...found, document: renderSarif({ diagnostics, version: packageVersion(), toRepo }) };
}

/** A failure in the format that was asked for; beside annotations it is told in plain words too. */
function failureIn(format: 'json' | 'github', error: ScendError): CommandResult {
  const options = { debug: false, paint: noPaint };
  const document =
    format === 'json'
      ? renderError(error, { ...options, json: true })
      : renderGithubFailure(error, (error.data.diagnostics as readonly Diagnostic[] | undefined) ?? []);
  const notes = format === 'json' ? [] : [renderError(error, { ...options, json: false }).trimEnd()];
  return result({ data: null, text: '', notes, document, exitCode: exitCodeOf(error) });
}
