import { maxDepth, maxNodes, reserved } from './yaml-limits.ts';

/** Longest key; YAML wants the colon within 1,024 characters. */
const maxKey = 200;

/**
 * Reads JSON exactly as `JSON.stringify` writes it with two spaces and a final newline, as the engine's own
 * metadata are: then no key stands there twice and every number is in its one form. Null for any other text.
 */
export function scanJson(given: string): { readonly value: unknown } | null {
  if (given[0] !== '{') return null;
  const text = given.includes('\r') ? given.replaceAll('\r\n', '\n') : given;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (`${JSON.stringify(value, null, 2)}\n` !== text || /^%/m.test(text)) return null;
  const count = { nodes: 0, brackets: 0, depth: 0 };
  const plain = plainOf(value, 1, count);
  // A bracket in a text counts as one of the structure where depth is limited.
  const inTexts = text.split(/[[{]/).length - 1 - count.brackets;
  return count.nodes < maxNodes && count.depth + inTexts <= maxDepth ? { value: plain } : null;
}

/** The same with maps that have no prototype; what may not be counts as too deep. */
function plainOf(
  value: unknown,
  depth: number,
  count: { nodes: number; brackets: number; depth: number },
): unknown {
  count.nodes += 1;
  if (value === null || typeof value !== 'object') return value;
  count.brackets += 1;
  count.depth = Math.max(count.depth, depth);
  if (depth > maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => plainOf(item, depth + 1, count));
  const map: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    if (reserved.has(key) || key.length > maxKey) count.depth = Number.POSITIVE_INFINITY;
    map[key] = plainOf(item, depth + 1, count);
  }
  return map;
}
