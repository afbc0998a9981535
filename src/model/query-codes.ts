import { type CodePlan, codeZero } from "./code-layout.ts";
import { ceilShare, normOf, queryMax, rankMax } from "./codes.ts";

/** f64 at the head of a query's memory, in this order, and the u32 of `nextBlock` after them. */
const headFloats = [
  "threshold",
  "norm",
  "prefixNorm",
  "error",
  "prefixError",
  "unit",
  "prefixBias",
  "bias",
] as const;
const nextBlockAt = headFloats.length * 8;
const vectorsAt = 128;
const vectorBytes = 16;
/** Each four dimensions take a vector, those of the prefix's last bytes two. */
export const queryBytes = vectorsAt + (rankMax / 4 + 3) * vectorBytes;

/**
 * A query's codes q and what the bounds of `encodeItems` ask of it, in the memory that the kernel reads:
 *
 *   head     (8) f64: θ; ‖x‖, ‖x_p‖, ‖f‖, ‖f_p‖, t; 64 × the sums of q_p and of q, by which stored codes are above c
 *   next     u32: written by the scan, the block to go on with
 *   vectors  (prefix / 4, then the prefix's last four bytes with 0 for the rest's norm, then rest / 4), 16 bytes each:
 *            four codes, as i8 four times over or as i16 twice
 */
export class QueryCodes {
  readonly codes: Int8Array;
  readonly #plan: CodePlan;
  readonly #head: Float64Array;
  readonly #next: Uint32Array;
  readonly #narrow: Int8Array;
  readonly #wide: Int16Array | undefined;

  /** @param wide the scan multiplies 16-bit numbers, not 8-bit ones */
  constructor(plan: CodePlan, buffer: ArrayBuffer, byteOffset: number, wide: boolean) {
    const { prefixBytes, restBytes } = plan;
    const vectors = prefixBytes / 4 + 1 + restBytes / 4;
    this.#plan = plan;
    this.codes = new Int8Array(prefixBytes + restBytes);
    this.#head = new Float64Array(buffer, byteOffset, headFloats.length);
    this.#next = new Uint32Array(buffer, byteOffset + nextBlockAt, 1);
    this.#narrow = new Int8Array(buffer, byteOffset + vectorsAt, vectors * vectorBytes);
    this.#wide = wide ? new Int16Array(buffer, byteOffset + vectorsAt, vectors * 8) : undefined;
  }

  get head(): Readonly<Record<(typeof headFloats)[number], number>> {
    return Object.fromEntries(headFloats.map((name, at) => [name, this.#head[at]])) as never;
  }

  set threshold(value: number) {
    this.#head[0] = value;
  }

  /** Where the scan stopped; as many blocks as there are where nothing is left. */
  get nextBlock(): number {
    return this.#next[0];
  }

  set nextBlock(block: number) {
    this.#next[0] = block;
  }

  /** Takes x, (rank), all finite. */
  encode(x: Float32Array): void {
    const { rank, prefixRank, prefixBytes } = this.#plan;
    const rest = normOf(x, prefixRank, rank - prefixRank);
    let largest = rest;
    for (let k = 0; k < rank; k++) largest = Math.max(largest, Math.abs(x[k]));
    // A little too large, so that the rest's norm, rounded up, still fits.
    const unit = largest === 0 ? 1 : (largest / queryMax) * (1 + 2 ** -30);
    let sum = 0;
    let errorSquare = 0;
    for (let k = 0; k < rank; k++) {
      const code = Math.round(x[k] / unit);
      this.codes[k < prefixRank ? k : prefixBytes + k - prefixRank] = code;
      const error = x[k] - unit * code;
      sum += code;
      errorSquare += error * error;
      if (k === prefixRank - 1) {
        this.#head[4] = Math.sqrt(errorSquare);
        this.#head[6] = codeZero * sum;
      }
    }
    this.codes[prefixBytes - 1] = ceilShare(rest / unit);
    this.#head[1] = normOf(x, 0, rank);
    this.#head[2] = normOf(x, 0, prefixRank);
    this.#head[3] = Math.sqrt(errorSquare);
    this.#head[5] = unit;
    this.#head[7] = codeZero * sum;
    this.#spread();
  }

  #spread(): void {
    const prefixVectors = this.#plan.prefixBytes / 4;
    for (let from = 0, vector = 0; from < this.codes.length; from += 4, vector++) {
      this.#spreadFour(vector, from);
      if (vector !== prefixVectors - 1) continue;
      const rest = this.codes[from + 3];
      this.codes[from + 3] = 0;
      this.#spreadFour(++vector, from);
      this.codes[from + 3] = rest;
    }
  }

  #spreadFour(vector: number, from: number): void {
    const into = this.#wide ?? this.#narrow;
    const size = this.#wide ? 8 : 16;
    for (let at = 0; at < size; at++) into[vector * size + at] = this.codes[from + (at & 3)];
  }
}
