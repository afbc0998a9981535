import { describe, expect, it } from "vitest";
import { openTrackers, type TrackerEnvironment } from "../../src/tracking/open-trackers.ts";
import { type PushOrder, pushRun } from "../../src/tracking/push.ts";
import { MlflowServer } from "./mlflow-server.ts";
import { putTrial, sampleModel, sampleRun, sampleStore } from "./sample-run.ts";

const { run } = sampleRun;

/** Pushes what `store` holds of the run, as the environment says. */
async function push(
  server: MlflowServer,
  store: PushOrder["store"],
  more: TrackerEnvironment & Partial<Pick<PushOrder, "describeModel">> = {},
) {
  const { describeModel = sampleModel, ...environment } = more;
  const { trackers } = openTrackers({ MLFLOW_TRACKING_URI: server.address, ...environment });
  return pushRun(run, { store, tracker: trackers[0], describeModel, signal: new AbortController().signal });
}

describe("a run in MLflow", () => {
  it("is a run with its trials as children, their settings, and their figures by iteration", async () => {
    await using server = await new MlflowServer().start();
    const report = await push(server, await sampleStore());
    expect(report).toEqual({ sent: 5, unsent: [] });
    expect([...server.experiments.keys()]).toEqual(["aisle"]);
    const parent = server.byTitle(run);
    expect(parent?.status).toBe("FINISHED");
    expect(parent?.params.get("seed")).toBe("7");
    expect(parent?.params.get("data.digest")).toBe("d".repeat(64));
    expect(parent?.tags.get("aisle.version")).toBe("0.1.0");
    expect(Object.fromEntries(parent?.metrics.map(({ key, value }) => [key, value]) ?? [])).toEqual({
      "test/ndcg_at_10": 0.2,
      "test/ndcg_at_10_low": 0.18,
      "test/ndcg_at_10_high": 0.22,
      "test/coverage_at_10": 0.5,
      "baseline/popularity/ndcg_at_10": 0.1,
      run_seconds: 600,
    });
    const trial = server.byTitle(`${run}/0002`);
    expect(trial?.tags.get("mlflow.parentRunId")).toBe(parent?.id);
    expect(trial?.params.get("als.factors")).toBe("48");
    const losses = trial?.metrics.filter(({ key }) => key === "loss");
    expect(losses?.map(({ step, value, timestamp }) => [step, value, timestamp])).toEqual(
      [1, 2, 3].map((step) => [step, 100 / step, Date.parse("2026-11-24T20:03:00Z") + step * 500]),
    );
    expect(trial?.metrics.filter(({ key }) => key === "validation/ndcg_at_10_low")).toHaveLength(3);
  });

  it("shows which trials failed and why", async () => {
    await using server = await new MlflowServer().start();
    await push(server, await sampleStore());
    const failed = server.byTitle(`${run}/0001`);
    expect([failed?.status, failed?.tags.get("aisle.error")]).toEqual(["FAILED", "too little memory"]);
  });

  it("brings the records and the model's card as files, and the registered version with its alias", async () => {
    await using server = await new MlflowServer().start();
    await push(server, await sampleStore());
    const id = server.byTitle(run)?.id;
    const names = ["run.json", "result.json", "model/card.json"].map((name) => `1/${id}/artifacts/${name}`);
    expect([...server.files.keys()]).toEqual(names);
    const source = `mlflow-artifacts:/1/${id}/artifacts/model`;
    expect(server.versions).toEqual([{ name: "aisle-production", version: "1", run_id: id, source }]);
    expect([...server.aliases]).toEqual([["aisle-production@production", "1"]]);
  });

  it("has no alias where the model is not live, and gets it once it is", async () => {
    await using server = await new MlflowServer().start();
    const store = await sampleStore();
    const describeModel: PushOrder["describeModel"] = async (result) => {
      const model = await sampleModel(result);
      return model && { ...model, isLive: false };
    };
    await push(server, store, { describeModel });
    expect(server.versions).toHaveLength(1);
    expect(server.aliases.size).toBe(0);
    expect(await push(server, store)).toEqual({ sent: 0, unsent: [] });
    expect(server.versions).toHaveLength(1);
    expect(server.aliases.size).toBe(1);
  });

  it("leaves files where they are if the server takes none itself", async () => {
    await using server = await new MlflowServer().start();
    server.artifactScheme = "s3://bucket/";
    expect((await push(server, await sampleStore())).unsent).toEqual([]);
    expect(server.files.size).toBe(0);
    expect(server.versions).toHaveLength(1);
  });
});

