import type { RootContent } from 'mdast';
import { visit } from 'unist-util-visit';
import type { Diagnostic } from '../domain/diagnostic.ts';
import type { RuleId } from '../domain/rules.ts';
import { isUnclosedAt, type Piece, parseWhole, rangeOf } from './markdown.ts';
import { diagnoseAt, lineText, placeAt, type Source } from './source.ts';
import { readId } from './ticket-line.ts';

/** Space that Markdown does not take for space. */
const oddSpace = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]/;
const bullet = '(?:[-*+–—−•◦▪·‣∙]|\\d{1,9}[.)]|#{1,6})';
const blank = '[ \\t\\u00a0\\u1680\\u2000-\\u200b\\u202f\\u205f\\u3000]';
const candidate = new RegExp(
  `^((?:${blank}|>){0,64})(${bullet}?)(${blank}{0,16})\\\\?\\[(${blank}{0,3}[xX✓✔☑✅☒✗✘✕❌/*•v√-]?${blank}{0,3})\\\\?\\](${blank}{0,16})`,
  'u',
);

/** A line that looks like a ticket and is none. */
interface Candidate {
  readonly miss: Miss;
  /** Offset of the odd part in the source. */
  readonly at: number;
}

/**
 * Lines that look like tickets and are none to Markdown. Every one is a finding with what the line should
 * read, so that a tick is never lost in silence. `ids` are those that such lines hold. `unreadable` says what
 * keeps the parser from telling where such a line stands.
 */
export function nearMisses(
  source: Source,
  from: number,
  pieces: readonly Piece[],
  taskOffsets: readonly number[],
): {
  readonly diagnostics: Diagnostic[];
  readonly ids: ReadonlySet<string>;
  readonly unreadable: Diagnostic[];
} {
  const candidates = readCandidates(source, from, taskOffsets);
  const found: Diagnostic[] = [];
  const read = candidates.length === 0 ? [] : readAreas(source, pieces, candidates, found);
  if ('rule' in read) return { diagnostics: [], ids: new Set(), unreadable: [read] };
  const said = new Set<Area>();
  let next = 0;
  for (const { miss, at } of candidates) {
    while (next < read.length && read[next]!.end <= at) next += 1;
    const area = read[next];
    if (area && area.start <= at) {
      // One finding for a whole quotation or block is enough.
      if (area.silent || said.has(area)) continue;
      said.add(area);
      found.push(diagnoseAt(source, area.rule, at, `${miss.id} stands in ${area.what} and is not counted`));
      continue;
    }
    found.push(diagnoseAt(source, miss.rule, at, miss.message, `Write "${miss.fixed}".`));
  }
  return { diagnostics: found, ids: new Set(candidates.map((one) => one.miss.id)), unreadable: [] };
}

/** `taskOffsets` in ascending order. Looks only at lines that hold a bracket: no other line has a box. */
function readCandidates(source: Source, from: number, taskOffsets: readonly number[]): Candidate[] {
  const { text, lineStarts } = source;
  const found: Candidate[] = [];
  let line = placeAt(source, from).line - 1;
  let task = 0;
  let bracket = text.indexOf('[', lineStarts[line]);
  while (bracket >= 0) {
    while ((lineStarts[line + 1] ?? Infinity) <= bracket) line += 1;
    const start = lineStarts[line]!;
    const end = lineStarts[line + 1] ?? text.length;
    while (task < taskOffsets.length && taskOffsets[task]! < start) task += 1;
    if (task === taskOffsets.length || taskOffsets[task]! >= end) {
      const miss = readCandidate(lineText(source, line));
      if (miss) found.push({ miss, at: start + miss.at });
    }
    bracket = text.indexOf('[', end);
  }
  return found;
}

interface Area {
  readonly start: number;
  readonly end: number;
  readonly rule: RuleId;
  readonly what: string;
  /** Reported once already, as an unclosed block that names its tickets. */
  readonly silent: boolean;
}

/**
 * Stretches of code, comments and quotations, none inside another, in the pieces that hold a candidate: no
 * other piece can say anything of one.
 */
function readAreas(
  source: Source,
  pieces: readonly Piece[],
  candidates: readonly Candidate[],
  found: Diagnostic[],
): Area[] | Diagnostic {
  const areas: Area[] = [];
  let next = 0;
  for (const piece of pieces) {
    while (next < candidates.length && candidates[next]!.at < piece.start) next += 1;
    const candidate = candidates[next];
    if (!candidate || candidate.at >= piece.end) continue;
    const blocks = piece.blocks ?? parseWhole(source, piece);
    if ('rule' in blocks) return blocks;
    for (const { node, base } of blocks) {
      visit(node, (child) => {
        const range = rangeOf(child as RootContent, base);
        if (!range) return;
        const area = describeArea(source, child as RootContent, range);
        if (!area) return;
        const silent =
          area.rule === 'pack/ticket-in-code' && reportUnclosed(source, child as RootContent, range, found);
        // The outermost stands for what it holds.
        if (range[0] < (areas.at(-1)?.end ?? 0)) return;
        areas.push({ ...area, start: range[0], end: range[1], silent });
      });
    }
  }
  return areas;
}

