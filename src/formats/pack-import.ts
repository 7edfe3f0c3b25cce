import type { IsoDate } from '../domain/date.ts';
import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { derivedId } from '../domain/id.ts';
import type { TicketEntry } from '../domain/ticket.ts';
import { applyEdits, type TextEdit } from './edit.ts';
import { parseFrontMatter } from './front-matter.ts';
import { aboutFile, markdownPack, noTickets } from './import-markdown.ts';
import { parsePackFile } from './pack-file.ts';
import { packFrontLines } from './pack-imported.ts';
import { diagnoseAt, lineEnding, makeSource, type Source } from './source.ts';
import { parsePackBody } from './ticket-pack.ts';
import { setKey, type YamlText } from './yaml.ts';

/** A Markdown file as a firm's pack; null, with findings, when it cannot be one. */
export interface TakenPack {
  readonly text: string | null;
  readonly tickets: readonly TicketEntry[];
  readonly lines: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface PackOwner {
  readonly firm: Pick<Firm, 'id' | 'slug' | 'createdAt'>;
  readonly today: IsoDate;
  readonly timeZone: string;
}

/**
 * Takes a Markdown pack in. Tickets as a pack writes them stay byte for byte and get front matter; an export of
 * Scend becomes the pack it was made from; lists without checkboxes, headings and tables become tickets.
 */
export function takePack(source: Source, owner: PackOwner): TakenPack {
  if (source.text.trim() === '')
    return {
      text: null,
      tickets: [],
      lines: [],
      diagnostics: [diagnose('import/empty', { file: source.file }, 'the file has no text')],
    };
  const begins = /^---[ \t]*(?:\r\n|\r|\n)/.test(source.text) ? parseFrontMatter(source) : null;
  const front = begins?.frontMatter ?? null;
  const schema = (front?.yaml.value as { schema?: unknown } | null)?.schema;
  if (front && typeof schema === 'string' && schema.startsWith('scend/'))
    return takeExport(source, front, schema, owner);
  const bodyStart = front?.bodyStart ?? 0;
  const own = parsePackBody(source, bodyStart);
  const made = markdownPack(source, bodyStart, owner.timeZone);
  const asItIs = own.tickets.length > 0;
  // What looks like a ticket and is none must be mended before anything else is guessed.
  if (hasErrors(own.diagnostics) || (!asItIs && hasErrors(made.diagnostics)))
    return {
      text: null,
      tickets: [],
      lines: [],
      diagnostics: [...own.diagnostics, ...(asItIs ? [] : made.diagnostics)],
    };
  const body = asItIs ? source.text.slice(bodyStart) : made.body;
  const left = made.boxes + made.fromHeadings + made.fromTables;
  if (!asItIs && left === 0) return { text: null, tickets: [], lines: [], diagnostics: [noTickets(source)] };
  // Only a table brings sprints that the text did not have before.
  const parsed = made.fromTables > 0 && !asItIs ? parsePackBody(makeSource(source.file, body)) : own;
  const found = asItIs && left > 0 ? [besides(source, left)] : asItIs ? [] : made.diagnostics;
  const sprints = parsed.sprints.map(({ number, name }) => ({
    number,
    name,
    plannedStart: null,
    plannedEnd: null,
  }));
  const given = new Set(Object.keys((front?.yaml.value as object | null) ?? {}));
  const lines = packFrontLines({ ...newFront(owner), sprints: uniqueSprints(sprints) }, given);
  const eol = lineEnding(source);
  const kept = front ? source.text.slice(front.yaml.start, front.yaml.end) : '';
  const text = `---${eol}${lines.map((one) => one + eol).join('')}${kept}---${eol}${body}`;
  return check(text, source, owner, {
    lines: asItIs ? ['the tickets stand as they were, with front matter added'] : madeLines(made),
    diagnostics: found,
  });
}

function newFront({ firm, today }: PackOwner) {
  return { id: derivedId(firm.id, 'ticket-pack'), firm: firm.slug, version: 'v1.0', createdAt: today };
}

function uniqueSprints<T extends { readonly number: number }>(sprints: readonly T[]): T[] {
  return sprints.filter((one, index) => sprints.findIndex((other) => other.number === one.number) === index);
}

function besides(source: Source, count: number): Diagnostic {
  const message = `${count} more lines, headings or rows begin with ids but have no checkbox; they stayed as they are`;
  return diagnose(
    'import/not-taken',
    { file: source.file },
    message,
    'Put "[ ] " before their ids if they are tickets.',
  );
}

function madeLines(made: ReturnType<typeof markdownPack>): string[] {
  return [
    ...(made.boxes > 0 ? [`${made.boxes} list items got a checkbox`] : []),
    ...(made.fromHeadings > 0 ? [`${made.fromHeadings} headings got a ticket under them`] : []),
    ...(made.fromTables > 0 ? [`${made.fromTables} rows of tables became list items in their place`] : []),
  ];
}

/** The living pack that an export was made from: what the export added goes, the rest stays byte for byte. */
function takeExport(
  source: Source,
  front: { readonly yaml: YamlText; readonly bodyStart: number },
  schema: string,
  owner: PackOwner,
): TakenPack {
  const { yaml } = front;
  if (!schema.startsWith('scend/ticket-pack@')) {
    const message = `this is a file of Scend, but no ticket pack (${schema})`;
    return {
      text: null,
      tickets: [],
      lines: [],
      diagnostics: [diagnoseAt(source, 'schema/kind', yaml.start, message)],
    };
  }
  const edits: (TextEdit[] | null)[] = [];
  const raw = source.text.slice(yaml.start, yaml.end);
  // The lines that an export begins with, exactly as they are written.
  const head =
    /^# Export of ticket-pack\.md at [^\r\n]*(?:\r\n|\r|\n)(?:exported_at: [\d-]{10}(?:\r\n|\r|\n))?(?:totals: \{ [^\r\n]* \}(?:\r\n|\r|\n))?/.exec(
      raw,
    );
  if (head) {
    edits.push([{ start: yaml.start, end: yaml.start + head[0].length, text: '' }]);
    const deeper = /\$schema=(\.\.\/)\.\.\/\.\.\/schemas\//.exec(raw);
    if (deeper) {
      const at = yaml.start + deeper.index + '$schema='.length;
      edits.push([{ start: at, end: at + 3, text: '' }]);
    }
  }
  const written = yaml.value as { firm?: unknown };
  const other = written.firm !== owner.firm.slug;
  if (other) {
    edits.push(setKey(yaml, [], 'firm', owner.firm.slug));
    edits.push(setKey(yaml, [], 'id', derivedId(owner.firm.id, 'ticket-pack')));
  }
  if (edits.includes(null))
    return {
      text: null,
      tickets: [],
      lines: [],
      diagnostics: [
        aboutFile(
          source,
          'the front matter cannot be edited in place',
          'Write it as plain "key: value" lines.',
        ),
      ],
    };
  const text = applyEdits(
    source.text,
    edits.flatMap((one) => one ?? []),
  );
  const lines = [
    head ? 'an export of Scend; what the export had added was taken out' : 'a pack of Scend, taken as it is',
    ...(other
      ? [`it was of ${String(written.firm)}, and is of ${owner.firm.slug} now, with an id of its own`]
      : []),
  ];
  return check(text, source, owner, { lines, diagnostics: [] });
}

/** The pack reads back, or its faults are findings about the file that was imported. */
function check(
  text: string,
  source: Source,
  owner: PackOwner,
  so: { readonly lines: readonly string[]; readonly diagnostics: readonly Diagnostic[] },
): TakenPack {
  const { pack, diagnostics } = parsePackFile(
    { ...makeSource(source.file, text), bom: source.bom },
    owner.firm,
  );
  const shift = text.split(/\r\n|\r|\n/).length - source.text.split(/\r\n|\r|\n/).length;
  const exact = text.endsWith(source.text);
  const moved = diagnostics.map((one) => {
    if (exact) return { ...one, line: Math.max(1, one.line - shift) };
    return {
      ...one,
      message: `${one.message} (line ${one.line} of the pack it would become)`,
      line: 1,
      column: 1,
    };
  });
  const found = [...so.diagnostics, ...moved];
  return {
    text: pack && !hasErrors(found) ? text : null,
    tickets: pack?.facts.entries ?? [],
    lines: so.lines,
    diagnostics: found,
  };
}
