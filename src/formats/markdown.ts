import type { Root, RootContent } from 'mdast';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { scanBlocks } from './block-scanner.ts';
import { beyondLimits } from './markdown-limits.ts';
import { parseWithRemark } from './markdown-parser.ts';
import { diagnoseAt, type Source } from './source.ts';

/** A top-level Markdown node; `base` is added to its position offsets to get offsets in the source. */
export interface Block {
  readonly node: RootContent;
  readonly base: number;
}

/** What pieces of text were parsed to, for texts that have much in common. */
export type ParsedPieces = Map<string, Root>;

/** A stretch of the source that means the same alone. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  /** The blocks with all that they hold; null where only lines were read. */
  readonly blocks: readonly Block[] | null;
}

/** Blocks of a source, and the pieces in which they were read; with a finding, neither. */
export interface Markdown {
  readonly blocks: Block[];
  readonly pieces: readonly Piece[];
  readonly diagnostics: Diagnostic[];
}

/**
 * How much of the tree a reader needs. `items`: blocks, lists and their items, and where those lie; a task's
 * paragraph may begin at its box. `blocks`: the same, each exactly where the parser sees it. `all`: what
 * stands within lines and cells too, which only the parser tells.
 */
export type Reading = 'items' | 'blocks' | 'all';

export interface MarkdownOptions {
  readonly reading?: Reading;
  readonly known?: ParsedPieces | undefined;
}

/**
 * Pieces parsed last, oldest first: a run reads a pack in the work tree and in HEAD, and what it made of it once
 * more to be sure; most pieces are the same each time. Nodes are never changed once they are parsed.
 */
const recent = new Map<string, Root>();
let recentLength = 0;
/** In characters; the tree of a text takes a hundred times its length. */
const longestRecent = 1_000_000;

function parseText(text: string, known: ParsedPieces | undefined): Root {
  const found = known?.get(text) ?? recent.get(text);
  const root = found ?? parseWithRemark(text);
  known?.set(text, root);
  if (recent.delete(text)) recentLength -= text.length;
  recent.set(text, root);
  recentLength += text.length;
  for (const oldest of recent.keys()) {
    if (recentLength <= longestRecent) break;
    recent.delete(oldest);
    recentLength -= oldest.length;
  }
  return root;
}

/**
 * Reads the source from `from` on into top-level blocks. Lines of which every reader makes the same are read as
 * lines, at a hundredth of the parser's cost; the parser gets the stretches between them.
 */
export function parseMarkdown(source: Source, from = 0, options: MarkdownOptions = {}): Markdown {
  const { reading = 'blocks', known } = options;
  const blocks: Block[] = [];
  const pieces: Piece[] = [];
  let at = from;
  // A source may end where its front matter does.
  while (at < source.text.length) {
    let doubtful = at;
    if (reading !== 'all') {
      const scan = scanBlocks(source, at, reading === 'blocks');
      for (const node of scan.blocks) blocks.push({ node, base: 0 });
      for (const [index, start] of scan.cuts.entries()) {
        const end = scan.cuts[index + 1] ?? scan.end;
        if (start < end) pieces.push({ start, end, blocks: null });
      }
      at = scan.end;
      doubtful = scan.stop;
      if (at === source.text.length) break;
    }
    const piece = parsePiece(source, at, doubtful, known);
    if ('rule' in piece) return { blocks: [], pieces: [], diagnostics: [piece] };
    blocks.push(...piece.blocks);
    pieces.push(piece);
    at = piece.end;
  }
  return { blocks, pieces, diagnostics: [] };
}

/** What the parser makes of a piece of which only the lines were read. */
export function parseWhole(source: Source, { start, end }: Piece): readonly Block[] | Diagnostic {
  const piece = parseUpTo(source, start, end, undefined);
  return 'rule' in piece ? piece : piece.blocks;
}

type ParsedPiece = Piece & { readonly blocks: readonly Block[] };

/**
 * Gives the parser the text from `start` to where it may be cut next behind `beyond`: where a blank line is
 * followed by a heading at column 0, which ends every open container. (The parser's cost grows with the square
 * of a list's length.) A piece that ends in an open fence or HTML block is joined with the next one, then with
 * the next two, four, …, so that a fence that is never closed costs no square of the pieces after it.
 */
function parsePiece(
  source: Source,
  start: number,
  beyond: number,
  known: ParsedPieces | undefined,
): ParsedPiece | Diagnostic {
  let end = nextCut(source.text, beyond);
  for (let more = 1; ; more *= 2) {
    const piece = parseUpTo(source, start, end, known);
    if ('rule' in piece || end === source.text.length || !endsOpen(source.text, piece)) return piece;
    for (let count = 0; count < more; count += 1) end = nextCut(source.text, end);
  }
}

function nextCut(text: string, after: number): number {
  const cut = /(?:\r\n|\n|\r(?!\n))[ \t]*(?:\r\n|\n|\r(?!\n))(?=#{1,6}[ \t])/g;
  cut.lastIndex = after;
  return cut.exec(text) === null ? text.length : cut.lastIndex;
}

function parseUpTo(
  source: Source,
  start: number,
  end: number,
  known: ParsedPieces | undefined,
): ParsedPiece | Diagnostic {
  const deep = beyondLimits(source, start, end);
  if (deep) return deep;
  try {
    const root = parseText(source.text.slice(start, end), known);
    return { start, end, blocks: root.children.map((node) => ({ node, base: start })) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = 'the Markdown is nested too deeply to be read';
    return diagnoseAt(source, 'markdown/too-deep', start, message);
  }
}

/**
 * True when a piece ends inside a fence or an HTML block that the following lines would continue, or that ends
 * elsewhere before a heading than at the end of a text: one in a list takes in the blank lines at the end.
 */
function endsOpen(text: string, { start, end, blocks }: ParsedPiece): boolean {
  const last = blocks.at(-1)?.node;
  if (last === undefined) return false;
  return last.position?.end.offset === end - start || isUnclosed(last, text.slice(start, end));
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

/** A heading's text from how it is written, in either of Markdown's two forms. */
export function headingText(raw: string): string {
  if (/[\r\n]/.test(raw)) return raw.replace(/^#{1,6}[ \t]*|[ \t]+#+[ \t]*$|[\r\n]+[=-]+[ \t]*$/g, '').trim();
  const start = /^#{1,6}[ \t]*/.exec(raw)?.[0].length ?? 0;
  const end = trimmedEnd(raw, ' \t');
  const closing = trimmedEnd(raw.slice(0, end), '#');
  const closes = closing < end && closing > start && ' \t'.includes(raw.charAt(closing - 1));
  return raw.slice(start, closes ? closing : end).trim();
}

/** Length of a text without the characters given at its end; a pattern for it takes the square of their number. */
function trimmedEnd(text: string, characters: string): number {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return end;
}
