import type { z } from "zod";
import { RegistryError, readDocument } from "../registry/documents.ts";
import type { Store } from "../store/store.ts";
import {
  type Run,
  type RungRecord,
  type RunResult,
  resultSchema,
  rungRecordSchema,
  runKeys,
  runSchema,
  type TrialRecord,
  trialRecordSchema,
  type UserValues,
  userValuesSchema,
} from "./record.ts";

/** A run, or a trial of one, that the registry does not have. */
export class UnknownRunError extends RegistryError {
  override name = "UnknownRunError";
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Names begin folders and stand in addresses. */
export function isRunName(text: string): boolean {
  return namePattern.test(text);
}

/** A run with all that is kept of it so far. */
export interface WholeRun {
  readonly run: Run;
  /** rising; those that have ended */
  readonly trials: readonly TrialRecord[];
  /** absent while it goes on, and where it was interrupted */
  readonly result?: RunResult | undefined;
}

/** A run without its trials. */
export interface RunSummary extends Pick<WholeRun, "run" | "result"> {
  /** those that have ended */
  readonly trialCount: number;
}

const trialPattern = /^runs\/([^/]+)\/(\d+)\.json$/;

/** Documents read side by side: a store in a bucket takes its time for each. */
const abreast = 16;

/** The runs of a registry, to be read; several processes may be writing them meanwhile. */
export class RunStore {
  readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Every run's name, oldest first. */
  async names(): Promise<string[]> {
    return (await this.summaries()).map(({ run }) => run.run);
  }

  /** Every run with how many of its trials have ended, oldest first; no trial is read. */
  async summaries(): Promise<RunSummary[]> {
    const keys = await this.store.list("runs/");
    const names = keys.flatMap((key) => /^runs\/([^/]+)\/run\.json$/.exec(key)?.[1] ?? []).filter(isRunName);
    const trialCounts = new Map<string, number>();
    for (const key of keys) {
      const [, name] = trialPattern.exec(key) ?? [];
      if (name !== undefined) trialCounts.set(name, (trialCounts.get(name) ?? 0) + 1);
    }
    const summaries = await this.#readAll(names, async (name) => {
      const [run, result] = await Promise.all([this.run(name), this.result(name)]);
      return { run, trialCount: trialCounts.get(name) ?? 0, ...(result && { result }) };
    });
    return summaries.sort((a, b) => (a.run.createdAt < b.run.createdAt ? -1 : 1));
  }

  /** Every run, oldest first. */
  async all(): Promise<WholeRun[]> {
    const wholes: WholeRun[] = [];
    for (const name of await this.names()) wholes.push(await this.whole(name));
    return wholes;
  }

  async has(name: string): Promise<boolean> {
    return isRunName(name) && (await this.store.size(runKeys.run(name))) !== undefined;
  }

  /** @throws UnknownRunError; RegistryError where its record is damaged */
  async run(name: string): Promise<Run> {
    const run = isRunName(name) ? await this.#read(runKeys.run(name), runSchema) : undefined;
    if (run) return run;
    throw new UnknownRunError(`there is no run ${name} in ${this.store.location}: see "aisle runs list"`);
  }

  /** @throws UnknownRunError; RegistryError where a record is damaged */
  async whole(name: string): Promise<WholeRun> {
    const run = await this.run(name);
    const [trials, result] = await Promise.all([this.trials(name), this.result(name)]);
    return { run, trials, ...(result && { result }) };
  }

  /** The trials that have ended, rising. */
  async trials(name: string): Promise<TrialRecord[]> {
    const numbers = (await this.store.list(`runs/${name}/`)).flatMap((key) => {
      const [, , digits] = trialPattern.exec(key) ?? [];
      return digits === undefined ? [] : [Number(digits)];
    });
    const read = (trial: number) => this.#must(runKeys.trial(name, trial), trialRecordSchema);
    return (await this.#readAll(numbers, read)).sort((a, b) => a.trial - b.trial);
  }

  /** What a search's cheap trials came to. */
  async rungs(name: string): Promise<RungRecord[]> {
    const keys = await this.store.list(`rungs/${name}/`);
    return await this.#readAll(keys, (key) => this.#must(key, rungRecordSchema));
  }

  /** `undefined` where the run has not ended. */
  result(name: string): Promise<RunResult | undefined> {
    return this.#read(runKeys.result(name), resultSchema);
  }

  /** `undefined` where the trial failed, or has not ended. */
  trialUsers(name: string, trial: number): Promise<UserValues | undefined> {
    return this.#read(runKeys.trialUsers(name, trial), userValuesSchema);
  }

  /** `undefined` where the run has not ended, or nothing was held out. */
  resultUsers(name: string): Promise<UserValues | undefined> {
    return this.#read(runKeys.resultUsers(name), userValuesSchema);
  }

  /** Deletes what is kept of a run; interrupted, what is left is named by nothing. */
  async remove(name: string): Promise<void> {
    const keys = [...(await this.store.list(`runs/${name}/`)), ...(await this.store.list(`rungs/${name}/`))];
    await this.store.delete(runKeys.run(name));
    for (const key of keys) await this.store.delete(key);
  }

  async #read<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined> {
    return (await readDocument(this.store, key, schema))?.value;
  }

  async #must<T>(key: string, schema: z.ZodType<T>): Promise<T> {
    const value = await this.#read(key, schema);
    if (value === undefined)
      throw new RegistryError(`${this.store.describe(key)} went while it was looked for`);
    return value;
  }

  async #readAll<Name, T>(names: readonly Name[], read: (name: Name) => Promise<T>): Promise<T[]> {
    const queue = names.values();
    const found: T[] = [];
    const lane = async (): Promise<void> => {
      for (let next = queue.next(); !next.done; next = queue.next()) found.push(await read(next.value));
    };
    await Promise.all(Array.from({ length: Math.min(abreast, names.length) }, lane));
    return found;
  }
}
