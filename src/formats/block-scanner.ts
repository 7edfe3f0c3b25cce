import type { RootContent } from 'mdast';
import { beginsPlain, boxAt, isRule, isText, numberLength, runLength } from './line-shapes.ts';
import { placeAt, type Source } from './source.ts';

/** What a scan has read. */
export interface Scan {
  /** Blocks with offsets into the source; what they hold inside a line, and cells of tables, is left out. */
  readonly blocks: RootContent[];
  /** Offsets at which the text may be cut in two that mean the same apart, the first being the scan's start. */
  readonly cuts: number[];
  /** End of what was read; the source's end when all of it was. */
  readonly end: number;
  /** Start of the line that was not understood; the source's end when there is none. */
  readonly stop: number;
}

interface Position {
  readonly start: { readonly offset: number };
  readonly end: { offset: number };
}

interface Node {
  readonly type: string;
  readonly position: Position;
}

interface Parent extends Node {
  readonly children: Node[];
}

const longestLine = 16_384;
const deepestColumn = 128;
const deepest = 32;

/**
 * Reads blocks from a line's start on, up to the first line that is not of a shape which is sure to mean what
 * it seems to mean: then everything from the last cut before it is left to the parser. `exact` false lets a
 * task's paragraph begin some characters off where only the parser could say; nothing else differs from its tree.
 */
export function scanBlocks(source: Source, from: number, exact: boolean): Scan {
  return new Scanner(source, exact).scan(from);
}

/** Containers and paragraph that are open carry over from line to line. */
class Scanner {
  private readonly text: string;
  private readonly starts: readonly number[];
  private readonly exact: boolean;
  private readonly blocks: Node[] = [];
  private readonly cuts: number[] = [];
  /** How many blocks lie before the last cut. */
  private sure = 0;
  private depth = 0;
  private readonly items: Parent[] = [];
  private readonly lists: Parent[] = [];
  /** The character that makes each open list's items: a bullet, or what follows the number. */
  private readonly marks: number[] = [];
  /** The column at which the text of each open item begins. */
  private readonly columns: number[] = [];
  private paragraph: Node | null = null;
  /** End of the last line that is not blank. */
  private lastEnd = 0;

  constructor(source: Source, exact: boolean) {
    this.text = source.text;
    this.starts = source.lineStarts;
    this.exact = exact;
  }

  scan(from: number): Scan {
    this.cuts.push(from);
    const first = placeAt({ lineStarts: this.starts }, from).line - 1;
    const stop = this.starts[first] === from ? this.lines(first) : from;
    if (stop < this.text.length) this.blocks.length = this.sure;
    else this.close(0);
    const blocks = this.blocks as unknown as RootContent[];
    const end = stop < this.text.length ? (this.cuts.at(-1) ?? from) : stop;
    return { blocks, cuts: this.cuts, end, stop };
  }

  /** Reads line by line; gives the offset of the line that is not understood, or the text's end. */
  private lines(first: number): number {
    const { text, starts } = this;
    let blank = true;
    let index = first;
    while (index < starts.length) {
      const start = starts[index]!;
      const end = this.endOf(index);
      if (end < 0) return start;
      let at = start;
      let column = 0;
      for (; at < end; at += 1) {
        const code = text.charCodeAt(at);
        if (code === 0x20) column += 1;
        // A tab reaches to the next multiple of four.
        else if (code === 0x09) column += 4 - (column & 3);
        else break;
      }
      if (at === end) {
        blank = true;
        this.paragraph = null;
        index += 1;
        continue;
      }
      const next = this.line(index, column, at, end, blank);
      if (next < 0) return start;
      index = next;
      blank = false;
    }
    return text.length;
  }

  /** End of a line's text; -1 for a line that is too long, or ends in a lone CR. */
  private endOf(index: number): number {
    const start = this.starts[index]!;
    const next = this.starts[index + 1];
    if (next === undefined) return this.text.length - start > longestLine ? -1 : this.text.length;
    if (this.text.charCodeAt(next - 1) === 0x0d || next - start > longestLine) return -1;
    return next - 2 >= start && this.text.charCodeAt(next - 2) === 0x0d ? next - 2 : next - 1;
  }

  /** Reads a line that is not blank, and those that belong to it; gives the index of the next, -1 if in doubt. */
  private line(index: number, column: number, at: number, end: number, blank: boolean): number {
    const { text, columns } = this;
    const code = text.charCodeAt(at);
    if (column > deepestColumn || (code === 0xfeff && this.cuts[0] === at)) return -1;
    let inside = 0;
    while (inside < this.depth && column >= columns[inside]!) inside += 1;
    if (column - (inside > 0 ? columns[inside - 1]! : 0) >= 4) return -1;
    const next = this.block(index, code, inside, at, end, column, blank);
    if (next > index + 1) return next;
    if (next > 0) this.lastEnd = end;
    return next;
  }

