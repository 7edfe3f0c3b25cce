/** Columns padded to their widest cell, indented by two. */
export function grid(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(0, ...rows.map((row) => [...(row[column] ?? '')].length));
  const pad = (text: string, to: number) => text + ' '.repeat(Math.max(0, to - [...text].length));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === row.length - 1 ? cell : pad(cell, width(column)))).join('  ')}`.trimEnd(),
  );
}
