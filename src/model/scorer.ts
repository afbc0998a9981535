import { scorerWasm } from "../kernel/built/scorer.ts";
import { alignUp } from "../tensors/header.ts";
import { codeStride, largestNorm, normMax, quantise, queryCodeMax, rankMax, roundDown } from "./quantise.ts";
import { scoreRow, topKPlainly } from "./score-plainly.ts";
import { type RankedRows, TopRows } from "./top-rows.ts";

/** Rows that the kernel looks at before the threshold is raised. The first blocks are small: they set it. */
const firstBlockRows = 256;
const blockRowsMax = 16_384;
/** Of the scratch room: the query's codes, a block's mask, a block's survivors. */
export const wasmPageBytes = 65_536;
const maskAt = rankMax * 2;
const survivorsAt = maskAt + blockRowsMax;
export const scorerScratchBytes = survivorsAt + blockRowsMax * 4;

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

  constructor(layout: ScorerLayout) {
    const { memory, scratchOffset, rank } = layout;
    this.#layout = layout;
    compiled ??= new WebAssembly.Module(Buffer.from(scorerWasm, "base64"));
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    this.#survivors = exports.survivors as Survivors;
    this.#query = new Int16Array(memory.buffer, scratchOffset, Math.min(codeStride(rank), rankMax));
    this.#mask = new Uint8Array(memory.buffer, scratchOffset + maskAt, blockRowsMax);
    this.#found = new Uint32Array(memory.buffer, scratchOffset + survivorsAt, blockRowsMax);
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
   * @param query (rank); a RangeError where it is not finite
   * @param hidden (items): rows with another value than 0 are not among the answers
   */
  topK(query: Float32Array, k: number, hidden?: Uint8Array): RankedRows {
    const { factors, scale, rank } = this.#layout;
    for (let i = 0; i < rank; i++) {
      if (!Number.isFinite(query[i])) throw new RangeError(`element ${i} of a query is ${query[i]}`);
    }
    if (k === 0 || !this.usesCodes) return topKPlainly(query, factors, k, hidden);
    const itemCount = scale.length;
    const top = new TopRows(Math.min(k, itemCount));
    const unit = this.#encodeQuery(query);
    const norm = Math.fround((euclideanNorm(query) / unit) * (1 + 2 ** -22));
    let size = firstBlockRows;
    for (let from = 0; from < itemCount; from += size, size = Math.min(size * 2, blockRowsMax)) {
      const count = Math.min(size, itemCount - from);
      const found = this.#findSurvivors(from, count, norm, roundDown(top.threshold / unit), hidden);
      for (let at = 0; at < found; at++) {
        const row = from + this.#found[at];
        top.offer(row, scoreRow(query, factors, row));
      }
    }
    return top.take();
  }

  #findSurvivors(from: number, count: number, norm: number, threshold: number, hidden?: Uint8Array): number {
    const { codes, scale, slack } = this.#layout;
    const stride = codeStride(this.#layout.rank);
    if (hidden) this.#mask.set(hidden.subarray(from, from + count));
    return this.#survivors(
      codes.byteOffset + from * stride,
      scale.byteOffset + from * 4,
      slack.byteOffset + from * 4,
      this.#query.byteOffset,
      hidden ? this.#mask.byteOffset : 0,
      this.#found.byteOffset,
      stride,
      count,
      norm,
      threshold,
    );
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
