import { documentsOf } from "../recording/trial-records.ts";
import type { Store } from "../store/store.ts";
import { RunWriter } from "../tracking/run-writer.ts";
import type { SweepPlan } from "../training/sweep-files.ts";
import type { TrialOutcome } from "../training/trial.ts";

/**
 * Writes a trial's record among those of its run, so that it is there even if whoever asked for the trial is not any
 * more. A record that is there already stays.
 * @throws StoreError where it cannot be written
 */
export async function keepTrial(
  store: Store,
  { run, criterion }: SweepPlan,
  outcome: TrialOutcome,
  isCheap: boolean,
): Promise<void> {
  const writer = new RunWriter(store, () => {});
  await writer.put(...documentsOf({ run, criterion }, outcome, isCheap));
  const { error } = await writer.finish();
  if (error) throw error;
}
