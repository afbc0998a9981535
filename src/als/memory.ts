import type { AlsSettings } from "./objective.ts";

export interface ProblemSizes {
  readonly userCount: number;
  readonly itemCount: number;
  readonly pairCount: number;
}

/** Where the kernel finds what; every place is on 64 bytes. */
export interface MemoryPlan {
  /** the rank rounded up to 8: how many f32 a row takes */
  readonly stride: number;
  /** where each array begins */
  readonly at: Readonly<Record<keyof ReturnType<typeof arraySizes>, number>>;
  /** of one thread's part of `at.scratch` */
  readonly scratchBytes: number;
  readonly byteLength: number;
}

export class TrainingMemoryError extends Error {
  override name = "TrainingMemoryError";
}

export const wasmPageBytes = 65_536;
const wasmPagesMax = 65_536;

/** Dense matrices end on a whole chunk of the kernel's Gram, zeros past the last row. */
export const rowMultiple = 64;

/** A Gram is summed in so many parts, whatever the number of threads: that fixes its bytes. */
export const gramParts = 16;

/** Rows of a block of every other phase; few enough that a thread is never long without a look at its events. */
export const blockRows = 32;

/** An exact solve of a row takes as long as many steps of conjugate gradient. */
export const exactBlockRows = 8;

/** What the kernel takes, in bytes: known before anything is allocated. */
export function estimateBytes(
  sizes: ProblemSizes,
  settings: Pick<AlsSettings, "factors">,
  threadCount = 1,
): number {
  return planSizes(sizes, settings.factors, threadCount).byteLength;
}

/** @throws TrainingMemoryError past the 4 GiB that WebAssembly can address */
export function planMemory(sizes: ProblemSizes, settings: AlsSettings, threadCount: number): MemoryPlan {
  const plan = planSizes(sizes, settings.factors, threadCount);
  if (plan.byteLength > wasmPagesMax * wasmPageBytes) {
    const { userCount, itemCount, pairCount } = sizes;
    throw new TrainingMemoryError(
      `training ${userCount} users × ${itemCount} items with ${pairCount} pairs at ${settings.factors} ` +
        `factors takes ${(plan.byteLength / 2 ** 30).toFixed(1)} GiB, and WebAssembly addresses 4: use fewer ` +
        "factors, or leave out users with a single event",
    );
  }
  return plan;
}

function planSizes(sizes: ProblemSizes, rank: number, threadCount: number): MemoryPlan {
  const stride = roundUp(rank, 8);
  // The exact solve: a matrix and a vector in f64, the diagonal, and a chunk of panels. That is more than
  // the eigensolver's sixteen columns in f64.
  const scratchBytes = roundUp(stride * stride * 8 + stride * 12 + rowMultiple * stride * 4, 64);
  const at: Record<string, number> = {};
  let byteLength = 64;
  for (const [name, size] of Object.entries(arraySizes(sizes, stride, scratchBytes * threadCount))) {
    at[name] = byteLength;
    byteLength = roundUp(byteLength + size, 64);
  }
  return { stride, at: at as MemoryPlan["at"], scratchBytes, byteLength: roundUp(byteLength, wasmPageBytes) };
}

function arraySizes({ userCount, itemCount, pairCount }: ProblemSizes, stride: number, scratch: number) {
  const users = roundUp(userCount, rowMultiple);
  const items = roundUp(itemCount, rowMultiple);
  // Conjugate gradient reads four values at once, past the last one too.
  const pairs = pairCount * 4 + 16;
  return {
    userStarts: (userCount + 1) * 4,
    userColumns: pairs,
    userValues: pairs,
    itemStarts: (itemCount + 1) * 4,
    itemColumns: pairs,
    itemValues: pairs,
    users: users * stride * 4,
    items: items * stride * 4,
    userSizes: users * 4,
    itemSizes: items * 4,
    userRidges: users * 4,
    itemRidges: items * 4,
    itemWeights: items * 4,
    gramDiagonal: stride * 4,
    directions: stride * stride * 4,
    gramPartials: gramParts * stride * stride * 8,
    lossPartials: (Math.max(users, items) / blockRows) * 8,
    scratch,
  };
}

function roundUp(size: number, multiple: number): number {
  return Math.ceil(size / multiple) * multiple;
}
