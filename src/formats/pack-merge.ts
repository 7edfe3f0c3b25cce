import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import type { Side, Sides } from '../domain/merge-order.ts';
import type { RuleId } from '../domain/rules.ts';
import { mergeLines } from './diff3.ts';
import { parseFrontMatter } from './front-matter.ts';
import type { ParsedPieces } from './markdown.ts';
import { bodyOutline, linedOf, mergeBodies, type ReadSide } from './merge-body.ts';
import { mergeFronts } from './merge-front.ts';
import {
  type Conflict,
  isConflict,
  joinLines,
  type Line,
  type Piece,
  splitLines,
  withMarkers,
} from './merge-lines.ts';
import { faultOf } from './merge-verify.ts';
import { decodeSource, encodeSource, lineEnding, makeSource } from './source.ts';
import { parsePackBody } from './ticket-pack.ts';

export interface MergeOptions {
  /** How many characters Git's markers have. */
  readonly size?: number;
  /** What the two sides are called in markers. */
  readonly labels?: { readonly ours: string; readonly theirs: string };
  /** Largest file that is read, in bytes. */
  readonly maxBytes: number;
}

export interface PackMerge {
  readonly bytes: Uint8Array;
  /** What is left to a person, with the line of its first marker in the result. */
  readonly conflicts: readonly (Conflict & { readonly line: number })[];
  /** Why the files were merged as plain text; null when they were merged by ticket. */
  readonly asText: string | null;
  /** Nothing could be merged at all; the bytes are those of ours. */
  readonly binary: boolean;
}

/** Findings with which a pack cannot be taken apart. Values that are wrong only stay what they are. */
const unreadable = new Set<RuleId>([
  'pack/duplicate-id',
  'pack/duplicate-detail',
  'pack/unclosed',
  'markdown/too-deep',
]);

const sideNames = { base: 'the common ancestor', ours: 'ours', theirs: 'theirs' } as const;

/**
 * Merges a ticket pack that two sides changed since `base`, ticket by ticket and field by field. The result is
 * parsed again and compared with what each side says; a pack that cannot be read, and a result that does not
 * hold, are merged as plain text, as Git would. Never throws for what is in the files.
 */
export function mergePacks(bytes: Sides<Uint8Array>, options: MergeOptions): PackMerge {
  const known: ParsedPieces = new Map();
  const read = readSides(bytes, options.maxBytes, known);
  if (typeof read === 'string') return mergeText(bytes, read, options);
  const pieces = mergeRead(read);
  const fault = faultOf(read, pieces, lineEnding(read.ours.lined.source), known);
  if (fault !== null) return mergeText(bytes, fault, options);
  const { source } = read.ours.lined;
  const eol = lineEnding(source);
  const { lines, conflicts } = marked(pieces, eol, options);
  return { bytes: encodeSource(source, joinLines(lines, eol)), conflicts, asText: null, binary: false };
}

function readSides(
  bytes: Sides<Uint8Array>,
  maxBytes: number,
  known: ParsedPieces,
): Sides<ReadSide> | string {
  const ours = readSide('ours', bytes.ours, maxBytes, null, known);
  if (typeof ours === 'string') return ours;
  const eol = lineEnding(ours.lined.source);
  const theirs = readSide('theirs', bytes.theirs, maxBytes, eol, known);
  if (typeof theirs === 'string') return theirs;
  const base = readSide('base', bytes.base, maxBytes, eol, known);
  return typeof base === 'string' ? base : { base, ours, theirs };
}

