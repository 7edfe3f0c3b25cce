import type { NamedPart } from '../domain/refresh.ts';
import type { Named } from '../domain/roadmap.ts';
import { rangeOf } from './markdown.ts';
import type { RoadmapFile, RoadmapHeading, RoadmapSection } from './roadmap-file.ts';
import { startOfLine } from './source.ts';
import { parseIdList } from './ticket-details.ts';

/** A stretch of a section with what it names. */
export interface Part extends NamedPart {
  readonly heading: RoadmapHeading | null;
  readonly start: number;
  readonly end: number;
}

/** A workflow of section 4, planned or delivered; a list item, or a heading with what follows it. */
export interface Workflow extends Part {
  readonly delivered: boolean;
  readonly kind: 'heading' | 'item';
}

/** End of a heading's stretch: the next heading of its depth or above, or the section's end. */
function stretchEnd(section: RoadmapSection, heading: RoadmapHeading): number {
  const next = section.headings.find((one) => one.start > heading.start && one.depth <= heading.depth);
  return next?.start ?? section.end;
}

/** The first level of sub-headings of a section. */
export function subsectionsOf(roadmap: RoadmapFile, number: number, known: Known): Part[] {
  const section = roadmap.sections.get(number);
  if (!section) return [];
  const depth = Math.min(...section.headings.map((one) => one.depth));
  return section.headings
    .filter((one) => one.depth === depth)
    .map((heading) => {
      const end = stretchEnd(section, heading);
      const body = roadmap.source.text.slice(heading.end, end);
      return {
        name: heading.text,
        heading,
        start: heading.start,
        end,
        named: namedIn(heading.text, body, known),
      };
    });
}

/** Section 4's sub-headings "Planned" and "Delivered". */
export function pilotHeadings(section: RoadmapSection) {
  const find = (pattern: RegExp) => section.headings.find((one) => pattern.test(one.text)) ?? null;
  return { planned: find(/^planned\b/i), delivered: find(/^delivered\b/i) };
}

/** Workflows under "Planned" and "Delivered" of section 4. */
export function workflowsOf(roadmap: RoadmapFile, known: Known): Workflow[] {
  const section = roadmap.sections.get(4);
  if (!section) return [];
  const { planned, delivered } = pilotHeadings(section);
  return [
    ...(planned ? workflowsUnder(roadmap, section, planned, false, known) : []),
    ...(delivered ? workflowsUnder(roadmap, section, delivered, true, known) : []),
  ];
}

function workflowsUnder(
  roadmap: RoadmapFile,
  section: RoadmapSection,
  under: RoadmapHeading,
  delivered: boolean,
  known: Known,
): Workflow[] {
  const { text } = roadmap.source;
  const end = stretchEnd(section, under);
  const inside = section.headings.filter((one) => one.start > under.start && one.start < end);
  const depth = Math.min(...inside.map((one) => one.depth));
  if (inside.length > 0) {
    return inside
      .filter((one) => one.depth === depth)
      .map((heading) => {
        const stop = Math.min(stretchEnd(section, heading), end);
        const named = namedIn(heading.text, text.slice(heading.end, stop), known);
        return {
          name: heading.text,
          heading,
          start: heading.start,
          end: stop,
          named,
          delivered,
          kind: 'heading' as const,
        };
      });
  }
  const owned = [...roadmap.blocks.values()];
  return section.lists.flatMap(({ list, base }) =>
    list.children.flatMap((item) => {
      const range = rangeOf(item, base);
      if (!range || range[0] < under.end || range[1] > end) return [];
      if (owned.some((block) => block.start <= range[0] && range[1] <= block.end)) return [];
      const start = startOfLine(text, range[0]);
      const body = text.slice(range[0], range[1]);
      const name = (body.split(/[\r\n]/)[0] ?? '').replace(/^(?:[-*+]|\d+[.)])[ \t]*(?:\[.\][ \t]*)?/, '');
      return [
        {
          name,
          heading: null,
          start,
          end: range[1],
          named: namedIn('', body, known),
          delivered,
          kind: 'item' as const,
        },
      ];
    }),
  );
}

/** Ids that exist, so that "90-day" in prose is not taken for a ticket. */
export interface Known {
  readonly tickets: ReadonlySet<string>;
}

/**
 * What a stretch names: its own `Tickets:` and `Systems:` lines say it alone; else its heading; else every
 * known ticket id and "System N" in it.
 */
export function namedIn(heading: string, body: string, known: Known): Named {
  const lines = [
    ...body.matchAll(
      /^[ \t]*(?:[-*+][ \t]+)?(?:\*\*)?(Tickets?|Systems?)(?:\*\*)?[ \t]*:(?:\*\*)?[ \t]*([^\r\n]*)/gim,
    ),
  ];
  if (lines.length > 0) {
    const of = (word: string) =>
      lines.filter((one) => one[1]?.toLowerCase().startsWith(word)).map((one) => one[2] ?? '');
    return {
      tickets: unique(of('ticket').flatMap(parseIdList)),
      systems: unique(
        of('system')
          .flatMap((text) => text.match(/\d+/g) ?? [])
          .map((one) => String(Number(one))),
      ),
    };
  }
  const named = mentioned(heading, known);
  return named.tickets.length + named.systems.length > 0 ? named : mentioned(body, known);
}

function mentioned(text: string, known: Known): Named {
  const words = text.match(/[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*/g) ?? [];
  const systems = [...text.matchAll(/\bSystem[ \t]+(\d{1,4})\b/gi)].map((one) => String(Number(one[1])));
  return { tickets: unique(words.filter((one) => known.tickets.has(one))), systems: unique(systems) };
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
