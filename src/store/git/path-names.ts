import type { GitIndex } from './index-file.ts';
import { refusal } from './refusal.ts';
import { fromName, toName } from './tree.ts';

/** What macOS leaves out when it compares names. */
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** Refuses a path that Git would not take into a tree (`git/bad-path`). */
export function refuseBadPath(path: string): void {
  const parts = path.split('/');
  const bad = /[\0\\\p{Surrogate}]/u.test(path) || parts.some((part) => isBadName(part));
  if (!bad) return;
  throw refusal(
    'git/bad-path',
    `${JSON.stringify(path)} is no path that Git can hold`,
    'Give the path from the top of the repository, with slashes, without `.`, `..` and `.git`.',
    { path },
  );
}

function isBadName(name: string): boolean {
  // Windows drops trailing dots and spaces, and takes what follows a colon for a stream.
  const plain = name.replace(IGNORED, '').toLowerCase().split(':', 1)[0]!;
  return name === '' || name === '.' || name === '..' || /^(\.git|git~1)[. ]*$/.test(plain);
}

/** Names that are the same on a file system that ignores case or Unicode composition. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** Refuses new paths that some file systems cannot hold beside what is tracked, or beside one another. */
export function refuseCollisions(index: GitIndex, created: readonly string[]): void {
  if (created.length === 0) return;
  const wanted = new Map<string, string>();
  for (const path of created) for (const prefix of prefixesOf(path)) addFolded(wanted, prefix);
  /** The last directory that none of the wanted lies in; an index is sorted, so that many entries follow in it. */
  let elsewhere = '\0';
  for (const { name } of index.entries) {
    if (name.startsWith(elsewhere)) continue;
    const path = fromName(name);
    for (const prefix of prefixesOf(path)) {
      const other = wanted.get(foldName(prefix));
      if (other === undefined) {
        elsewhere = prefix === path ? elsewhere : `${toName(prefix)}/`;
        break;
      }
      if (other !== prefix) throw collision(other, prefix);
    }
  }
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
export function prefixesOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

export function collision(path: string, other: string): Error {
  return refusal(
    'git/name-collision',
    `${path} and ${other} differ only in case or in how accents are written, which some systems cannot hold`,
    'Use the name that exists, or rename it first: git mv',
    { path, other },
  );
}

function addFolded(wanted: Map<string, string>, prefix: string): void {
  const folded = foldName(prefix);
  const other = wanted.get(folded) ?? prefix;
  if (other !== prefix) throw collision(prefix, other);
  wanted.set(folded, prefix);
}
