import type { SparseRows } from "../math/sparse.ts";
import type { PhaseArgument } from "./crew.ts";
import { type MemoryPlan, planMemory, wasmPageBytes } from "./memory.ts";
import { type AlsProblem, type AlsSettings, ridges } from "./objective.ts";
import { rowSizes } from "./spectral.ts";

/** Users or items: where their arrays begin in the memory. */
export interface Side {
  readonly rowCount: number;
  /** sparse rows of the observed pairs; columns are rows of the other side */
  readonly starts: number;
  readonly columns: number;
  readonly values: number;
  /** (rowCount × stride) f32, row-major: the factors */
  readonly rows: number;
  /** (rowCount) f32: Σ √a over the pairs of each */
  readonly sizes: number;
  /** (rowCount) f32 */
  readonly ridges: number;
}

/** A problem and the state of its training in one shared memory, laid out once for the kernel. */
export class KernelMemory {
  readonly shared: WebAssembly.Memory;
  readonly rank: number;
  readonly stride: number;
  readonly users: Side;
  readonly items: Side;
  readonly itemWeights: number;
  readonly gramDiagonal: number;
  readonly lossPartials: number;
  /** `gramParts` × stride² f64 */
  readonly gramRoom: number;
  readonly gramPartials: PhaseArgument;
  readonly scratch: PhaseArgument;
  readonly #plan: MemoryPlan;

  constructor(problem: AlsProblem, settings: AlsSettings, threadCount: number) {
    const { observed, observedByItem } = problem;
    const sizes = {
      userCount: observed.rowCount,
      itemCount: observedByItem.rowCount,
      pairCount: observed.values.length,
    };
    const plan = planMemory(sizes, settings, threadCount);
    const pages = plan.byteLength / wasmPageBytes;
    const { at, stride } = plan;
    this.#plan = plan;
    this.shared = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.rank = settings.factors;
    this.stride = stride;
    this.users = this.#place("user", observed, at.users);
    this.items = this.#place("item", observedByItem, at.items);
    this.itemWeights = at.itemWeights;
    this.gramDiagonal = at.gramDiagonal;
    this.lossPartials = at.lossPartials;
    this.gramRoom = at.gramPartials;
    this.gramPartials = { start: at.gramPartials, step: stride * stride * 8, per: "block" };
    this.scratch = { start: at.scratch, step: plan.scratchBytes, per: "thread" };
    const { users, items } = ridges(problem, settings);
    this.#floats(at.userRidges, users.length).set(users);
    this.#floats(at.itemRidges, items.length).set(items);
    this.#floats(at.itemWeights, items.length).set(problem.itemWeights);
  }

  #place(name: "user" | "item", pairs: SparseRows, rows: number): Side {
    const { at } = this.#plan;
    const starts = at[`${name}Starts`];
    const columns = at[`${name}Columns`];
    const values = at[`${name}Values`];
    const sizes = at[`${name}Sizes`];
    const { buffer } = this.shared;
    new Uint32Array(buffer, starts, pairs.starts.length).set(pairs.starts);
    new Uint32Array(buffer, columns, pairs.columns.length).set(pairs.columns);
    this.#floats(values, pairs.values.length).set(pairs.values);
    this.#floats(sizes, pairs.rowCount).set(rowSizes(pairs));
    return { rowCount: pairs.rowCount, starts, columns, values, rows, sizes, ridges: at[`${name}Ridges`] };
  }

  /** (rowCount × stride): the factors of a side, with the zeros past the rank. */
  view(side: Side): Float32Array {
    return this.#floats(side.rows, side.rowCount * this.stride);
  }

  /** (rowCount): Σ √a over the pairs of each row */
  sizesOf(side: Side): Float32Array {
    return this.#floats(side.sizes, side.rowCount);
  }

  /** (rowCount × rank) */
  copyOf(side: Side): Float32Array {
    const { rank, stride } = this;
    const rows = this.view(side);
    if (rank === stride) return rows.slice();
    const copy = new Float32Array(side.rowCount * rank);
    for (let r = 0; r < side.rowCount; r++) copy.set(rows.subarray(r * stride, r * stride + rank), r * rank);
    return copy;
  }

  /** Puts `factors` (rowCount × rank) where a side has its own. */
  fill(side: Side, factors: ArrayLike<number>): void {
    const { rank, stride } = this;
    if (factors.length !== side.rowCount * rank) {
      throw new RangeError(
        `${side.rowCount} rows of ${rank} factors are ${side.rowCount * rank} numbers, not ${factors.length}`,
      );
    }
    const rows = this.view(side);
    for (let at = 0; at < factors.length; at++)
      rows[Math.floor(at / rank) * stride + (at % rank)] = factors[at];
  }

  setGramDiagonal(diagonal: Float32Array): void {
    this.#floats(this.gramDiagonal, diagonal.length).set(diagonal);
  }

  /** Writes `directions` (rank × rank) as the kernel's `projectRows` wants them, and returns where. */
  packDirections(directions: Float64Array): number {
    const { rank, stride } = this;
    const at = this.#plan.at.directions;
    const packed = this.#floats(at, stride * stride);
    for (let k = 0; k < rank; k++) {
      const panel = (k & ~7) * stride + (k & 7);
      for (let j = 0; j < rank; j++) packed[panel + j * 8] = directions[k * rank + j];
    }
    return at;
  }

  /** (rank × rank): the first `count` partial Grams, added in their order. */
  sumGrams(count: number): Float64Array {
    const { rank, stride } = this;
    const partials = new Float64Array(
      this.shared.buffer,
      this.#plan.at.gramPartials,
      count * stride * stride,
    );
    const gram = new Float64Array(rank * rank);
    for (let part = 0; part < count; part++) {
      const from = part * stride * stride;
      for (let j = 0; j < rank; j++) {
        for (let k = j; k < rank; k++) gram[j * rank + k] += partials[from + j * stride + k];
      }
    }
    for (let j = 0; j < rank; j++) for (let k = 0; k < j; k++) gram[j * rank + k] = gram[k * rank + j];
    return gram;
  }

  sumLosses(count: number): number {
    let total = 0;
    for (const part of new Float64Array(this.shared.buffer, this.lossPartials, count)) total += part;
    return total;
  }

  #floats(at: number, length: number): Float32Array {
    return new Float32Array(this.shared.buffer, at, length);
  }
}
