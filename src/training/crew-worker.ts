import { parentPort, workerData } from "node:worker_threads";
import { blockCount, openKernel, type RowPhase, runBlock, type SolverKernel } from "../als/crew.ts";

export interface CrewWorkerData {
  /** from 1: the caller is 0 */
  readonly thread: number;
  /** (1), shared: the next block to take */
  readonly next: Int32Array;
}

/** To open a memory or let go of it, or to work on a phase. */
export type CrewMessage = { readonly memory: WebAssembly.Memory | undefined } | { readonly phase: RowPhase };

/** After each phase. */
export type CrewReply = "done";

const { thread, next } = workerData as CrewWorkerData;
let kernel: SolverKernel | undefined;

// An error is left to end the thread: the crew is told, and no half-done phase passes for a whole one.
parentPort?.on("message", (message: CrewMessage) => {
  if ("memory" in message) {
    kernel = message.memory && openKernel(message.memory);
    return;
  }
  if (kernel === undefined) throw new Error("a phase came before its memory");
  const count = blockCount(message.phase);
  for (let block = Atomics.add(next, 0, 1); block < count; block = Atomics.add(next, 0, 1)) {
    runBlock(kernel, message.phase, block, thread);
  }
  parentPort?.postMessage("done" satisfies CrewReply);
});
