import { type Side, type Sides, threeWay } from '../domain/merge-order.ts';
import {
  mergeDate,
  mergeIds,
  mergeProgress,
  type Progress,
  type ProgressMerge,
} from '../domain/merge-ticket.ts';
import {
  brief,
  type Conflict,
  isConflict,
  type Line,
  type Piece,
  resolved,
  sameLines,
} from './merge-lines.ts';
import { type Entry, mergeOutlines, type Outline, type Part } from './merge-outline.ts';
import { type DetailKey, detailKeys, parseIdList } from './ticket-details.ts';
import type { PackTicket } from './ticket-pack.ts';

/** A ticket's own line, or one of its details, in the pieces that people change one by one. */
export interface BlockPart {
  readonly ticket: PackTicket;
  /** Up to the box, or up to the value. */
  readonly before: string;
  /** The box's character, or the value as written. */
  readonly value: string;
  /** Behind the box, or behind the value. */
  readonly after: string;
}

export type Block = Outline<BlockPart>;

const order = ['head', ...detailKeys] as const;
const rank = (key: string) => (order as readonly string[]).indexOf(key);

/** Merges what two sides made of one ticket, field by field; what stands between its details merges as text. */
export function mergeBlocks(
  ticketId: string,
  sides: Sides<Block | null>,
  moved: { readonly ours: string; readonly theirs: string } | null,
): Piece[] {
  const none: Block = { entries: [], gaps: [[]] };
  const blocks = { base: sides.base ?? none, ours: sides.ours ?? none, theirs: sides.theirs ?? none };
  const ours = progressOf(blocks.ours);
  const theirs = progressOf(blocks.theirs);
  if (!ours || !theirs) throw new Error(`${ticketId} has no line of its own`);
  const progress = mergeProgress(progressOf(blocks.base), ours, theirs);
  const merger = new FieldMerger(ticketId, blocks, progress, moved);
  const parts = mergeOutlines(blocks, {
    compare: (a, b) => rank(a) - rank(b),
    entry: (own, key) => merger.entry(own, key),
    textAfter: () => ({ subject: ticketId, field: 'text' }),
  });
  return 'box' in progress ? parts.flatMap((one) => one.pieces) : asOne(ticketId, parts, progress);
}

function partOf(block: Block, key: string): Entry<BlockPart> | undefined {
  return block.entries.find((one) => one.key === key);
}

function progressOf(block: Block): Progress | null {
  const ticket = partOf(block, 'head')?.data.ticket;
  if (!ticket) return null;
  const { box, statusLine, started } = ticket.entry;
  const written = ticket.details.find((one) => one.key === 'status')?.value || null;
  return { box, statusLine, started, written };
}

type Told = Exclude<ReturnType<typeof mergeProgress>, ProgressMerge>;

/** Decides field by field; a class because the decisions share the ticket and its status. */
class FieldMerger {
  private readonly ticketId: string;
  private readonly blocks: Sides<Block>;
  private readonly progress: ProgressMerge | Told;
  private readonly moved: { readonly ours: string; readonly theirs: string } | null;

  constructor(
    ticketId: string,
    blocks: Sides<Block>,
    progress: ProgressMerge | Told,
    moved: { readonly ours: string; readonly theirs: string } | null,
  ) {
    this.ticketId = ticketId;
    this.blocks = blocks;
    this.progress = progress;
    this.moved = moved;
  }

  entry(own: Sides<Entry<BlockPart> | null>, key: string): Piece[] {
    if (key === 'head') return this.head(own);
    if (key === 'status') return this.status(own);
    return this.detail(own, key as DetailKey);
  }

  /** The ticket's own line: checkbox and title apart. */
  private head({ base, ours, theirs }: Sides<Entry<BlockPart> | null>): Piece[] {
    if (!ours || !theirs) return [...(ours ?? theirs)!.lines];
    const text = (side: Entry<BlockPart> | null) => side?.data.after ?? null;
    const title = (side: Entry<BlockPart> | null) => side?.data.ticket.entry.title ?? null;
    const written = threeWay({ base: text(base), ours: text(ours), theirs: text(theirs) });
    const said =
      written === 'conflict'
        ? threeWay({ base: title(base), ours: title(ours), theirs: title(theirs) })
        : written;
    const line = (side: 'ours' | 'theirs') => {
      const box = 'box' in this.progress ? this.progress.box : side;
      const rest = said === 'conflict' ? side : said;
      const own = { ours, theirs };
      const before = pickText(base?.data.before, ours.data.before, theirs.data.before);
      return linesFrom(before + own[box].data.value + own[rest].data.after, ours);
    };
    const fields: [string, string, string][] = [];
    if (!('box' in this.progress)) fields.push(['Status', this.progress.ours, this.progress.theirs]);
    if (said === 'conflict') fields.push(['title', brief(title(ours)), brief(title(theirs))]);
    if (this.moved) fields.push(['sprint', this.moved.ours, this.moved.theirs]);
    return this.either(fields, line('ours'), line('theirs'));
  }

  private status(own: Sides<Entry<BlockPart> | null>): Piece[] {
    const { progress } = this;
    const lines = (side: 'ours' | 'theirs') => (own[side] ? this.rewritten(own, side) : []);
    const values = { base: writtenIn(own.base), ours: writtenIn(own.ours), theirs: writtenIn(own.theirs) };
    if ('line' in progress) {
      const silent = !values.ours && !values.theirs;
      const side = silent ? threeWay(values) : progress.line;
      return lines(side === 'conflict' ? 'ours' : side);
    }
    return this.either([['Status', progress.ours, progress.theirs]], lines('ours'), lines('theirs'));
  }

