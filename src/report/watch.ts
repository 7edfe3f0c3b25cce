/** How the lines begin that a check under `--watch` stands between; an editor's problem matcher looks for them. */
export const watchMarks = { begins: 'scend check started', ends: 'scend check ended' } as const;

/** The line before a check. */
export function watchBegins(paths: readonly string[]): string {
  if (paths.length === 0) return `${watchMarks.begins}: everything`;
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return `${watchMarks.begins}: ${paths.slice(0, 3).join(', ')}${more} changed`;
}

/** The line after a check. */
export function watchEnds(found: string): string {
  return `${watchMarks.ends}: ${found}. Watching; Ctrl-C stops.`;
}
