import type { Diagnostic } from '../domain/diagnostic.ts';
import { diagnoseAt, lineText, placeAt, type Source } from './source.ts';

const maxLine = 16_384;
const maxNesting = 32;
/** Bullets between two headings, and marks of emphasis, links and code in one paragraph: both cost by the square. */
const maxBullets = 6_000;
const maxMarks = 3_000;

/**
 * The first place at which a text costs the parser more than any honest document does; null when there is none.
 * Looks at the lines that begin in a stretch of the source.
 */
export function beyondLimits(source: Source, from: number, end: number): Diagnostic | null {
  let bullets = 0;
  let marks = 0;
  for (let index = firstLine(source, from); index < source.lineStarts.length; index += 1) {
    const start = source.lineStarts[index]!;
    if (start >= end && start > from) break;
    const line = lineText(source, index);
    const own = line.match(/[*_[\]`<&!~]/g)?.length ?? 0;
    bullets = /^#{1,6}[ \t]/.test(line) ? 0 : bullets + (isBullet(line) ? 1 : 0);
    // Each item and each row of a table is a paragraph of its own.
    marks = line.trim() === '' || isBullet(line) || /^[ \t]*\|/.test(line) ? own : marks + own;
    const found = lineFault(line) ?? sumFault(bullets, marks);
    if (found) return diagnoseAt(source, 'markdown/too-deep', start, found.message, found.hint);
  }
  return null;
}

/** Index of the first line that begins at an offset or behind it. */
function firstLine(source: Source, from: number): number {
  const { line, column } = placeAt(source, from);
  return column === 1 ? line - 1 : line;
}

interface Fault {
  readonly message: string;
  readonly hint: string;
}

function isBullet(line: string): boolean {
  return /^[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/.test(line);
}

function sumFault(bullets: number, marks: number): Fault | null {
  if (bullets > maxBullets) {
    const message = `more than ${maxBullets} bullets without a heading between them`;
    return { message, hint: 'Put headings between the parts of the list.' };
  }
  if (marks <= maxMarks) return null;
  const message = `more than ${maxMarks} marks of emphasis, links or code in one paragraph`;
  return { message, hint: 'Break it into paragraphs.' };
}

function lineFault(line: string): Fault | null {
  if (line.length > maxLine) {
    return {
      message: `a line of ${line.length} characters; at most ${maxLine} are read`,
      hint: 'Break the line.',
    };
  }
  const containers = /^(?:[ \t]*(?:[-*+>]|\d{1,9}[.)]))+/.exec(line)?.[0] ?? '';
  const nesting = containers.replace(/\d+/g, '').replace(/[ \t]/g, '').length;
  const indent = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  const rule = /^[ \t]*([-*])(?:[ \t]*\1)*[ \t]*$/.test(line);
  if ((nesting <= maxNesting || rule) && indent <= 4 * maxNesting) return null;
  return { message: `more than ${maxNesting} levels of nesting`, hint: 'Flatten it.' };
}
