import { availableParallelism } from "node:os";
import type { Context } from "aws-lambda";
import { readConfig } from "../config.ts";
import { log } from "../log.ts";
import { Registry } from "../registry/registry.ts";
import { keepTrial } from "../scheduled/keep-trial.ts";
import { describeFailure, nameRun, type StepEvent, stepEventSchema } from "../scheduled/step-event.ts";
import type { StepPorts } from "../scheduled/steps.ts";
import { openStore } from "../store/open-store.ts";
import { TrialTask } from "../training/trial-task.ts";
import { programVersion } from "../version.ts";

/** Selecting ends so long before Lambda would end it, so that the state machine learns why. */
const secondsAtEnd = 20;

const { registry: location, s3, channel, functionMegabytes, functionSeconds } = readConfig();
const registry = new Registry(openStore(location, s3));
const limits = { memoryMegabytes: functionMegabytes ?? 3008, timeoutSeconds: functionSeconds };
const threads = availableParallelism();
const trials = new TrialTask(registry.store, threads, limits, (plan, outcome, isCheap) =>
  keepTrial(registry.store, plan, outcome, isCheap),
);
const ports: StepPorts = { registry, channel, limits, threads, program: programVersion };

/**
 * The Lambda handler of training: one trial of a sweep, as `aisle train --on lambda` and the state machine ask for it,
 * or another of the state machine's steps. What a step finds lies in the registry; an answer only says what comes next.
 */
export async function handler(event: unknown, context: Context): Promise<object> {
  const order = stepEventSchema.parse(event);
  const begun = performance.now();
  const answer = await carryOut(order, context);
  const { step, ...about } = order;
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  log.info("training", { step, ...("run" in about && { run: about.run }), ...answer, seconds });
  return answer;
}

async function carryOut(order: StepEvent, context: Context): Promise<object> {
  if (order.step === "trial") {
    const { run: name, trial, factors, iterations } = order;
    const secondsLeft = (): number => context.getRemainingTimeInMillis() / 1000;
    return await trials.run(name, { trial, factors, iterations }, secondsLeft);
  }
  // A trial needs neither formula parser nor tables nor baselines: only the others load them.
  const steps = await import("../scheduled/steps.ts");
  switch (order.step) {
    case "prepare":
      return await steps.prepare(ports, nameRun(order), order.request);
    case "advance":
      return await steps.advance(ports, order.run, order.round + 1);
    case "fail": {
      const { run: name, trial, factors, iterations } = order;
      await steps.recordFailure(ports, name, { trial, factors, iterations }, describeFailure(order));
      return { trial, state: "failed" };
    }
    case "select": {
      const milliseconds = Math.max(1000, context.getRemainingTimeInMillis() - secondsAtEnd * 1000);
      const signal = AbortSignal.timeout(milliseconds);
      return await steps.select({ ...ports, signal }, order.run).catch((error: unknown) => {
        throw signal.aborted ? new SelectionTimeError(limits.memoryMegabytes) : error;
      });
    }
  }
}

/** What comes after the trials did not end in the time of one invocation. */
class SelectionTimeError extends Error {
  override name = "SelectionTimeError";

  constructor(memoryMegabytes: number) {
    super(
      `fitting and scoring what the trials chose did not end in time on TrainingMemory=${memoryMegabytes}: raise it, ` +
        "since cores grow with it, or train on one machine; the trials' results are kept",
    );
  }
}
