import { digestText } from './digest.ts';
import type { RoadmapFile } from './roadmap-file.ts';

/** A text with one space wherever it has any; what is one space already is not touched, and that is most of it. */
function words(text: string): string {
  return text.replace(/[^\S ]\s*|\s{2,}/g, ' ').trim();
}

/** Digests of the opening, of each section without its engine-owned blocks, and of each block (`block:NAME`). */
export function partDigests(roadmap: RoadmapFile): Record<string, string> {
  const { source, bodyStart, sections, blocks } = roadmap;
  const firstStart = Math.min(source.text.length, ...[...sections.values()].map((one) => one.heading.start));
  const ranges: [string, number, number][] = [
    ['opening', bodyStart, firstStart],
    ...[...sections.values()].map((one): [string, number, number] => [
      String(one.number),
      one.heading.start,
      one.end,
    ]),
  ];
  const own = [...blocks.values()].sort((a, b) => a.start - b.start);
  const digest = (start: number, end: number) => {
    let text = '';
    let position = start;
    for (const block of own) {
      if (block.start < start || block.end > end) continue;
      text += source.text.slice(position, block.start);
      position = block.end;
    }
    return digestText(words(text + source.text.slice(position, end)));
  };
  const parts = ranges.map(([name, start, end]) => [name, digest(start, end)]);
  const blocksOwn = own.map((one) => {
    const content = source.text.slice(one.contentStart, one.contentEnd);
    return [`block:${one.name}`, digestText(words(content))];
  });
  return Object.fromEntries([...parts, ...blocksOwn]);
}
