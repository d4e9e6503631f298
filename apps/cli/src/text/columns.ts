/** Rows as columns: each as wide as its longest cell, two spaces between, nothing at the ends. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Label and value lines. */
export function fields(values: Readonly<Record<string, string | number | bigint | boolean | undefined>>): string[] {
  return columns(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([label, value]) => [label, String(value)]),
  );
}
