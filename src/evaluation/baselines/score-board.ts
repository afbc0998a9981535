/** Sums of positive amounts by row, which remembers the rows it touched, so that clearing costs only those. */
export class ScoreBoard {
  /** (rows): 0 where nothing was added */
  readonly scores: Float64Array;
  /** the first `touchedCount` are the rows with a score, in order of their first amount */
  readonly touched: Uint32Array;
  touchedCount = 0;

  constructor(rowCount: number) {
    this.scores = new Float64Array(rowCount);
    this.touched = new Uint32Array(rowCount);
  }

  add(row: number, amount: number): void {
    if (this.scores[row] === 0) this.touched[this.touchedCount++] = row;
    this.scores[row] += amount;
  }

  /** Adds the same amount to `rows[from]` up to `rows[to - 1]`. */
  addAll(rows: Uint32Array, from: number, to: number, amount: number): void {
    const { scores, touched } = this;
    let count = this.touchedCount;
    for (let at = from; at < to; at++) {
      const row = rows[at];
      const before = scores[row];
      if (before === 0) touched[count++] = row;
      scores[row] = before + amount;
    }
    this.touchedCount = count;
  }

  clear(): void {
    for (let at = 0; at < this.touchedCount; at++) this.scores[this.touched[at]] = 0;
    this.touchedCount = 0;
  }
}
