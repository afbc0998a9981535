import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { ownMark } from "../store/process-mark.ts";
import type { Store } from "../store/store.ts";
import { runEntry, trialEntry, trialTitle } from "./entries.ts";
import { PushedNotes } from "./pushed.ts";
import { type Run, type RunResult, resultSchema, runKeys, runSchema, trialRecordSchema } from "./record.ts";
import { UnknownRunError } from "./run-store.ts";
import { type Entry, type Registration, type Tracker, TrackerError } from "./tracker.ts";

/** What a model version is registered as; undefined where the registry has no such version any more. */
export type DescribeModel = (result: RunResult) => Promise<Registration | undefined>;

export interface PushOrder {
  readonly store: Store;
  readonly tracker: Tracker;
  readonly describeModel: DescribeModel;
  readonly signal: AbortSignal;
  /** what passes of one process tell each other, so that the tracker is searched once */
  readonly memory?: PushMemory;
}

/** Begun empty, with whoever's passes these are. */
export class PushMemory {
  /** tells one sender from another, in one process too */
  readonly holder = `${ownMark}-${randomUUID()}`;
  found?: ReadonlyMap<string, string> | undefined;
  /** titles that were refused, and need not be sent again */
  readonly refused = new Set<string>();
}

/** What one pass has done, and what it could not do. */
export interface PushReport {
  readonly sent: number;
  /** what is recorded and has not arrived: the run itself, trials, the result */
  readonly unsent: readonly string[];
  /** of the last failure; names no key */
  readonly reason?: string;
  readonly kind?: TrackerError["kind"];
  /** how long the tracker asks to wait */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Sends what is recorded of a run and the tracker has not got; what has arrived is noted beside the run, so that a
 * second pass sends nothing twice. A record that the tracker refuses does not keep the others back.
 * @throws UnknownRunError, PushingError, StoreError; what the tracker does is in the report
 */
export async function pushRun(run: string, order: PushOrder): Promise<PushReport> {
  const record = await read(order.store, runKeys.run(run), runSchema);
  if (!record)
    throw new UnknownRunError(`there is no run ${run} in ${order.store.location}: see "aisle runs list"`);
  return new Pass(record, order, await PushedNotes.read(order.store, run, order.tracker)).go();
}

/** What a pass would have to send, without asking the tracker. */
export async function unsentOf(run: string, { store, tracker }: Pick<PushOrder, "store" | "tracker">) {
  const { entries, result } = (await PushedNotes.read(store, run, tracker)).place;
  const recorded = await recordedOf(store, run);
  if (!recorded.isBegun) return [];
  const trials = recorded.trials
    .map((trial) => trialTitle(run, trial))
    .filter((title) => !entries[title]?.isSent);
  return [
    ...(entries[run]?.isSent ? [] : [run]),
    ...trials,
    ...(recorded.hasResult && !result ? [resultName] : []),
  ];
}

const trialsAtOnce = 4;
const resultName = "the result";

async function recordedOf(
  store: Store,
  run: string,
): Promise<{ isBegun: boolean; trials: number[]; hasResult: boolean }> {
  const names = (await store.list(`runs/${run}/`)).map((key) => key.split("/").at(-1) ?? "");
  const trials = names.flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number);
  return { isBegun: names.includes("run.json"), trials, hasResult: names.includes("result.json") };
}

class Pass {
  readonly #run: Run;
  readonly #order: PushOrder;
  readonly #notes: PushedNotes;
  readonly #memory: PushMemory;
  #sent = 0;
  #failure: Pick<PushReport, "reason" | "kind" | "retryAfterMs"> = {};

  constructor(run: Run, order: PushOrder, notes: PushedNotes) {
    this.#run = run;
    this.#order = order;
    this.#memory = order.memory ?? new PushMemory();
    this.#notes = notes;
  }

