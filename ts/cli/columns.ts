/** Rows as text, the first `left` columns to the left, the others to the right. */
export function alignColumns(rows: string[][], left = 1): string {
  const widths = (rows[0] ?? []).map((_, c) =>
    Math.max(...rows.map((row) => (row[c] ?? '').length)),
  );
  return rows
    .map((row) => {
      const cells = row.map((cell, c) => {
        const width = widths[c] as number;
        return c < left ? cell.padEnd(width) : cell.padStart(width);
      });
      return cells.join('  ').trimEnd();
    })
    .join('\n');
}
