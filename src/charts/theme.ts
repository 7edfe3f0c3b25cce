/**
 * Every colour of a picture by its part, light and dark. The data colours are Okabe and Ito's, darkened or
 * lightened to a contrast of 4.5 with the card, and told apart without colour too: by words, outline and shape.
 */
export const inks = {
  card: ['#ffffff', '#161b22'],
  edge: ['#d0d7de', '#30363d'],
  text: ['#1f2328', '#e6edf3'],
  muted: ['#59636e', '#9198a1'],
  grid: ['#e6eaef', '#2b323b'],
  axis: ['#8c959f', '#767e87'],
  before: ['#6e7781', '#a3abb4'],
  now: ['#0067a3', '#5cb3f0'],
  target: ['#a84a00', '#f5a05a'],
  worse: ['#a3407a', '#e79ac6'],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>;

export type Ink = keyof typeof inks;

/** The colour that a part has in the file; the style sheet swaps it where the reader prefers dark. */
export function ink(part: Ink): string {
  return inks[part][0];
}

export const fontFamily =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif";

/** Rules that turn each light colour into its dark one, for pictures of this class alone. */
export const darkStyle = `@media (prefers-color-scheme: dark) {${Object.values(inks)
  .map(
    ([light, dark]) =>
      `.scend-chart [fill="${light}"]{fill:${dark}}.scend-chart [stroke="${light}"]{stroke:${dark}}`,
  )
  .join('')}}`;
