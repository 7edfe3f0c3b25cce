import { openMap } from './yaml-characters.ts';
import { scanJson } from './yaml-json.ts';
import { maxDepth, maxNodes, tooDeep } from './yaml-limits.ts';
import { Scanner, type Spelling, unsure } from './yaml-scanner.ts';

/**
 * Reads YAML of the plain kind that programs write and people mostly do: block maps and lists indented by
 * spaces, scalars and small flow collections on one line, comments; and JSON as the engine writes it. Null for
 * anything that is not surely that, or surely wrong: the parser reads it then.
 */
export function scanYaml(text: string): { readonly value: unknown } | null {
  return text.charCodeAt(0) === openMap ? scanJson(text) : scanBlocks(text, null);
}

/** How the number or boolean at a path of such a text is written; undefined for anything else. */
export function scannedSource(text: string, path: readonly (string | number)[]): string | undefined {
  const spellings: Spelling[] = [];
  const scanned = text.charCodeAt(0) === openMap ? scanJson(text) : scanBlocks(text, spellings);
  let holder: unknown = null;
  let at: unknown = scanned?.value;
  for (const key of path) {
    if (at === null || typeof at !== 'object') return undefined;
    holder = at;
    at = (at as Record<string | number, unknown>)[Array.isArray(at) ? Number(key) : key];
  }
  if (typeof at !== 'number' && typeof at !== 'boolean') return undefined;
  const last = String(path.at(-1));
  // JSON has one form for each number, which is that of JavaScript.
  return spellings.find((one) => one.holder === holder && String(one.key) === last)?.text ?? String(at);
}

function scanBlocks(given: string, spellings: Spelling[] | null): { readonly value: unknown } | null {
  // Each node takes a character at least.
  if (given.length >= maxNodes) return null;
  const text = given.includes('\r') ? given.replaceAll('\r\n', '\n') : given;
  if (text.includes('\r') || (text.includes('%') && /^%/m.test(text))) return null;
  if (manyBrackets(text) && tooDeep(text) !== null) return null;
  const value = new Scanner(text, spellings).read();
  return value === unsure ? null : { value };
}

function manyBrackets(text: string): boolean {
  let found = 0;
  for (const one of ['[', '{'])
    for (let at = text.indexOf(one); at >= 0; at = text.indexOf(one, at + 1)) {
      found += 1;
      if (found > maxDepth) return true;
    }
  return false;
}
