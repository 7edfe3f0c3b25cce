import { sectionTitles } from '../domain/roadmap.ts';
import { mergeLines } from './diff3.ts';
import { applyEdits, type TextEdit } from './edit.ts';
import { joinLines, splitLines } from './merge-lines.ts';
import { partDigests } from './roadmap-digests.ts';
import type { RoadmapFile } from './roadmap-file.ts';
import { lineEnding } from './source.ts';

/** One roadmap out of two that grew from the same, by sections. */
export interface JoinedRoadmap {
  readonly text: string;
  /** Parts with text from the other one: `opening`, or the section's number. */
  readonly taken: readonly string[];
  /** Parts of which people changed the same lines in both; both texts stand in it, one after the other. */
  readonly both: readonly string[];
}

/**
 * `kept` with what people wrote in `other` since both grew from `base`: a section that was changed only there
 * is taken over; where both changed it, it is merged by lines, and if both changed the same ones, the other's
 * text follows the kept one, behind a line that says so. What the engine owns is left to the refresh that follows.
 */
export function joinRoadmaps(base: RoadmapFile | null, kept: RoadmapFile, other: RoadmapFile): JoinedRoadmap {
  const before = base ? partDigests(base) : {};
  const [here, there] = [partDigests(kept), partDigests(other)];
  const edits: TextEdit[] = [];
  const taken: string[] = [];
  const both: string[] = [];
  for (const part of Object.keys(there).filter((name) => !name.startsWith('block:'))) {
    if (there[part] === here[part] || there[part] === before[part]) continue;
    const [to, from] = [rangeOf(kept, part), rangeOf(other, part)];
    if (!from) continue;
    const text = textOf(other, from);
    if (to && here[part] === before[part]) {
      edits.push({ start: to.start, end: to.end, text: withEnds(text, kept) });
      taken.push(part);
      continue;
    }
    const merged = to && base && mergedText(part, base, kept, other);
    if (to && merged) {
      edits.push({ start: to.start, end: to.end, text: withEnds(merged, kept) });
      taken.push(part);
    } else {
      const at = to?.end ?? kept.source.text.length;
      edits.push({ start: at, end: at, text: withEnds(followed(part, other, from), kept) });
      both.push(part);
    }
  }
  return { text: applyEdits(kept.source.text, edits), taken, both };
}

/** A part merged by lines, what the engine owns in it being the kept one's; null where both changed the same. */
function mergedText(part: string, base: RoadmapFile, kept: RoadmapFile, other: RoadmapFile): string | null {
  const linesOf = (of: RoadmapFile) => {
    const range = rangeOf(of, part);
    return range && splitLines(withMarks(of, range));
  };
  const [before, ours, theirs] = [linesOf(base), linesOf(kept), linesOf(other)];
  if (!before || !ours || !theirs) return null;
  const chunks = mergeLines({ base: before, ours, theirs });
  const lines = chunks.flatMap((one) => (one.kind === 'merged' ? one.lines : []));
  if (chunks.some((one) => one.kind === 'conflict')) return null;
  const blockText = (name: string) => {
    const file = kept.blocks.has(name) ? kept : other;
    const block = file.blocks.get(name);
    return block ? file.source.text.slice(block.start, block.end) : '';
  };
  return joinLines(lines, '\n').replace(mark, (_, name: string) => blockText(name));
}

/** Stands for a block of the engine's while people's lines are merged; no line of a person's has a NUL. */
const mark = /\0([a-z0-9.-]+)\0/g;

function withMarks({ source, blocks }: RoadmapFile, { start, end }: Range): string {
  const own = [...blocks.values()].filter((one) => one.start >= start && one.end <= end);
  const edits = own.map((one) => ({
    start: one.start - start,
    end: one.end - start,
    text: `\0${one.name}\0`,
  }));
  return applyEdits(source.text.slice(start, end), edits);
}

/** A part of a roadmap in words. */
export function partTitle(part: string): string {
  if (part === 'opening') return 'the opening';
  return `section ${part}, ${sectionTitles[Number(part) - 1] ?? ''}`;
}

interface Range {
  readonly start: number;
  /** Where the part's own text begins, after its heading. */
  readonly body: number;
  readonly end: number;
}

function rangeOf({ source, bodyStart, sections }: RoadmapFile, part: string): Range | null {
  if (part !== 'opening') {
    const section = sections.get(Number(part));
    return section ? { start: section.heading.start, body: section.heading.end, end: section.end } : null;
  }
  const end = Math.min(source.text.length, ...[...sections.values()].map((one) => one.heading.start));
  return { start: bodyStart, body: bodyStart, end };
}

function textOf({ source }: RoadmapFile, { start, end }: Range): string {
  const text = source.text.slice(start, end);
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** The other's own text of a part, without what the engine owns. */
function followed(part: string, { source, blocks }: RoadmapFile, { body, end }: Range): string {
  const own = [...blocks.values()].filter((one) => one.start >= body && one.end <= end);
  const cuts = own.map((one) => ({ start: one.start - body, end: one.end - body, text: '' }));
  const text = applyEdits(source.text.slice(body, end), cuts).trim();
  return `\n**To be joined:** ${partTitle(part)} was changed on two branches; the text of the other one follows.\n\n${text}\n\n`;
}

function withEnds(text: string, { source }: RoadmapFile): string {
  return text.replace(/\r\n|\r|\n/g, lineEnding(source));
}
