import { scorerWasm } from "../kernel/built/scorer.ts";
import { alignUp } from "../tensors/header.ts";
import { codeStride, largestNorm, normMax, quantise, queryCodeMax, rankMax, roundDown } from "./quantise.ts";
import { cosine, nearestPlainly, scoreRow, topKPlainly } from "./score-plainly.ts";
import { type RankedRows, TopRows } from "./top-rows.ts";

/** Rows that the kernel looks at before the threshold is raised. The first blocks are small: they set it. */
const firstBlockRows = 256;
const blockRowsMax = 16_384;
/** Of the scratch room: the query's codes, a block's mask, survivors, and scale and slack per norm. */
export const wasmPageBytes = 65_536;
const maskAt = rankMax * 2;
const survivorsAt = maskAt + blockRowsMax;
const scaleAt = survivorsAt + blockRowsMax * 4;
const slackAt = scaleAt + blockRowsMax * 4;
export const scorerScratchBytes = slackAt + blockRowsMax * 4;

/** Where in a memory the scorer finds what it reads. The arrays are views on that memory. */
export interface ScorerLayout {
  readonly memory: WebAssembly.Memory;
  /** (items, rank), row-major */
  readonly factors: Float32Array;
  /** as `Codes` */
  readonly codes: Int8Array;
  readonly scale: Float32Array;
  readonly slack: Float32Array;
  readonly rank: number;
  readonly largestNorm: number;
  /** `scorerScratchBytes` of room, on 64 bytes, after all the arrays */
  readonly scratchOffset: number;
}

/** What a search ranks by. */
interface Measure {
  readonly scoreRow: (row: number) => number;
  /** a score of 1 in units of the dot product */
  readonly unit: number;
  /** what a row must reach at all */
  readonly least: number;
  readonly inverseNorms?: Float64Array;
}

interface Block {
  readonly from: number;
  readonly count: number;
  /** of the query, in units of its codes */
  readonly norm: number;
  readonly threshold: number;
}

type Survivors = (...addresses: number[]) => number;

let compiled: WebAssembly.Module | undefined;

/**
 * Exact top-K over the rows of one memory: an 8-bit pass keeps the rows whose bound (`quantise`) reaches the
 * worst score kept so far, and only those are scored, by `scoreRow`. A row that is dropped is below k rows
 * that are kept, so the answer is `topKPlainly`'s to the bit.
 */
export class Scorer {
  readonly #layout: ScorerLayout;
  readonly #survivors: Survivors;
  readonly #query: Int16Array;
  readonly #mask: Uint8Array;
  readonly #found: Uint32Array;
  readonly #scale: Float32Array;
  readonly #slack: Float32Array;
  /** (items): 1 / norm, 0 for a row of zeros */
  #inverseNorms: Float64Array | undefined;

  constructor(layout: ScorerLayout) {
    const { memory, scratchOffset, rank } = layout;
    this.#layout = layout;
    compiled ??= new WebAssembly.Module(Buffer.from(scorerWasm, "base64"));
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    this.#survivors = exports.survivors as Survivors;
    this.#query = new Int16Array(memory.buffer, scratchOffset, Math.min(codeStride(rank), rankMax));
    this.#mask = new Uint8Array(memory.buffer, scratchOffset + maskAt, blockRowsMax);
    this.#found = new Uint32Array(memory.buffer, scratchOffset + survivorsAt, blockRowsMax);
    this.#scale = new Float32Array(memory.buffer, scratchOffset + scaleAt, blockRowsMax);
    this.#slack = new Float32Array(memory.buffer, scratchOffset + slackAt, blockRowsMax);
  }

