import { beforeEach, describe, expect, it } from "vitest";
import { checkerFor } from "../../src/rollout/checker.ts";
import type { HookCall } from "../../src/rollout/deployments.ts";
import { checkBeforeTraffic } from "../../src/rollout/hook.ts";
import { startRollout } from "../../src/rollout/rollout.ts";
import { Crash, FakeAws } from "./fake-aws.ts";

let aws: FakeAws;
let told: [HookCall, boolean][];
let reported: string[];
beforeEach(async () => {
  aws = await FakeAws.make();
  told = [];
  reported = [];
});

const call: HookCall = { DeploymentId: "d-1", LifecycleEventHookExecutionId: "hook 1" };
const hook = (version: string | undefined = "1") =>
  checkBeforeTraffic(
    { functionName: "shop-recommendations", version, channel: "production" },
    {
      ...{ functions: aws, registry: aws.registry },
      deployments: { report: async (...args) => void told.push(args) },
      onReport: ({ faults }) => void reported.push(faults.join() || "ok"),
    },
  );

describe("the hook before traffic", () => {
  it("lets CodeDeploy go on with a version that answers", async () => {
    await hook()(call);
    expect([told, reported]).toEqual([[[call, true]], ["ok"]]);
  });

  it("stops it over one that does not", async () => {
    aws.answer = () => ({ statusCode: 500 });
    await hook()(call);
    expect([told, reported]).toEqual([[[call, false]], [expect.stringMatching(/status 500/)]]);
  });

  it("stops it while a rollout runs", async () => {
    aws.fault = { at: 60, after: true, crash: true };
    const order = {
      channel: "production",
      functionName: "shop-recommendations",
      alias: "live",
      model: aws.new,
    };
    const careful = { steps: [10, 100], waitSeconds: 60, alarms: [], errorShareMax: 0, why: "better" };
    await expect(startRollout({ ...order, ...careful }, aws.ports, { who: "anna" })).rejects.toThrow(Crash);
    aws.revive();
    await hook()(call);
    expect([told, reported]).toEqual([
      [[call, false]],
      [expect.stringMatching(/a rollout of model .* is under way/)],
    ]);
  });

  it("tells CodeDeploy of a check that could not be made, which would wait for an hour", async () => {
    aws.fault = { at: 0, after: false, crash: false };
    await expect(hook()(call)).rejects.toThrow(/no answer/);
    expect(told).toEqual([[call, false]]);
  });

  it("lets a function that follows its channel wait for the first model", async () => {
    const empty = new FakeAws();
    empty.versionsPublished.set("1", {
      ...empty.latest,
      environment: { AISLE_MODE: "follow" },
      description: "",
    });
    aws = empty;
    await hook()(call);
    expect(told).toEqual([[call, true]]);
  });

  it("answers a rollout with its report, and tells CodeDeploy nothing", async () => {
    const report = await hook()({ check: { version: "1", model: aws.old } });
    expect(report).toMatchObject({ ok: true, requestCount: 2 });
    expect(told).toEqual([]);
    await expect(hook()({ hello: "world" })).rejects.toThrow();
  });
});

describe("the check of a rollout", () => {
  const record = {
    checker: "the-check",
    function: "shop-recommendations",
    version: "1",
    model: "m",
  } as never;

  it("is the pre-traffic function's where there is one", async () => {
    const report = {
      ok: true,
      requestCount: 3,
      latencyMsMedian: 4,
      latencyMsFirst: 5,
      overlap: 1,
      faults: [],
    };
    const asked: unknown[] = [];
    const invoke = async (...args: unknown[]) => {
      asked.push(args);
      return { payload: report };
    };
    const check = checkerFor(
      { functions: { invoke } as never, registry: aws.registry },
      { overlapMin: 0.25 },
    );
    expect(await check(record)).toEqual(report);
    expect(asked).toEqual([
      ["the-check", "$LATEST", { check: { version: "1", model: "m", overlapMin: 0.25 } }],
    ]);
  });

  it.each([
    [{ payload: undefined, failure: "Unhandled" }, /the-check did not check version 1: Unhandled/],
    [{ payload: { statusCode: 200 } }, /it gave no report/],
  ])("fails over what is no report", async (invocation, message) => {
    const functions = { invoke: async () => invocation } as never;
    await expect(checkerFor({ functions, registry: aws.registry }, {})(record)).rejects.toThrow(message);
  });
});
