import type { Store } from "../../src/store/store.ts";
import type { DescribeModel } from "../../src/tracking/push.ts";
import { type Run, type RunResult, runKeys, type TrialRecord } from "../../src/tracking/record.ts";
import { MemoryStore } from "./memory-store.ts";

export const sampleRun: Run = {
  run: "20261124T200000Z-1f0c",
  createdAt: "2026-11-24T20:00:00.000Z",
  who: "ada",
  program: "0.1.0",
  seed: 7,
  data: { source: "events.csv", eventCount: 1200, digest: "d".repeat(64), split: "the last tenth by time" },
  criterion: { task: "all", metric: "ndcg", k: 10, target: "purchase" },
  search: "grid",
  trialCount: 3,
};

/** Three iterations each; the second trial failed. */
export function sampleTrial(trial: number): TrialRecord {
  const value = (iteration: number) => ({ value: 0.1 + iteration / 100, low: 0.09, high: 0.2 });
  const isFailed = trial === 1;
  return {
    run: sampleRun.run,
    trial,
    startedAt: `2026-11-24T20:0${trial + 1}:00.000Z`,
    recipe: { als: { factors: 16 * (trial + 1), iterations: 3 }, confidence: { halfLifeDays: null } },
    outcome: isFailed ? "failed" : "finished",
    ...(isFailed && { error: "too little memory" }),
    iterations: [1, 2, 3].map((iteration) => ({
      iteration,
      loss: 100 / iteration,
      value: value(iteration),
      seconds: iteration / 2,
    })),
    ...(!isFailed && { best: { iteration: 3, value: value(3) } }),
    seconds: 1.5,
    peakMemoryBytes: 2 ** 27,
  };
}

export const sampleResult: RunResult = {
  run: sampleRun.run,
  endedAt: "2026-11-24T20:10:00.000Z",
  seconds: 600,
  trial: 2,
  recipe: { als: { factors: 48 } },
  model: "20261124T201000Z-abcd",
  metrics: { all: { "ndcg@10": { value: 0.2, low: 0.18, high: 0.22 }, "coverage@10": 0.5 } },
  baselines: { popularity: { all: { "ndcg@10": 0.1 } } },
  gate: { channel: "production", decision: "promote", reason: "better by 0.1" },
};

export const sampleModel: DescribeModel = async ({ model }) => ({
  name: "aisle-production",
  version: model,
  location: "s3://shop/models/x",
  description: "48 factors",
  isLive: true,
  files: async () => [{ path: "model/card.json", bytes: new TextEncoder().encode(`{"version":"${model}"}`) }],
});

/** A registry with the run and so many of its trials, and its result unless it goes on. */
export async function sampleStore(trialCount = 3, hasResult = true): Promise<Store> {
  const store = new MemoryStore();
  await putJson(store, runKeys.run(sampleRun.run), sampleRun);
  for (let trial = 0; trial < trialCount; trial++) await putTrial(store, trial);
  if (hasResult) await putJson(store, runKeys.result(sampleRun.run), sampleResult);
  return store;
}

export async function putTrial(store: Store, trial: number): Promise<void> {
  await putJson(store, runKeys.trial(sampleRun.run, trial), sampleTrial(trial));
}

export async function putJson(store: Store, key: string, value: unknown): Promise<void> {
  await store.put(key, new TextEncoder().encode(JSON.stringify(value)));
}
