import { ScendError } from './error.ts';

const byArea: Readonly<Record<string, number>> = { usage: 2, workspace: 3, git: 4, io: 5 };

/** Exit code of a failure: its code's area, 130 for an interruption, 70 for anything unforeseen. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof ScendError)) return 70;
  if (error.code === 'usage/cancelled') return 130;
  return byArea[error.code.split('/')[0] ?? ''] ?? 70;
}
