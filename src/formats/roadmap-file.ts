import type { List } from 'mdast';
import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import { derivedId } from '../domain/id.ts';
import type { MetricValues } from '../domain/metric.ts';
import {
  type RoadmapFacts,
  type SectionEntry,
  type SectionName,
  type SectionStatus,
  sectionNames,
} from '../domain/roadmap.ts';
import { parseFrontMatter } from './front-matter.ts';
import { type Block, headingText, isUnclosedAt, parseMarkdown, rangeOf } from './markdown.ts';
import { readKind } from './schema.ts';
import { diagnoseAt, type Source } from './source.ts';
import type { YamlText } from './yaml.ts';

/** A heading of the body; `end` is the end of its own line. */
export interface RoadmapHeading {
  readonly depth: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** One of the ten sections: from its heading up to the next section's. */
export interface RoadmapSection {
  readonly number: number;
  readonly heading: RoadmapHeading;
  readonly end: number;
  readonly headings: readonly RoadmapHeading[];
  readonly lists: readonly { readonly list: List; readonly base: number }[];
}

/** What the engine owns: from the begin marker to the end marker. */
export interface ManagedBlock {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly contentStart: number;
  readonly contentEnd: number;
}

/** A roadmap file: its facts and the places in its text. */
export interface RoadmapFile {
  readonly source: Source;
  readonly yaml: YamlText;
  readonly bodyStart: number;
  readonly facts: RoadmapFacts;
  readonly sections: ReadonlyMap<number, RoadmapSection>;
  readonly blocks: ReadonlyMap<string, ManagedBlock>;
}

interface WrittenRoadmap {
  readonly id: string;
  readonly firm: string;
  readonly version: string;
  readonly status: RoadmapFacts['status'];
  readonly generated_at: string;
  readonly metadata?: {
    readonly roi_projection?: {
      readonly [key: string]: number | null | undefined | MetricValues;
      readonly targets?: MetricValues | null;
    };
  };
  readonly sections: readonly {
    readonly section_number: number;
    readonly section_name: SectionName;
    readonly status: SectionStatus;
    readonly last_updated_at?: string | null;
    readonly systems?: readonly string[] | null;
  }[];
}

/** What version 0 of a roadmap leaves out; every section was `planned`. */
export function roadmapDefaults(firm: { id: string; slug: string; createdAt: string }, version: string) {
  return {
    id: derivedId(firm.id, `roadmap:${version}`),
    firm: firm.slug,
    version,
    status: 'draft',
    generated_at: firm.createdAt,
    sections: sectionNames.slice(0, 9).map((section_name, index) => ({
      section_number: index + 1,
      section_name,
      status: 'planned',
    })),
  };
}

/** What a roadmap's front matter says: all that most readers of a roadmap want of it. */
export type RoadmapFront = Pick<RoadmapFile, 'source' | 'yaml' | 'bodyStart' | 'facts'>;

interface RoadmapFirm {
  readonly id: string;
  readonly slug: string;
  readonly createdAt: string;
}

/** Reads the front matter of a roadmap, and nothing below it. With errors among the findings there is none. */
export function parseRoadmapFront(
  source: Source,
  firm: RoadmapFirm,
  version: string,
): { readonly roadmap: RoadmapFront | null; readonly diagnostics: Diagnostic[] } {
  const { front, diagnostics } = readFront(source, firm, version);
  return { roadmap: hasErrors(diagnostics) ? null : front, diagnostics };
}

function readFront(source: Source, firm: RoadmapFirm, version: string) {
  const split = parseFrontMatter(source);
  if (!split.frontMatter) return { front: null, bodyStart: null, diagnostics: split.diagnostics };
  const { yaml, bodyStart } = split.frontMatter;
  const { value, diagnostics } = readKind<WrittenRoadmap>(withSectionDefaults(yaml), 'roadmap', {
    defaults: () => roadmapDefaults(firm, version),
  });
  const front = value && { source, yaml, bodyStart, facts: factsOf(value) };
  return { front, bodyStart, diagnostics: [...split.diagnostics, ...diagnostics] };
}

/** Reads a roadmap. With errors among the findings there is none. */
export function parseRoadmapFile(
  source: Source,
  firm: RoadmapFirm,
  version: string,
): { readonly roadmap: RoadmapFile | null; readonly diagnostics: Diagnostic[] } {
  const { front, bodyStart, diagnostics: found } = readFront(source, firm, version);
  if (bodyStart === null) return { roadmap: null, diagnostics: found };
  const { blocks, diagnostics: faults } = parseMarkdown(source, bodyStart);
  const diagnostics = [...found, ...faults];
  for (const { node, base } of blocks) {
    const range = node.type === 'code' || node.type === 'html' ? rangeOf(node, base) : null;
    if (!range || !isUnclosedAt(source, node, range)) continue;
    const what = node.type === 'code' ? 'code fence' : 'comment';
    diagnostics.push(diagnoseAt(source, 'roadmap/unclosed', range[0], `this ${what} has no end`));
  }
  const managed = managedBlocks(source, blocks, diagnostics);
  const sections = readSections(source, blocks, diagnostics);
  if (!front || hasErrors(diagnostics)) return { roadmap: null, diagnostics };
  for (const { sectionNumber } of front.facts.sections) {
    if (sections.has(sectionNumber)) continue;
    const message = `section ${sectionNumber} has no heading`;
    diagnostics.push(diagnoseAt(source, 'roadmap/section-missing', bodyStart, message));
  }
  return { roadmap: { ...front, sections, blocks: managed }, diagnostics };
}

/** A section of version 0 may lack its status; the seed's default is `planned`. */
function withSectionDefaults(yaml: YamlText): YamlText {
  const value = yaml.value as { schema?: unknown; sections?: unknown } | null;
  if (value === null || typeof value !== 'object' || value.schema !== undefined) return yaml;
  if (!Array.isArray(value.sections)) return yaml;
  const sections = value.sections.map((one) => {
    if (one === null || typeof one !== 'object') return one;
    const number = Number((one as { section_number?: unknown }).section_number);
    const name = sectionNames[number - 1];
    return { status: 'planned', ...(name ? { section_name: name } : {}), ...one };
  });
  return { ...yaml, value: Object.assign(Object.create(null), value, { sections }) };
}

function factsOf(front: WrittenRoadmap): RoadmapFacts {
  const projection = front.metadata?.roi_projection;
  const figure = (key: string) => {
    const value = projection?.[key];
    return typeof value === 'number' ? value : null;
  };
  return {
    id: front.id,
    firm: front.firm,
    version: front.version,
    status: front.status,
    generatedAt: front.generated_at,
    sections: front.sections.map(
      (one): SectionEntry => ({
        sectionNumber: one.section_number,
        sectionName: one.section_name,
        status: one.status,
        lastUpdatedAt: one.last_updated_at ?? null,
        systems: one.systems ?? null,
      }),
    ),
    projection: {
      timeSavingsHoursAnnual: figure('time_savings_hours_annual'),
      timeSavingsValueAnnual: figure('time_savings_value_annual'),
      revenueImpactAnnual: figure('revenue_impact_annual'),
      costAvoidanceAnnual: figure('cost_avoidance_annual'),
      netRoi12Months: figure('net_roi_12_months'),
      targets: projection?.targets ?? {},
    },
  };
}

function readSections(
  source: Source,
  blocks: readonly Block[],
  diagnostics: Diagnostic[],
): Map<number, RoadmapSection> {
  const open: {
    number: number;
    heading: RoadmapHeading;
    headings: RoadmapHeading[];
    lists: { list: List; base: number }[];
    end: number;
  }[] = [];
  for (const { node, base } of blocks) {
    const range = rangeOf(node, base);
    if (!range) continue;
    const current = open.at(-1);
    if (node.type === 'list') current?.lists.push({ list: node, base });
    if (node.type !== 'heading') continue;
    const raw = source.text.slice(...range);
    const text = headingText(raw);
    const heading = { depth: node.depth, text, start: range[0], end: range[1] };
    const number = node.depth <= 2 ? sectionNumber(text) : null;
    if (number === null) {
      current?.headings.push(heading);
      continue;
    }
    if (current) current.end = range[0];
    if (open.some((one) => one.number === number)) {
      diagnostics.push(
        diagnoseAt(source, 'roadmap/section-twice', range[0], `section ${number} begins here a second time`),
      );
    }
    open.push({ number, heading, headings: [], lists: [], end: source.text.length });
  }
  return new Map(open.map((one) => [one.number, one]));
}

/** `4. Pilot Scope`, `Section 4: …`, `SECTION 4 — …`; null for any other heading. */
export function sectionNumber(text: string): number | null {
  const match = /^(?:\*\*)?(section[ \t]+)?(\d{1,2})(?:[ \t]*[.):–—-](?!\d)|(?=[ \t]|$))/i.exec(text);
  if (!match?.[2] || (!match[1] && !/^\d{1,2}[ \t]*[.):–—-]/.test(text))) return null;
  const number = Number(match[2]);
  return number >= 1 && number <= 10 ? number : null;
}

