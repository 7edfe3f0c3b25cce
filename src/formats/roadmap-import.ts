import { sectionTitles } from '../domain/roadmap.ts';
import { applyEdits, type TextEdit } from './edit.ts';
import type { ImportFile, ImportHeading } from './import-headings.ts';
import { type Mapped, sectionLabel } from './import-mapping.ts';
import { sectionNumber } from './roadmap-file.ts';
import { lineEnding, placeAt } from './source.ts';

/** A change that the import made to what it took in. */
export interface ImportChange {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

/** The body of a roadmap made from files, and everything that was done to them. */
export interface ImportedBody {
  readonly text: string;
  readonly eol: string;
  readonly changes: readonly ImportChange[];
  /** Sections of which only the heading was made. */
  readonly made: readonly number[];
}

interface Piece {
  /** Null before the first section. */
  readonly section: number | null;
  text: string;
}

/**
 * Puts the files together in their order. Only the headings of sections get the number that they need, and
 * headings inside a section that would open another one are written so that they do not; a section that is
 * missing gets its heading. `appendix` says where headings nobody could place go with their text.
 */
export function buildBody(files: readonly ImportFile[], mapped: readonly Mapped[]): ImportedBody {
  const eol = lineEnding(files[0]?.source ?? { text: '' });
  const depth = Math.min(
    2,
    ...mapped.flatMap(({ heading, placing }) => (placing.kind === 'opens' ? [heading.depth] : [])),
  );
  const title = (number: number) => `${'#'.repeat(depth)} ${sectionLabel(number)}`;
  const changes: ImportChange[] = [];
  const pieces: Piece[] = [{ section: null, text: '' }];
  const apart: string[] = [];
  for (const [index, file] of files.entries()) {
    if (index > 0 && file.source.bom)
      changes.push({ file: file.source.file, line: 1, what: 'its byte order mark was left out' });
    let target: Piece | 'out' | 'appendix' = pieces.at(-1) as Piece;
    if (index > 0) pieces[pieces.length - 1] = target = { ...target, text: parted(target.text, eol) };
    const add = (text: string) => {
      if (target === 'appendix') apart[apart.length - 1] += text;
      else if (target !== 'out') target.text += text;
    };
    const own = mapped.filter((one) => one.heading.file === file.source.file);
    add(file.source.text.slice(file.bodyStart, own[0]?.heading.start ?? file.source.text.length));
    for (const [place, { heading, placing }] of own.entries()) {
      const end = own[place + 1]?.heading.start ?? file.source.text.length;
      const raw = file.source.text.slice(heading.start, end);
      const note = (what: string) => changes.push({ file: heading.file, line: heading.line, what });
      if (placing.kind === 'opens' || placing.kind === 'before') {
        target = { section: placing.section, text: '' };
        pieces.push(target);
        if (placing.kind === 'before') {
          note(`the heading "${title(placing.section)}" was put before it`);
          add(`${title(placing.section)}${eol}${eol}`);
          add(inside(raw, heading, note));
        } else add(numbered(raw, heading, placing.section, note));
        continue;
      }
      if (placing.kind === 'skip') {
        const next = own
          .slice(place + 1)
          .find((one) => one.placing.kind !== 'within' || one.placing.why === '--map');
        const stop = next?.heading.start ?? file.source.text.length;
        const last = placeAt(file.source, Math.max(heading.start, stop - 1)).line;
        note(`left out, lines ${heading.line} to ${last}`);
        target = 'out';
        continue;
      }
      if (placing.kind === 'unplaced') {
        note('moved to the Appendix under "Imported, not placed"');
        apart.push('');
        target = 'appendix';
      } else if (placing.why === '--map') target = pieces.at(-1) as Piece;
      add(inside(raw, heading, note));
    }
  }
  const made = addMissing(pieces, title, eol);
  addToAppendix(pieces, apart, files, depth, eol, changes);
  const joined = pieces.reduce(
    (text, one) => (one.section === null || text === '' ? text + one.text : parted(text, eol) + one.text),
    '',
  );
  return { text: joined.endsWith('\n') || joined.endsWith('\r') ? joined : joined + eol, eol, changes, made };
}

/** The text with a blank line at its end, as a heading needs before it; nothing else is changed. */
function parted(text: string, eol: string): string {
  if (text.trim() === '') return text;
  if (/(?:\r\n|\r(?!\n)|\n)[ \t]*(?:\r\n|\r(?!\n)|\n)[ \t]*$/.test(text)) return text;
  return /(?:\r\n|\r|\n)$/.test(text) ? text + eol : text + eol + eol;
}

/** The heading of a section with the number that a roadmap needs, written as near to what it was as can be. */
function numbered(
  raw: string,
  heading: ImportHeading,
  section: number,
  note: (what: string) => void,
): string {
  const edits: TextEdit[] = [];
  const marks = /^#+/.exec(raw)?.[0].length ?? 0;
  if (marks > 2) {
    edits.push({ start: 0, end: marks, text: '##' });
    note(`its level was raised from ${marks} to 2, as the heading of a section`);
  }
  if (sectionNumber(heading.text) !== section) {
    const start = marks + (/^[ \t]*/.exec(raw.slice(marks))?.[0].length ?? 0);
    const written = /^([*_]*)(section[ \t]+)?(\d{1,2})(?=[ \t]*[.):–—-](?!\d)|[ \t]*$)/i.exec(
      raw.slice(start),
    );
    if (written?.[3] && written[1] === '') {
      const at = start + (written[2]?.length ?? 0);
      edits.push({ start: at, end: at + written[3].length, text: String(section) });
      note(`its number ${written[3]} became ${section}`);
    } else {
      // "4. Name" over a line of dashes would be a list to Markdown.
      const text = heading.underlined ? `Section ${section} — ` : `${section}. `;
      edits.push({ start, end: start, text });
      note(`"${text.trim()}" was put before its name`);
    }
  }
  return applyEdits(raw, edits);
}

