import type { Run, RunResult, TrialRecord } from "../tracking/record.ts";
import { RunStore } from "../tracking/run-store.ts";
import type { Desk } from "./desk.ts";

export interface RunCard extends Run {
  /** trials that have ended */
  readonly endedCount: number;
  /** absent where it was interrupted, or goes on */
  readonly result?: RunResult;
}

export interface RunDetail extends RunCard {
  readonly trials: readonly TrialRecord[];
}

/** Every run of the registry, the newest first. @throws RegistryError on a record that is damaged */
export async function listRuns({ registry }: Desk): Promise<RunCard[]> {
  const summaries = await new RunStore(registry.store).summaries();
  return summaries.reverse().map(({ run, result, trialCount }) => {
    return { ...run, endedCount: trialCount, ...(result && { result }) };
  });
}

/** @throws UnknownRunError */
export async function showRun({ registry }: Desk, name: string): Promise<RunDetail> {
  const { run, result, trials } = await new RunStore(registry.store).whole(name);
  return { ...run, endedCount: trials.length, ...(result && { result }), trials };
}
