import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { EventLog } from "../interactions/event-log.ts";
import type { Trained, TrainingOrder } from "../pipeline.ts";
import { nameVersion, onlyOnce, toJson } from "../registry/documents.ts";
import { type Released, testValues } from "../release.ts";
import { ConflictError, type Store } from "../store/store.ts";
import { type Run, type RungRecord, resultSchema, runKeys, type TrialRecord } from "../tracking/record.ts";
import { isRunName, RunStore } from "../tracking/run-store.ts";
import { compactRecordOf, RunWriter, recordOf, userValuesOf } from "../tracking/run-writer.ts";
import type { Criterion } from "../training/criterion.ts";
import { recipeToJson } from "../training/grid.ts";
import type { TrialJournal } from "../training/journal.ts";
import type { TrialOutcome } from "../training/trial.ts";
import { describeRun, findDifferences } from "./run-description.ts";
import { documentsOf, nameMetric, outcomeOf } from "./trial-records.ts";

/** A run that cannot be begun or gone on with as it was asked for. */
export class RunError extends Error {
  override name = "RunError";
}

export interface RecordingOrder {
  readonly store: Store;
  readonly who: string;
  readonly program: string;
  /** how the events are named */
  readonly source: string;
  /** of a new run; made up where absent */
  readonly name?: string | undefined;
  /** the run to go on with: its name, or true for the last one that has not ended */
  readonly resume?: string | true | undefined;
  /** the run of that name is one training in several steps, an earlier of which may have begun it */
  readonly inSteps?: boolean | undefined;
  /** is told what cannot be written */
  say(line: string): void;
}

/** What an interrupted run left. */
interface Earlier {
  readonly run: Run;
  readonly trials: ReadonlyMap<number, TrialRecord>;
  /** by trial and budget */
  readonly rungs: ReadonlyMap<string, RungRecord>;
}

/** Keeps what is known of a training beside the models: once its run, each trial as it ends, and the result last. */
export class RunRecorder {
  readonly run: string;
  readonly #order: RecordingOrder;
  readonly #earlier: Earlier | undefined;
  readonly #writer: RunWriter;

