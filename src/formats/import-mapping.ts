import { sectionTitles } from '../domain/roadmap.ts';
import { matchName, plainHeading, type SectionNames } from '../domain/section-match.ts';
import { allHeadings, type ImportFile, type ImportHeading } from './import-headings.ts';

/**
 * What becomes of a heading. `opens`: it is the heading of a section. `before`: the section's own heading is put
 * in front of it. `within`: it stays inside the section before. `opening`: it stands before the first section.
 * `skip`: it and its text are left out. `unplaced`: nobody knows. `twice`: its section is there already.
 */
export type Placing =
  | { readonly kind: 'opens' | 'before'; readonly section: number; readonly why: string }
  | { readonly kind: 'twice'; readonly section: number; readonly why: string; readonly first: ImportHeading }
  | { readonly kind: 'within' | 'opening' | 'skip' | 'unplaced'; readonly why: string };

export interface Mapped {
  readonly heading: ImportHeading;
  readonly placing: Placing;
}

/** What a person said of a heading. */
export type Override = number | 'skip' | 'append';

interface Claim {
  readonly section: number;
  readonly how: 'opens' | 'part';
  readonly why: string;
}

/** Maps every heading of the files to the sections of a roadmap; what a person said goes before all else. */
export function mapHeadings(
  files: readonly ImportFile[],
  table: readonly SectionNames[],
  overrides: ReadonlyMap<ImportHeading, Override>,
): Mapped[] {
  const headings = allHeadings(files);
  const claims = claimsOf(files, headings, table, overrides);
  const mapped: Mapped[] = [];
  let current = null as number | null;
  let file = headings[0]?.file;
  let loose = false;
  const opened = new Map<number, ImportHeading>();
  for (const heading of headings) {
    if (heading.file !== file) loose = false;
    file = heading.file;
    const claim = claims.get(heading);
    const said = overrides.get(heading);
    let placing: Placing;
    if (said === 'skip') placing = { kind: 'skip', why: '--map' };
    else if (said === 'append') placing = { kind: current === null ? 'opening' : 'within', why: '--map' };
    else if (claim === 'unplaced') placing = { kind: 'unplaced', why: 'no section has this name' };
    else if (!claim)
      placing = loose
        ? { kind: 'within', why: 'under the heading before' }
        : current !== null
          ? { kind: 'within', why: `in section ${current}` }
          : { kind: 'opening', why: 'before the first section' };
    else if (current === claim.section && !loose)
      placing = { kind: 'within', why: `joined to section ${claim.section}: ${claim.why}` };
    else {
      const first = opened.get(claim.section);
      placing = first
        ? { kind: 'twice', section: claim.section, why: claim.why, first }
        : {
            kind: claim.how === 'part' || heading.startOfFile ? 'before' : 'opens',
            section: claim.section,
            why: claim.why,
          };
    }
    if (placing.kind === 'opens' || placing.kind === 'before' || placing.kind === 'twice') {
      current = placing.section;
      if (!opened.has(placing.section)) opened.set(placing.section, heading);
      loose = false;
    } else if (placing.kind === 'unplaced' || placing.kind === 'skip') loose = true;
    else if (said === 'append') loose = false;
    mapped.push({ heading, placing });
  }
  return mapped;
}

function claimsOf(
  files: readonly ImportFile[],
  headings: readonly ImportHeading[],
  table: readonly SectionNames[],
  overrides: ReadonlyMap<ImportHeading, Override>,
): Map<ImportHeading, Claim | 'unplaced'> {
  const claims = new Map<ImportHeading, Claim | 'unplaced'>();
  const taken = new Set<number>();
  const claim = (heading: ImportHeading, section: number, why: string, how: Claim['how'] = 'opens') => {
    claims.set(heading, { section, how, why });
    taken.add(section);
  };
  for (const [heading, said] of overrides) if (typeof said === 'number') claim(heading, said, '--map');
  const free = (one: ImportHeading) => !overrides.has(one) && !one.startOfFile;
  const numbered = new Set<ImportHeading>();
  for (const one of headings) {
    const number = free(one) && one.depth <= 2 ? saidNumber(one.text) : null;
    if (number === null) continue;
    claim(one, number, `it says section ${number}`);
    numbered.add(one);
  }
  const perFile = files.map((file) => ({
    file,
    own: headings.filter((one) => one.file === file.source.file),
  }));
  for (const { own } of perFile) {
    const first = own[0];
    if (!first || !free(first) || numbered.has(first) || first.depth > 2) continue;
    const match = matchName(first.text, table);
    if (
      match &&
      match.by !== 'part' &&
      !taken.has(match.number) &&
      (files.length > 1 || match.by === 'title')
    )
      claim(first, match.number, nameReason(match.by, match.word));
  }
  for (const { own } of perFile) {
    const leads =
      own.some((one) => numbered.has(one)) || (files.length > 1 && claims.has(own[0] as ImportHeading));
    if (leads) laterNames(own.filter(free), claims, taken, table, claim);
    else byName(own, free, claims, taken, table, claim);
  }
  return claims;
}

