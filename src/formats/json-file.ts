import stringify from 'json-stringify-pretty-compact';
import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import { conforms, type Kind, readKind } from './schema.ts';
import type { Source } from './source.ts';
import { parseYaml } from './yaml.ts';

/**
 * JSON text with sorted keys and a final newline, small objects on one line, so that a diff shows a figure
 * a line: the same data gives the same bytes.
 */
export function renderSortedJson(data: unknown): string {
  return `${stringify(sorted(data), { maxLength: 240, indent: 2 })}\n`;
}

function sorted(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(sorted);
  if (data === null || typeof data !== 'object') return data;
  const entries = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, value]) => [key, sorted(value)]));
}

/**
 * Reads a JSON file that a program made. What conforms to the schema is read fast; what does not is read
 * again as YAML, which JSON is, to say where the fault lies.
 */
export function readJson<T>(
  source: Source,
  kind: Kind,
): { readonly value: T | null; readonly diagnostics: Diagnostic[] } {
  try {
    const value: unknown = JSON.parse(source.text);
    if (conforms(kind, value)) return { value: value as T, diagnostics: [] };
  } catch {
    // Said below, with its place.
  }
  const yaml = parseYaml(source);
  const read = readKind<T>(yaml, kind);
  const diagnostics = [...yaml.diagnostics, ...read.diagnostics];
  if (hasErrors(diagnostics)) return { value: null, diagnostics };
  const message = `${source.file} is not JSON as Scend writes it`;
  return { value: null, diagnostics: [diagnose('schema/invalid', { file: source.file }, message)] };
}
