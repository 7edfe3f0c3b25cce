import type { Diagnostic } from '../domain/diagnostic.ts';
import { ScendError } from '../domain/error.ts';
import { countDiagnostics, type Paint, renderDiagnostic } from './diagnostics.ts';
import { plainLines, plainText, safeJson } from './plain.ts';

/** What a command has to say. */
export interface CommandResult {
  /** Plain data for `--json`. */
  readonly data: unknown;
  /** The result for people: standard output. */
  readonly text: string;
  /** Findings, shown with their places. */
  readonly diagnostics: readonly Diagnostic[];
  /** Notes on the way and what to run next: standard error. */
  readonly notes: readonly string[];
  /** 1 when findings stopped something, else 0; refusals set their own. */
  readonly exitCode: number;
  /** The findings are what was asked for, and go to standard output. */
  readonly findingsAreOutput?: boolean;
  /** Findings and text in a format of their own: printed as it stands instead of the two. */
  readonly document?: string;
  /** The first refusal of several firms, for `--json`. */
  readonly error?: ScendError | null;
}

/** A command's result as the text of its two streams. */
export function renderResult(
  result: Pick<CommandResult, 'text' | 'notes' | 'diagnostics' | 'findingsAreOutput' | 'document'>,
  paint: { readonly out: Paint; readonly err: Paint },
): { readonly out: string; readonly err: string } {
  const { diagnostics, findingsAreOutput = false } = result;
  const findings = (colours: Paint) => diagnostics.map((one) => renderDiagnostic(one, colours));
  const lines = (parts: readonly string[]) =>
    parts
      .filter((one) => one !== '')
      .map((one) => `${one}\n`)
      .join('');
  const text = plainLines(result.text);
  const notes = result.notes.map(plainLines);
  return {
    out: result.document ?? lines([...(findingsAreOutput ? findings(paint.out) : []), text]),
    err: lines([...(findingsAreOutput ? [] : findings(paint.err)), ...notes]),
  };
}

/** A command's result as one JSON document: `{ok, data}`, or `{ok: false, error, diagnostics}`. */
export function renderJson(result: CommandResult): string {
  const { data, diagnostics, exitCode } = result;
  if (exitCode === 0) return `${safeJson({ ok: true, data, diagnostics, notes: result.notes })}\n`;
  const error = result.error
    ? errorData(result.error)
    : {
        code: 'findings',
        message: countDiagnostics(diagnostics) || result.notes[0] || 'something is left to decide',
        hint:
          diagnostics.length > 0
            ? 'Mend what is listed under diagnostics.'
            : 'See the notes, and run it without --json.',
      };
  return `${safeJson({ ok: false, error, diagnostics, data, notes: result.notes })}\n`;
}

function errorData(error: unknown) {
  if (error instanceof ScendError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: 'bug', message: error instanceof Error ? error.message : String(error), hint: bugHint };
}

const bugHint = 'This is a bug in scend. Set SCEND_DEBUG=1 to see where, and report it.';

/** The findings that a failure was thrown with. */
export function errorFindings(error: unknown): readonly Diagnostic[] {
  const found = error instanceof ScendError ? error.data.diagnostics : undefined;
  return Array.isArray(found) ? (found as Diagnostic[]) : [];
}

/** A failure for people, or as JSON. */
export function renderError(
  error: unknown,
  options: { readonly json: boolean; readonly debug: boolean; readonly paint: Paint },
): string {
  const { code, message, hint } = errorData(error);
  const diagnostics = errorFindings(error);
  if (options.json) return `${safeJson({ ok: false, error: { code, message, hint }, diagnostics })}\n`;
  const { paint } = options;
  const lines = [
    ...diagnostics.map((one) => renderDiagnostic(one, paint)),
    `${paint.red('error')}: ${plainText(message)} ${paint.dim(`[${code}]`)}`,
    `  ${plainText(hint)}`,
  ];
  if (options.debug && error instanceof Error && error.stack) lines.push(plainLines(error.stack));
  return `${lines.join('\n')}\n`;
}
