import colors from 'picocolors';
import type { Paint } from './diagnostics.ts';

/**
 * Whether a stream gets colours: where a person looks at it, unless something says otherwise. `--no-color` and
 * NO_COLOR (any text) turn them off; FORCE_COLOR turns them on where nobody looks, and off when it is 0 or
 * false; a terminal that says it is dumb has none.
 */
export function hasColours(
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly isTerminal: boolean; readonly off: boolean },
): boolean {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = env;
  if (options.off || NO_COLOR !== '') return false;
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return options.isTerminal && TERM !== 'dumb';
}

/** The colours themselves; each gives its text back unchanged when there are none. */
export function painter(coloured: boolean): Paint {
  return colors.createColors(coloured);
}
