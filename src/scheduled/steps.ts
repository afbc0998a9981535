import type { EventLog } from "../interactions/event-log.ts";
import { log } from "../log.ts";
import { type TrainingOrder, train } from "../pipeline.ts";
import { type RecordingOrder, RunRecorder } from "../recording/recorder.ts";
import type { GateAnswer } from "../registry/gate.ts";
import type { Registry } from "../registry/registry.ts";
import { release } from "../release.ts";
import { recipeFromJson } from "../training/grid.ts";
import { planned } from "../training/lambda-sweep.ts";
import { search } from "../training/sweep.ts";
import { isCheap, orderOf, SweepFiles, SweepFilesError, type TrialAttempt } from "../training/sweep-files.ts";
import { RoundPendingError, ToldTrials } from "../training/told-trials.ts";
import { sampleUsers } from "../training/trial.ts";
import type { InvocationLimits } from "../training/trial-limits.ts";
import { failedOutcome } from "../training/trial-threads.ts";
import { orderTraining } from "../training-order.ts";
import { keepTrial } from "./keep-trial.ts";
import { choicesOf, parseRequest, TrainingRequestError } from "./request.ts";
import { keepDocument, readKept } from "./run-documents.ts";
import { listEvents, readStoredEvents } from "./stored-events.ts";

/** What the steps work on, and with. */
export interface StepPorts {
  readonly registry: Registry;
  readonly channel: string;
  readonly limits: InvocationLimits;
  readonly threads: number;
  readonly program: string;
  readonly signal?: AbortSignal | undefined;
}

/** Trials to run side by side; none where the search is over. */
export interface Round {
  readonly run: string;
  /** how many were run before it */
  readonly round: number;
  readonly trials: readonly TrialAttempt[];
  readonly isDone: boolean;
}

/** What was chosen and published, and what the gate says to it. */
export interface Selection {
  readonly run: string;
  readonly model: string;
  readonly gate: GateAnswer;
  /** what was live when the gate was asked */
  readonly champion: string | null;
  readonly trialCount: number;
  /** the first of the trials that came to nothing, and why */
  readonly failedTrials: readonly { readonly trial: number; readonly error: string }[];
}

/** A Map's state passes on what each step tells, and that has an end. */
const trialsMax = 2000;
const failedTrialsMax = 10;

/** Reads and cuts the events, puts both parts where trials find them, and gives the first round. */
export async function prepare(ports: StepPorts, run: string, input: unknown): Promise<Round> {
  const { store } = ports.registry;
  const request = parseRequest(input);
  orderTraining(choicesOf(request), machineOf(ports));
  await keepDocument(store, run, "request", { input: input ?? {}, keys: await listEvents(store, request) });
  return await nextRound(run, 0, async () => {
    await walk(ports, run, 0, () => {
      // The search is over before it has begun: what follows is the last step's.
      throw new RoundPendingError([]);
    });
  });
}

/** Looks at what the rounds before have found, and gives the next one. */
export async function advance(
  { registry, limits }: StepPorts,
  run: string,
  roundCount: number,
): Promise<Round> {
  const files = new SweepFiles(registry.store, run);
  const plan = await files.findPlan();
  if (!plan) return { run, round: roundCount, trials: [], isDone: true };
  return await nextRound(run, roundCount, async () => {
    const recipes = plan.trials.map(({ recipe }) => recipeFromJson(recipe));
    await search(recipes, new ToldTrials(files, plan, limits, roundCount), { search: plan.search });
  });
}

/** Keeps why a trial came to nothing, unless it has a result after all. */
export async function recordFailure(
  { registry }: StepPorts,
  run: string,
  attempt: TrialAttempt,
  error: string,
): Promise<void> {
  const files = new SweepFiles(registry.store, run);
  const plan = await files.plan();
  const order = orderOf(plan, attempt);
  if (await files.result(attempt, order.recipe)) return;
  const outcome = failedOutcome(order, error);
  await keepTrial(registry.store, plan, outcome, isCheap(plan, attempt));
  await files.putResult(attempt, outcome);
}

/** Chooses by what all rounds have found, fits, scores once, publishes and asks the gate; moves nothing. */
export async function select(ports: StepPorts, run: string): Promise<Selection> {
  const { registry, channel } = ports;
  // Asked again because the answer was lost, it publishes no second model.
  const before = await readKept<Selection>(registry.store, run, "selection");
  if (before) return before;
  const begun = performance.now();
  const { trained, order, about, policy, recorder } = await walk(ports, run, Number.POSITIVE_INFINITY);
  const champion = (await registry.channel(channel))?.model ?? null;
  const to = { ...about, registry, channel, run, policy, promotes: false };
  const released = await release(trained, order, to);
  const { manifest, gate } = released;
  const failedTrials = trained.outcomes
    .flatMap(({ trial, error }) => (error === undefined ? [] : [{ trial, error }]))
    .slice(0, failedTrialsMax);
  const trialCount = trained.outcomes.length;
  const selection = { run, model: manifest.version, gate, champion, trialCount, failedTrials };
  const kept = (await keepDocument(registry.store, run, "selection", selection)) as Selection;
  const seconds = Math.round(performance.now() - begun) / 1000;
  await recorder.finish(trained, released, { channel, seconds });
  return kept;
}

/** The walk of the data, on trials that are run elsewhere. */
async function walk(ports: StepPorts, run: string, roundCount: number, stage?: (name: string) => void) {
  const { registry, limits, signal } = ports;
  const { store } = registry;
  const kept = await readKept<{ input: unknown; keys: string[] }>(store, run, "request");
  if (!kept) throw new TrainingRequestError(`run ${run} was not prepared in ${store.location}`);
  const request = parseRequest(kept.input);
  const events: EventLog = await readStoredEvents(store, kept.keys, request);
  const files = new SweepFiles(store, run);
  const order: TrainingOrder = {
    ...orderTraining(choicesOf(request), { ...machineOf(ports), ...(signal && { signal }) }),
    place: async (recipes, train, validation, { criterion, search: method = "grid" }) => {
      const parts = { train, validation: sampleUsers(validation, criterion.target) };
      const plan =
        (await files.findPlan()) ??
        (await files.begin(parts, recipes.map(planned), { criterion, search: method }));
      return new ToldTrials(files, plan, limits, roundCount);
    },
  };
  const source = `${request.events.join(", ")} of ${store.location}`;
  const about = { who: "scheduled training", program: ports.program, source };
  const recorder = await openRun({ ...about, store, name: run });
  const recorded = { ...order, journal: recorder.journal(events, order) };
  const trained = await train({ events }, recorded, { ...(stage && { stage }) });
  return { trained, order, about, policy: request.policy, recorder };
}

/** What cannot be written of a run is said, and fails no training. */
function openRun(order: Omit<RecordingOrder, "inSteps" | "say">): Promise<RunRecorder> {
  return RunRecorder.open({ ...order, inSteps: true, say: (line) => log.warn(line) });
}

async function nextRound(run: string, round: number, work: () => Promise<void>): Promise<Round> {
  let trials: readonly TrialAttempt[] = [];
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RoundPendingError)) throw error;
    trials = error.attempts;
  }
  if (trials.length > trialsMax) {
    throw new SweepFilesError(
      `${trials.length} trials are more than the ${trialsMax} that one execution runs: fewer values, or say trials`,
    );
  }
  return { run, round, trials, isDone: trials.length === 0 };
}

function machineOf({ threads, limits }: StepPorts) {
  return { threads, memoryBytes: limits.memoryMegabytes * 2 ** 20 };
}