  async go(): Promise<PushReport> {
    const { run } = this.#run;
    const isWaiting = (await unsentOf(run, this.#order)).length > 0;
    const result = await read(this.#order.store, runKeys.result(run), resultSchema);
    const model = result && (await this.#order.describeModel(result));
    // The alias follows the channel, which may have moved since.
    if (isWaiting || model?.isLive) {
      await this.#notes.take(this.#memory.holder);
      try {
        await this.#sendAll(result, model);
      } finally {
        // Whoever has taken the lease meanwhile keeps it, and an unreleased one ends by itself.
        await this.#notes.release().catch(() => undefined);
      }
    }
    return { sent: this.#sent, unsent: await unsentOf(run, this.#order), ...this.#failure };
  }

  async #sendAll(result: RunResult | undefined, model: Registration | undefined): Promise<void> {
    const { run } = this.#run;
    if (!(await this.#tried(run, () => this.#sendEntry(runEntry(this.#run), undefined)))) return;
    const parent = this.#notes.place.entries[run]?.id;
    // Without the run's own entry there is nothing that a trial could belong to.
    if (parent === undefined) return;
    const isOver = await this.#sendTrials(parent);
    if (result && !isOver) await this.#tried(resultName, () => this.#sendResult(parent, result, model));
  }

  /** A few at once: most of the time goes into waiting. True where it is of no use to go on. */
  async #sendTrials(parent: string): Promise<boolean> {
    const { run } = this.#run;
    const waiting = (await recordedOf(this.#order.store, run)).trials.values();
    let isOver = false;
    const lane = async (): Promise<void> => {
      for (const trial of waiting) {
        const title = trialTitle(run, trial);
        if (isOver) return;
        if (this.#notes.place.entries[title]?.isSent) continue;
        isOver = !(await this.#tried(title, () => this.#sendTrial(trial, parent))) || isOver;
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: trialsAtOnce }, lane));
    for (const each of ended) if (each.status === "rejected") throw each.reason;
    return isOver;
  }

  async #sendTrial(trial: number, parent: string): Promise<void> {
    const record = await read(this.#order.store, runKeys.trial(this.#run.run, trial), trialRecordSchema);
    if (record) await this.#sendEntry(trialEntry(this.#run, record), parent);
  }

  async #sendEntry(entry: Entry, parent: string | undefined): Promise<void> {
    const { tracker, signal } = this.#order;
    const noted = this.#notes.place.entries[entry.title];
    if (noted?.isSent) return;
    this.#memory.found ??= await tracker.find(entry.run, signal);
    const there = noted?.id ?? this.#memory.found.get(entry.title);
    const id = there ?? (await tracker.create(entry, parent, signal));
    await this.#note(entry.title, { id, isSent: false });
    await tracker.log(id, entry, there === undefined, signal);
    await this.#note(entry.title, { id, isSent: true });
    this.#sent++;
  }

  async #sendResult(id: string, result: RunResult, model: Registration | undefined): Promise<void> {
    const { tracker, signal } = this.#order;
    const { result: noted } = this.#notes.place;
    if (!noted) {
      await tracker.log(id, runEntry(this.#run, result), false, signal);
      await tracker.attach(
        id,
        [attachmentOf("run.json", this.#run), attachmentOf("result.json", result)],
        signal,
      );
    }
    if (!noted || model?.isLive) {
      // Files are sent once: after that only the alias may have to move.
      const order = model && { ...model, files: async () => (noted ? [] : await model.files()) };
      const modelVersion = order && (await tracker.register(id, order, signal));
      await this.#notes.note({
        ...this.#notes.place,
        result: modelVersion === undefined ? {} : { modelVersion },
      });
    }
    if (!noted) this.#sent++;
  }

  async #note(title: string, entry: { readonly id: string; readonly isSent: boolean }): Promise<void> {
    const { place } = this.#notes;
    await this.#notes.note({ ...place, entries: { ...place.entries, [title]: entry } });
  }

  /** False where it is of no use to go on. */
  async #tried(title: string, work: () => Promise<void>): Promise<boolean> {
    if (this.#memory.refused.has(title)) return true;
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof TrackerError)) throw error;
      // What failed may have been done all the same.
      this.#memory.found = undefined;
      this.#failure = {
        reason: error.message,
        kind: error.kind,
        retryAfterMs: error.retryAfterMs,
      };
      if (error.kind === "refused") this.#memory.refused.add(title);
      return error.kind === "refused";
    }
  }
}

/** A record of a run; one that is damaged keeps the others back no more than one that is refused. */
async function read<T>(store: Store, key: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const object = await store.get(key);
  if (!object) return undefined;
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(object.bytes)));
  } catch (error) {
    throw new TrackerError(`${store.describe(key)} is damaged: ${(error as Error).message}`, "refused");
  }
}

function attachmentOf(path: string, value: unknown) {
  return { path, bytes: new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`) };
}
