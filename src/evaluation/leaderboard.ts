import { type Figure, figureValue } from "./metrics.ts";

/** One recommender's figures by name, as in a report's `figures`. */
export interface LeaderboardRow {
  readonly name: string;
  readonly figures: Readonly<Record<string, Figure>>;
}

export interface LeaderboardOptions {
  /** the figures to show; the rows fall by the first of them */
  readonly columns?: readonly string[];
  /** what the first column holds */
  readonly heading?: string;
}

const defaultColumns: readonly string[] = ["ndcg@10", "recall@20", "precision@10", "mrr@10", "coverage@10"];

/** Columns aligned by spaces, for a terminal. No trailing newline. */
export function leaderboardText(rows: readonly LeaderboardRow[], options: LeaderboardOptions = {}): string {
  const cells = tableCells(rows, options);
  const widths = columnWidths(cells);
  return cells.map((row) => alignRow(row, widths).join("  ").trimEnd()).join("\n");
}

/** The same as a GitHub table. No trailing newline. */
export function leaderboardMarkdown(
  rows: readonly LeaderboardRow[],
  options: LeaderboardOptions = {},
): string {
  const [heading, ...body] = tableCells(rows, options).map((row) =>
    row.map((cell) => cell.replaceAll("|", "\\|")),
  );
  const rule = heading.map((_, column) => (column === 0 ? "---" : "---:"));
  return [heading, rule, ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function tableCells(
  rows: readonly LeaderboardRow[],
  { columns = defaultColumns, heading = "recommender" }: LeaderboardOptions,
): string[][] {
  const key = ({ figures }: LeaderboardRow): number =>
    figures[columns[0]] === undefined ? -Infinity : figureValue(figures[columns[0]]);
  const sorted = rows.toSorted((a, b) => (key(a) === key(b) ? 0 : key(b) - key(a)));
  return [
    [heading, ...columns],
    ...sorted.map(({ name, figures }) => [name, ...columns.map((column) => formatFigure(figures[column]))]),
  ];
}

/** Four decimals, and the interval's ends beside them: `0.1234 [0.1180, 0.1290]`; `–` where there is none. */
export function formatFigure(figure: Figure | undefined): string {
  if (figure === undefined) return "–";
  if (typeof figure === "number") return figure.toFixed(4);
  return `${figure.value.toFixed(4)} [${figure.low.toFixed(4)}, ${figure.high.toFixed(4)}]`;
}

function columnWidths(cells: readonly (readonly string[])[]): number[] {
  return cells[0].map((_, column) => Math.max(...cells.map((row) => [...row[column]].length)));
}

/** Names to the left, figures to the right. */
function alignRow(row: readonly string[], widths: readonly number[]): string[] {
  return row.map((cell, column) => {
    const space = " ".repeat(widths[column] - [...cell].length);
    return column === 0 ? cell + space : space + cell;
  });
}
