import type { Diagnostic, Severity } from '../domain/diagnostic.ts';
import { noPaint, renderDiagnostic } from './diagnostics.ts';
import { plainText } from './plain.ts';

/**
 * GitHub keeps ten annotations of a kind from one step and fifty from one job, and drops the others without a
 * word. One of the ten notices is kept free to count what was left out.
 * https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations
 */
const kept: Readonly<Record<Severity, number>> = { error: 10, warning: 10, info: 9 };

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** The matcher would annotate the plain lines a second time; where there is none, the runner does nothing. */
const withoutMatcher = '::remove-matcher owner=scend::';

export interface GithubReport {
  readonly diagnostics: readonly Diagnostic[];
  /** What the command says at its end. */
  readonly text: string;
  /** Path in the repository of a path in the workspace: where GitHub looks for a file. */
  readonly toRepo: (path: string) => string;
}

/**
 * Findings for the log of a workflow: every one as a plain line, and annotations within GitHub's limits.
 *
 * Nothing that stands in a file can start a command of its own: `plainText` breaks up `##[` and a leading `::`,
 * and leaves no line breaks. That holds without `::stop-commands::`, whose token would have to be random, and
 * for every other output too.
 */
export function renderGithub({ diagnostics, text, toRepo }: GithubReport): string {
  const placed = diagnostics.map((one) => ({ ...one, file: toRepo(one.file) }));
  const shown = { error: 0, warning: 0, info: 0 };
  const left = { error: 0, warning: 0, info: 0 };
  const annotations: string[] = [];
  for (const one of placed) {
    if (shown[one.severity] < kept[one.severity]) {
      shown[one.severity] += 1;
      annotations.push(annotation(one));
    } else left[one.severity] += 1;
  }
  const lines = [
    withoutMatcher,
    ...placed.map((one) => renderDiagnostic(one, noPaint)),
    ...annotations,
    ...restOf(left),
    ...text.split('\n').map(plainText),
  ];
  return `${lines.join('\n')}\n`;
}

/** A failure that left no findings to list, as annotations; its plain text goes to standard error as always. */
export function renderGithubFailure(
  failure: { readonly code: string; readonly message: string; readonly hint: string },
  diagnostics: readonly Diagnostic[],
): string {
  const place = diagnostics.slice(0, kept.error - 1).map(annotation);
  const own = command(
    'error',
    { title: failure.code },
    `${plainText(failure.message)}\n${plainText(failure.hint)}`,
  );
  return `${[withoutMatcher, ...place, own].join('\n')}\n`;
}

function annotation(one: Diagnostic): string {
  const place = { file: one.file, line: String(one.line), col: String(one.column), title: one.rule };
  return command(commands[one.severity], place, `${plainText(one.message)}\n${plainText(one.hint)}`);
}

function restOf(left: Readonly<Record<Severity, number>>): string[] {
  const words = (
    [
      ['error', 'error'],
      ['warning', 'warning'],
      ['info', 'note'],
    ] as const
  ).flatMap(([severity, word]) => {
    const count = left[severity];
    return count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`];
  });
  if (words.length === 0) return [];
  const message = `${words.join(', ')} more than GitHub shows as annotations: all of them are in the log of this step.`;
  return [command('notice', { title: 'scend check' }, message)];
}

function command(name: string, properties: Readonly<Record<string, string>>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(plainText(value))}`);
  return `::${name} ${list.join(',')}::${escapeData(message)}`;
}

/** What the runner turns back in a message. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** What the runner turns back in the value of a property. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
