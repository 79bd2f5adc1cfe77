/** Tables: for the terminal, and in Markdown. */

/** A table. The first row is its head. */
export interface Table {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
  /** A remark that readers of the table need. */
  readonly note?: string | undefined;
}

/** Text for a terminal: columns aligned, the first to the left. */
export function terminalTable({ title, rows, note }: Table): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  return ["", title, ...lines, ...(note === undefined ? [] : [note])].join("\n");
}

export function markdownTable({ title, rows, note }: Table): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [`**${title}**`, "", ...[head, rule, ...body].map(line), ...(note === undefined ? [] : ["", note])].join("\n");
}
