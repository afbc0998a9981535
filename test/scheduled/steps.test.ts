import { beforeEach, describe, expect, it } from "vitest";
import { train } from "../../src/pipeline.ts";
import { Erasures } from "../../src/registry/erasures.ts";
import { Registry } from "../../src/registry/registry.ts";
import { keepTrial } from "../../src/scheduled/keep-trial.ts";
import { choicesOf, parseRequest, TrainingRequestError } from "../../src/scheduled/request.ts";
import {
  advance,
  prepare,
  type Round,
  recordFailure,
  type Selection,
  type StepPorts,
  select,
} from "../../src/scheduled/steps.ts";
import { RunStore } from "../../src/tracking/run-store.ts";
import { TrialTask } from "../../src/training/trial-task.ts";
import { orderTraining } from "../../src/training-order.ts";
import { MemoryStore } from "../rollout/memory-store.ts";
import { tinyLog } from "../training/tiny-shop.ts";

const limits = { memoryMegabytes: 3008, timeoutSeconds: 900 };
const request = {
  factors: [8],
  unobservedWeight: [0.003, 0.01, 0.03, 0.1, 0.3, 1],
  regularization: [0.005],
  popularityExponent: [0],
  iterations: [2],
  halfLife: 60,
  k: [10],
};
const log = tinyLog(4, 2500);

let store: MemoryStore;
let ports: StepPorts;
beforeEach(async () => {
  store = new MemoryStore();
  const registry = new Registry(store);
  ports = { registry, channel: "production", limits, threads: 1, program: "0.1.0" };
  const lines = Array.from({ length: log.length }, (_, row) =>
    JSON.stringify({
      user_id: log.users.id(log.user[row]),
      item_id: log.items.id(log.item[row]),
      event_type: log.eventTypes[log.type[row]],
      timestamp: log.time[row],
    }),
  );
  // Two days' files, as the archive has them.
  const half = Math.floor(lines.length / 2);
  await put("events/day=2026-01-01/a.jsonl", lines.slice(0, half));
  await put("events/day=2026-01-02/b.jsonl", lines.slice(half));
});

const put = (key: string, lines: readonly string[]) =>
  store.put(key, new TextEncoder().encode(`${lines.join("\n")}\n`));

/** As the state machine does it; `skips` says which trials come to nothing. */
async function runTrials(
  run: string,
  first: Round,
  skips: (trial: number) => boolean = () => false,
): Promise<Round[]> {
  const task = new TrialTask(store, 1, limits, (...kept) => keepTrial(store, ...kept));
  const rounds = [first];
  for (let round = first; !round.isDone; round = rounds.at(-1)!) {
    for (const attempt of round.trials) {
      if (skips(attempt.trial)) await recordFailure(ports, run, attempt, "Sandbox.Timedout: Task timed out");
      else await task.run(run, attempt, () => 900);
    }
    rounds.push(await advance(ports, run, round.round + 1));
  }
  return rounds;
}

