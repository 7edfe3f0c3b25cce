/** The first part of a code decides the exit code: usage 2, workspace 3, git 4, io 5. */
export type ErrorCode = `${'usage' | 'workspace' | 'git' | 'io'}/${string}`;

/**
 * A fault of the environment or of the call, never of a file's content (those are diagnostics). `message`
 * says what is wrong, `hint` what to do about it; `data` holds plain values for `--json`.
 */
export class ScendError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, hint: string, data: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'ScendError';
    this.code = code;
    this.hint = hint;
    this.data = data;
  }
}
