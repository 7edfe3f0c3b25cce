import { sectionNames } from '../domain/roadmap.ts';
import { applyEdits, type TextEdit } from './edit.ts';
import { parseFrontMatter } from './front-matter.ts';
import { currentVersion, type Kind } from './schema.ts';
import { lineEnding, makeSource, type Source, startOfLine } from './source.ts';
import { keyOffsetAt, parseYaml, renderScalar, setKey, type YamlText } from './yaml.ts';

/**
 * The edits that bring a file of version 0 up to date: its `schema:` line, the keys whose defaults it relied
 * on, and nothing else. Null when it has a `schema:` line already or cannot be read.
 */
export function migrate(
  source: Source,
  kind: Kind,
  defaults: Readonly<Record<string, unknown>>,
): string | null {
  const yaml = source.file.endsWith('.md')
    ? (parseFrontMatter(source).frontMatter?.yaml ?? null)
    : parseYaml(source);
  const value = yaml?.value as Record<string, unknown> | null | undefined;
  if (
    !yaml ||
    yaml.diagnostics.length > 0 ||
    value === null ||
    value === undefined ||
    typeof value !== 'object'
  )
    return null;
  if ('schema' in value) return null;
  const edits = source.file.endsWith('.json')
    ? jsonEdits(source, kind)
    : yamlEdits(yaml, value, kind, defaults);
  const text = edits ? applyEdits(source.text, edits) : null;
  // Only a result that still reads is worth writing.
  return text !== null && reads(source, text) ? text : null;
}

function reads(source: Source, text: string): boolean {
  const after = makeSource(source.file, text);
  const yaml = source.file.endsWith('.md') ? parseFrontMatter(after).frontMatter?.yaml : parseYaml(after);
  const value = yaml?.value as Record<string, unknown> | null | undefined;
  return yaml?.diagnostics.length === 0 && value !== null && value !== undefined && 'schema' in value;
}

function jsonEdits(source: Source, kind: Kind): TextEdit[] | null {
  const brace = source.text.indexOf('{');
  if (brace < 0) return null;
  return [
    {
      start: brace + 1,
      end: brace + 1,
      text: `${lineEnding(source)}  "schema": "scend/${kind}@${currentVersion}",`,
    },
  ];
}

function yamlEdits(
  yaml: YamlText,
  value: Readonly<Record<string, unknown>>,
  kind: Kind,
  defaults: Readonly<Record<string, unknown>>,
): TextEdit[] | null {
  const first = Object.keys(value)[0];
  const eol = lineEnding(yaml.source);
  // Comments on top stay on top.
  const at = first === undefined ? yaml.start : startOfLine(yaml.source.text, keyOffsetAt(yaml, [first]));
  const missing = Object.entries(defaults).filter(([key, one]) => !(key in value) && isScalar(one));
  const lines = [
    `schema: scend/${kind}@${currentVersion}`,
    ...missing.map(([key, one]) => `${key}: ${renderScalar(one as string | number | boolean | null)}`),
  ];
  const edits: (TextEdit[] | null)[] = [
    [{ start: at, end: at, text: lines.map((line) => line + eol).join('') }],
  ];
  if (kind === 'roadmap') edits.push(...sectionEdits(yaml, value));
  return edits.includes(null) ? null : edits.flatMap((one) => one ?? []);
}

/** Sections of version 0 may lack their name and status. */
function sectionEdits(yaml: YamlText, value: Readonly<Record<string, unknown>>): (TextEdit[] | null)[] {
  const { sections } = value;
  if (!Array.isArray(sections)) {
    const eol = lineEnding(yaml.source);
    const lines = sectionNames
      .slice(0, 9)
      .map((name, index) => `  - { section_number: ${index + 1}, section_name: ${name}, status: planned }`);
    return [
      [{ start: yaml.end, end: yaml.end, text: ['sections:', ...lines].map((line) => line + eol).join('') }],
    ];
  }
  return sections.flatMap((one: Record<string, unknown> | null, index) => {
    if (one === null || typeof one !== 'object') return [];
    const name = sectionNames[Number(one.section_number) - 1];
    return [
      ...('section_name' in one || !name ? [] : [setKey(yaml, ['sections', index], 'section_name', name)]),
      ...('status' in one ? [] : [setKey(yaml, ['sections', index], 'status', 'planned')]),
    ];
  });
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
