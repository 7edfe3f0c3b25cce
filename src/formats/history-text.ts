import type { Inferred } from '../domain/lifecycle.ts';

/** How a date that was read from history is told apart, beside the date itself. */
export function historyText({ commit, bound }: Inferred): string {
  const short = commit.slice(0, 10);
  return bound
    ? `no later than that: history is known back to commit ${short}`
    : `from history, commit ${short}`;
}