  /** A scorer over a copy of factors, (items, rank) row-major, in a memory of its own. */
  static over(factors: Float32Array, rank: number): Scorer {
    const itemCount = rank === 0 ? 0 : factors.length / rank;
    const byteLengths = [factors.byteLength, itemCount * 4, itemCount * 4, itemCount * codeStride(rank)];
    const [factorsAt, scaleAt, slackAt, codesAt, scratchOffset, end] = placeBlocks([
      ...byteLengths,
      scorerScratchBytes,
    ]);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(end / wasmPageBytes) });
    const layout = {
      memory,
      factors: new Float32Array(memory.buffer, factorsAt, factors.length),
      scale: new Float32Array(memory.buffer, scaleAt, itemCount),
      slack: new Float32Array(memory.buffer, slackAt, itemCount),
      codes: new Int8Array(memory.buffer, codesAt, itemCount * codeStride(rank)),
    };
    layout.factors.set(factors);
    quantise(factors, rank, layout);
    return new Scorer({ ...layout, rank, largestNorm: largestNorm(factors, rank), scratchOffset });
  }

  /** Whether the 8-bit pass is proven for these factors; without it every row is scored. */
  get usesCodes(): boolean {
    return this.#layout.rank <= rankMax && this.#layout.largestNorm < normMax;
  }

  /**
   * The k rows with the largest scores.
   * @param query (rank); a RangeError where it is not finite
   * @param hidden (items): rows with another value than 0 are not among the answers
   */
  topK(query: Float32Array, k: number, hidden?: Uint8Array): RankedRows {
    const { factors, rank } = this.#layout;
    for (let i = 0; i < rank; i++) {
      if (!Number.isFinite(query[i])) throw new RangeError(`element ${i} of a query is ${query[i]}`);
    }
    if (k === 0 || !this.usesCodes) return topKPlainly(query, factors, k, hidden);
    return this.#search(query, k, hidden, {
      scoreRow: (row) => scoreRow(query, factors, row),
      unit: 1,
      least: -Infinity,
    });
  }

  /**
   * The k other rows with the largest cosine above 0 with a row: the same search, each row's bound divided by
   * its norm and the threshold multiplied with the norm of the one asked for.
   */
  nearest(item: number, k: number, hidden?: Uint8Array): RankedRows {
    const { factors, rank } = this.#layout;
    if (k === 0 || !this.usesCodes) return nearestPlainly(item, this.#layout, k, hidden);
    const query = factors.subarray(item * rank, (item + 1) * rank);
    this.#inverseNorms ??= inverseNorms(factors, rank);
    return this.#search(query, k, hidden, {
      // Itself, and what points away, is kept out by a score that no row reaches.
      scoreRow: (row) => (row === item ? -Infinity : cosine(factors, rank, item, row)),
      unit: euclideanNorm(query),
      least: Number.MIN_VALUE,
      inverseNorms: this.#inverseNorms,
    });
  }

  #search(query: Float32Array, k: number, hidden: Uint8Array | undefined, measure: Measure): RankedRows {
    const itemCount = this.#layout.scale.length;
    const top = new TopRows(Math.min(k, itemCount));
    const unit = this.#encodeQuery(query);
    const norm = Math.fround((euclideanNorm(query) / unit) * (1 + 2 ** -22));
    let size = firstBlockRows;
    for (let from = 0; from < itemCount; from += size, size = Math.min(size * 2, blockRowsMax)) {
      const block = { from, count: Math.min(size, itemCount - from), norm };
      const least = Math.max(top.threshold, measure.least);
      const threshold = roundDown((least * measure.unit) / unit);
      const found = this.#findSurvivors({ ...block, threshold }, hidden, measure.inverseNorms);
      for (let at = 0; at < found; at++) {
        const row = from + this.#found[at];
        const score = measure.scoreRow(row);
        if (score >= measure.least) top.offer(row, score);
      }
    }
    return top.take();
  }

  #findSurvivors(block: Block, hidden?: Uint8Array, inverseNorms?: Float64Array): number {
    const { from, count } = block;
    const { codes, scale, slack } = this.#layout;
    const stride = codeStride(this.#layout.rank);
    if (hidden) this.#mask.set(hidden.subarray(from, from + count));
    if (inverseNorms) this.#divideByNorms(block, inverseNorms);
    return this.#survivors(
      codes.byteOffset + from * stride,
      inverseNorms ? this.#scale.byteOffset : scale.byteOffset + from * 4,
      inverseNorms ? this.#slack.byteOffset : slack.byteOffset + from * 4,
      this.#query.byteOffset,
      hidden ? this.#mask.byteOffset : 0,
      this.#found.byteOffset,
      stride,
      count,
      block.norm,
      block.threshold,
    );
  }

  /**
   * A block's scale and slack per norm of the row. The bound of `quantise` stands: its proof uses less than half
   * of the 2^-21 ‖s q‖ N that slack holds, and rounding the scale once more costs 2^-24 of ‖s q‖ N. Slack is
   * rounded up; it is at least 2^-22 of the norm, so its quotient does not underflow.
   */
  #divideByNorms({ from, count }: Block, inverseNorms: Float64Array): void {
    const { scale, slack } = this.#layout;
    for (let at = 0; at < count; at++) {
      const inverse = inverseNorms[from + at];
      this.#scale[at] = scale[from + at] * inverse;
      this.#slack[at] = slack[from + at] * inverse * (1 + 2 ** -22);
    }
  }

  /** Writes the query's 16-bit codes and returns their unit. */
  #encodeQuery(query: Float32Array): number {
    const codeMax = queryCodeMax(this.#layout.rank);
    let largest = 0;
    for (let k = 0; k < query.length; k++) largest = Math.max(largest, Math.abs(query[k]));
    const unit = largest === 0 ? 1 : largest / codeMax;
    this.#query.fill(0);
    for (let k = 0; k < query.length; k++) this.#query[k] = Math.round(query[k] / unit);
    return unit;
  }
}

/** Offsets of blocks laid one after the other on 64 bytes, and their common end. */
function placeBlocks(byteLengths: readonly number[]): number[] {
  const offsets = [0];
  for (const byteLength of byteLengths) offsets.push(alignUp(offsets[offsets.length - 1] + byteLength));
  return offsets;
}

function euclideanNorm(query: Float32Array): number {
  let square = 0;
  for (let k = 0; k < query.length; k++) square += query[k] * query[k];
  return Math.sqrt(square);
}

function inverseNorms(factors: Float32Array, rank: number): Float64Array {
  const inverse = new Float64Array(factors.length / rank);
  for (let row = 0; row < inverse.length; row++) {
    const norm = euclideanNorm(factors.subarray(row * rank, (row + 1) * rank));
    inverse[row] = norm === 0 ? 0 : 1 / norm;
  }
  return inverse;
}
