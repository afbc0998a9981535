import type { SymmetricEigen } from "../math/eigen.ts";
import { areFinite } from "../math/finite.ts";
import {
  blockCount,
  type CrewRun,
  inlineCrew,
  openKernel,
  type RowCrew,
  type RowPhase,
  runBlock,
} from "./crew.ts";
import { dot } from "./dense.ts";
import { kernelEigen } from "./kernel-eigen.ts";
import { KernelMemory, type Side } from "./kernel-memory.ts";
import { blockRows, exactBlockRows, gramParts, rowMultiple } from "./memory.ts";
import {
  type AlsFactors,
  type AlsProblem,
  type AlsSettings,
  checkSettings,
  DivergedError,
} from "./objective.ts";
import { startDirections } from "./spectral.ts";
import { type AlsSolver, type IterateOptions, iterate } from "./train.ts";

export interface KernelOptions extends IterateOptions {
  /** the calling thread alone where absent */
  readonly crew?: RowCrew;
}

/**
 * Trains as `trainReadable` does, in f32 with SIMD and on all threads of the crew, whose number does not
 * change a bit of the result.
 *
 * @throws DivergedError, AlsSettingsError, TrainingMemoryError
 */
export async function trainKernel(
  problem: AlsProblem,
  settings: AlsSettings,
  { crew = inlineCrew, ...options }: KernelOptions = {},
): Promise<AlsFactors> {
  checkSettings(settings);
  const memory = new KernelMemory(problem, settings, crew.threadCount);
  const run = await crew.enter(memory.shared);
  try {
    return await iterate(new KernelSolver(memory, settings, run), settings, options);
  } finally {
    run.leave();
  }
}

export class KernelSolver implements AlsSolver {
  readonly #memory: KernelMemory;
  readonly #settings: AlsSettings;
  readonly #run: CrewRun;
  /** (rank): of the items' Gram, since the last user half-step; f32 as the kernel reads it */
  #gramDiagonal = new Float32Array();
  #usersAreExact = false;

  constructor(memory: KernelMemory, settings: AlsSettings, run: CrewRun) {
    this.#memory = memory;
    this.#settings = settings;
    this.#run = run;
  }

