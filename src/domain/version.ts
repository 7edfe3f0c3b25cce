import { compare, inc } from 'semver';

/** A roadmap version as written: `v1.0`, `v1.10`, `v2.0`. */
export type Version = string;

const versionPattern = /^v(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/;

/** True for `v<major>.<minor>` without leading zeros. */
export function isVersion(text: string): boolean {
  return versionPattern.test(text);
}

function toSemver(version: Version): string {
  return `${version.slice(1)}.0`;
}

/** Orders versions by number, so that v1.9 comes before v1.10. */
export function compareVersions(a: Version, b: Version): number {
  return compare(toSemver(a), toSemver(b));
}

/** `v1.9` → `v1.10` (minor) or `v2.0` (major). */
export function nextVersion(version: Version, bump: 'minor' | 'major'): Version {
  const next = inc(toSemver(version), bump);
  if (next === null) throw new RangeError(`${version} is not a version`);
  return `v${next.slice(0, next.lastIndexOf('.'))}`;
}

/** The highest of the versions, or null when there is none. */
export function latestVersion(versions: readonly Version[]): Version | null {
  return [...versions].sort(compareVersions).at(-1) ?? null;
}
