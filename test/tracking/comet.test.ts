import { describe, expect, it } from "vitest";
import { openTrackers, type TrackerEnvironment } from "../../src/tracking/open-trackers.ts";
import { type PushOrder, pushRun } from "../../src/tracking/push.ts";
import { CometServer } from "./comet-server.ts";
import { putJson, putTrial, sampleModel, sampleRun, sampleStore } from "./sample-run.ts";

const { run } = sampleRun;
const key = "comet-key-2718";

async function push(server: CometServer, store: PushOrder["store"], environment: TrackerEnvironment = {}) {
  const { trackers } = openTrackers({
    ...{ COMET_API_KEY: key, COMET_URL_OVERRIDE: `${server.address}/clientlib/`, COMET_WORKSPACE: "shop" },
    ...environment,
  });
  const signal = new AbortController().signal;
  return pushRun(run, { store, tracker: trackers[0], describeModel: sampleModel, signal });
}

describe("a run in Comet", () => {
  it("is an experiment, and each trial one, with parameters, others, tags and figures by step", async () => {
    await using server = await new CometServer(key).start();
    expect(await push(server, await sampleStore())).toEqual({ sent: 5, unsent: [] });
    expect([...server.experiments.values()].map(({ name }) => name).sort()).toEqual([
      run,
      ...[0, 1, 2].map((trial) => `${run}/000${trial}`),
    ]);
    const trial = server.byName(`${run}/0002`);
    expect(trial?.params.get("als.factors")).toBe("48");
    expect(trial?.others.get("aisle.data.digest")).toBe("d".repeat(64));
    expect([...(trial?.tags ?? [])]).toEqual([run, "trial", "finished"]);
    expect(trial?.metrics.filter(({ name }) => name === "loss")).toEqual(
      [1, 2, 3].map((step) => ({ name: "loss", value: 100 / step, step })),
    );
    const startTimeMillis = Date.parse("2026-11-24T20:03:00Z");
    expect(trial?.times).toEqual({ startTimeMillis, endTimeMillis: startTimeMillis + 1500 });
    const parent = server.byName(run);
    expect(parent?.metrics).toContainEqual({ name: "test/ndcg_at_10", value: 0.2, step: 0 });
    expect([...(parent?.tags ?? [])]).toEqual([run, "sweep"]);
  });

  it("has the records as assets and the model in the registry, live by its stage", async () => {
    await using server = await new CometServer(key).start();
    await push(server, await sampleStore());
    const assets = server
      .byName(run)
      ?.assets.map(({ fileName, type, groupingName }) => [fileName, type, groupingName]);
    expect(assets).toEqual([
      ["run.json", "asset", null],
      ["result.json", "asset", null],
      ["model/card.json", "model-element", "aisle-production"],
    ]);
    expect(JSON.parse(server.byName(run)?.assets[0].text ?? "")).toEqual(sampleRun);
    expect(server.registered.get("aisle-production")).toEqual([
      {
        registryModelItemId: "aisle-production-1.0.0",
        version: "1.0.0",
        comment: "aisle 20261124T201000Z-abcd: 48 factors",
        stages: ["production"],
      },
    ]);
  });

  it("moves the stage to what is live now", async () => {
    await using server = await new CometServer(key).start();
    server.registered.set("aisle-production", [
      { registryModelItemId: "old", version: "3.1.0", comment: "by hand", stages: ["production", "eu"] },
    ]);
    await push(server, await sampleStore());
    const versions = server.registered
      .get("aisle-production")
      ?.map(({ version, stages }) => [version, stages]);
    expect(versions).toEqual([
      ["3.1.0", ["eu"]],
      ["4.0.0", ["production"]],
    ]);
  });

  it("goes to the key's own workspace where none is named", async () => {
    await using server = await new CometServer(key).start();
    await push(server, await sampleStore(0, false), { COMET_WORKSPACE: undefined });
    const created = server.got.find(({ path }) => path.endsWith("/experiment/create"));
    expect(JSON.parse(created?.body.toString() ?? "")).toMatchObject({
      workspaceName: "ada",
      projectName: "aisle",
    });
  });
});

describe("sending a run twice", () => {
  it("adds nothing, whether or not it is noted", async () => {
    await using server = await new CometServer(key).start();
    const store = await sampleStore();
    await push(server, store);
    const count = () =>
      [...server.experiments.values()].map(({ metrics, assets }) => [metrics.length, assets.length]);
    const before = count();
    expect(await push(server, store)).toEqual({ sent: 0, unsent: [] });
    await store.delete(`runs/${run}/pushed.comet.json`);
    expect((await push(server, store)).unsent).toEqual([]);
    expect(count()).toEqual(before);
    expect(server.registered.get("aisle-production")).toHaveLength(1);
  });

  it.each(["/experiment/create", "/experiment/metric", "/upload-asset", "/write/registry-model"])(
    "makes nothing twice where the answer of %s was lost",
    async (path) => {
      await using server = await new CometServer(key).start();
      const store = await sampleStore();
      let lost = 0;
      server.fault = (got) => (got.path.endsWith(path) && lost++ === 0 ? "lose" : undefined);
      expect(await push(server, store)).toMatchObject({ kind: "passing" });
      expect(await push(server, store)).toMatchObject({ unsent: [] });
      expect(server.experiments.size).toBe(4);
      for (const { metrics, assets } of server.experiments.values()) {
        const points = metrics.map(({ name, step }) => `${name} ${step}`);
        expect(new Set(points).size).toBe(points.length);
        expect(new Set(assets.map(({ fileName }) => fileName)).size).toBe(assets.length);
      }
      expect(server.registered.get("aisle-production")).toHaveLength(1);
    },
  );
});

describe("a record that is not taken", () => {
  it("keeps none of the others back", async () => {
    await using server = await new CometServer(key).start();
    const store = await sampleStore(2);
    await store.delete(`runs/${run}/0000.json`);
    await putJson(store, `runs/${run}/0000.json`, { run, trial: "none" });
    await putTrial(store, 2);
    const report = await push(server, store);
    expect(report).toMatchObject({ sent: 4, unsent: [`${run}/0000`], kind: "refused" });
    expect(report.reason).toMatch(/0000\.json is damaged/);
  });
});
