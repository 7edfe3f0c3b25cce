import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import { derivedId } from '../domain/id.ts';
import type { PackFacts, Sprint } from '../domain/pack.ts';
import { parseFrontMatter } from './front-matter.ts';
import { readKind } from './schema.ts';
import { diagnoseAt, type Source } from './source.ts';
import { type PackBody, parsePackBody } from './ticket-pack.ts';
import { keyOffsetAt, type YamlText } from './yaml.ts';

/** A ticket pack file: its facts, and the text they were read from. */
export interface PackFile {
  readonly source: Source;
  readonly yaml: YamlText;
  readonly bodyStart: number;
  readonly facts: PackFacts;
  readonly body: PackBody;
}

interface WrittenPack {
  readonly id: string;
  readonly firm: string;
  readonly version: string;
  readonly created_at: string;
  readonly sprints?:
    | readonly {
        readonly number: number;
        readonly name?: string | null;
        readonly planned_start?: string | null;
        readonly planned_end?: string | null;
      }[]
    | null;
}

/** What version 0 of a pack leaves out. */
export function packDefaults(firm: {
  readonly id: string;
  readonly slug: string;
  readonly createdAt: string;
}) {
  return {
    id: derivedId(firm.id, 'ticket-pack'),
    firm: firm.slug,
    version: 'v1.0',
    created_at: firm.createdAt,
  };
}

/** Reads a pack. With errors among the findings there is no pack: wrong numbers are worse than none. */
export function parsePackFile(
  source: Source,
  firm: Parameters<typeof packDefaults>[0],
): { readonly pack: PackFile | null; readonly diagnostics: Diagnostic[] } {
  const split = parseFrontMatter(source);
  const diagnostics = [...split.diagnostics];
  if (!split.frontMatter) return { pack: null, diagnostics };
  const { yaml, bodyStart } = split.frontMatter;
  const front = readKind<WrittenPack>(yaml, 'ticket-pack', { defaults: () => packDefaults(firm) });
  const body = parsePackBody(source, bodyStart);
  diagnostics.push(...front.diagnostics, ...body.diagnostics);
  if (front.value)
    diagnostics.push(...checkSprints(yaml, front.value, body), ...checkDependencies(source, body));
  if (!front.value || hasErrors(diagnostics)) return { pack: null, diagnostics };
  const facts: PackFacts = {
    id: front.value.id,
    firm: front.value.firm,
    version: front.value.version,
    createdAt: front.value.created_at,
    sprints: sprintsOf(front.value, body),
    entries: body.tickets.map((one) => one.entry),
  };
  return { pack: { source, yaml, bodyStart, facts, body }, diagnostics };
}

function sprintsOf(front: WrittenPack, body: PackBody): Sprint[] {
  const sprints = new Map<number, Sprint>();
  for (const one of front.sprints ?? []) {
    sprints.set(one.number, {
      number: one.number,
      name: one.name ?? null,
      plannedStart: one.planned_start ?? null,
      plannedEnd: one.planned_end ?? null,
    });
  }
  // The heading is what people read, so its name wins.
  for (const heading of body.sprints) {
    const planned = sprints.get(heading.number);
    sprints.set(heading.number, {
      number: heading.number,
      name: heading.name ?? planned?.name ?? null,
      plannedStart: planned?.plannedStart ?? null,
      plannedEnd: planned?.plannedEnd ?? null,
    });
  }
  return [...sprints.values()].sort((a, b) => a.number - b.number);
}

function checkSprints(yaml: YamlText, front: WrittenPack, body: PackBody): Diagnostic[] {
  const { source } = yaml;
  const planned = front.sprints ?? [];
  const headings = new Set(body.sprints.map((one) => one.number));
  const listed = new Set<number>();
  const found: Diagnostic[] = [];
  for (const [index, one] of planned.entries()) {
    const at = () => keyOffsetAt(yaml, ['sprints', index, 'number']);
    const twice = listed.has(one.number);
    listed.add(one.number);
    if (twice) {
      found.push(diagnoseAt(source, 'schema/invalid', at(), `sprint ${one.number} is listed twice`));
    } else if (!headings.has(one.number)) {
      found.push(diagnoseAt(source, 'pack/sprint-missing', at(), `sprint ${one.number} has no heading`));
    }
    if (one.planned_start && one.planned_end && one.planned_end < one.planned_start) {
      found.push(
        diagnoseAt(source, 'schema/invalid', at(), `sprint ${one.number} is planned to end before it starts`),
      );
    }
  }
  for (const heading of body.sprints) {
    if (listed.has(heading.number)) continue;
    const message = `Sprint ${heading.number} is not in the front matter`;
    found.push(diagnoseAt(source, 'pack/sprint-unplanned', heading.at, message));
  }
  if (body.tickets.length === 0)
    found.push(diagnoseAt(source, 'pack/empty', yaml.end, 'the pack has no tickets'));
  return found;
}

function checkDependencies(source: Source, body: PackBody): Diagnostic[] {
  const ids = new Set(body.tickets.map((one) => one.entry.ticketId));
  return body.tickets.flatMap(({ entry, details }) => {
    const at = details.find((one) => one.key === 'depends on')?.valueStart ?? 0;
    return (
      entry.dependsOn
        // A mistyped line is reported as such, and is in the pack once it is mended.
        .filter((id) => !ids.has(id) && !body.missed.has(id))
        .map((id) => {
          const message = `${entry.ticketId} depends on ${id}, which is not in the pack`;
          return diagnoseAt(source, 'pack/unknown-dependency', at, message);
        })
    );
  });
}
