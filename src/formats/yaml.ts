import type { Document, Pair, Scalar, YAMLMap } from 'yaml';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { hiddenCharacters } from '../domain/text.ts';
import type { TextEdit } from './edit.ts';
import { lineEnding, type Source, startOfLine } from './source.ts';
import { keyOf, type Parsed, parseDocument } from './yaml-document.ts';
import { isCollection, isMap, isScalar, isSeq } from './yaml-parser.ts';
import { scannedSource, scanYaml } from './yaml-scan.ts';

export type Path = readonly (string | number)[];

/** A YAML text inside a source (the whole file, or its front matter), parsed for values and for places. */
export interface YamlText {
  readonly source: Source;
  /** Offsets of the YAML inside the source. */
  readonly start: number;
  readonly end: number;
  /** The parser's document, for places and edits; parsed when it is first asked for. Null where there is none. */
  readonly document: () => Document | null;
  /** How the scalar at a path is written, where that is known without the document. */
  readonly written: (path: Path) => string | undefined;
  /** Plain data with null-prototype maps; null when the text cannot be read. */
  readonly value: unknown;
  readonly diagnostics: Diagnostic[];
}

/**
 * Parses YAML 1.2 (core schema). Aliases, merge keys, tags, directives and reserved keys are refused. A text of
 * the plain kind that nearly all files are is read by a scanner; the parser is the truth, and reads all others.
 */
export function parseYaml(source: Source, start = 0, end = source.text.length): YamlText {
  const text = source.text.slice(start, end);
  const scanned = scanYaml(text);
  if (scanned === null) return parseYamlWhole(source, start, end);
  let parsed: Parsed | null = null;
  const document = () => {
    parsed ??= parseDocument(source, start, end);
    return parsed.document;
  };
  const written = (path: Path) => scannedSource(text, path);
  return { source, start, end, document, written, value: scanned.value, diagnostics: [] };
}

/** The same by the parser alone. */
export function parseYamlWhole(source: Source, start = 0, end = source.text.length): YamlText {
  const { document, value, diagnostics } = parseDocument(source, start, end);
  return { source, start, end, document: () => document, written: () => undefined, value, diagnostics };
}

/** The pair under `path`, or undefined. */
function pairAt(yaml: YamlText, path: Path): Pair | undefined {
  const parent = nodeAt(yaml, path.slice(0, -1));
  const key = path.at(-1);
  return isMap(parent) ? parent.items.find((pair) => keyOf(pair) === String(key)) : undefined;
}

function nodeAt(yaml: YamlText, path: Path): unknown {
  let node: unknown = yaml.document()?.contents;
  for (const key of path) {
    if (isMap(node)) node = node.items.find((pair) => keyOf(pair) === String(key))?.value;
    else if (isSeq(node)) node = node.items[Number(key)];
    else return undefined;
  }
  return node;
}

/** Offset in the source of the value at `path`, else of its key, else of the nearest thing around it. */
export function offsetAt(yaml: YamlText, path: Path): number {
  const node = nodeAt(yaml, path) as { range?: [number, number, number] } | null | undefined;
  const empty = isScalar(node) && node.range?.[0] === node.range?.[1];
  if (node?.range && !empty) return yaml.start + node.range[0];
  return keyOffsetAt(yaml, path);
}

/** Offset in the source of the key at `path`, else of the nearest key around it. */
export function keyOffsetAt(yaml: YamlText, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const part = path.slice(0, length);
    const range = (pairAt(yaml, part)?.key as Scalar | undefined)?.range ?? rangeOf(nodeAt(yaml, part));
    if (range) return yaml.start + range[0];
  }
  return yaml.start;
}

function rangeOf(node: unknown): [number, number, number] | undefined {
  return (node as { range?: [number, number, number] } | null | undefined)?.range ?? undefined;
}

/** The scalar at `path` as it is written, without quotes: `1.10` stays `1.10`. Undefined for anything else. */
export function scalarSource(yaml: YamlText, path: Path): string | undefined {
  const written = yaml.written(path);
  if (written !== undefined) return written;
  const node = nodeAt(yaml, path);
  return isScalar(node) && node.type === 'PLAIN' ? node.source : undefined;
}

