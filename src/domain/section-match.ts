import { sectionTitles } from './roadmap.ts';

/** What the headings of one section are called elsewhere. */
export interface SectionNames {
  readonly number: number;
  /** Whole headings that open the section. */
  readonly names: readonly string[];
  /** First words of headings that stand inside the section (`System` for "System 2 — Routing"). */
  readonly parts: readonly string[];
}

/** How a heading was recognised. */
export interface HeadingMatch {
  readonly number: number;
  readonly by: 'number' | 'title' | 'synonym' | 'part';
  /** The number, name or first word that it was recognised by. */
  readonly word: string;
}

/** A heading's words alone: without emphasis, numbers in front, signs, case, and what stands in brackets. */
export function plainHeading(text: string): string {
  return stripNumber(text.replace(/[*_`~]+/g, ''))
    .replace(/\([^()]*\)/g, ' ')
    .replace(/&(?:amp;)?/g, ' and ')
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** `4. Pilot` → `Pilot`, `SECTION 4 — Pilot` → `Pilot`; other headings stay. */
function stripNumber(text: string): string {
  return text.replace(
    /^[^\p{L}\p{N}]*(?:section[ \t]+\d{1,2}|\d{1,2}(?=[ \t]*[.):–—-]))[ \t]*[.):–—-]*[ \t]*/iu,
    '',
  );
}

/** The section that a heading's words name, or null. A title is surer than a synonym, and both than a part. */
export function matchName(text: string, table: readonly SectionNames[]): HeadingMatch | null {
  const words = plainHeading(text);
  if (words === '') return null;
  const title = sectionTitles.findIndex((one) => plainHeading(one) === words);
  if (title >= 0) return { number: title + 1, by: 'title', word: sectionTitles[title] ?? '' };
  for (const { number, names } of table) {
    const name = names.find((one) => plainHeading(one) === words);
    if (name !== undefined) return { number, by: 'synonym', word: name };
  }
  for (const { number, parts } of table) {
    const part = parts.find((one) => begins(words, plainHeading(one)));
    if (part !== undefined) return { number, by: 'part', word: part };
  }
  return null;
}

/** True for "system 2 routing" and "system"; not for "systems" or "systematic". */
function begins(words: string, first: string): boolean {
  return first !== '' && (words === first || words.startsWith(`${first} `));
}
