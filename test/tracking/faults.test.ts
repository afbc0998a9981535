import { describe, expect, it } from "vitest";
import { openTrackers } from "../../src/tracking/open-trackers.ts";
import { pushRun } from "../../src/tracking/push.ts";
import { Rest } from "../../src/tracking/rest.ts";
import { TrackerError } from "../../src/tracking/tracker.ts";
import { CometServer } from "./comet-server.ts";
import { type Fault, Loopback } from "./loopback.ts";
import { MlflowServer } from "./mlflow-server.ts";
import { sampleModel, sampleRun, sampleStore } from "./sample-run.ts";

const secrets = { token: "sekrit-token-31", password: "sekrit-word-41", comet: "sekrit-key-59" };
const signal = new AbortController().signal;

/** What a request to a server that does this comes to. */
async function failure(fault: Fault, timeoutMs = 5000): Promise<TrackerError> {
  await using server = await new Loopback(() => ({ json: {} })).start();
  server.fault = () => fault;
  const rest = new Rest({
    ...{ label: "MLflow", base: server.address, timeoutMs },
    ...{ authorization: `Bearer ${secrets.token}`, secrets: [secrets.token] },
  });
  const error = await rest.send({ method: "GET", path: "/runs", signal }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TrackerError);
  return error as TrackerError;
}

describe("a request that fails", () => {
  it.each<[string, Fault, TrackerError["kind"], RegExp]>([
    ["an error of the server's", { status: 500, text: "oops" }, "passing", /GET \/runs answered 500/],
    ["too many requests", { status: 429 }, "passing", /answered 429/],
    ["a broken connection", "drop", "passing", /failed \((UND_ERR_SOCKET|ECONNRESET)\)/],
    ["a wrong key", { status: 401, json: { msg: "bad" } }, "denied", /401: bad \(is the key right/],
    ["a login page", { status: 302, headers: { location: "/login" } }, "denied", /behind a login/],
    ["a request that it does not like", { status: 400, json: { message: "no" } }, "refused", /400: no/],
  ])("by %s says so", async (_, fault, kind, message) => {
    const error = await failure(fault);
    expect([error.kind, error.message]).toEqual([kind, expect.stringMatching(message)]);
  });

  it("ends in time where nobody answers", async () => {
    const error = await failure("hang", 30);
    expect([error.kind, error.message]).toEqual([
      "passing",
      expect.stringMatching(/no answer within 0.03 s/),
    ]);
  });

  it("says that nobody listens", async () => {
    const server = await new Loopback(() => ({})).start();
    const { address: base } = server;
    await server.stop();
    const rest = new Rest({ label: "MLflow", base, authorization: undefined, secrets: [] });
    await expect(rest.send({ method: "GET", path: "/", signal })).rejects.toThrow(/nobody answers there/);
  });

  it.each([
    ["3", 3000],
    ["86400", 60_000],
    [new Date(Date.now() - 5000).toUTCString(), 0],
    ["soon", undefined],
  ])("is told to wait by Retry-After: %s", async (header, expected) => {
    const error = await failure({ status: 429, headers: { "retry-after": header } });
    expect(error.retryAfterMs).toBe(expected);
  });

  it("never repeats a key, even where the server does", async () => {
    const json = { error_code: "X", message: `who is Bearer ${secrets.token}?` };
    const { message } = await failure({ status: 400, json });
    expect(message).toContain("who is Bearer ***?");
    expect(message).not.toContain(secrets.token);
  });
});

describe("a wrong key", () => {
  it("ends the pass at once and is in no note, report or error", async () => {
    await using mlflow = await new MlflowServer().start();
    await using comet = await new CometServer("another").start();
    mlflow.fault = ({ headers }) => ({ status: 403, text: JSON.stringify(headers) });
    const store = await sampleStore();
    const { trackers } = openTrackers({
      ...{ MLFLOW_TRACKING_URI: mlflow.address.replace("//", `//ada:${secrets.password}@`) },
      ...{ MLFLOW_TRACKING_TOKEN: secrets.token },
      ...{ COMET_API_KEY: secrets.comet, COMET_URL_OVERRIDE: comet.address },
    });
    const told: unknown[] = [];
    for (const tracker of trackers) {
      const report = await pushRun(sampleRun.run, { store, tracker, describeModel: sampleModel, signal });
      expect(report).toMatchObject({ sent: 0, kind: "denied" });
      told.push(report, tracker.location);
    }
    expect([mlflow.got.length, comet.got.length]).toEqual([1, 1]);
    for (const key of await store.list("")) {
      told.push(Buffer.from((await store.get(key))?.bytes ?? []).toString());
    }
    expect(told.length).toBeGreaterThan(8);
    expect(JSON.stringify(told)).not.toMatch(/sekrit|c2Vrcml0|YWRhOnNla/);
  });
});

describe("settings", () => {
  it("name no tracker where there are none", () => {
    expect(openTrackers({ MLFLOW_TRACKING_URI: "", COMET_API_KEY: undefined })).toEqual({
      trackers: [],
      problems: [],
    });
  });

  it.each(["sqlite:///mlflow.db", "databricks", "./mlruns", "http//ada:sekrit@host"])(
    "that no HTTP client could use are said without being repeated: %s",
    (address) => {
      const { trackers, problems } = openTrackers({
        MLFLOW_TRACKING_URI: address,
        COMET_API_KEY: "sekrit\nkey",
      });
      expect(trackers).toEqual([]);
      expect(problems.map(({ name }) => name)).toEqual(["mlflow", "comet"]);
      expect(problems[0].message).toMatch(/^MLFLOW_TRACKING_URI must be an address/);
      expect(problems[1].message).toMatch(/^COMET_API_KEY has characters/);
      expect(JSON.stringify(problems)).not.toMatch(/sekrit|sqlite/);
    },
  );
});
