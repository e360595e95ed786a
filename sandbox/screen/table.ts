/**
 * Columns under their headings, for people.
 *
 * @param numbers whether all columns but the first are numbers, which stand to the right
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { numbers = false } = {},
): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number) =>
    numbers && column > 0 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return all.map((row) => row.map(pad).join("   ").trimEnd()).join("\n");
}