  private block(
    index: number,
    code: number,
    inside: number,
    at: number,
    end: number,
    column: number,
    blank: boolean,
  ): number {
    switch (code) {
      case 0x2a: // *
      case 0x2d: // -
      case 0x2b: // +
        if (code !== 0x2b && isRule(this.text, at, end)) return this.rule(index, at, end, column);
        if (this.text.charCodeAt(at + 1) === 0x20) return this.item(index, inside, at, 1, end, column);
        return this.words(index, inside, at, end);
      case 0x30:
      case 0x31:
      case 0x32:
      case 0x33:
      case 0x34:
      case 0x35:
      case 0x36:
      case 0x37:
      case 0x38:
      case 0x39: {
        const length = numberLength(this.text, at, end);
        if (length > 0) return this.item(index, inside, at, length, end, column);
        return this.words(index, inside, at, end);
      }
      default:
        if (column > 0) return this.words(index, inside, at, end);
        // After a blank line, what begins at the margin and is no list item is a part of nothing before it.
        if (blank && code !== 0xfeff) this.cut(at);
        return this.rooted(index, code, at, end);
    }
  }

  private cut(at: number): void {
    this.close(0);
    if (at > this.cuts[0]!) this.cuts.push(at);
    this.sure = this.blocks.length;
  }

  /** A block that is read at the margin only. */
  private rooted(index: number, code: number, at: number, end: number): number {
    switch (code) {
      case 0x23: // #
        return this.heading(index, at, end);
      case 0x60: // `
      case 0x7e: // ~
        if (runLength(this.text, at, end) >= 3) return this.fence(index, at, end);
        break;
      case 0x3c: // <
        return this.comment(index, at);
      case 0x3e: // >
        return this.quotation(index, at);
      case 0x7c: // |
        return this.table(index, at, end);
    }
    return this.words(index, 0, at, end);
  }

  private close(depth: number): void {
    this.paragraph = null;
    while (this.depth > depth) {
      this.depth -= 1;
      this.items[this.depth]!.position.end.offset = this.lastEnd;
      this.lists[this.depth]!.position.end.offset = this.lastEnd;
    }
  }

  private add(node: Node): void {
    if (this.depth === 0) this.blocks.push(node);
    else this.items[this.depth - 1]!.children.push(node);
  }

  private root(node: Node): void {
    this.close(0);
    this.blocks.push(node);
  }

  private words(index: number, inside: number, at: number, end: number): number {
    if (!isText(this.text, at, end)) return -1;
    if (this.paragraph) {
      // A line that leaves the item whose paragraph it continues is more often a slip than meant.
      if (inside < this.depth) return -1;
      this.paragraph.position.end.offset = end;
      return index + 1;
    }
    this.close(inside);
    this.paragraph = leaf('paragraph', at, end);
    this.add(this.paragraph);
    return index + 1;
  }

  private item(
    index: number,
    inside: number,
    at: number,
    length: number,
    end: number,
    column: number,
  ): number {
    const { text } = this;
    let words = at + length;
    while (words < end && text.charCodeAt(words) === 0x20) words += 1;
    const gap = words - at - length;
    if (words === end || gap > 4 || gap === 0 || inside >= deepest) return -1;
    const mark = text.charCodeAt(at + length - 1);
    // Only a list that begins with 1 may follow a line of text that it is no part of.
    const interrupts = this.paragraph !== null && inside === this.depth;
    if (interrupts && length > 1 && !(length === 2 && text.charCodeAt(at) === 0x31)) return -1;
    if (!isText(text, words, end)) return -1;
    const checked = text.charCodeAt(words) === 0x5b ? boxAt(text, words, end) : null;
    if (checked === undefined) return -1;
    let paragraphAt = words;
    if (checked !== null) {
      if (beginsPlain(text, words + 4, end)) paragraphAt = words + 4;
      else if (this.exact) return -1;
    }
    const sibling = inside < this.depth && this.marks[inside] === mark;
    this.close(sibling ? inside + 1 : inside);
    if (sibling) {
      this.depth = inside;
      this.items[inside]!.position.end.offset = this.lastEnd;
    } else {
      const list: Parent & { ordered: boolean } = {
        type: 'list',
        ordered: length > 1,
        children: [],
        position: position(at, end),
      };
      this.add(list);
      this.lists[inside] = list;
      this.marks[inside] = mark;
    }
    const paragraph = leaf('paragraph', paragraphAt, end);
    const item: Parent & { checked: boolean | null } = {
      type: 'listItem',
      checked,
      children: [paragraph],
      position: position(at, end),
    };
    this.lists[inside]!.children.push(item);
    this.items[inside] = item;
    this.columns[inside] = column + length + gap;
    this.depth = inside + 1;
    this.paragraph = paragraph;
    return index + 1;
  }