const beginMarker = /^<!-- scend:begin ([a-z0-9][a-z0-9.-]{0,63}) -->$/;
const endMarker = /^<!-- scend:end ([a-z0-9][a-z0-9.-]{0,63}) -->$/;

function managedBlocks(
  source: Source,
  blocks: readonly Block[],
  diagnostics: Diagnostic[],
): Map<string, ManagedBlock> {
  const found = new Map<string, ManagedBlock>();
  let open: { name: string; start: number; contentStart: number } | null = null;
  const report = (at: number, message: string) =>
    diagnostics.push(diagnoseAt(source, 'roadmap/block', at, message));
  for (const { node, base } of blocks) {
    const range = rangeOf(node, base);
    if (node.type !== 'html' || !range) continue;
    const raw = source.text.slice(...range).trim();
    const begin = beginMarker.exec(raw)?.[1];
    const end = endMarker.exec(raw)?.[1];
    if (begin !== undefined) {
      if (open) report(range[0], `"${begin}" begins inside "${open.name}"`);
      else if (found.has(begin)) report(range[0], `"${begin}" begins a second time`);
      open = { name: begin, start: range[0], contentStart: range[1] };
    } else if (end !== undefined) {
      if (open?.name === end) {
        found.set(end, {
          name: end,
          start: open.start,
          contentStart: open.contentStart,
          contentEnd: range[0],
          end: range[1],
        });
      } else report(range[0], `"${end}" ends here but did not begin`);
      open = null;
    } else if (/<!--\s*scend:(?:begin|end)/.test(raw)) {
      report(range[0], 'a mark of an engine-owned block is not on a line of its own');
    }
  }
  if (open) report(open.start, `"${open.name}" has no end`);
  return found;
}