  private detail(own: Sides<Entry<BlockPart> | null>, key: DetailKey): Piece[] {
    const values = { base: writtenIn(own.base), ours: writtenIn(own.ours), theirs: writtenIn(own.theirs) };
    const lines = (side: 'ours' | 'theirs') => (own[side] ? this.rewritten(own, side) : []);
    const isDate = key === 'started' || key === 'completed';
    const status = 'status' in this.progress ? this.progress.status : null;
    const decide = (of: Sides<string | null>) => (isDate ? mergeDate(key, of, status) : threeWay(of));
    const said = threeWay(values);
    // A bullet that waits for its value is no value.
    const found = said === 'conflict' ? decide(filled(values)) : said;
    if (found !== 'conflict') return lines(found);
    const ids = key === 'depends on' ? mergedIds(values) : null;
    if (ids !== null && own.ours) return this.rewritten(own, 'ours', ids);
    const field = `${key[0]?.toUpperCase()}${key.slice(1)}`;
    return this.either([[field, brief(values.ours), brief(values.theirs)]], lines('ours'), lines('theirs'));
  }

  /** One side's value in the form that both sides' changes to its surroundings give. */
  private rewritten(own: Sides<Entry<BlockPart> | null>, side: 'ours' | 'theirs', value?: string): Line[] {
    const { base, ours, theirs } = own;
    const text = value ?? own[side]?.data.value ?? '';
    if (!ours || !theirs) {
      const only = (ours ?? theirs)!;
      const prefix = side === 'theirs' ? this.reindented(only.data.before) : only.data.before;
      return linesFrom(prefix + text + only.data.after, only);
    }
    const before = pickText(base?.data.before, ours.data.before, theirs.data.before);
    const gap = text !== '' && !/\s$/.test(before) ? ' ' : '';
    const after = pickText(base?.data.after, ours.data.after, theirs.data.after);
    return linesFrom(before + gap + text + after, ours);
  }

  /** The start of a detail that only the other side has, indented as its new neighbours are. */
  private reindented(before: string): string {
    const bullet = (side: Side) =>
      /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]*/.exec(
        this.blocks[side].entries.find((one) => one.key !== 'head')?.data.before ?? '',
      )?.[0];
    const [was, mine, other] = [bullet('base'), bullet('ours'), bullet('theirs')];
    return mine && other && mine !== was && before.startsWith(other)
      ? mine + before.slice(other.length)
      : before;
  }

  private either(
    fields: readonly (readonly [string, string, string])[],
    ours: Line[],
    theirs: Line[],
  ): Piece[] {
    const moved = fields.some(([field]) => field === 'sprint');
    if (fields.length === 0 || (sameLines(ours, theirs) && !moved)) return ours;
    const join = (at: 1 | 2) => fields.map((one) => one[at]).join(', ');
    const field = fields.map(([name]) => name).join(' and ');
    return [{ subject: this.ticketId, field, says: { ours: join(1), theirs: join(2) }, ours, theirs }];
  }
}

function writtenIn(entry: Entry<BlockPart> | null): string | null {
  return entry?.data.value.replace(/\s*\n\s*/g, ' ').trim() ?? null;
}

function filled(values: Sides<string | null>): Sides<string | null> {
  return { base: values.base || null, ours: values.ours || null, theirs: values.theirs || null };
}

function mergedIds(values: Sides<string | null>): string | null {
  const ids = (text: string | null) => parseIdList(text ?? '');
  const unread = (text: string | null) => text !== null && ids(text).length === 0;
  if (unread(values.ours) || unread(values.theirs)) return null;
  return (
    mergeIds({ base: ids(values.base), ours: ids(values.ours), theirs: ids(values.theirs) }).join(', ') ||
    'none'
  );
}

/** Form, not content: where both sides changed it, ours stands. */
function pickText(base: string | undefined, ours: string, theirs: string): string {
  return threeWay({ base, ours, theirs }) === 'theirs' ? theirs : ours;
}

/** Text as lines, with the line ends of the entry that it stands for. */
function linesFrom(text: string, model: Entry<BlockPart>): Line[] {
  const texts = text.split('\n');
  const eol = model.lines[0]?.eol || '\n';
  const end = model.lines.at(-1)?.eol ?? eol;
  return texts.map((one, n) => {
    const own = model.lines[n];
    return own?.text === one ? own : { text: one, eol: n === texts.length - 1 ? end : own?.eol || eol };
  });
}

/** Checkbox and Status line are one statement: what disputes them becomes one conflict, with what lies between. */
function asOne(ticketId: string, parts: readonly Part[], says: Told): Piece[] {
  const disputed = parts.flatMap((one, n) =>
    (one.key === 'head' || one.key === 'status') && one.pieces.some(isConflict) ? [n] : [],
  );
  const [first = 0, last = first] = [disputed[0], disputed.at(-1)];
  const pieces = (from: number, to?: number) => parts.slice(from, to).flatMap((one) => one.pieces);
  const middle = pieces(first, last + 1);
  const fields = [...new Set(middle.flatMap((one) => (isConflict(one) && one.field ? [one.field] : [])))];
  const conflict: Conflict = {
    subject: ticketId,
    field: fields.join(' and ') || 'Status',
    says: fields.length > 1 ? joined(middle) : says,
    ours: resolved(middle, 'ours'),
    theirs: resolved(middle, 'theirs'),
  };
  return [...pieces(0, first), conflict, ...pieces(last + 1)];
}

function joined(pieces: readonly Piece[]): Conflict['says'] {
  const all = pieces.filter(isConflict);
  const side = (name: 'ours' | 'theirs') => [...new Set(all.map((one) => one.says[name]))].join(', ');
  return { ours: side('ours'), theirs: side('theirs') };
}
