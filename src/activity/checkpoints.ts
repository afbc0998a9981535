import { Worker } from "node:worker_threads";
import { log } from "../log.ts";
import type { CheckpointReply } from "./checkpoint-worker.ts";

/** The log that takes the writes grows by one to a few pages of 4 KiB each, so to some MB. */
const defaultWritesBetween = 500;

/**
 * Moves what a file's log holds into the file, on a thread of its own: it waits for the disk for some 10 ms, which
 * would otherwise be a request's. The thread starts with the first checkpoint. Where it fails, `fallBack` is called
 * once, and it is not tried again.
 */
export class Checkpoints {
  readonly #path: string;
  readonly #writesBetween: number;
  readonly #fallBack: () => void;
  #worker: Worker | undefined;
  #writes = 0;
  #under: PromiseWithResolvers<void> | undefined;
  #isOver = false;

  constructor(path: string, fallBack: () => void, writesBetween = defaultWritesBetween) {
    this.#path = path;
    this.#fallBack = fallBack;
    this.#writesBetween = writesBetween;
  }

  /** To be called after every write. */
  wrote(): void {
    if (this.#isOver || ++this.#writes < this.#writesBetween || this.#under) return;
    this.#writes = 0;
    this.#under = Promise.withResolvers<void>();
    try {
      this.#worker ??= this.#start();
      this.#worker.postMessage(undefined);
    } catch (error) {
      this.#fail((error as Error).message);
    }
  }

  /** Until the checkpoint under way has ended. */
  async settled(): Promise<void> {
    await this.#under?.promise;
  }

  /** A checkpoint under way goes on to its end; there are no more. */
  end(): void {
    this.#isOver = true;
    if (this.#under === undefined) void this.#worker?.terminate();
  }

  #start(): Worker {
    // From source beside this file; in dist every worker is an entry of its own, beside its chunk.
    const name = import.meta.url.endsWith(".ts") ? "./checkpoint-worker.ts" : "./checkpoint-worker.js";
    const worker = new Worker(new URL(name, import.meta.url), { workerData: this.#path });
    worker.on("message", (failure: CheckpointReply) => {
      if (failure === undefined) this.#settle();
      else this.#fail(failure);
    });
    worker.on("error", (error) => this.#fail(error.message));
    // A log that could be shorter keeps no process alive.
    worker.unref();
    return worker;
  }

  #settle(): void {
    this.#under?.resolve();
    this.#under = undefined;
    if (this.#isOver) void this.#worker?.terminate();
  }

  #fail(reason: string): void {
    if (!this.#isOver) {
      log.warn("checkpoints beside the requests failed, they are made within requests", { reason });
      this.#fallBack();
    }
    this.#isOver = true;
    this.#settle();
  }
}
