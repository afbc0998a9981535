import type { FunctionConfiguration, Functions, Invocation } from "../../src/functions/functions.ts";
import type { Store } from "../../src/store/store.ts";
import type { TrialAttempt } from "../../src/training/sweep-files.ts";
import { TrialTask } from "../../src/training/trial-task.ts";

/** What is asked of the function: one attempt at a trial. */
export interface Asked extends TrialAttempt {
  readonly step: "trial";
  readonly run: string;
}

/** What a test makes of a call; `work` is what the function would do. */
export type Invoked = (
  asked: Asked,
  work: (secondsLeft?: () => number) => Promise<Invocation>,
) => Promise<Invocation>;

/** Lambda with one training function, which works in this process on the same store. */
export class TrainingFunction implements Pick<Functions, "configuration" | "invoke"> {
  readonly asked: Asked[] = [];
  /** most at once */
  abreastMax = 0;
  memoryMegabytes = 3008;
  timeoutSeconds = 900;
  invoked: Invoked = (_, work) => work();
  readonly #task: TrialTask;
  readonly #store: Store;
  #abreast = 0;

  constructor(store: Store) {
    this.#store = store;
    this.#task = new TrialTask(store, 1, { memoryMegabytes: 3008, timeoutSeconds: 900 });
  }

  get functions(): Functions {
    return this as unknown as Functions;
  }

  async configuration(): Promise<FunctionConfiguration> {
    const { memoryMegabytes, timeoutSeconds } = this;
    const environment = { AISLE_REGISTRY: this.#store.location };
    return { environment, code: "code", memoryMegabytes, timeoutSeconds, revision: "r1" };
  }

  async invoke(_: string, __: string, payload: unknown): Promise<Invocation> {
    const asked = payload as Asked;
    this.asked.push(asked);
    this.abreastMax = Math.max(this.abreastMax, ++this.#abreast);
    const { run, trial, factors, iterations } = asked;
    const work = async (secondsLeft = () => 900): Promise<Invocation> => {
      try {
        return { payload: await this.#task.run(run, { trial, factors, iterations }, secondsLeft) };
      } catch (error) {
        return { payload: undefined, failure: `Unhandled: ${(error as Error).message}` };
      }
    };
    try {
      return await this.invoked(asked, work);
    } finally {
      this.#abreast--;
    }
  }
}

/** As Lambda says it of an invocation that it ended. */
export const timedOut: Invocation = {
  payload: undefined,
  failure: 'Unhandled: {"errorMessage":"2026-11-25T00:00:00Z Task timed out after 900.00 seconds"}',
};
