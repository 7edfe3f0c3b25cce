/** Levels of brackets, and of indentation by two, that are read. */
export const maxDepth = 40;
export const maxNodes = 200_000;
/** Keys that no map may have. */
export const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype', '<<']);

/** A linear look at bracket and indentation depth before the recursive parser sees the text. */
export function tooDeep(text: string): number | null {
  let depth = 0;
  for (const match of text.matchAll(/[[{]|[\]}]|(?:^|\n)([ \t]*)((?:[-?] +)*)/g)) {
    if (match[0] === '[' || match[0] === '{') depth += 1;
    else if (match[0] === ']' || match[0] === '}') depth = Math.max(0, depth - 1);
    const indent = (match[1]?.length ?? 0) / 2 + (match[2]?.length ?? 0) / 2;
    if (depth > maxDepth || indent > 2 * maxDepth) return match.index;
  }
  return null;
}
