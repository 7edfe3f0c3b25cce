import { type RuleId, rules } from './rules.ts';

export type Severity = 'error' | 'warning' | 'info';

/** One finding about a file's content. `line` and `column` count from 1; `file` is relative to the workspace. */
export interface Diagnostic {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** Makes a finding; severity and, unless given, the hint come from the rule's catalogue entry. */
export function diagnose(
  rule: RuleId,
  place: { readonly file: string; readonly line?: number; readonly column?: number },
  message: string,
  hint?: string,
): Diagnostic {
  const { severity, hint: usualHint } = rules[rule];
  const { file, line = 1, column = 1 } = place;
  return { rule, severity, file, line, column, message, hint: hint ?? usualHint };
}

/** Orders findings as a reader goes through the files, and drops exact repetitions. */
export function sortDiagnostics(diagnostics: Iterable<Diagnostic>): Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  for (const one of diagnostics) {
    seen.set([one.file, one.line, one.column, one.rule, one.message].join('\0'), one);
  }
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...seen.values()].sort(
    (a, b) =>
      order(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      order(a.rule, b.rule) ||
      order(a.message, b.message),
  );
}

/** True when a finding must stop a write. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((one) => one.severity === 'error');
}
