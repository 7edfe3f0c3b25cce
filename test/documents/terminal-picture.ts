/** A picture of a terminal as SVG: text with the terminal's own colours, a line of text an element. */

const width = 98;
const step = { x: 8.4, y: 19 };
const margin = { x: 20, top: 48, bottom: 18 };
/** By the codes that Scend writes. */
const styles: Readonly<Record<string, string>> = {
  '1': 'font-weight="bold"',
  '2': 'fill="#9aa5b1"',
  '31': 'fill="#ff8c82"',
  '32': 'fill="#7ee2a8"',
  '33': 'fill="#ffd479"',
  '36': 'fill="#7fdbff"',
};

/** @param text what was printed; longer lines are cut, with an ellipsis */
export function terminalPicture(title: string, text: string): string {
  const lines = text.trimEnd().split('\n');
  const size = [width * step.x + 2 * margin.x, lines.length * step.y + margin.top + margin.bottom];
  const box = size.map((one) => Math.ceil(one));
  const rows = lines.map((line, index) => {
    const y = margin.top + (index + 0.75) * step.y;
    return `<text x="${margin.x}" y="${y.toFixed(1)}" xml:space="preserve">${spans(line)}</text>`;
  });
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, index) => `<circle cx="${24 + index * 20}" cy="20" r="6" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${box.join(' ')}" width="${box[0]}" height="${box[1]}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="10" fill="#1b222b"/>`,
    ...dots,
    '<g fill="#e6edf3" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14">',
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Each run of one style has its place and its length, so that it fits in any font. */
function spans(line: string): string {
  let column = 0;
  let style = '';
  let written = '';
  for (const [index, piece] of line.split('\u001b[').entries()) {
    // All but the first piece begin with a code.
    const code = index > 0 ? (/^(\d+)m/.exec(piece)?.[1] ?? null) : null;
    if (code !== null) style = styles[code] ?? '';
    const part = code === null ? piece : piece.slice(code.length + 1);
    const room = width - column;
    const shown = part.length > room ? `${part.slice(0, Math.max(0, room - 1))}…` : part;
    if (shown.trim() !== '' && room > 0) {
      const x = (margin.x + column * step.x).toFixed(1);
      const length = (shown.length * step.x).toFixed(1);
      written += `<tspan x="${x}" textLength="${length}" ${style}>${escaped(shown)}</tspan>`;
    }
    column += part.length;
  }
  return written;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (one) => entities[one] ?? one);
