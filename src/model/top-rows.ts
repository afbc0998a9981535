export interface RankedRows {
  readonly rows: Uint32Array;
  /** falling, aligned with `rows` */
  readonly scores: Float64Array;
}

/**
 * The k best rows among those offered: by falling score, equal scores by rising row. A binary heap whose root
 * is the worst row kept.
 */
export class TopRows {
  readonly #capacity: number;
  readonly #rows: Uint32Array;
  readonly #scores: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#rows = new Uint32Array(capacity);
    this.#scores = new Float64Array(capacity);
  }

  /** What a row must reach to be kept: the worst score kept, or -Infinity while there is room. */
  get threshold(): number {
    if (this.#count < this.#capacity) return -Infinity;
    return this.#capacity === 0 ? Infinity : this.#scores[0];
  }

  /** A row is offered at most once. */
  offer(row: number, score: number): void {
    if (this.#count < this.#capacity) {
      this.#rise(this.#count++, row, score);
    } else if (this.#capacity > 0 && isWorse(this.#scores[0], this.#rows[0], score, row)) {
      this.#sink(row, score);
    }
  }

  /** What was kept, best first; empties the heap. */
  take(): RankedRows {
    const count = this.#count;
    const rows = new Uint32Array(count);
    const scores = new Float64Array(count);
    for (let at = count - 1; at >= 0; at--) {
      rows[at] = this.#rows[0];
      scores[at] = this.#scores[0];
      this.#count--;
      if (at > 0) this.#sink(this.#rows[at], this.#scores[at]);
    }
    return { rows, scores };
  }

  /** Puts a row at the free place `at` or above it. */
  #rise(at: number, row: number, score: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isWorse(score, row, this.#scores[parent], this.#rows[parent])) break;
      this.#set(at, this.#rows[parent], this.#scores[parent]);
      at = parent;
    }
    this.#set(at, row, score);
  }

  /** Replaces the root by a row and restores the heap. */
  #sink(row: number, score: number): void {
    let at = 0;
    for (let child = 1; child < this.#count; child = 2 * at + 1) {
      const other = child + 1;
      if (
        other < this.#count &&
        isWorse(this.#scores[other], this.#rows[other], this.#scores[child], this.#rows[child])
      ) {
        child = other;
      }
      if (!isWorse(this.#scores[child], this.#rows[child], score, row)) break;
      this.#set(at, this.#rows[child], this.#scores[child]);
      at = child;
    }
    this.#set(at, row, score);
  }

  #set(at: number, row: number, score: number): void {
    this.#rows[at] = row;
    this.#scores[at] = score;
  }
}

function isWorse(score: number, row: number, otherScore: number, otherRow: number): boolean {
  return score < otherScore || (score === otherScore && row > otherRow);
}
