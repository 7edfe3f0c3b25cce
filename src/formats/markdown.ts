import type { Root, RootContent } from 'mdast';
import { remark } from 'remark';
import remarkGfm from 'remark-gfm';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { beyondLimits } from './markdown-limits.ts';
import { diagnoseAt, type Source } from './source.ts';

/** A top-level Markdown node; `base` is added to its position offsets to get offsets in the source. */
export interface Block {
  readonly node: RootContent;
  readonly base: number;
}

/** What pieces of text were parsed to, for texts that have much in common. */
export type ParsedPieces = Map<string, Root>;

const parser = remark().use(remarkGfm).freeze();

/**
 * Pieces parsed last, oldest first: a run reads a pack in the work tree and in HEAD, and what it made of it once
 * more to be sure; most pieces are the same each time. Nodes are never changed once they are parsed.
 */
const recent = new Map<string, Root>();
let recentLength = 0;
/** In characters; the tree of a text takes a hundred times its length. */
const longestRecent = 1_000_000;

function parsePiece(piece: string): Root {
  const found = recent.get(piece);
  if (found) {
    recent.delete(piece);
    recent.set(piece, found);
    return found;
  }
  const root = parser.parse(piece) as Root;
  recent.set(piece, root);
  recentLength += piece.length;
  for (const oldest of recent.keys()) {
    if (recentLength <= longestRecent) break;
    recent.delete(oldest);
    recentLength -= oldest.length;
  }
  return root;
}

/**
 * Parses the source from `from` on into top-level blocks. The parser's cost grows with the square of a
 * list's length, so the text is cut where a blank line is followed by a heading at column 0 (which ends
 * every open container), and a piece that ends in an open fence or HTML block is joined with the next.
 */
export function parseMarkdown(
  source: Source,
  from = 0,
  known: ParsedPieces = new Map(),
): { readonly blocks: Block[]; readonly diagnostics: Diagnostic[] } {
  const deep = beyondLimits(source, from);
  if (deep) return { blocks: [], diagnostics: [deep] };
  try {
    return { blocks: parsePieces(source.text, from, known), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = 'the Markdown is nested too deeply to be read';
    return { blocks: [], diagnostics: [diagnoseAt(source, 'markdown/too-deep', from, message)] };
  }
}

function parsePieces(text: string, from: number, known: ParsedPieces): Block[] {
  const cuts = [from];
  for (const match of text.matchAll(/(?:\r\n|\n|\r(?!\n))[ \t]*(?:\r\n|\n|\r(?!\n))(?=#{1,6}[ \t])/g)) {
    const cut = match.index + match[0].length;
    if (cut > from) cuts.push(cut);
  }
  cuts.push(text.length);
  const blocks: Block[] = [];
  let start = from;
  for (const end of cuts.slice(1)) {
    const piece = text.slice(start, end);
    const root = known.get(piece) ?? parsePiece(piece);
    known.set(piece, root);
    if (end < text.length && endsOpen(root, piece)) continue;
    for (const node of root.children) blocks.push({ node, base: start });
    start = end;
  }
  return blocks;
}

/** True when a piece ends inside a fence or an HTML block that the following lines would continue. */
function endsOpen(root: Root, piece: string): boolean {
  const last = root.children.at(-1);
  return last !== undefined && isUnclosed(last, piece);
}

/** The same for a node whose place in the source is known. */
export function isUnclosedAt(source: Source, node: RootContent, [start, end]: [number, number]): boolean {
  const raw = source.text.slice(start, end);
  const point = { line: 1, column: 1 };
  const position = { start: { ...point, offset: 0 }, end: { ...point, offset: raw.length } };
  return isUnclosed({ ...node, position } as RootContent, raw);
}

/** True for a code fence without its closing fence, or a comment-like HTML block without its end. */
export function isUnclosed(node: RootContent, text: string): boolean {
  const raw = text.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
  if (node.type === 'code') {
    const fence = /^(`{3,}|~{3,})/.exec(raw)?.[1];
    if (fence === undefined) return false;
    const last =
      raw
        .split(/\r\n|\r|\n/)
        .at(-1)
        ?.trim() ?? '';
    const closed = last.length >= fence.length && last === (fence[0] ?? '').repeat(last.length);
    return !closed || !/[\r\n]/.test(raw);
  }
  if (node.type !== 'html') return false;
  if (raw.startsWith('<!--')) return !raw.slice(4).includes('-->') && !/^<!---?>/.test(raw);
  if (raw.startsWith('<?')) return !raw.includes('?>');
  if (raw.startsWith('<![CDATA[')) return !raw.includes(']]>');
  if (/^<![A-Za-z]/.test(raw)) return !raw.includes('>');
  if (/^<(?:script|pre|style|textarea)(?=[\s>]|$)/i.test(raw))
    return !/<\/(?:script|pre|style|textarea)>/i.test(raw);
  return false;
}

/** Start and end of a node in the source; a node without a position (a literal autolink) has none. */
export function rangeOf(node: { position?: RootContent['position'] }, base: number): [number, number] | null {
  const start = node.position?.start.offset;
  const end = node.position?.end.offset;
  return start === undefined || end === undefined ? null : [base + start, base + end];
}