describe("sending a run twice", () => {
  it("adds nothing", async () => {
    await using server = await new MlflowServer().start();
    const store = await sampleStore();
    await push(server, store);
    const before = JSON.stringify([...server.runs.values()].map(({ metrics }) => metrics));
    expect(await push(server, store)).toEqual({ sent: 0, unsent: [] });
    expect(server.runs.size).toBe(4);
    expect(JSON.stringify([...server.runs.values()].map(({ metrics }) => metrics))).toBe(before);
  });

  it("adds nothing even where the notes are lost", async () => {
    await using server = await new MlflowServer().start();
    const store = await sampleStore();
    await push(server, store);
    const count = () => [...server.runs.values()].map(({ metrics }) => metrics.length);
    const before = count();
    await store.delete(`runs/${run}/pushed.mlflow.json`);
    expect((await push(server, store)).sent).toBe(5);
    expect(count()).toEqual(before);
    expect(server.versions).toHaveLength(1);
  });

  it("sends trials that came later under the same parent", async () => {
    await using server = await new MlflowServer().start();
    const store = await sampleStore(1, false);
    expect((await push(server, store)).sent).toBe(2);
    expect(server.byTitle(run)?.status).toBe("RUNNING");
    await putTrial(store, 1);
    expect((await push(server, store)).sent).toBe(1);
    expect(server.byTitle(`${run}/0001`)?.tags.get("mlflow.parentRunId")).toBe(server.byTitle(run)?.id);
  });

  it("sends everything to another server", async () => {
    const store = await sampleStore();
    for (const _ of [1, 2]) {
      await using server = await new MlflowServer().start();
      expect((await push(server, store)).sent).toBe(5);
    }
  });

  it.each(["/runs/create", "/runs/log-batch", "/runs/update", "/model-versions/create"])(
    "makes nothing twice where the answer of %s was lost",
    async (path) => {
      await using server = await new MlflowServer().start();
      const store = await sampleStore();
      let lost = 0;
      server.fault = (got) => (got.path.endsWith(path) && lost++ === 0 ? "lose" : undefined);
      expect(await push(server, store)).toMatchObject({ kind: "passing" });
      expect(await push(server, store)).toMatchObject({ unsent: [] });
      expect(server.runs.size).toBe(4);
      expect(server.versions).toHaveLength(1);
      const losses = server.byTitle(`${run}/0000`)?.metrics.filter(({ key }) => key === "loss");
      expect(losses?.map(({ step }) => step)).toEqual([1, 2, 3]);
    },
  );
});

describe("who may send", () => {
  it.each([
    [{ MLFLOW_TRACKING_TOKEN: "tok-1" }, "Bearer tok-1"],
    [{ MLFLOW_TRACKING_USERNAME: "ada", MLFLOW_TRACKING_PASSWORD: "pw:2" }, `Basic ${btoa("ada:pw:2")}`],
    [{}, undefined],
  ])("is said by %j", async (environment, expected) => {
    await using server = await new MlflowServer().start();
    await push(server, await sampleStore(0, false), environment);
    expect(new Set(server.got.map(({ headers }) => headers.authorization))).toEqual(new Set([expected]));
  });

  it("may stand in the address, which is then told without it", async () => {
    await using server = await new MlflowServer().start();
    const address = server.address.replace("//", "//ada:s%40cret@");
    const store = await sampleStore(0, false);
    await push(server, store, { MLFLOW_TRACKING_URI: address });
    expect(server.got[0].headers.authorization).toBe(`Basic ${btoa("ada:s@cret")}`);
    const notes = await store.get(`runs/${run}/pushed.mlflow.json`);
    expect(Buffer.from(notes?.bytes ?? []).toString()).not.toContain("cret");
  });

  it("is told where the experiment was deleted", async () => {
    await using server = await new MlflowServer().start();
    server.experiments.set("aisle", "1");
    server.lifecycleStage = "deleted";
    const { kind, reason } = await push(server, await sampleStore(0, false));
    expect([kind, reason]).toEqual([
      "denied",
      expect.stringMatching(/aisle was deleted in MLflow: restore it/),
    ]);
  });

  it("sends to the experiment that is named", async () => {
    await using server = await new MlflowServer().start();
    await push(server, await sampleStore(0, false), { MLFLOW_EXPERIMENT_NAME: "shop/de" });
    expect([...server.experiments.keys()]).toEqual(["shop/de"]);
  });
});
