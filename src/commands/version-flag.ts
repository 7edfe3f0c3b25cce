import { didYouMean } from '../domain/closest.ts';
import { compareVersions, isVersion, type Version } from '../domain/version.ts';
import { type CommandContext, textFlag, usage } from './context.ts';

/** The version that `--roadmap-version` names; null when it was left out. Throws unless it is one of `known`. */
export function versionFlag(
  context: Pick<CommandContext, 'flags'>,
  slug: string,
  known: readonly Version[],
): Version | null {
  const wanted = textFlag(context, 'roadmap-version');
  if (wanted === null) return null;
  if (!isVersion(wanted)) throw usage('bad-version', `"${wanted}" is no version`, 'Write it like v1.0.');
  if (known.includes(wanted)) return wanted;
  const all = [...known].sort(compareVersions);
  const hint = didYouMean(wanted, all) || `There are ${all.join(', ')}.`;
  throw usage('unknown-version', `${slug} has no roadmap ${wanted}`, hint);
}

/** The fault of a firm without any roadmap. */
export function noRoadmap(slug: string) {
  return usage(
    'no-roadmap',
    `${slug} has no roadmap`,
    `"scend firm add ${slug}" writes v1.0 from the template.`,
  );
}