  async start(): Promise<void> {
    const { users, items, rank, stride } = this.#memory;
    const args = [items.rows, this.#settings.seed >>> 0, rank, stride];
    await this.#run.run({ name: "signRows", rowCount: items.rowCount, blockRows, args });
    await this.#average(users, items);
    await this.#average(items, users);
    await this.#average(users, items);
    const found = await this.#eigen(await this.#gram(users, users.sizes));
    await this.#project(users, startDirections(found, this.#memory.sizesOf(items)), users.sizes);
  }

  async solveItems(solver: AlsSettings["solver"]): Promise<void> {
    const { users, items, itemWeights } = this.#memory;
    await this.#diagonalise(users, 0);
    await this.#run.run(this.#solvePhase(solver, items, users, itemWeights));
  }

  async solveUsers(solver: AlsSettings["solver"]): Promise<void> {
    const { users, items, itemWeights } = this.#memory;
    this.#gramDiagonal = await this.#diagonalise(items, itemWeights);
    await this.#run.run(this.#solvePhase(solver, users, items, 0));
    this.#usersAreExact = solver === "exact";
  }

  async loss(): Promise<number> {
    const { users, items, itemWeights, stride } = this.#memory;
    const { starts, columns, values, ridges, rows } = users;
    const ofUsers = await this.#sumBlocks("lossRows", users, (into) => {
      return [starts, columns, values, items.rows, rows, ridges, into, stride];
    });
    const ofItems = await this.#sumBlocks("squareRows", items, (into) => [
      items.rows,
      items.ridges,
      into,
      stride,
    ]);
    const unobserved = dot(await this.#gram(users, 0), await this.#gram(items, itemWeights));
    return ofUsers + ofItems + this.#settings.unobservedWeight * unobserved;
  }

  factors(): AlsFactors {
    const { users, items, rank } = this.#memory;
    const gram = new Float64Array(rank * rank);
    for (let k = 0; k < rank; k++) gram[k * rank + k] = this.#gramDiagonal[k];
    if (this.#usersAreExact) {
      return { rank, users: this.#memory.copyOf(users), items: this.#memory.copyOf(items), gram };
    }
    const kept = this.#memory.view(users).slice();
    this.#solveUsersHere();
    const factors = { rank, users: this.#memory.copyOf(users), items: this.#memory.copyOf(items), gram };
    this.#memory.view(users).set(kept);
    return factors;
  }

  users(): Float32Array {
    return this.#memory.copyOf(this.#memory.users);
  }

  restore(users: Float32Array | Float64Array): void {
    this.#memory.fill(this.#memory.users, users);
  }

  #solveUsersHere(): void {
    const kernel = openKernel(this.#memory.shared);
    const phase = this.#solvePhase("exact", this.#memory.users, this.#memory.items, 0);
    for (let block = 0; block < blockCount(phase); block++) runBlock(kernel, phase, block, 0);
  }

  #solvePhase(solver: AlsSettings["solver"], targets: Side, sources: Side, rowWeights: number): RowPhase {
    const { gramDiagonal, scratch, stride } = this.#memory;
    const { starts, columns, values, ridges, rows } = targets;
    const system = [starts, columns, values, sources.rows, rows, gramDiagonal, rowWeights, ridges];
    const step = solver === "cg";
    return {
      name: step ? "stepRows" : "solveRows",
      rowCount: targets.rowCount,
      blockRows: step ? blockRows : exactBlockRows,
      args: [...system, scratch, stride, ...(step ? [this.#settings.cgSteps] : [])],
    };
  }

  /** Each row of `into` becomes the mean of its pairs' rows of `of`, √a weighing each. */
  #average(into: Side, of: Side): Promise<void> {
    const { starts, columns, values, sizes, rows } = into;
    const args = [starts, columns, values, sizes, of.rows, rows, this.#memory.stride];
    return this.#run.run({ name: "averageRows", rowCount: into.rowCount, blockRows, args });
  }

  /** `directions` (rank × rank) f64; `scales` (rows) f32 in the memory, or 0. */
  #project(side: Side, directions: Float64Array, scales = 0): Promise<void> {
    const { stride, scratch } = this.#memory;
    const args = [side.rows, scales, this.#memory.packDirections(directions), scratch, stride];
    return this.#run.run({ name: "projectRows", rowCount: side.rowCount, blockRows, args });
  }

  /** Σ weight × row rowᵀ, (rank × rank); `weights` (rows) f32 in the memory, or 0. */
  async #gram(side: Side, weights: number): Promise<Float64Array> {
    const { stride, scratch, gramPartials } = this.#memory;
    const rowsOfPart = Math.ceil(side.rowCount / gramParts / rowMultiple) * rowMultiple;
    const phase: RowPhase = {
      name: "gramRows",
      rowCount: side.rowCount,
      blockRows: rowsOfPart,
      args: [side.rows, weights, gramPartials, scratch, stride],
    };
    await this.#run.run(phase);
    const gram = this.#memory.sumGrams(blockCount(phase));
    if (!areFinite(gram)) throw new DivergedError("a half-step", this.#settings);
    return gram;
  }

  /**
   * Turns a side so that α₀ × its Gram is diagonal, and returns the diagonal. The other side is about to be solved
   * anew, from 0, so it need not follow.
   */
  async #diagonalise(side: Side, weights: number): Promise<Float32Array<ArrayBuffer>> {
    const { values, vectors } = await this.#eigen(await this.#gram(side, weights));
    await this.#project(side, vectors);
    const diagonal = Float32Array.from(
      values,
      (value) => this.#settings.unobservedWeight * Math.max(value, 0),
    );
    this.#memory.setGramDiagonal(diagonal);
    return diagonal;
  }

  #eigen(matrix: Float64Array): Promise<SymmetricEigen> {
    return kernelEigen(this.#memory, this.#run, matrix);
  }

  /** The sum of one f64 per block, in the blocks' order. */
  async #sumBlocks(
    name: "lossRows" | "squareRows",
    { rowCount }: Side,
    args: (into: RowPhase["args"][number]) => RowPhase["args"],
  ): Promise<number> {
    const into = { start: this.#memory.lossPartials, step: 8, per: "block" } as const;
    const phase: RowPhase = { name, rowCount, blockRows, args: args(into) };
    await this.#run.run(phase);
    return this.#memory.sumLosses(blockCount(phase));
  }
}
