/** Columns padded to their widest cell, indented by two. */
export function grid(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(0, ...rows.map((row) => [...(row[column] ?? '')].length));
  const pad = (text: string, to: number) => text + ' '.repeat(Math.max(0, to - [...text].length));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === row.length - 1 ? cell : pad(cell, width(column)))).join('  ')}`.trimEnd(),
  );
}

/** A text of at most so many characters, the last an ellipsis where some had to go. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}
