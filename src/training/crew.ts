import { Worker } from "node:worker_threads";
import {
  blockCount,
  type CrewRun,
  openKernel,
  type RowCrew,
  type RowPhase,
  runInTurns,
} from "../als/crew.ts";
import type { CrewMessage, CrewReply, CrewWorkerData } from "./crew-worker.ts";

/** A thread of the crew ended before its work did, or the crew was used after its end. */
export class CrewError extends Error {
  override name = "CrewError";
}

/**
 * The calling thread and `threadCount` − 1 workers on one shared memory. They take blocks from a common
 * counter, so a slow one holds nobody up; the caller's events get their turn between blocks, and `signal`, once
 * it is aborted, ends the work before the next phase. To be closed when done.
 */
export class ThreadCrew implements RowCrew {
  readonly threadCount: number;
  readonly #members: Member[];
  /** (1): the next block of the phase under way */
  readonly #next: Int32Array;
  readonly #signal: AbortSignal | undefined;
  #isBusy = false;

  constructor(threadCount: number, signal?: AbortSignal) {
    if (!Number.isInteger(threadCount) || threadCount < 1) {
      throw new RangeError(`a crew has a whole number of threads from 1, not ${threadCount}`);
    }
    this.threadCount = threadCount;
    this.#signal = signal;
    this.#next = new Int32Array(new SharedArrayBuffer(4));
    this.#members = Array.from({ length: threadCount - 1 }, (_, k) => new Member(k + 1, this.#next));
  }

  async enter(memory: WebAssembly.Memory): Promise<CrewRun> {
    if (this.#isBusy) throw new CrewError("a crew trains one model at a time");
    this.#isBusy = true;
    const kernel = openKernel(memory);
    for (const member of this.#members) member.tell({ memory });
    return {
      run: (phase) => this.#run(kernel, phase),
      leave: () => {
        this.#isBusy = false;
        for (const member of this.#members) member.tell({ memory: undefined });
      },
    };
  }

  /** Ends the threads, whatever they are doing. */
  async close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.end()));
  }

  async #run(kernel: ReturnType<typeof openKernel>, phase: RowPhase): Promise<void> {
    this.#signal?.throwIfAborted();
    Atomics.store(this.#next, 0, 0);
    // A phase of a single block is not worth waking anybody.
    const members = blockCount(phase) > 1 ? this.#members : [];
    const done = members.map((member) => member.work(phase));
    const own = runInTurns(kernel, phase, () => Atomics.add(this.#next, 0, 1));
    // Nobody may go on while another thread still writes: all are waited for before the first failure is
    // told.
    const outcomes = await Promise.allSettled([own, ...done]);
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }
}

/** A worker, and the promise of what it does at the moment. */
class Member {
  readonly #worker: Worker;
  #waiting: { resolve(): void; reject(reason: Error): void } | undefined;
  #ended: CrewError | undefined;

  constructor(thread: number, next: Int32Array) {
    const workerData: CrewWorkerData = { thread, next };
    // From source beside this file; in a build every worker is an entry of its own, beside its chunk.
    const [extension] = /\.\w+$/.exec(import.meta.url)!;
    this.#worker = new Worker(new URL(`./crew-worker${extension}`, import.meta.url), { workerData });
    this.#worker.on("message", (_: CrewReply) => {
      this.#waiting?.resolve();
      this.#waiting = undefined;
    });
    this.#worker.on("error", (cause) => this.#fail(`a training thread failed: ${cause.message}`, cause));
    this.#worker.on("exit", (code) => this.#fail(`a training thread ended with exit code ${code}`));
    // A crew that nobody waits for keeps no process alive.
    this.#worker.unref();
  }

  tell(message: CrewMessage): void {
    if (this.#ended === undefined) this.#worker.postMessage(message);
  }

  async work(phase: RowPhase): Promise<void> {
    if (this.#ended) throw this.#ended;
    this.#worker.ref();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting = { resolve, reject };
        this.tell({ phase });
      });
    } finally {
      this.#worker.unref();
    }
  }

  async end(): Promise<void> {
    this.#fail("the crew was closed");
    await this.#worker.terminate();
  }

  /** The first reason stands: a failure is followed by an exit. */
  #fail(reason: string, cause?: unknown): void {
    this.#ended ??= new CrewError(reason, { cause });
    this.#waiting?.reject(this.#ended);
    this.#waiting = undefined;
  }
}
