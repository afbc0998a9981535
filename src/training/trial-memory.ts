import { estimateBytes, type ProblemSizes } from "../als/memory.ts";
import type { AlsSettings } from "../als/objective.ts";

/** Beside the kernel's own arrays: the aggregated pairs with what lies beside each, their sorting, the transpose. */
const matrixBytesPerPair = 52;
/** What a model file keeps of a pair. */
const historyBytesPerPair = 13;
/** A factor as f32 and as its 8-bit code. */
const modelBytesPerFactor = 5;
/** One that is evaluated, and the one of the iteration before that nobody has collected yet. */
const modelsAtOnce = 2;
/** A thread of its own: its code, and what its collector has not yet given back (88 MiB were measured). */
const threadBytes = 96 * 2 ** 20;

/**
 * What a trial takes in bytes, known before it starts: the kernel's memory, the matrix that it is filled from, the
 * factors copied out of it after an iteration, and the model that is laid out from them to be judged. `pairCount`
 * may be the number of events: there are no more pairs than that.
 */
export function estimateTrialBytes(sizes: ProblemSizes, settings: Pick<AlsSettings, "factors">): number {
  const factors = (sizes.userCount + sizes.itemCount) * settings.factors;
  const model = factors * modelBytesPerFactor + sizes.pairCount * historyBytesPerPair;
  return (
    estimateBytes(sizes, settings) +
    sizes.pairCount * matrixBytesPerPair +
    factors * 4 +
    model * modelsAtOnce +
    threadBytes
  );
}
