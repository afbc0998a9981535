/**
 * Compressed sparse rows: row r holds `columns[k]`, `values[k]` for `starts[r] <= k < starts[r + 1]`.
 * Columns ascend within a row and none repeats.
 */
export interface SparseRows {
  readonly rowCount: number;
  readonly columnCount: number;
  /** (rowCount + 1) */
  readonly starts: Uint32Array;
  /** (starts[rowCount]) */
  readonly columns: Uint32Array;
  /** (starts[rowCount]) */
  readonly values: Float32Array;
}

/** The same matrix by columns. */
export function transpose(rows: SparseRows): SparseRows {
  const size = rows.starts[rows.rowCount];
  const starts = new Uint32Array(rows.columnCount + 1);
  for (let k = 0; k < size; k++) starts[rows.columns[k] + 1]++;
  for (let c = 0; c < rows.columnCount; c++) starts[c + 1] += starts[c];
  const next = starts.slice(0, rows.columnCount);
  const columns = new Uint32Array(size);
  const values = new Float32Array(size);
  for (let r = 0; r < rows.rowCount; r++) {
    for (let k = rows.starts[r]; k < rows.starts[r + 1]; k++) {
      const to = next[rows.columns[k]]++;
      columns[to] = r;
      values[to] = rows.values[k];
    }
  }
  return { rowCount: rows.columnCount, columnCount: rows.rowCount, starts, columns, values };
}
