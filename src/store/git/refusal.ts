import { ScendError } from '../../domain/error.ts';

/**
 * A state of the repository in which no commit is made. `native` marks what installed Git could honour
 * where the embedded backend cannot.
 */
export function refusal(
  code: `git/${string}`,
  message: string,
  hint: string,
  data: Readonly<Record<string, unknown>> & { readonly native?: boolean } = {},
): ScendError {
  return new ScendError(code, message, hint, data);
}