/** A heading inside a section: one that reads like "4. Name" is written so that it looks the same and opens nothing. */
function inside(raw: string, heading: ImportHeading, note: (what: string) => void): string {
  if (heading.startOfFile || heading.depth > 2 || sectionNumber(heading.text) === null) return raw;
  const marks = /^#*[ \t]*/.exec(raw)?.[0].length ?? 0;
  const word = /^((?:\*\*)?section)[ \t]/i.exec(raw.slice(marks));
  const digits = /^\d{1,2}/.exec(raw.slice(marks))?.[0].length ?? 0;
  const at = marks + (word?.[1]?.length ?? digits);
  const sign = raw[at] ?? '';
  const edit = word
    ? { start: at, end: at + 1, text: '&#32;' }
    : /[.):-]/.test(sign)
      ? { start: at, end: at, text: '\\' }
      : { start: at, end: at + 1, text: `&#${sign.codePointAt(0)};` };
  note(`"${edit.text}" was written into it, so that it opens no section; it looks the same`);
  return applyEdits(raw, [edit]);
}

/** Sections 1 to 9 that no heading opened, each behind the one before it. */
function addMissing(pieces: Piece[], title: (number: number) => string, eol: string): number[] {
  const made: number[] = [];
  for (let number = 1; number <= 9; number += 1) {
    if (pieces.some((one) => one.section === number)) continue;
    const before = Math.max(0, ...pieces.map((one) => one.section ?? 0).filter((one) => one < number));
    const index = pieces.findIndex((one) => (one.section ?? 0) === before);
    pieces.splice(index + 1, 0, { section: number, text: `${title(number)}${eol}` });
    made.push(number);
  }
  return made;
}

/** What had no place, and front matter of the files, at the end of the Appendix under headings that say so. */
function addToAppendix(
  pieces: readonly Piece[],
  apart: readonly string[],
  files: readonly ImportFile[],
  depth: number,
  eol: string,
  changes: ImportChange[],
): void {
  const appendix = pieces.find((one) => one.section === sectionTitles.indexOf('Appendix') + 1);
  if (!appendix) return;
  const marks = '#'.repeat(depth + 1);
  if (apart.length > 0) {
    appendix.text = `${parted(appendix.text, eol)}${marks} Imported, not placed${eol}${eol}`;
    for (const one of apart) appendix.text = parted(appendix.text, eol) + one;
  }
  for (const { source, frontMatter } of files) {
    if (frontMatter === null || frontMatter.trim() === '') continue;
    const longest = Math.max(2, ...(frontMatter.match(/`+/g) ?? []).map((one) => one.length));
    const fence = '`'.repeat(longest + 1);
    const closed = /[\r\n]$/.test(frontMatter) ? frontMatter : frontMatter + eol;
    appendix.text = `${parted(appendix.text, eol)}${marks} Front matter of ${source.file.split('/').at(-1)}${eol}${eol}${fence}yaml${eol}${closed}${fence}${eol}`;
    changes.push({ file: source.file, line: 1, what: 'its own front matter was moved to the Appendix' });
  }
}
