import { estimateBytes, type ProblemSizes } from "../als/memory.ts";
import type { Recipe } from "./grid.ts";
import { estimateTrialBytes } from "./trial-memory.ts";

/** What one invocation of a function has. */
export interface InvocationLimits {
  /** as the function is configured */
  readonly memoryMegabytes: number;
  /** what Lambda ends an invocation after */
  readonly timeoutSeconds: number;
}

/** Of its memory and of its time so much may be planned for; the rest is for what was not foreseen. */
const share = 0.8;
/** Lambda gives a core for each so many megabytes, up to six. */
const megabytesPerCore = 1769;
const coresMax = 6;
/** Columns of an event, its ids' share, and what reading them leaves behind for the collector. */
const bytesPerEvent = 64;
/** Node, this program, and a thread's stack and code for each core. */
const runtimeBytes = 96 * 2 ** 20;
/** A user of the validation part at most: see `sampleUsers`. */
const judgedUsersMax = 5000;
/** Floating-point operations a second of one core, as training does them; a fifth of what a desktop's core does. */
const flopsPerCore = 1.5e9;
/** Few rows have most pairs, and an exact solve takes the square of them. */
const unevenness = 4;
/** Starting, reading the events and summing them up. */
const secondsAtStart = 5;
const secondsPerEvent = 4e-6;

/** Cores that so many megabytes come with. */
export function coresOf(memoryMegabytes: number): number {
  return Math.min(coresMax, Math.max(1, memoryMegabytes / megabytesPerCore));
}

/** Bytes that a trial takes in an invocation, the events and the program among them. */
export function predictBytes(
  sizes: ProblemSizes,
  { als }: Recipe,
  { memoryMegabytes }: InvocationLimits,
): number {
  const threads = Math.ceil(coresOf(memoryMegabytes));
  const scratch = estimateBytes(sizes, als, threads) - estimateBytes(sizes, als, 1);
  return estimateTrialBytes(sizes, als) + scratch + sizes.pairCount * bytesPerEvent + runtimeBytes;
}

/**
 * Seconds from its call to its end that a trial takes at most, by counting operations: half-steps, Grams and rotations
 * on all cores; after each iteration, on one, every user solved exactly and the judged ones ranked.
 */
export function predictSeconds(sizes: ProblemSizes, { als }: Recipe, limits: InvocationLimits): number {
  const { userCount, itemCount, pairCount } = sizes;
  const { factors: k, iterations, cgSteps, solver } = als;
  const rows = userCount + itemCount;
  const exact = exactFlops(userCount, pairCount, k);
  const step = 8 * (cgSteps + 1) * pairCount * k;
  const halfSteps = solver === "cg" ? step : exact + exactFlops(itemCount, pairCount, k);
  const dense = 8 * rows * k * k + 20 * k ** 3;
  const judging = exact + (Math.min(userCount, judgedUsersMax) * itemCount * k) / 2 + 20 * rows * k;
  const flops = iterations * ((halfSteps + dense) / coresOf(limits.memoryMegabytes) + judging);
  return secondsAtStart + pairCount * secondsPerEvent + flops / flopsPerCore;
}

/** Of all rows' systems: of their pairs where a row has fewer than factors, else of the factors. */
function exactFlops(rowCount: number, pairCount: number, factors: number): number {
  const pairs = pairCount / Math.max(1, rowCount);
  const [few, many] = pairs < factors ? [pairs, factors] : [factors, pairs];
  return unevenness * rowCount * (2 * few * few * many + few ** 3);
}

/**
 * Why a trial cannot be one invocation, and what to raise; `undefined` where it can.
 */
export function refuseTrial(
  sizes: ProblemSizes,
  recipe: Recipe,
  limits: InvocationLimits,
): string | undefined {
  const { memoryMegabytes, timeoutSeconds } = limits;
  const megabytes = Math.ceil(predictBytes(sizes, recipe, limits) / 2 ** 20);
  const allowed = Math.floor(share * memoryMegabytes);
  const quota =
    memoryMegabytes < 3008
      ? "raise TrainingMemory"
      : "raise TrainingMemory (past 3008 MB a new account first asks AWS for more of Lambda's quota on function memory)";
  if (megabytes > allowed) {
    return (
      `needs about ${megabytes} MB and may use ${allowed}, 80 % of TrainingMemory=${memoryMegabytes}: ${quota}, use ` +
      "fewer factors, or train on one machine"
    );
  }
  const seconds = predictSeconds(sizes, recipe, limits);
  const secondsMax = share * timeoutSeconds;
  if (seconds <= secondsMax) return undefined;
  return (
    `would take about ${minutes(seconds)} minutes on the ${coresOf(memoryMegabytes).toFixed(1)} cores of ` +
    `TrainingMemory=${memoryMegabytes}, and an invocation may plan for ${minutes(secondsMax)} of its ` +
    `${minutes(timeoutSeconds)}: ${quota}, whose cores grow with it, use fewer factors or iterations, or train on one machine`
  );
}

function minutes(seconds: number): string {
  return (seconds / 60).toFixed(seconds < 600 ? 1 : 0);
}
