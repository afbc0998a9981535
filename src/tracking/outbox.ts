import { setTimeout as pause } from "node:timers/promises";
import { PushMemory, type PushOrder, type PushReport, pushRun, unsentOf } from "./push.ts";

/** What had not arrived when its time was up. */
export interface Unsent {
  readonly tracker: PushOrder["tracker"];
  readonly what: readonly string[];
  readonly reason: string;
}

export interface OutboxTimes {
  /** the first wait after a failure; each further one is twice as long, up to half a minute */
  readonly firstWaitMs: number;
  /** how long closing waits for the next answer */
  readonly graceMs: number;
  /** how long closing takes at most */
  readonly closeMsMax: number;
  /** ends early where the signal says so */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

const usualTimes: OutboxTimes = {
  firstWaitMs: 1000,
  graceMs: 15_000,
  closeMsMax: 60_000,
  pause: (ms, signal) => pause(ms, undefined, { signal, ref: false }).catch(() => undefined),
};
const waitMsMax = 30_000;
const noteMsMax = 2000;

/**
 * Sends a run to a tracker beside the training that makes it. It holds no records: what is to be sent lies in the
 * registry, and a nudge says that there is more, so that a tracker that is down costs neither memory nor time.
 * Nothing that goes wrong here reaches the training; closing tells what has not arrived.
 */
export class Outbox {
  readonly #run: string;
  readonly #order: Omit<PushOrder, "signal">;
  readonly #times: OutboxTimes;
  readonly #end = new AbortController();
  readonly #closing = new AbortController();
  #isNudged = false;
  #working: Promise<void> | undefined;
  #report: PushReport | undefined;
  #trouble: string | undefined;
  #failures = 0;

  constructor(run: string, order: Omit<PushOrder, "signal">, times: Partial<OutboxTimes> = {}) {
    this.#run = run;
    this.#order = { ...order, memory: new PushMemory() };
    this.#times = { ...usualTimes, ...times };
  }

  get tracker(): PushOrder["tracker"] {
    return this.#order.tracker;
  }

  /** Whether the tracker has answered at all. */
  get hasAnswered(): boolean {
    return this.tracker.answeredAt > 0;
  }

  /** There is something new in the registry. Returns at once, and never throws. */
  nudge(): void {
    // A key that is not taken now is not taken after the next trial either.
    if (this.#report?.kind === "denied") return;
    this.#isNudged = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#isNudged && !this.#end.signal.aborted) this.nudge();
    });
  }

  /** Sends what is left for as long as the tracker answers, in bounded time; gives what has not. */
  async close(): Promise<Unsent | undefined> {
    const begun = performance.now();
    const { graceMs, closeMsMax } = this.#times;
    // Whoever waits after a failure tries at once, for the last time.
    this.#closing.abort();
    this.nudge();
    const watch = setInterval(
      () => {
        const now = performance.now();
        if (now - Math.max(begun, this.tracker.answeredAt) > graceMs || now - begun > closeMsMax)
          this.#end.abort();
      },
      Math.min(100, graceMs),
    );
    try {
      while (this.#working && !this.#end.signal.aborted) await Promise.race([this.#working, this.#given()]);
    } finally {
      clearInterval(watch);
      this.#end.abort();
    }
    return this.#left();
  }

  /** Resolves when time is up and what has arrived could be noted: a registry that is slow itself keeps it no longer. */
  #given(): Promise<void> {
    const { signal } = this.#end;
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => setTimeout(resolve, noteMsMax).unref(), { once: true });
    });
  }

  async #work(): Promise<void> {
    while (this.#isNudged && !this.#end.signal.aborted) {
      this.#isNudged = false;
      await this.#pass();
      const { kind, retryAfterMs } = this.#report ?? {};
      if (this.#trouble === undefined && kind !== "passing") {
        this.#failures = 0;
        continue;
      }
      this.#failures++;
      const isLast = this.#closing.signal.aborted;
      if (isLast) return;
      const wait = Math.min(waitMsMax, this.#times.firstWaitMs * 2 ** (this.#failures - 1));
      await this.#times.pause(Math.max(wait, retryAfterMs ?? 0), this.#closing.signal);
      this.#isNudged = true;
    }
  }

  async #pass(): Promise<void> {
    this.#trouble = undefined;
    try {
      this.#report = await pushRun(this.#run, { ...this.#order, signal: this.#end.signal });
    } catch (error) {
      // The registry's trouble, or a fault of ours: neither is the training's.
      this.#trouble = error instanceof Error ? error.message : String(error);
    }
  }

  async #left(): Promise<Unsent | undefined> {
    const { tracker } = this.#order;
    const what = await unsentOf(this.#run, this.#order).catch(() => this.#report?.unsent ?? [this.#run]);
    if (what.length === 0) return undefined;
    return { tracker, what, reason: this.#trouble ?? this.#report?.reason ?? "there was no more time" };
  }
}
