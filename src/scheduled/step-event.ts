import { z } from "zod";

const run = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._=-]{0,99}$/, "a run's name");
const attempt = { trial: z.int().nonnegative(), factors: z.int().positive(), iterations: z.int().positive() };

/** What the training function is asked: one trial, or another step of a training. */
export const stepEventSchema = z.discriminatedUnion("step", [
  z.object({ step: z.literal("trial"), run, ...attempt }),
  z.object({
    step: z.literal("prepare"),
    execution: z.string().min(1),
    startedAt: z.iso.datetime({ offset: true }),
    request: z.unknown().optional(),
  }),
  /** `round`: the one that has just been run */
  z.object({ step: z.literal("advance"), run, round: z.int().nonnegative() }),
  z.object({ step: z.literal("fail"), run, ...attempt, error: z.string(), cause: z.string() }),
  z.object({ step: z.literal("select"), run }),
]);
export type StepEvent = z.infer<typeof stepEventSchema>;

/** Why a step failed, in a sentence: the cause is what the runtime wrote of the error, most often as JSON. */
export function describeFailure({
  error,
  cause,
}: {
  readonly error: string;
  readonly cause: string;
}): string {
  let message = cause;
  try {
    const { errorMessage } = (JSON.parse(cause) ?? {}) as { readonly errorMessage?: unknown };
    if (typeof errorMessage === "string") message = errorMessage;
  } catch {
    // Told as it is.
  }
  return `${error}: ${message.slice(0, 500)}`;
}

/** One execution is one run, however often its first step is tried; names sort by time. */
export function nameRun({
  startedAt,
  execution,
}: {
  readonly startedAt: string;
  readonly execution: string;
}): string {
  const time = new Date(startedAt).toISOString().slice(0, 19).replace(/[-:]/g, "");
  return `${time}Z-${execution.replace(/[^A-Za-z0-9]/g, "").slice(-12)}`;
}
