import type { FirmRecord } from './record.ts';

/** What one process of several has read. */
export interface LearningPart {
  /** Release of Scend that made it. */
  readonly engine: string;
  readonly workspaceId: string | null;
  /** Fingerprint of what all parts must have in common: commit, settings, and the list of the firms. */
  readonly state: string;
  /** Slugs of the firms that it is about. */
  readonly covered: readonly string[];
  /** Those of them that could not be read. */
  readonly unreadable: readonly string[];
  readonly firms: readonly FirmRecord[];
}

/** One of several equal divisions, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Reads `3/16`; null for anything else. */
export function parseShard(text: string): Shard | null {
  const [, index, count] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  return shard.index <= shard.count ? shard : null;
}

/** The firms of a shard: every `count`-th in the order of their slugs. */
export function firmsOf(slugs: readonly string[], { index, count }: Shard): string[] {
  return [...slugs].sort().filter((_, position) => position % count === index - 1);
}

export type Mismatch = 'engine' | 'workspace' | 'state';

/** What keeps a part from being joined with what is here; null when nothing does. */
export function mismatchOf(
  part: LearningPart,
  here: Pick<LearningPart, 'engine' | 'workspaceId' | 'state'>,
): Mismatch | null {
  if (part.workspaceId !== here.workspaceId) return 'workspace';
  if (part.engine !== here.engine) return 'engine';
  return part.state === here.state ? null : 'state';
}

export interface Joined {
  readonly firms: readonly FirmRecord[];
  readonly unreadable: readonly string[];
  /** Firms that no part is about. */
  readonly missing: readonly string[];
  /** Firms that two parts tell of differently. */
  readonly contradicted: readonly string[];
}

/** Joins parts firm by firm; their order, and how often one is there, does not matter. */
export function joinParts(parts: readonly LearningPart[], slugs: readonly string[]): Joined {
  const told = new Map<string, { readonly text: string; readonly firm: FirmRecord | null }>();
  const contradicted = new Set<string>();
  for (const part of parts) {
    const firms = new Map(part.firms.map((one) => [one.slug, one]));
    for (const slug of part.covered) {
      const firm = part.unreadable.includes(slug) ? null : (firms.get(slug) ?? null);
      const text = JSON.stringify(firm);
      const before = told.get(slug);
      if (before && before.text !== text) contradicted.add(slug);
      else told.set(slug, { text, firm });
    }
  }
  const covered = slugs.filter((slug) => told.has(slug));
  return {
    firms: covered.flatMap((slug) => told.get(slug)?.firm ?? []),
    unreadable: covered.filter((slug) => told.get(slug)?.firm === null),
    missing: slugs.filter((slug) => !told.has(slug)),
    contradicted: [...contradicted].sort(),
  };
}
