import { setTimeout as pause } from "node:timers/promises";
import { failureOf, isPassing } from "./s3-failure.ts";
import { type S3Settings, usual } from "./s3-place.ts";

const pauseMsMax = 5000;

export interface RetryOptions {
  readonly settings: Pick<S3Settings, "attempts" | "pauseMs">;
  /** ends the pauses too */
  readonly signal?: AbortSignal;
  /** grows with what was gained: attempts that get on count as none, however often they are cut */
  readonly progress?: () => number;
  readonly isPassing?: (error: unknown) => boolean;
}

/** What counts as getting on: less, and a dripping server would be waited for without end. */
const gainBytes = 256 * 1024;

/** Repeats what fails for a passing reason, after pauses that grow and are random, so that clients do not march in step. */
export async function withRetries<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts = usual.attempts, pauseMs = usual.pauseMs } = options.settings;
  const mayPass = options.isPassing ?? isPassing;
  let reached = options.progress?.() ?? 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const now = options.progress?.() ?? 0;
      if (now - reached >= gainBytes) attempt = 0;
      reached = Math.max(reached, now);
      if (options.signal?.aborted || attempt >= attempts || !mayPass(error)) throw error;
      const longest = Math.min(pauseMsMax, pauseMs * 2 ** Math.max(0, attempt - 1));
      await pause(Math.random() * longest, undefined, options.signal && { signal: options.signal });
    }
  }
}

/** As `withRetries`, for what AWS's client does, whose errors are of another kind. */
export function attempted<T>(settings: RetryOptions["settings"], work: () => Promise<T>): Promise<T> {
  const once = () =>
    work().catch((error) => {
      throw failureOf(error);
    });
  return withRetries(once, { settings });
}