  private isBlank(at: number, end: number): boolean {
    for (let next = at; next < end; next += 1) {
      const code = this.text.charCodeAt(next);
      if (code !== 0x20 && code !== 0x09) return false;
    }
    return true;
  }

  private heading(index: number, at: number, end: number): number {
    const depth = runLength(this.text, at, end);
    if (depth > 6 || this.text.charCodeAt(at + depth) !== 0x20) return -1;
    this.root({ type: 'heading', depth, children: [], position: position(at, end) } as Parent);
    return index + 1;
  }

  /** Below a line of text, dashes underline a heading. */
  private rule(index: number, at: number, end: number, column: number): number {
    if (this.paragraph || column > 0) return -1;
    this.root(leaf('thematicBreak', at, end));
    return index + 1;
  }

  private fence(index: number, at: number, end: number): number {
    const mark = this.text.charCodeAt(at);
    const length = runLength(this.text, at, end);
    if (mark === 0x60 && this.text.slice(at + length, end).includes('`')) return -1;
    for (let next = index + 1; next < this.starts.length; next += 1) {
      const stop = this.endOf(next);
      if (stop < 0) return -1;
      if (!this.closes(this.starts[next]!, stop, mark, length)) continue;
      this.root(leaf('code', at, stop));
      this.lastEnd = stop;
      return next + 1;
    }
    return -1;
  }

  private closes(start: number, end: number, mark: number, length: number): boolean {
    let at = start;
    while (at - start < 3 && this.text.charCodeAt(at) === 0x20) at += 1;
    if (at >= end || this.text.charCodeAt(at) !== mark) return false;
    const run = runLength(this.text, at, end);
    return run >= length && this.isBlank(at + run, end);
  }

  private comment(index: number, at: number): number {
    if (!this.text.startsWith('<!--', at) || /[->]/.test(this.text.charAt(at + 4))) return -1;
    const close = this.text.indexOf('-->', at + 4);
    if (close < 0) return -1;
    for (let next = index; next < this.starts.length; next += 1) {
      const end = this.endOf(next);
      if (end < 0) return -1;
      if (end < close) continue;
      this.root(leaf('html', at, end));
      this.lastEnd = end;
      return next + 1;
    }
    return -1;
  }

  /** A quotation of one paragraph, every line of it marked, up to a blank line. */
  private quotation(index: number, at: number): number {
    if (this.paragraph) return -1;
    let last = at;
    let next = index;
    for (; next < this.starts.length; next += 1) {
      const start = this.starts[next]!;
      const stop = this.endOf(next);
      if (stop < 0) return -1;
      if (this.isBlank(start, stop)) break;
      const marked = this.text.startsWith('> ', start) && this.text.charCodeAt(start + 2) !== 0x20;
      if (!marked || start + 2 >= stop || !isText(this.text, start + 2, stop)) return -1;
      last = stop;
    }
    const children = [leaf('paragraph', at + 2, last)];
    this.root({ type: 'blockquote', children, position: position(at, last) } as Parent);
    this.lastEnd = last;
    return next;
  }

  /** A table with a bar at both ends of its first two rows, up to a blank line, a heading or a comment. */
  private table(index: number, at: number, end: number): number {
    const second = index + 1 < this.starts.length ? this.endOf(index + 1) : -1;
    if (this.paragraph || second < 0) return -1;
    const head = this.text.slice(at, end);
    const rule = this.text.slice(this.starts[index + 1], second);
    if (!head.endsWith('|') || head.length < 2 || head.includes('\\')) return -1;
    if (!/^\|(?: *:?-+:? *\|)+$/.test(rule) || bars(head) !== bars(rule)) return -1;
    let last = second;
    let next = index + 2;
    for (; next < this.starts.length; next += 1) {
      const start = this.starts[next]!;
      const stop = this.endOf(next);
      if (stop < 0) return -1;
      if (this.text.charCodeAt(start) !== 0x7c) {
        if (this.isBlank(start, stop) || /^(?:#{1,6} |<!--)/.test(this.text.slice(start, start + 7))) break;
        return -1;
      }
      last = stop;
    }
    this.root({ type: 'table', children: [], position: position(at, last) } as Parent);
    this.lastEnd = last;
    return next;
  }
}

function bars(row: string): number {
  return row.split('|').length;
}

function position(start: number, end: number): Position {
  return { start: { offset: start }, end: { offset: end } };
}

function leaf(type: string, start: number, end: number): Node {
  return { type, position: position(start, end) };
}
