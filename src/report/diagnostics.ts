import type { Diagnostic } from '../domain/diagnostic.ts';
import { plainText } from './plain.ts';

/** Colours for one stream; each gives its text back unchanged where there is no colour. */
export interface Paint {
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const same = (text: string) => text;

/** No colour: for what a program reads, or keeps. */
export const noPaint: Paint = { red: same, yellow: same, dim: same, bold: same };

/** `file:line:col severity message [rule]`, with the hint on a line of its own. */
export function renderDiagnostic(one: Diagnostic, paint: Paint): string {
  const colour = one.severity === 'error' ? paint.red : one.severity === 'warning' ? paint.yellow : paint.dim;
  const place = plainText(`${one.file}:${one.line}:${one.column}`);
  const head = `${paint.bold(place)} ${colour(one.severity)} ${plainText(one.message)} ${paint.dim(`[${one.rule}]`)}`;
  return `${head}\n  ${paint.dim(plainText(one.hint))}`;
}

/** `2 errors, 1 warning`; an empty string when there is nothing. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const words = (['error', 'warning', 'info'] as const).map((severity) => {
    const count = diagnostics.filter((one) => one.severity === severity).length;
    const word = severity === 'info' ? 'note' : severity;
    return count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`;
  });
  return words.filter(Boolean).join(', ');
}
