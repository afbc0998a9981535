import { describe, expect, it, vi } from "vitest";
import { ownMark } from "../../src/store/process-mark.ts";
import { openTrackers } from "../../src/tracking/open-trackers.ts";
import { Outbox } from "../../src/tracking/outbox.ts";
import { pushRun } from "../../src/tracking/push.ts";
import { MlflowServer } from "./mlflow-server.ts";
import { putJson, putTrial, sampleModel, sampleResult, sampleRun, sampleStore } from "./sample-run.ts";

const { run } = sampleRun;
const patient = { firstWaitMs: 5, graceMs: 5000, closeMsMax: 10_000 };
/** For servers of which nothing more is to be hoped. */
const impatient = { ...patient, graceMs: 60 };

function orderOf(server: MlflowServer, store: Awaited<ReturnType<typeof sampleStore>>) {
  const { trackers } = openTrackers({ MLFLOW_TRACKING_URI: server.address });
  return { store, tracker: trackers[0], describeModel: sampleModel };
}

describe("an outbox", () => {
  it("sends what is recorded while it is nudged, and the rest when it closes", async () => {
    await using server = await new MlflowServer().start();
    const store = await sampleStore(0, false);
    const outbox = new Outbox(run, orderOf(server, store), patient);
    for (const trial of [0, 1, 2]) {
      await putTrial(store, trial);
      outbox.nudge();
    }
    await vi.waitFor(() => expect(server.byTitle(`${run}/0002`)?.status).toBe("FINISHED"));
    await putJson(store, `runs/${run}/result.json`, sampleResult);
    expect(await outbox.close()).toBeUndefined();
    expect(server.byTitle(run)?.status).toBe("FINISHED");
    expect(server.aliases.size).toBe(1);
    // However often it was nudged, the server was searched once.
    expect(server.calls.filter((call) => call === "POST /runs/search")).toHaveLength(1);
  });

  it("tries again after failures, later each time", async () => {
    await using server = await new MlflowServer().start();
    let failures = 0;
    server.fault = () => (failures++ < 3 ? { status: 503 } : undefined);
    const waits: number[] = [];
    const pause = async (ms: number) => void waits.push(ms);
    const outbox = new Outbox(run, orderOf(server, await sampleStore()), { ...patient, pause });
    outbox.nudge();
    await vi.waitFor(() => expect(server.byTitle(run)?.status).toBe("FINISHED"));
    expect(await outbox.close()).toBeUndefined();
    expect([waits, server.runs.size]).toEqual([[5, 10, 20], 4]);
  });

  it("waits as long as it is asked to", async () => {
    await using server = await new MlflowServer().start();
    let failures = 0;
    server.fault = () => (failures++ === 0 ? { status: 429, headers: { "retry-after": "30" } } : undefined);
    const waits: number[] = [];
    const pause = async (ms: number) => void waits.push(ms);
    const outbox = new Outbox(run, orderOf(server, await sampleStore()), { ...patient, pause });
    outbox.nudge();
    await vi.waitFor(() => expect(waits).toEqual([30_000]));
    expect(await outbox.close()).toBeUndefined();
  });

  it("gives up in time where a server hangs, and says what has not arrived; a push sends that", async () => {
    await using server = await new MlflowServer().start();
    const store = await sampleStore();
    const order = orderOf(server, store);
    server.fault = (got) => (got.body.includes("/0001") ? "hang" : undefined);
    const outbox = new Outbox(run, order, impatient);
    outbox.nudge();
    await vi.waitFor(() => expect(server.byTitle(`${run}/0002`)?.status).toBe("FINISHED"));
    expect(server.got.some(({ body }) => body.includes("/0001"))).toBe(true);
    const begun = performance.now();
    const unsent = await outbox.close();
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(unsent?.what).toEqual([`${run}/0001`, "the result"]);
    server.fault = () => undefined;
    const signal = new AbortController().signal;
    expect(await pushRun(run, { ...order, signal })).toEqual({ sent: 2, unsent: [] });
    expect(server.runs.size).toBe(4);
  });

  it("does not ask again with a key that is not taken", async () => {
    await using server = await new MlflowServer().start();
    server.fault = () => ({ status: 401 });
    const outbox = new Outbox(run, orderOf(server, await sampleStore()), patient);
    outbox.nudge();
    await vi.waitFor(() => expect(server.got).toHaveLength(1));
    const unsent = await outbox.close();
    expect(unsent?.reason).toMatch(/answered 401/);
    expect(server.got).toHaveLength(1);
  });

  it("survives a registry that cannot be read", async () => {
    await using server = await new MlflowServer().start();
    const store = await sampleStore();
    const order = orderOf(server, store);
    const broken = new Proxy(store, {
      get: (target, name) => {
        const own = Reflect.get(target, name) as unknown;
        if (name !== "get") return typeof own === "function" ? own.bind(target) : own;
        return async () => {
          throw new Error("the disk is gone");
        };
      },
    });
    const outbox = new Outbox(run, { ...order, store: broken }, patient);
    outbox.nudge();
    expect(await outbox.close()).toMatchObject({ reason: "the disk is gone" });
  });
});

describe("two processes", () => {
  const later = (ms: number) => new Date(Date.now() + ms).toISOString();
  const elsewhere = ownMark.replace(/^[0-9a-f]{12}/, "0123456789ab");
  const ended = ownMark.replace(/-\d+-\d+$/, "-4194305-1");

  it.each([
    ["waits for one that sends", elsewhere, later(30_000), /another process is sending this run/],
    ["goes on where its lease has ended", elsewhere, later(-1), undefined],
    ["goes on where it has ended", ended, later(30_000), undefined],
  ])("do not send the same run at once: a second one %s", async (_, holder, until, message) => {
    await using server = await new MlflowServer().start();
    const store = await sampleStore();
    await putJson(store, `runs/${run}/pushed.mlflow.json`, { lease: { holder, until }, places: {} });
    const pushing = pushRun(run, { ...orderOf(server, store), signal: new AbortController().signal });
    if (message) await expect(pushing).rejects.toThrow(message);
    else expect((await pushing).unsent).toEqual([]);
  });

  it("that begin at once make each thing once", async () => {
    await using server = await new MlflowServer().start();
    const store = await sampleStore();
    const signal = new AbortController().signal;
    const order = { ...orderOf(server, store), signal };
    const results = await Promise.allSettled([1, 2, 3].map(() => pushRun(run, order)));
    expect(results.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
    expect(server.runs.size).toBe(4);
    expect(server.byTitle(`${run}/0000`)?.metrics.filter(({ key }) => key === "loss")).toHaveLength(3);
  });
});
