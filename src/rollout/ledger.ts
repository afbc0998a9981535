import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Registry } from "../registry/registry.ts";
import { isUnderWay, type RolloutRecord, readRollout, writeRollout } from "../registry/rollout-record.ts";
import { ConflictError } from "../store/store.ts";

/** What a rollout was asked for cannot be done in the present state; says what stands in the way. */
export class RolloutError extends Error {
  override name: string = "RolloutError";
}

/** Somebody else drives this rollout now: whoever sees this must touch nothing more. */
export class TakenOverError extends RolloutError {
  override name = "TakenOverError";
}

/** Time, so that tests need not wait. */
export interface Clock {
  now(): Date;
  /** Ends early, and throws the signal's reason, when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) =>
    setTimeout(milliseconds, undefined, signal && { signal }).catch((error) => {
      signal?.throwIfAborted();
      throw error;
    }),
};

/** For how long a driver that says nothing is believed to be alive. */
export const leaseSeconds = 60;

/** What a driver may change of its record; `stepSince` and `driver` may be taken away. */
export type RolloutChange = Partial<Omit<RolloutRecord, "stepSince">> & { stepSince?: string | undefined };

export interface LedgerParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly who: string;
}

/**
 * One driver's hold on a rollout's record. Every write says that the driver is alive and depends on the write
 * before it, so that a driver that was taken over learns of it before it does anything more.
 */
export class Ledger {
  readonly #parts: LedgerParts;
  readonly #token = randomUUID();
  #record: RolloutRecord;
  #etag: string | undefined;

  private constructor(parts: LedgerParts, record: RolloutRecord, etag: string | undefined) {
    this.#parts = parts;
    this.#record = record;
    this.#etag = etag;
  }

  get record(): RolloutRecord {
    return this.#record;
  }

  /**
   * Begins a rollout.
   * @throws RolloutError while another one is under way
   */
  static async begin(
    parts: LedgerParts,
    draft: Omit<RolloutRecord, "history">,
    note: string,
  ): Promise<Ledger> {
    const before = await readRollout(parts.registry.store, draft.channel);
    if (isUnderWay(before?.value)) throw new RolloutError(describeOther(before.value));
    const ledger = new Ledger(parts, { ...draft, history: [] }, before?.etag);
    await ledger.#write({}, note, (other) => new RolloutError(describeOther(other)));
    return ledger;
  }

  /**
   * Takes up a rollout that nobody drives any more. Whether a driver lives is told by its record changing while it
   * is watched, not by comparing the clocks of two machines.
   * @param change what the new driver decides with the same write
   * @throws RolloutError where there is none, or somebody drives it
   */
  static async takeUp(
    parts: LedgerParts,
    channel: string,
    options: { readonly patient: boolean; readonly signal?: AbortSignal | undefined },
    decide: (record: RolloutRecord) => { change: RolloutChange; note: string },
  ): Promise<Ledger> {
    const { registry, clock } = parts;
    let found = await readRollout(registry.store, channel);
    const lease = found?.value.driver?.leaseUntil;
    if (options.patient && lease !== undefined && isUnderWay(found?.value)) {
      const left = Date.parse(lease) - clock.now().getTime();
      await clock.sleep(Math.min(Math.max(left, 0), leaseSeconds * 1000), options.signal);
      const later = await readRollout(registry.store, channel);
      if (later?.etag !== found?.etag && later?.value.driver)
        throw new RolloutError(describeOther(later.value));
      found = later;
    }
    if (!isUnderWay(found?.value)) {
      throw new RolloutError(`no rollout is under way in channel "${channel}" of ${registry.store.location}`);
    }
    const ledger = new Ledger(parts, found.value, found.etag);
    const { change, note } = decide(found.value);
    await ledger.#write(change, note, (other) => new RolloutError(describeOther(other)));
    return ledger;
  }

  /** @throws TakenOverError where somebody else has written the record since */
  async save(change: RolloutChange = {}, note?: string): Promise<void> {
    await this.#write(change, note, (other) => new TakenOverError(describeOther(other)));
  }

  /** Lays the rollout down: whoever takes it up next need not wait. */
  async release(note: string): Promise<void> {
    const { driver: _, ...rest } = this.#record;
    this.#record = rest;
    await this.#write({}, note, (other) => new TakenOverError(describeOther(other)), false);
  }

  async #write(
    change: RolloutChange,
    note: string | undefined,
    lost: (other: RolloutRecord) => RolloutError,
    isDriving = true,
  ): Promise<void> {
    const { registry, clock, who } = this.#parts;
    const now = clock.now();
    const at = now.toISOString();
    const leaseUntil = new Date(now.getTime() + leaseSeconds * 1000).toISOString();
    const merged = { ...this.#record, ...change };
    if ("stepSince" in change && change.stepSince === undefined) delete merged.stepSince;
    const next: RolloutRecord = {
      ...(merged as RolloutRecord),
      updatedAt: at,
      ...(isDriving && { driver: { token: this.#token, who, leaseUntil } }),
      history:
        note === undefined ? merged.history! : [...merged.history!, { at, phase: merged.phase!, note }],
    };
    if (!isUnderWay(next)) delete (next as { driver?: unknown }).driver;
    try {
      this.#etag = await writeRollout(registry.store, next, this.#etag);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      throw lost((await registry.rollout(next.channel)) ?? next);
    }
    this.#record = next;
  }
}

function describeOther({ model, channel, phase, driver, who, startedAt }: RolloutRecord): string {
  const state = driver
    ? `is driven by ${driver.who} (it is at "${phase}")`
    : `was begun by ${who} at ${startedAt} and is at "${phase}"`;
  return (
    `the rollout of model ${model} in channel "${channel}" ${state}: see "aisle rollout --status"; ` +
    `take it up with --resume once nobody drives it, or undo it with --abort`
  );
}