function readSide(
  side: Side,
  bytes: Uint8Array,
  maxBytes: number,
  eol: string | null,
  known: ParsedPieces,
): ReadSide | string {
  const why = (found: readonly Diagnostic[]) => {
    const [first] = found;
    return `${sideNames[side]} cannot be read as a ticket pack (line ${first?.line}: ${first?.message})`;
  };
  const { source, diagnostics } = decodeSource('', bytes, maxBytes);
  if (!source || hasErrors(diagnostics)) return why(diagnostics.filter((one) => one.severity === 'error'));
  const lined = linedOf(source, eol);
  // Both sides added the file: there is no ancestor.
  if (side === 'base' && bytes.length === 0) {
    const body = parsePackBody(source, 0);
    return { lined, yaml: null, bodyStart: 0, body, outline: { entries: [], gaps: [[]] } };
  }
  const front = parseFrontMatter(source);
  if (!front.frontMatter || hasErrors(front.diagnostics)) return why(front.diagnostics);
  const { yaml, bodyStart } = front.frontMatter;
  const body = parsePackBody(source, bodyStart, known);
  const broken = body.diagnostics.filter((one) => unreadable.has(one.rule));
  if (broken.length > 0) return why(broken);
  const outline = bodyOutline(lined, body, bodyStart);
  return outline
    ? { lined, yaml, bodyStart, body, outline }
    : `${sideNames[side]} has tickets that share a line`;
}

function mergeRead(read: Sides<ReadSide>): Piece[] {
  const { base, ours, theirs } = read;
  const front = (side: ReadSide) => (side.yaml ? { lined: side.lined, yaml: side.yaml } : null);
  const lines = ours.lined.lines;
  const lineAt = (offset: number) => ours.lined.source.lineStarts.filter((start) => start < offset).length;
  const yaml = ours.yaml ?? { start: 0, end: 0 };
  return [
    ...lines.slice(0, lineAt(yaml.start)),
    ...mergeFronts({ base: front(base), ours: front(ours), theirs: front(theirs) }),
    ...lines.slice(lineAt(yaml.end), lineAt(ours.bodyStart)),
    ...mergeBodies({ base: base.outline, ours: ours.outline, theirs: theirs.outline }),
  ];
}

function marked(pieces: readonly Piece[], eol: string, { size = 7, labels }: MergeOptions) {
  const style = { size, eol, ours: labels?.ours ?? 'ours', theirs: labels?.theirs ?? 'theirs' };
  const lines: Line[] = [];
  const conflicts: (Conflict & { line: number })[] = [];
  for (const piece of pieces) {
    if (isConflict(piece)) conflicts.push({ ...piece, line: lines.length + 1 });
    for (const line of withMarkers([piece], style)) lines.push(line);
  }
  return { lines, conflicts };
}

/** Merges by lines, as `git merge-file` does, whatever the encoding: every byte stands for itself. */
function mergeText(bytes: Sides<Uint8Array>, why: string, options: MergeOptions): PackMerge {
  const all = [bytes.base, bytes.ours, bytes.theirs];
  if (all.some((one) => one.includes(0)))
    return { bytes: bytes.ours, conflicts: [], asText: why, binary: true };
  const read = (side: Side): Line[] =>
    splitLines(Buffer.from(bytes[side]).toString('latin1')).map(({ text, eol }) => ({
      text: text + eol,
      eol: '',
    }));
  const sides = { base: read('base'), ours: read('ours'), theirs: read('theirs') };
  const eol = lineEnding(makeSource('', sides.ours[0]?.text ?? ''));
  const split = (lines: readonly Line[]) => lines.flatMap((line) => splitLines(line.text));
  const pieces = mergeLines(sides).flatMap((chunk): Piece[] => {
    if (chunk.kind === 'merged') return split(chunk.lines);
    const says = { ours: '', theirs: '' };
    return [{ subject: '', field: null, says, ours: split(chunk.ours), theirs: split(chunk.theirs) }];
  });
  const inBytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
  const labels = options.labels && {
    ours: inBytes(options.labels.ours),
    theirs: inBytes(options.labels.theirs),
  };
  const { lines, conflicts } = marked(pieces, eol, { ...options, ...(labels && { labels }) });
  return { bytes: Buffer.from(joinLines(lines, eol), 'latin1'), conflicts, asText: why, binary: false };
}