  private constructor(run: string, order: RecordingOrder, earlier?: Earlier) {
    this.run = run;
    this.#order = order;
    this.#earlier = earlier;
    this.#writer = new RunWriter(order.store, ({ message }) => {
      order.say(`! what is kept of run ${run} waits for the end of the training: ${message}`);
    });
  }

  /** @throws RunError where the name is taken or the run has ended; UnknownRunError where there is none to go on with */
  static async open(order: RecordingOrder): Promise<RunRecorder> {
    const { name, resume } = order;
    const runs = new RunStore(order.store);
    if (resume !== undefined) {
      const earlier = await readEarlier(runs, resume === true ? await lastUnfinished(runs) : resume);
      return new RunRecorder(earlier.run.run, order, earlier);
    }
    if (name !== undefined && !isRunName(name)) {
      throw new RunError(`"${name}" is no name of a run: at most 64 letters, digits, _ and -`);
    }
    if (name !== undefined && !order.inSteps && (await runs.has(name))) throw taken(name);
    const madeUp = nameVersion(new Date().toISOString(), randomBytes(2).toString("hex"), 4);
    return new RunRecorder(name ?? madeUp, order);
  }

  /** What an interrupted run left, in words: what need not be run again. Absent for a new one. */
  get leftOver(): string | undefined {
    if (!this.#earlier) return undefined;
    const { trials, rungs } = this.#earlier;
    const cheap = rungs.size === 0 ? "" : `, and ${rungs.size} cheap ones of its search`;
    return `${trials.size} of its ${this.#earlier.run.trialCount} trials have ended${cheap}`;
  }

  /**
   * For `TrainingOrder.journal`: writes what the run sets out to do, or compares it with what it once set out to do.
   * That journal throws RunError where the two differ, saying in what.
   */
  journal(events: EventLog, order: TrainingOrder): NonNullable<TrainingOrder["journal"]> {
    return async (plan) => {
      const { who, program, source } = this.#order;
      const heading = { run: this.run, createdAt: new Date().toISOString(), who, program, source };
      const run = describeRun(heading, events, order, plan);
      if (this.#earlier) checkSame(this.#earlier.run, run);
      else await this.#begin(run);
      return this.#journalOf(plan.criterion);
    };
  }

  /** Writes what came of it, and whatever could not be written before. */
  async finish(
    trained: Trained,
    { manifest, gate }: Released,
    { channel, seconds }: { readonly channel: string; readonly seconds: number },
  ): Promise<void> {
    const result = resultSchema.parse({
      run: this.run,
      endedAt: new Date().toISOString(),
      seconds,
      trial: trained.trial,
      recipe: recipeToJson(trained.recipe),
      model: manifest.version,
      metrics: manifest.metrics,
      baselines: manifest.baselines,
      gate: { channel, ...gate },
    });
    const { cut, values } = testValues(trained, trained.criterion);
    const users = userValuesOf({ cut, metric: nameMetric(trained.criterion) }, values);
    await this.#writer.put(
      compactRecordOf(runKeys.resultUsers(this.run), users),
      recordOf(runKeys.result(this.run), result),
    );
    const { missing, error } = await this.#writer.finish();
    if (error) {
      this.#order.say(`! ${missing} documents of run ${this.run} could not be written: ${error.message}`);
    }
  }

  /** Waits for what is being written. */
  settle(): Promise<void> {
    return this.#writer.settle();
  }

  /** A name that somebody took meanwhile ends the training; a store that fails does not. */
  async #begin(run: Run): Promise<void> {
    const key = runKeys.run(this.run);
    try {
      await this.#order.store.put(key, toJson(run), onlyOnce);
    } catch (error) {
      if (error instanceof ConflictError && this.#order.inSteps) return;
      if (error instanceof ConflictError) throw taken(this.run);
      // Refused as well, most likely, and then said and tried again at the end.
      await this.#writer.put(recordOf(key, run));
    }
  }

  #journalOf(criterion: Criterion): TrialJournal {
    const { run } = this;
    const { trials, rungs } = this.#earlier ?? {};
    const find = ({ trial, recipe }: Pick<TrialOutcome, "trial" | "recipe">, isCheap: boolean) => {
      const record = isCheap ? rungs?.get(runKeys.rung(run, trial, recipe.als)) : trials?.get(trial);
      const isSame = record && isDeepStrictEqual(record.recipe, recipeToJson(recipe));
      // Which recipes fall out is decided anew, by the same figures.
      return isSame && record.outcome !== "fell-out" ? outcomeOf(record) : undefined;
    };
    const keep = async (outcome: TrialOutcome, isCheap: boolean): Promise<void> => {
      const { trial, recipe, fellOutAt } = outcome;
      const documents = documentsOf({ run, criterion }, outcome, isCheap);
      if (isCheap) {
        if (!rungs?.has(runKeys.rung(run, trial, recipe.als))) await this.#writer.putBeside(...documents);
      } else if (!trials?.has(trial)) {
        // That a recipe fell out follows from its cheap trials, which are kept already.
        if (fellOutAt && outcome.error === undefined) this.#writer.putLater(...documents);
        else await this.#writer.put(...documents);
      }
    };
    return { find, keep };
  }
}

function taken(name: string): RunError {
  return new RunError(
    `there is a run ${name} already: name another, or go on with it by --resume ${name} if it was interrupted`,
  );
}

async function lastUnfinished(runs: RunStore): Promise<string> {
  for (const name of (await runs.names()).reverse()) if (!(await runs.result(name))) return name;
  throw new RunError(`no run in ${runs.store.location} was interrupted: leave --resume out`);
}

/** @throws RunError where it has ended */
async function readEarlier(runs: RunStore, name: string): Promise<Earlier> {
  const { run, trials, result } = await runs.whole(name);
  if (result) {
    throw new RunError(`run ${name} has ended with model ${result.model}: there is nothing to go on with`);
  }
  const rungs = (await runs.rungs(name)).map((rung) => {
    const { factors, iterations } = outcomeOf(rung).recipe.als;
    return [runKeys.rung(name, rung.trial, { factors, iterations }), rung] as const;
  });
  return { run, trials: new Map(trials.map((trial) => [trial.trial, trial])), rungs: new Map(rungs) };
}

function checkSame(before: Run, now: Run): void {
  const found = findDifferences(before, now);
  if (found.length === 0) return;
  throw new RunError(
    `run ${before.run} was another training, so its trials say nothing of this one:\n  ${found.join("\n  ")}\n` +
      "call it as it was called then, or leave --resume out",
  );
}