describe("training as steps", () => {
  let rounds: Round[];
  let selection: Selection;

  it("chooses and publishes what a training in one piece does, and moves nothing", async () => {
    rounds = await runTrials("r1", await prepare(ports, "r1", request));
    expect(rounds.map(({ round, trials, isDone }) => [round, trials.length, isDone])).toEqual([
      ...[
        [0, 6, false],
        [1, 4, false],
        [2, 3, false],
        [3, 1, false],
      ],
      [4, 0, true],
    ]);
    selection = await select(ports, "r1");
    const machine = { threads: 1, memoryBytes: 2 ** 31 };
    const whole = await train({ events: log }, orderTraining(choicesOf(parseRequest(request)), machine));
    const { metrics, recipe } = await ports.registry.manifest(selection.model);
    expect(recipe).toMatchObject({ als: { ...whole.recipe.als } });
    expect(metrics?.all?.["ndcg@10"]).toBeDefined();
    expect(selection).toMatchObject({ champion: null, trialCount: 6, failedTrials: [] });
    expect(selection.gate.decision).toBe("promote");
    expect(await ports.registry.channel("production")).toBeUndefined();
    const { trials, result } = await new RunStore(store).whole("r1");
    expect(trials.map(({ outcome }) => outcome).sort()).toEqual([...Array(5).fill("fell-out"), "finished"]);
    expect(result).toMatchObject({ model: selection.model, gate: { decision: "promote" } });
    // Asked again, since its answer was lost, it publishes no second model.
    expect(await select(ports, "r1")).toEqual(selection);
    expect(await ports.registry.manifests()).toHaveLength(1);
  });

  it("says of a trial that came to nothing which one and why, and lets the others choose", async () => {
    await runTrials("r1", await prepare(ports, "r1", { ...request, search: "grid" }), (trial) => trial === 2);
    const { failedTrials, trialCount } = await select(ports, "r1");
    expect([failedTrials, trialCount]).toEqual([
      [{ trial: 2, error: "Sandbox.Timedout: Task timed out" }],
      6,
    ]);
    const { trials } = await new RunStore(store).whole("r1");
    expect(trials.map(({ outcome }) => outcome === "failed")).toEqual(
      [0, 1, 2, 3, 4, 5].map((at) => at === 2),
    );
  });

  it("fails with the reason where every trial did", async () => {
    const first = await prepare(ports, "r1", { ...request, search: "grid" });
    const failing = runTrials("r1", first, () => true);
    await expect(failing).rejects.toThrow(/every trial failed; the first one because: Sandbox.Timedout/);
  });

  it("refuses trials that no invocation can take before they start, and fails naming what to raise", async () => {
    const narrow = { ...ports, limits: { ...limits, memoryMegabytes: 256 } };
    await expect(prepare(narrow, "r1", { ...request, factors: [2048] })).rejects.toThrow(
      /every trial failed; .*80 % of TrainingMemory=256: raise TrainingMemory/,
    );
  });

  it("prepares again where its answer was lost, with the events that it saw first", async () => {
    const first = await prepare(ports, "r1", request);
    await put("events/day=2026-01-03/c.jsonl", ['{"user_id":"late","item_id":"late","timestamp":1}']);
    expect(await prepare(ports, "r1", request)).toEqual(first);
    await runTrials("r1", first);
    const { data } = await ports.registry.manifest((await select(ports, "r1")).model);
    expect(data.eventCount).toBe(log.length);
  });

  it("learns nothing of who was erased, even since it was prepared", async () => {
    const first = await prepare(ports, "r1", request);
    const erasures = new Erasures(store);
    await erasures.add(log.users.id(0));
    await runTrials("r1", first);
    const { model } = await select(ports, "r1");
    const manifest = await ports.registry.manifest(model);
    expect(manifest.userCount).toBe(log.users.count - 1);
    const file = store.objects.get(`models/${model}/model.safetensors`)!.bytes;
    expect(file.length).toBe(manifest.model.byteLength);
  });

  it("goes straight to the end where validation has nothing to say", async () => {
    await put("events/day=2026-01-01/a.jsonl", [
      '{"user_id":"u","item_id":"i","event_type":"view","timestamp":1}',
    ]);
    await put("events/day=2026-01-02/b.jsonl", [
      '{"user_id":"v","item_id":"i","event_type":"view","timestamp":1}',
    ]);
    const round = await prepare(ports, "r1", request);
    expect(round).toMatchObject({ trials: [], isDone: true });
  });

  it("says what is wrong with a request, all of it at once, before anything is read", async () => {
    const wrong = prepare(ports, "r1", { factors: "32", trial: 3, events: ["../etc"] });
    await expect(wrong).rejects.toThrow(TrainingRequestError);
    await expect(wrong).rejects.toThrow(/events\.0: .*factors: .*trial/s);
    await expect(prepare(ports, "r1", { selectBy: "best" })).rejects.toThrow(/--select-by best/);
    await expect(prepare(ports, "r1", { events: ["history/"] })).rejects.toThrow(/no events at history/);
    expect(await store.list("sweeps/")).toEqual([]);
  });
});
