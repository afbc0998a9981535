import { type RankedRows, TopRows } from "./top-rows.ts";

/** What a search ranks by. */
export interface Measure {
  /** the scores of rows, aligned with them */
  readonly scoreRows: (rows: Uint32Array, into: Float64Array) => void;
  /** a score of 1 in units of the dot product, or of the dot product by the item's norm */
  readonly unit: number;
  readonly isPerNorm: boolean;
  /** what a row must reach at all */
  readonly least: number;
  /** the most that a score is above the dot product, at least 0 */
  readonly bonusMax: number;
}

/** What is added to the scores of rows: (items), and the largest of it, at least 0. */
export interface Bonus {
  readonly values: Float64Array;
  readonly largest: number;
}

/** Rows are scored so many at a time. */
const batchRows = 256;

/** Rows that may be among the k best: scored in batches, hidden ones left out. */
export class Offers {
  readonly #measure: Measure;
  readonly #hidden: Uint8Array | undefined;
  readonly #rows = new Uint32Array(batchRows);
  readonly #scores = new Float64Array(batchRows);
  readonly #top: TopRows;
  #count = 0;

  constructor(capacity: number, measure: Measure, hidden?: Uint8Array) {
    this.#top = new TopRows(capacity);
    this.#measure = measure;
    this.#hidden = hidden;
  }

  /** A row is offered at most once. */
  add(row: number): void {
    if (this.#hidden !== undefined && this.#hidden[row] !== 0) return;
    this.#rows[this.#count++] = row;
    if (this.#count === batchRows) this.#flush();
  }

  /** What a further row's dot product, or dot product by its norm, must reach, roundings of the bonus included. */
  get scanThreshold(): number {
    this.#flush();
    const { least, unit, bonusMax } = this.#measure;
    const threshold = Math.max(this.#top.threshold, least);
    if (bonusMax === 0) return threshold * unit;
    return threshold - bonusMax - (Math.abs(threshold) + bonusMax) * 2 ** -50;
  }

  /** The k best, best first; empties it. */
  take(): RankedRows {
    this.#flush();
    return this.#top.take();
  }

  #flush(): void {
    const rows = this.#rows.subarray(0, this.#count);
    this.#measure.scoreRows(rows, this.#scores);
    for (let at = 0; at < rows.length; at++) {
      if (this.#scores[at] >= this.#measure.least) this.#top.offer(rows[at], this.#scores[at]);
    }
    this.#count = 0;
  }
}
