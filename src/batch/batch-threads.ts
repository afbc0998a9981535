import { Worker } from "node:worker_threads";
import { packCatalog } from "../catalog/catalog.ts";
import type { PseudonymKey } from "../model/pseudonyms.ts";
import type { RankedRows } from "../model/top-rows.ts";
import type { Query } from "../serving/query.ts";
import type { Snapshot, SnapshotParts } from "../serving/snapshot.ts";
import type { UserRange } from "./segment.ts";

/** A thread of a batch failed, or a question did in it. */
export class BatchError extends Error {
  override name = "BatchError";
}

/** What a thread works with: its first message. */
export interface Copy {
  readonly modelBytes: Uint8Array<ArrayBuffer>;
  readonly catalogBytes: Uint8Array<ArrayBuffer> | undefined;
  readonly parts: Omit<SnapshotParts, "model" | "catalog">;
  readonly pseudonymKey: PseudonymKey | undefined;
}

export type BatchTask = { readonly id: number } & (
  | { readonly queries: readonly Query[] }
  | { readonly range: UserRange }
);

export interface BatchReply {
  readonly id: number;
  /** the answers' lines, each with its end */
  readonly text?: string;
  readonly best?: RankedRows;
  readonly error?: { readonly name: string; readonly message: string };
}

type Asked<T> = T extends unknown ? Omit<T, "id"> : never;

/**
 * Threads that answer from copies of one snapshot. A search writes beside the model, in the model's own memory, so each
 * thread has a memory of its own; all are filled from the one that was fetched and verified. To be closed when done.
 */
export class BatchThreads {
  readonly #lanes: Lane[];
  #nextId = 0;

  constructor(snapshot: Snapshot, threadCount: number) {
    this.#lanes = Array.from({ length: threadCount }, () => new Lane(snapshot));
  }

  get count(): number {
    return this.#lanes.length;
  }

  /** By the thread that has least to do. @throws BatchError; a QueryError of the question keeps its name */
  run(task: Asked<BatchTask>): Promise<BatchReply> {
    const lane = this.#lanes.reduce((least, each) => (each.load < least.load ? each : least));
    const reply = lane.run({ ...task, id: this.#nextId++ } as BatchTask);
    // Whoever asked awaits replies in order: one that fails before its turn is no unhandled failure.
    reply.catch(() => {});
    return reply;
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }
}

class Lane {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(reply: BatchReply): void; reject(reason: Error): void }>();
  #ended: BatchError | undefined;

  constructor({ model, catalog, parts }: Snapshot) {
    // From source beside this file; in dist every worker is an entry of its own, beside its chunk.
    const name = import.meta.url.endsWith(".ts") ? "./batch-worker.ts" : "./batch-worker.js";
    this.#worker = new Worker(new URL(name, import.meta.url));
    this.#worker.on("message", (reply: BatchReply) => this.#settle(reply));
    this.#worker.on("error", (cause: Error) => this.#fail(`a thread of the batch failed: ${cause.message}`));
    this.#worker.on("exit", (code) => this.#fail(`a thread of the batch ended with exit code ${code}`));
    const modelBytes = model.buffer.fileBytes.slice();
    const items = catalog && Array.from({ length: catalog.count }, (_, row) => catalog.item(row));
    const { model: _, catalog: __, ...rest } = parts;
    const copy: Copy = {
      modelBytes,
      catalogBytes: items && packCatalog(items),
      parts: rest,
      pseudonymKey: model.pseudonymKey,
    };
    this.#worker.postMessage(copy, [modelBytes.buffer]);
  }

  get load(): number {
    return this.#waiting.size;
  }

  run(task: BatchTask): Promise<BatchReply> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.set(task.id, { resolve, reject });
      this.#worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    this.#fail("the batch was closed");
    await this.#worker.terminate();
  }

  #settle(reply: BatchReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.error) {
      const error = new BatchError(reply.error.message);
      if (reply.error.name === "QueryError") error.name = "QueryError";
      waiting?.reject(error);
    } else waiting?.resolve(reply);
  }

  /** The first reason stands: a failure is followed by an exit. */
  #fail(reason: string): void {
    this.#ended ??= new BatchError(reason);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