function describeArea(
  source: Source,
  node: RootContent,
  [start]: [number, number],
): { rule: RuleId; what: string } | null {
  switch (node.type) {
    case 'code': {
      const fenced = /^(?:`{3}|~{3})/.test(source.text.slice(start, start + 3));
      // Indented code is an accident of spacing, and reported line by line as such.
      return fenced ? { rule: 'pack/ticket-in-code', what: 'a code block' } : null;
    }
    case 'inlineCode':
      return { rule: 'pack/ticket-in-code', what: 'code' };
    case 'html': {
      const comment = source.text.startsWith('<!--', start);
      return comment
        ? { rule: 'pack/ticket-in-code', what: 'a comment' }
        : { rule: 'pack/ticket-in-quote', what: 'an HTML block' };
    }
    case 'blockquote':
      return { rule: 'pack/ticket-in-quote', what: 'a quotation' };
    default:
      return null;
  }
}

/** An open fence or comment swallows everything to the end; that is an error when tickets are in it. */
function reportUnclosed(
  source: Source,
  node: RootContent,
  range: [number, number],
  found: Diagnostic[],
): boolean {
  const raw = source.text.slice(...range);
  if (!isUnclosedAt(source, node, range)) return false;
  const ids = raw
    .split(/\r\n|\r|\n/)
    .map((line) => readCandidate(line)?.id ?? null)
    .filter((id): id is string => id !== null);
  if (ids.length === 0) return false;
  const what = node.type === 'code' ? 'code fence' : 'comment';
  found.push(
    diagnoseAt(source, 'pack/unclosed', range[0], `this ${what} has no end and swallows ${ids.join(', ')}`),
  );
  return true;
}

interface Miss {
  readonly id: string;
  /** Offset in the line at which the odd part begins. */
  readonly at: number;
  readonly rule: RuleId;
  readonly message: string;
  readonly fixed: string;
}

function readCandidate(line: string): Miss | null {
  const match = candidate.exec(line);
  if (!match) return null;
  const [whole, lead = '', mark = '', , inside = ''] = match;
  const rest = line.slice(whole.length);
  const found = readId(rest);
  // Without an id it is a ticket only if a box follows a bullet, and then the list reader has said so.
  if (!found) return null;
  const ticked = /[xX✓✔☑✅v√]/.test(inside) ? 'x' : /[-/]/.test(inside) ? inside.trim() : ' ';
  const plainLead = lead.replace(/\t/g, '    ');
  const indented =
    /^\d|^[-*+]/.test(mark) &&
    !hasOddities(whole) &&
    (plainLead.length >= 4 || /^\S+(?:[ ]{5,}|.*\t)/.test(whole.trimStart()));
  const indent = indented ? '' : lead.replace(/[^ \t>]/g, ' ');
  const fixed = `${indent}${/^(?:[*+]|\d)/.test(mark) ? mark : '-'} [${ticked}] ${rest.trimStart().slice(0, 60)}`;
  return {
    id: found.id,
    at: lead.length,
    rule: indented ? 'pack/indented-code' : 'pack/not-a-task',
    message: indented
      ? `${found.id} is indented so far that it is code`
      : `${found.id} is not a task: ${reason(match, line)}`,
    fixed,
  };
}

function hasOddities(text: string): boolean {
  return oddSpace.test(text) || text.includes('\\') || !/\[[ xX]\][ \t]/.test(`${text} `);
}

function reason(match: RegExpExecArray, line: string): string {
  const [whole, , mark = '', gap = '', inside = '', after = ''] = match;
  if (oddSpace.test(whole)) return 'it holds a non-breaking or other odd space';
  if (whole.includes('\\')) return 'its box is escaped with a backslash';
  if (mark === '') return 'it has no bullet';
  if (mark.startsWith('#')) return 'it is a heading';
  if (!/^(?:[-*+]|\d)/.test(mark)) return `"${mark}" is no bullet in Markdown`;
  if (inside === '') return 'its box is empty';
  if (inside.length > 1) return 'its box is not exactly one character wide';
  if (!/[ xX/-]/.test(inside)) return `"${inside}" is no tick; an x is`;
  if (gap === '') return 'a space is missing after the bullet';
  if (after === '' && line.length > whole.length) return 'a space is missing after the box';
  return 'Markdown reads this line as part of something else';
}