type Claimer = (heading: ImportHeading, section: number, why: string, how?: Claim['how']) => void;

/**
 * A file that opens with a section of its own: its other headings are inside, whatever their level, except
 * where one of the same level names a later section that no file claims.
 */
function laterNames(
  own: readonly ImportHeading[],
  claims: ReadonlyMap<ImportHeading, Claim | 'unplaced'>,
  taken: ReadonlySet<number>,
  table: readonly SectionNames[],
  claim: Claimer,
): void {
  const level = Math.max(...own.filter((one) => claims.has(one)).map((one) => one.depth));
  let current = 0;
  for (const one of own) {
    const known = claims.get(one);
    if (known && known !== 'unplaced') current = known.section;
    if (known || one.depth > level) continue;
    const match = matchName(one.text, table);
    if (!match || match.by === 'part' || taken.has(match.number) || match.number < current) continue;
    claim(one, match.number, nameReason(match.by, match.word));
    current = match.number;
  }
}

/** A file of several sections without "SECTION N": the headings of one level open them, by their names. */
function byName(
  own: readonly ImportHeading[],
  free: (one: ImportHeading) => boolean,
  claims: Map<ImportHeading, Claim | 'unplaced'>,
  taken: ReadonlySet<number>,
  table: readonly SectionNames[],
  claim: Claimer,
): void {
  const level = sectionLevel(own, table);
  const ascending = numbersAscend(own.filter((one) => one.depth === level));
  const named = new Set(
    own.flatMap((one) => (one.depth === level ? [matchName(one.text, table)?.number ?? 0] : [])),
  );
  let begun = false;
  for (const one of own) {
    if (claims.has(one)) begun = true;
    if (one.startOfFile && !claims.has(one)) claims.set(one, 'unplaced');
    if (claims.has(one) || !free(one) || one.depth > level) continue;
    const match = one.depth === level ? matchName(one.text, table) : null;
    const number = one.depth === level && ascending ? bareNumber(one.text) : null;
    if (match)
      claim(one, match.number, nameReason(match.by, match.word), match.by === 'part' ? 'part' : 'opens');
    else if (number !== null && !named.has(number) && !taken.has(number))
      claim(one, number, `it has the number ${number}`);
    else if (begun) claims.set(one, 'unplaced');
    if (claims.has(one)) begun = true;
  }
}

/** The level, 1 or 2, whose headings name most sections; the upper one of two alike. */
function sectionLevel(own: readonly ImportHeading[], table: readonly SectionNames[]): number {
  const names = (depth: number) =>
    new Set(
      own.flatMap((one) => {
        const match = one.depth === depth ? matchName(one.text, table) : null;
        return match ? [match.number] : [];
      }),
    ).size;
  return names(2) > names(1) ? 2 : 1;
}

/** `SECTION 4 — Name` and `Section 4`; not "Section 4 of the lease". */
function saidNumber(text: string): number | null {
  const match = /^[*_]*section[ \t]+(\d{1,2})[ \t]*(?:[*_.):–—-]|$)/i.exec(text);
  const number = Number(match?.[1]);
  return number >= 1 && number <= 10 ? number : null;
}

/** The number of `4. Name` or `4) Name`; null for `4.1 Name`. */
function bareNumber(text: string): number | null {
  const number = Number(/^[*_]*(\d{1,2})[ \t]*[.):–—-](?!\d)/.exec(text)?.[1]);
  return number >= 1 && number <= 10 ? number : null;
}

function numbersAscend(own: readonly ImportHeading[]): boolean {
  const numbers = own.flatMap((one) => bareNumber(one.text) ?? []);
  return numbers.length >= 3 && numbers.every((one, index) => index === 0 || one > (numbers[index - 1] ?? 0));
}

function nameReason(by: 'number' | 'title' | 'synonym' | 'part', word: string): string {
  if (by === 'title') return 'its name';
  return by === 'part' ? `it begins with "${word}"` : `"${word}" in the table of names`;
}

/** The headings that a person meant by `HEADING` or `FILE:LINE`. */
export function headingsCalled(headings: readonly ImportHeading[], said: string): ImportHeading[] {
  const place = /^(?:(.*):)?(\d+)$/.exec(said);
  const exact = headings.filter((one) => one.text === said);
  if (exact.length > 0) return exact;
  if (place?.[2]) {
    const at = headings.filter(
      (one) =>
        one.line === Number(place[2]) &&
        (!place[1] || one.file === place[1] || one.file.endsWith(`/${place[1]}`)),
    );
    if (at.length > 0) return at;
  }
  const words = plainHeading(said.replace(/^#{1,6}[ \t]*/, ''));
  return words === '' ? [] : headings.filter((one) => plainHeading(one.text) === words);
}

/** A section as people call it. */
export function sectionLabel(number: number): string {
  return `${number}. ${sectionTitles[number - 1] ?? ''}`;
}