/** A scalar as YAML text that reads back as the same value. */
export function renderScalar(value: string | number | boolean | null): string {
  if (value === null) return 'null';
  if (typeof value !== 'string') return String(value);
  const plain =
    /^[A-Za-z_/][\w ./@+–—-]*$/u.test(value) ||
    /^\d{4}-\d{2}-\d{2}$/.test(value) ||
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
  const word = /^(?:true|false|null|yes|no|on|off|y|n|~|\.inf|\.nan)$/i.test(value);
  if (plain && !word && value.trim() === value) return value;
  // JSON escapes fewer characters than YAML wants; what hides or turns text is written as an escape too.
  return JSON.stringify(value).replace(
    hiddenCharacters,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Edits that set `key` of the map at `parent`: an existing value is replaced where it stands, a new key is
 * added after the last one in the map's own style. Returns null where the map is missing or cannot be
 * edited in place; the caller parses the result again and compares.
 */
export function setKey(
  yaml: YamlText,
  parent: Path,
  key: string,
  value: string | number | boolean | null,
): TextEdit[] | null {
  const map = nodeAt(yaml, parent);
  if (!isMap(map)) return null;
  const rendered = renderScalar(value);
  const pair = map.items.find((one) => keyOf(one) === key);
  if (pair) return replaceValue(yaml, pair, rendered);
  return map.flow ? addToFlow(yaml, map, key, rendered) : addToBlock(yaml, map, key, rendered);
}

function replaceValue(yaml: YamlText, pair: Pair, rendered: string): TextEdit[] | null {
  const node = pair.value as Scalar | null;
  if (isCollection(node)) return null;
  const range = rangeOf(node);
  const keyRange = rangeOf(pair.key);
  if (!keyRange) return null;
  if (node && range && range[1] > range[0]) {
    if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return null;
    return [{ start: yaml.start + range[0], end: yaml.start + range[1], text: rendered }];
  }
  // `key:` without a value: the value goes right behind the colon.
  const colon = yaml.source.text.indexOf(':', yaml.start + keyRange[1]);
  if (colon < 0 || colon >= yaml.end) return null;
  return [{ start: colon + 1, end: colon + 1, text: ` ${rendered}` }];
}

function addToFlow(yaml: YamlText, map: YAMLMap, key: string, rendered: string): TextEdit[] | null {
  const last = map.items.at(-1);
  const end = rangeOf(last?.value)?.[1] ?? rangeOf(last?.key)?.[1];
  if (end === undefined) return null;
  return [{ start: yaml.start + end, end: yaml.start + end, text: `, ${key}: ${rendered}` }];
}

function addToBlock(yaml: YamlText, map: YAMLMap, key: string, rendered: string): TextEdit[] | null {
  const { text } = yaml.source;
  const first = rangeOf(map.items[0]?.key)?.[0];
  const last = map.items.at(-1);
  const end = Math.max(rangeOf(last?.value)?.[1] ?? 0, rangeOf(last?.key)?.[1] ?? 0);
  if (first === undefined || end === 0) return null;
  const lineStart = startOfLine(text, yaml.start + first);
  // The first key may follow a dash ("- number: 1"): later keys stand below it, not below the dash.
  const indent = text.slice(Math.max(lineStart, yaml.start), yaml.start + first).replace(/[^\t]/g, ' ');
  const eol = lineEnding(yaml.source);
  const from = yaml.start + end;
  const atLineStart = from > 0 && /[\r\n]/.test(text[from - 1] ?? '');
  if (atLineStart) return [{ start: from, end: from, text: `${indent}${key}: ${rendered}${eol}` }];
  const rest = /^[^\r\n]*/.exec(text.slice(from, yaml.end))?.[0].length ?? 0;
  const at = from + rest;
  return [{ start: at, end: at, text: `${eol}${indent}${key}: ${rendered}` }];
}

/**
 * Edits that set several keys of the map under `key`: in its own style where it has keys, else as a new block
 * map below `key`, which is added where it is missing. Null where that cannot be done in place.
 */
export function setKeys(
  yaml: YamlText,
  parent: Path,
  key: string,
  values: Readonly<Record<string, number | string>>,
): TextEdit[] | null {
  const map = nodeAt(yaml, parent);
  const entries = Object.entries(values);
  if (!isMap(map) || entries.length === 0) return isMap(map) ? [] : null;
  const pair = map.items.find((one) => keyOf(one) === key);
  if (isMap(pair?.value) && pair.value.items.length > 0) {
    const edits = entries.map(([name, value]) => setKey(yaml, [...parent, key], name, value));
    return edits.includes(null) ? null : edits.flatMap((one) => one ?? []);
  }
  const flow = `{ ${entries.map(([name, value]) => `${name}: ${renderScalar(value)}`).join(', ')} }`;
  if (!pair) return map.flow ? addToFlow(yaml, map, key, flow) : addToBlock(yaml, map, key, flow);
  const range = rangeOf(pair.value);
  const keyRange = rangeOf(pair.key);
  if (map.flow || !isMap(pair.value) || !range || !keyRange) return replaceEmpty(yaml, pair, flow);
  const { text } = yaml.source;
  const lineStart = startOfLine(text, yaml.start + keyRange[0]);
  const indent = `${text.slice(lineStart, yaml.start + keyRange[0]).replace(/[^\t]/g, ' ')}  `;
  const lines = entries.map(
    ([name, value]) => `${lineEnding(yaml.source)}${indent}${name}: ${renderScalar(value)}`,
  );
  // The space behind the colon goes with the empty braces.
  const start = yaml.start + range[0];
  const gap = /[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  return [{ start: start - gap, end: yaml.start + range[1], text: lines.join('') }];
}

function replaceEmpty(yaml: YamlText, pair: Pair, rendered: string): TextEdit[] | null {
  if (!isMap(pair.value)) return replaceValue(yaml, pair, rendered);
  const range = rangeOf(pair.value);
  return range ? [{ start: yaml.start + range[0], end: yaml.start + range[1], text: rendered }] : null;
}

/** Edits that take `key` out of the block map at `parent`, with its whole lines; null where that is not safe. */
export function removeKey(yaml: YamlText, parent: Path, key: string): TextEdit[] | null {
  const pair = pairAt(yaml, [...parent, key]);
  if (!pair) return [];
  const map = nodeAt(yaml, parent);
  if (!isMap(map) || map.flow || isCollection(pair.value)) return null;
  const keyRange = rangeOf(pair.key);
  if (!keyRange) return null;
  const { text } = yaml.source;
  const start = Math.max(text.lastIndexOf('\n', yaml.start + keyRange[0] - 1) + 1, yaml.start);
  if (text.slice(start, yaml.start + keyRange[0]).trim() !== '') return null;
  const end = text.indexOf('\n', yaml.start + (rangeOf(pair.value)?.[1] ?? keyRange[1]));
  if (end < 0 || end >= yaml.end) return null;
  return [{ start, end: end + 1, text: '' }];
}
