import { distance } from 'fastest-levenshtein';

/** The candidate most like `word`, or null when none is near enough to be what was meant. */
export function closest(word: string, candidates: Iterable<string>): string | null {
  const normal = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, '');
  const wanted = normal(word);
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const name = normal(candidate);
    // The beginning of a long name, perhaps misspelt ("hays" for "hayes_real_estate"), is near as well.
    const beginning =
      wanted.length >= 3 ? name.slice(0, wanted.length + (name.startsWith(wanted) ? 0 : 1)) : name;
    const found = Math.min(distance(wanted, name), distance(wanted, beginning) + 0.5);
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  return bestDistance <= Math.max(2, Math.floor(wanted.length / 3)) ? best : null;
}

/** `Did you mean "…"?`, or an empty string when nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = closest(word, candidates);
  return found === null ? '' : `Did you mean "${found}"?`;
}
