import { beforeEach, describe, expect, it } from "vitest";
import { type GoLive, goLive, goLiveSchema } from "../../src/scheduled/go-live.ts";
import { FakeAws } from "../rollout/fake-aws.ts";

let aws: FakeAws;
beforeEach(async () => {
  aws = await FakeAws.make();
});

const driver = { who: "scheduled training" };
const order = (changes: Partial<GoLive> = {}): GoLive =>
  goLiveSchema.parse({
    mode: "follow",
    model: aws.new,
    gate: { decision: "promote", reason: "a refresh, not worse" },
    champion: aws.old,
    target: { functionName: "shop-recommendations", alias: "live", alarms: ["errors"], stack: "shop" },
    ...changes,
  });
const go = (changes?: Partial<GoLive>, more: Partial<typeof driver & { signal: AbortSignal }> = {}) =>
  goLive(order(changes), "production", aws.ports, { ...driver, ...more });

describe("going live", () => {
  it("moves the channel of a function that follows it, with what the gate said, once", async () => {
    expect(await go()).toEqual({ model: aws.new, state: "live" });
    const history = (await aws.registry.channel("production"))?.history;
    expect(history?.at(-1)).toMatchObject({ who: "scheduled training", why: "a refresh, not worse" });
    expect(await go()).toEqual({ model: aws.new, state: "live" });
    expect((await aws.registry.channel("production"))?.history).toHaveLength(history!.length);
  });

  it("refuses where something else is live than what the gate compared it with", async () => {
    await expect(go({ champion: null })).rejects.toThrow(/names .* by now, and .* was compared with nothing/);
    expect(await aws.channelModel()).toBe(aws.old);
  });

  it("takes a selection that the gate holds for a mistake of the machine", () => {
    const held = { ...order(), gate: { decision: "hold", reason: "worse" } };
    expect(goLiveSchema.safeParse(held).success).toBe(false);
  });

  it("rolls a pinned model out, laid down in time and taken up by the next call", async () => {
    const controller = new AbortController();
    aws.onCall = () => {
      if (aws.live.weights["2"]) controller.abort(new Error("time is up"));
    };
    const pinned = { mode: "pinned" } as const;
    expect(await go(pinned, { signal: controller.signal })).toEqual({ model: aws.new, state: "under-way" });
    expect(await aws.channelModel()).toBe(aws.old);
    aws.onCall = () => {};
    expect(await go(pinned)).toMatchObject({ model: aws.new, state: "live" });
    expect(aws.servedModel()).toBe(aws.new);
    expect(await aws.channelModel()).toBe(aws.new);
    expect(await go(pinned)).toEqual({ model: aws.new, state: "live" });
  });

  it("says why a rollout went back, and does not begin it again", async () => {
    aws.onCall = () => {
      if (aws.live.weights["2"]) aws.alarms.set("errors", "ALARM");
    };
    const went = { state: "gone-back", reason: expect.stringMatching(/alarm errors went off/) };
    expect(await go({ mode: "pinned" })).toMatchObject(went);
    expect(await go({ mode: "pinned" })).toMatchObject(went);
    expect(await aws.channelModel()).toBe(aws.old);
  });
});
