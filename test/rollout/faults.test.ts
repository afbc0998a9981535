import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUnderWay } from "../../src/registry/rollout-record.ts";
import type { RolloutOrder } from "../../src/rollout/prepare.ts";
import { abortRollout, resumeRollout, startRollout } from "../../src/rollout/rollout.ts";
import { Crash, FakeAws, type Fault } from "./fake-aws.ts";

const driver = { who: "anna" };
const orderOf = (aws: FakeAws): RolloutOrder => ({
  ...{ channel: "production", functionName: "shop-recommendations", alias: "live", model: aws.new },
  ...{ steps: [10, 100], waitSeconds: 10, alarms: ["errors"], errorShareMax: 0.01, why: "better" },
});
const start = (aws: FakeAws) => startRollout(orderOf(aws), aws.ports, driver);

/** How many calls one undisturbed rollout makes: each is a place where it may be interrupted. */
const callCount = await (async () => {
  const aws = await FakeAws.make();
  await start(aws);
  return aws.calls.length;
})();

/** The channel names the new model only while all traffic is answered from it. */
function keepWatch(aws: FakeAws): () => void {
  const broken: string[] = [];
  let isGoingBack = false;
  aws.onCall = () => {
    const text = (key: string) => new TextDecoder().decode(aws.store.objects.get(key)?.bytes);
    const record = aws.store.objects.has("channels/production.rollout.json")
      ? JSON.parse(text("channels/production.rollout.json"))
      : undefined;
    isGoingBack ||= record?.phase === "go-back";
    const { model } = JSON.parse(text("channels/production.json"));
    const isWhole = Object.keys(aws.live.weights).length === 0 && aws.servedModel() === aws.new;
    if (model === aws.new && !isWhole && !isGoingBack) broken.push(`after ${aws.calls.at(-1)}`);
  };
  return () => expect(broken).toEqual([]);
}

async function expectRest(aws: FakeAws, model: string): Promise<void> {
  expect(aws.live.weights).toEqual({});
  expect(aws.servedModel()).toBe(model);
  expect(await aws.channelModel()).toBe(model);
  expect(aws.latest.environment.BEST_MODEL).toBe(model);
  expect(aws.latest.environment.OTHER).toBe("kept");
}

/** What is left of a rollout, read without a fault. */
async function recordOf(aws: FakeAws) {
  aws.revive();
  return await aws.registry.rollout("production");
}

const resume = (aws: FakeAws) => resumeRollout("production", aws.ports, { who: "ben" });
const abort = (aws: FakeAws) => abortRollout("production", aws.ports, { who: "ben" });

const everyFault = (crash: boolean): Fault[] =>
  Array.from({ length: callCount }, (_, at) => [false, true].map((after) => ({ at, after, crash }))).flat();

describe("a rollout whose process is killed, before or after any of its calls", () => {
  it("is finished by --resume", async () => {
    for (const fault of everyFault(true)) {
      const aws = await FakeAws.make();
      const expectKept = keepWatch(aws);
      aws.revive(fault);
      await expect(start(aws)).rejects.toThrow(Crash);
      const left = await recordOf(aws);
      if (left === undefined) await start(aws);
      else if (isUnderWay(left)) expect(await resume(aws)).toMatchObject({ phase: "live" });
      await expectRest(aws, aws.new);
      expectKept();
    }
  });

  it("is undone by --abort", async () => {
    for (const fault of everyFault(true)) {
      const aws = await FakeAws.make();
      const expectKept = keepWatch(aws);
      aws.revive(fault);
      await expect(start(aws)).rejects.toThrow(Crash);
      const left = await recordOf(aws);
      if (isUnderWay(left)) expect(await abort(aws)).toMatchObject({ phase: "gone-back" });
      await expectRest(aws, left?.phase === "live" ? aws.new : aws.old);
      expectKept();
    }
  });

  it("publishes one version, however often it is taken up", async () => {
    for (const fault of everyFault(true)) {
      const aws = await FakeAws.make();
      aws.revive(fault);
      await start(aws).catch(() => {});
      if (isUnderWay(await recordOf(aws))) await resume(aws);
      expect(aws.versionsPublished.size).toBeLessThanOrEqual(2);
    }
  });
});

describe("a rollout of which a call fails once", () => {
  it("goes back by itself, is refused before it began, or can be taken up", async () => {
    for (const fault of everyFault(false)) {
      const aws = await FakeAws.make();
      const expectKept = keepWatch(aws);
      aws.revive(fault);
      await start(aws).catch(() => {});
      const left = await recordOf(aws);
      if (isUnderWay(left)) await resume(aws);
      const phase = (await aws.registry.rollout("production"))?.phase;
      await expectRest(aws, phase === "live" ? aws.new : aws.old);
      expectKept();
    }
  });
});

describe("whatever fails, and however often", () => {
  const fault = fc.record({
    at: fc.nat(callCount),
    after: fc.boolean(),
    crash: fc.boolean(),
  });
  const deed = fc.constantFrom("resume" as const, "abort" as const);

  it("a last resume or abort ends live or with the old model, and nothing between", async () => {
    await fc.assert(
      fc.asyncProperty(
        fault,
        fc.array(fc.tuple(deed, fault), { maxLength: 4 }),
        deed,
        async (first, then, last) => {
          const aws = await FakeAws.make();
          const expectKept = keepWatch(aws);
          aws.revive(first);
          await start(aws).catch(() => {});
          for (const [what, next] of then) {
            aws.revive(next);
            await (what === "resume" ? resume(aws) : abort(aws)).catch(() => {});
          }
          if (isUnderWay(await recordOf(aws))) {
            const { phase } = await (last === "resume" ? resume(aws) : abort(aws));
            if (last === "abort") expect(phase).toBe("gone-back");
          }
          const phase = (await aws.registry.rollout("production"))?.phase;
          await expectRest(aws, phase === "live" ? aws.new : aws.old);
          expectKept();
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});
