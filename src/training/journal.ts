import type { TrialOrder, TrialOutcome } from "./trial.ts";

/** What a sweep keeps of its trials as they end, and what it knows of them from an earlier attempt. */
export interface TrialJournal {
  /**
   * How a trial ended before; `undefined` where it is still to be run.
   * @param isCheap whether a search tries the order only to see which recipes are worth more
   */
  find(order: Pick<TrialOrder, "trial" | "recipe">, isCheap: boolean): TrialOutcome | undefined;
  /** Is told of every trial that ends, and never fails. The end is told, and another trial begun, once this resolves. */
  keep(outcome: TrialOutcome, isCheap: boolean): Promise<void>;
}
