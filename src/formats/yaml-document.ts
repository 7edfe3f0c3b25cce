import type { Document, Pair, Scalar } from 'yaml';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { diagnoseAt, type Source } from './source.ts';
import { maxDepth, maxNodes, reserved, tooDeep } from './yaml-limits.ts';
import { isAlias, isMap, isPair, isScalar, isSeq, parseAllDocuments } from './yaml-parser.ts';

/** What the yaml package makes of a text. */
export interface Parsed {
  readonly document: Document | null;
  /** Plain data with null-prototype maps; null when the text cannot be read. */
  readonly value: unknown;
  readonly diagnostics: Diagnostic[];
}

/** Parses YAML 1.2 (core schema). Aliases, merge keys, tags, directives and reserved keys are refused. */
export function parseDocument(source: Source, start: number, end: number): Parsed {
  const text = source.text.slice(start, end);
  const bad = (
    rule: 'yaml/syntax' | 'yaml/forbidden' | 'yaml/too-deep',
    at: number,
    message: string,
  ): Parsed => ({
    document: null,
    value: null,
    diagnostics: [diagnoseAt(source, rule, start + Math.max(0, Math.min(at, text.length)), message)],
  });
  const deep = tooDeep(text);
  if (deep !== null) return bad('yaml/too-deep', deep, `more than ${maxDepth} levels`);
  const directive = /^%.*/m.exec(text);
  if (directive) return bad('yaml/forbidden', directive.index, 'YAML directives are not read');
  // Under CRLF a block that ends without a line feed would keep a lone carriage return in its last value.
  const documents = parseAllDocuments(`${text}\n`, {
    version: '1.2',
    schema: 'core',
    merge: false,
    stringKeys: true,
    uniqueKeys: false,
    keepSourceTokens: true,
    prettyErrors: false,
  });
  if (!Array.isArray(documents) || documents.length === 0) {
    return { document: null, value: null, diagnostics: [] };
  }
  const [document, second] = documents as Document.Parsed[];
  if (second)
    return bad('yaml/syntax', second.range?.[0] ?? 0, 'a file holds one YAML document, here is a second');
  if (!document) return bad('yaml/syntax', 0, 'no YAML document');
  const problem = [...document.errors, ...document.warnings][0];
  if (problem) return bad('yaml/syntax', problem.pos[0], problem.message.split('\n')[0] ?? 'not YAML');
  const findings: Diagnostic[] = [];
  const report = (
    rule: 'yaml/forbidden' | 'yaml/duplicate-key' | 'yaml/too-deep',
    at: number,
    message: string,
  ) => {
    findings.push(diagnoseAt(source, rule, start + at, message));
  };
  const value = toPlain(document.contents, report, { nodes: 0 });
  return { document, value: findings.length > 0 ? null : value, diagnostics: findings };
}

type Report = (
  rule: 'yaml/forbidden' | 'yaml/duplicate-key' | 'yaml/too-deep',
  at: number,
  message: string,
) => void;

function toPlain(node: unknown, report: Report, count: { nodes: number }): unknown {
  count.nodes += 1;
  if (count.nodes === maxNodes) report('yaml/too-deep', 0, `more than ${maxNodes} nodes`);
  if (count.nodes >= maxNodes || node === null || node === undefined) return null;
  const at = (node as { range?: [number, number, number] }).range?.[0] ?? 0;
  if (isAlias(node)) {
    report('yaml/forbidden', at, 'YAML aliases are not read');
    return null;
  }
  const { anchor, tag } = node as { anchor?: string; tag?: string };
  if (anchor) report('yaml/forbidden', at, 'YAML anchors are not read');
  if (tag && !tag.startsWith('tag:yaml.org,2002:'))
    report('yaml/forbidden', at, `the tag ${tag} is not read`);
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => toPlain(isPair(item) ? item.value : item, report, count));
  if (!isMap(node)) return null;
  const map: Record<string, unknown> = Object.create(null);
  for (const pair of node.items) {
    const key = keyOf(pair);
    const keyAt = (pair.key as Scalar | null)?.range?.[0] ?? at;
    if (reserved.has(key)) report('yaml/forbidden', keyAt, `the key "${key}" is reserved`);
    else if (key in map) report('yaml/duplicate-key', keyAt, `"${key}" stands here a second time`);
    else map[key] = toPlain(pair.value, report, count);
  }
  return map;
}

export function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}
