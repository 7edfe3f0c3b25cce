import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isSlug } from '../domain/slug.ts';

/**
 * Names in a workspace for a shell that completes them: read from the names of folders and files alone, so
 * that a press of Tab is answered at once. What is not there, or cannot be read, has no names.
 */
export interface CompletionNames {
  readonly firms: () => string[];
  /** Labels of a firm's snapshots; null is the firm whose folder one stands in. */
  readonly labels: (firm: string | null) => string[];
  /** Versions of a firm's roadmaps, oldest first. */
  readonly versions: (firm: string | null) => string[];
}

export function completionNames(cwd: string, dir: string | null): CompletionNames {
  const start = resolve(cwd, dir ?? '.');
  const root = rootAbove(start);
  const names = (...path: string[]) => (root === null ? [] : namesIn(join(root, ...path)));
  const ownFirm = () => {
    const parts = root === null ? [] : relative(root, start).split(sep);
    return parts[0] === 'firms' ? (parts[1] ?? null) : null;
  };
  const ofFirm = (firm: string | null, folder: string, pattern: RegExp) => {
    const slug = firm ?? ownFirm();
    if (slug === null || !isSlug(slug)) return [];
    const found = names('firms', slug, folder).flatMap((name) => pattern.exec(name)?.[1] ?? []);
    return [...new Set(found)];
  };
  return {
    firms: () => names('firms').filter(isSlug).sort(),
    labels: (firm) =>
      ofFirm(firm, 'snapshots', /^\d{4}-\d{2}-\d{2}_([a-z0-9]+(?:-[a-z0-9]+)*)(?:_\d+)?\.ya?ml$/),
    versions: (firm) =>
      ofFirm(firm, 'deliverables', /_ROADMAP_(v\d{1,9}\.\d{1,9})\.md$/).sort(
        (a, b) => parts(a)[0] - parts(b)[0] || parts(a)[1] - parts(b)[1],
      ),
  };
}

/** `v1.10` → 1 and 10; the package that compares versions elsewhere takes too long to load here. */
function parts(version: string): [major: number, minor: number] {
  const [major, minor] = version.slice(1).split('.').map(Number);
  return [major ?? 0, minor ?? 0];
}

function rootAbove(start: string): string | null {
  if (!statSync(start, { throwIfNoEntry: false })?.isDirectory()) return null;
  for (let dir = start; ; dir = dirname(dir)) {
    try {
      if (statSync(join(dir, 'scend.yaml')).isFile()) return dir;
    } catch {
      // Not here; perhaps above.
    }
    if (dirname(dir) === dir) return null;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
