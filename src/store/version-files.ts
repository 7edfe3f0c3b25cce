import { isVersion, type Version } from '../domain/version.ts';

/** The versions whose roadmap is among the file names. */
export function versionsAmong(slug: string, names: readonly string[]): Version[] {
  return names.flatMap((name) => {
    const version =
      name.startsWith(`${slug}_ROADMAP_v`) && name.endsWith('.md')
        ? name.slice(`${slug}_ROADMAP_`.length, -3)
        : '';
    return isVersion(version) ? [version] : [];
  });
}

/** Whether a file among the deliverables is named as those that the engine makes with a version. */
export function isVersionFile(slug: string, name: string): boolean {
  return new RegExp(
    `^${slug}_(?:ROADMAP_v\\d+\\.\\d+\\.md|TICKET_PACK_v\\d+\\.\\d+\\.md|metadata_v\\d+\\.\\d+\\.json|CHART_[a-z]+(?:_[a-z]+)*_v\\d+\\.\\d+\\.svg|ROADMAP_CHANGELOG_v\\d+\\.\\d+_to_v\\d+\\.\\d+\\.md)$`,
  ).test(name);
}
