import { beforeEach, describe, expect, it } from "vitest";
import { RegistryError } from "../../src/registry/documents.ts";
import { RolloutError, TakenOverError } from "../../src/rollout/ledger.ts";
import type { RolloutOrder } from "../../src/rollout/prepare.ts";
import { abortRollout, resumeRollout, startRollout } from "../../src/rollout/rollout.ts";
import { change } from "../registry/small-registry.ts";
import { FakeAws } from "./fake-aws.ts";

let aws: FakeAws;
beforeEach(async () => {
  aws = await FakeAws.make();
});

const driver = { who: "anna" };
const orderOf = (changes: Partial<RolloutOrder> = {}): RolloutOrder => ({
  channel: "production",
  functionName: "shop-recommendations",
  alias: "live",
  model: aws.new,
  steps: [10, 50, 100],
  waitSeconds: 30,
  alarms: ["errors"],
  errorShareMax: 0.01,
  why: "better",
  ...changes,
});
const start = (changes?: Partial<RolloutOrder>) => startRollout(orderOf(changes), aws.ports, driver);
const effects = (): string[] =>
  aws.calls.filter((call) =>
    /^(setEnvironment|publish|pointAlias|put channels\/production\.json)/.test(call),
  );

async function expectOld(): Promise<void> {
  expect(aws.live).toMatchObject({ version: "1", weights: {} });
  expect(await aws.channelModel()).toBe(aws.old);
  expect(aws.latest.environment).toEqual({ ...aws.latest.environment, BEST_MODEL: aws.old, OTHER: "kept" });
}

describe("a rollout", () => {
  it("sets, publishes, checks, shifts by steps and moves the channel last", async () => {
    const notes: string[] = [];
    const record = await startRollout(orderOf(), aws.ports, {
      ...driver,
      onNote: (note) => notes.push(note),
    });
    expect(record).toMatchObject({ phase: "live", version: "2", modelBefore: aws.old });
    expect(effects()).toEqual([
      `setEnvironment ${aws.new}`,
      "publish",
      'pointAlias 1 {"2":0.1}',
      'pointAlias 1 {"2":0.5}',
      "pointAlias 2 {}",
      "put channels/production.json",
    ]);
    expect(aws.latest.environment).toMatchObject({
      BEST_MODEL: aws.new,
      OTHER: "kept",
      AISLE_MODE: "pinned",
    });
    expect((await aws.registry.channel("production"))?.history.at(-1)).toMatchObject({
      ...{ action: "promote", model: aws.new, who: "anna", why: "better" },
    });
    expect(record.history.map(({ note }) => note)).toEqual(expect.arrayContaining(notes));
    expect(record.driver).toBeUndefined();
    await expect(start()).rejects.toThrow(/live already, in version 2/);
  });

  it("watches every step as long as was asked", async () => {
    const from = aws.clock.now().getTime();
    await start({ waitSeconds: 45 });
    expect((aws.clock.now().getTime() - from) / 1000).toBe(3 * 45);
    expect(aws.calls.filter((call) => call === "traffic")).toHaveLength(3 * 5);
  });

  it("goes back to the model before by another rollout", async () => {
    await start();
    expect(await start({ model: aws.old })).toMatchObject({ phase: "live", version: "3" });
    expect(await aws.channelModel()).toBe(aws.servedModel());
  });

  it("only moves the channel where the alias serves the model already", async () => {
    await aws.registry.promote(
      "production",
      { model: aws.new },
      change,
      (await aws.registry.channel("production"))?.etag,
    );
    aws.calls.length = 0;
    expect(await start({ model: aws.old })).toMatchObject({ phase: "live", version: "1" });
    expect(effects()).toEqual(["put channels/production.json"]);
    expect(await aws.channelModel()).toBe(aws.old);
  });

  it("does not mind a catalogue that moves meanwhile", async () => {
    const catalog = await aws.registry.publishCatalog(new Uint8Array(8));
    let moved = false;
    const { ports } = aws;
    const promote = aws.registry.promote.bind(aws.registry);
    ports.registry.promote = async (...args) => {
      if (!moved) await aws.registry.setCatalog("production", catalog, change);
      moved = true;
      return await promote(...args);
    };
    expect(await startRollout(orderOf(), ports, driver)).toMatchObject({ phase: "live" });
    expect(await aws.registry.channel("production")).toMatchObject({ model: aws.new, catalog });
  });
});

describe("a rollout goes back", () => {
  const cases: [string, () => void, RegExp][] = [
    [
      "when an alarm goes off",
      () => onceCalled("pointAlias 1", () => aws.alarms.set("errors", "ALARM")),
      /alarm errors went off/,
    ],
    [
      "when an alarm is removed",
      () => onceCalled("pointAlias 1", () => aws.alarms.clear()),
      /alarm errors is gone/,
    ],
    [
      "when too many invocations fail",
      () => (aws.seen = () => ({ invocations: 100, errors: aws.live.version === "2" ? 2 : 0 })),
      /2 of 100 invocations of version 2 failed/,
    ],
    [
      "when the new version answers errors",
      () => (aws.answer = () => ({ statusCode: 503, body: "{}" })),
      /a stranger with status 503/,
    ],
    [
      "when a stack update begins",
      () =>
        onceCalled("pointAlias 1", () => (aws.stackNow = { ...aws.stackNow!, status: "UPDATE_IN_PROGRESS" })),
      /stack shop is being changed/,
    ],
    [
      "when CodeDeploy begins",
      () => onceCalled("pointAlias 1", () => aws.deploymentsNow.push("d-1")),
      /deployment d-1/,
    ],
  ];
  function onceCalled(call: string, act: () => void): void {
    aws.onCall = () => {
      if (aws.calls.at(-1)?.startsWith(call)) act();
    };
  }

  it.each(cases)("%s", async (_, arrange, reason) => {
    arrange();
    const record = await start();
    expect(record).toMatchObject({ phase: "gone-back", reason: expect.stringMatching(reason) });
    await expectOld();
  });

  it("but leaves an alias alone that somebody else has moved", async () => {
    onceCalled('pointAlias 1 {"2":0.5}', () => {
      aws.versionsPublished.set("7", { ...aws.latest, description: "by hand" });
      aws.live = { version: "7", weights: {}, revision: "other" };
    });
    const record = await start();
    expect(record).toMatchObject({
      phase: "gone-back",
      reason: expect.stringMatching(/moved by somebody else: to version 7/),
    });
    expect(aws.live.version).toBe("7");
    expect(await aws.channelModel()).toBe(aws.old);
  });
});

describe("a rollout is refused", () => {
  const cases: [string, Partial<RolloutOrder>, () => void, RegExp][] = [
    [
      "where the function follows its channel",
      {},
      () => setAll({ AISLE_MODE: "follow" }),
      /aisle models promote/,
    ],
    ["into another channel", { channel: "uk" }, () => {}, /serves channel "production", not "uk"/],
    ["with steps that fall", { steps: [50, 10, 100] }, () => {}, /rise to 100/],
    ["with steps that end early", { steps: [10, 50] }, () => {}, /rise to 100/],
    ["of a model that is not there", { model: "20260101T000000Z-0000" }, () => {}, /there is no model/],
    [
      "while traffic is split",
      {},
      () => (aws.live = { ...aws.live, weights: { "9": 0.1 } }),
      /10 % .* version 9/,
    ],
    [
      "while a stack update runs",
      {},
      () => (aws.stackNow = { ...aws.stackNow!, status: "UPDATE_IN_PROGRESS" }),
      /UPDATE_IN_PROGRESS/,
    ],
    ["while CodeDeploy shifts", {}, () => aws.deploymentsNow.push("d-9"), /deployment d-9/],
    ["over code that no version has", {}, () => (aws.latest = { ...aws.latest, code: "other" }), /\(code\)/],
    [
      "over settings that no version has",
      {},
      () => (aws.latest = { ...aws.latest, environment: { ...aws.latest.environment, OTHER: "new" } }),
      /\(OTHER\)/,
    ],
    ["with an alarm that is not there", { alarms: ["errors", "p99"] }, () => {}, /no alarm p99/],
    ["with an alarm that rings", {}, () => aws.alarms.set("errors", "ALARM"), /gone off already/],
  ];
  function setAll(environment: Record<string, string>): void {
    aws.latest = { ...aws.latest, environment: { ...aws.latest.environment, ...environment } };
    aws.versionsPublished.set("1", { ...aws.latest, description: "" });
  }

  it.each(cases)("%s, and nothing is changed", async (_, order, arrange, message) => {
    arrange();
    await expect(start(order)).rejects.toThrow(message);
    expect(effects()).toEqual([]);
    expect(await aws.registry.rollout("production")).toBeUndefined();
  });
});

describe("two at once", () => {
  it("refuse each other at the start", async () => {
    const results = await Promise.allSettled([start(), start()]);
    const failed = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(failed).toEqual([expect.any(RolloutError)]);
    expect(await aws.channelModel()).toBe(aws.new);
  });

  /** Does something once, when the alias gets its second share. */
  function midway(act: () => Promise<unknown>): Promise<unknown> {
    let done: Promise<unknown> | undefined;
    const { sleep } = aws.clock;
    aws.clock.sleep = async (milliseconds, signal) => {
      if (aws.live.weights["2"] === 0.5 && !done) {
        done = act().catch((error) => error);
        await done;
      }
      await sleep(milliseconds, signal);
    };
    return start().then(
      async () => await done,
      async (error) => [error, await done],
    );
  }

  it("refuse each other later, and so do a promotion, a rollback and a removal", async () => {
    const seen: string[] = [];
    const keep = (error: Error) => void seen.push(error.message);
    await midway(async () => {
      const { registry } = aws;
      await start().catch(keep);
      const etag = (await registry.channel("production"))?.etag;
      await registry.promote("production", { model: aws.new }, change, etag).catch(keep);
      await registry.rollback("production", change, aws.new).catch(keep);
      await registry.remove(aws.new).catch(keep);
    });
    expect(seen).toEqual([
      expect.stringMatching(/rollout of model .* is under way/),
      expect.stringMatching(/rollout of model .* is under way/),
      expect.stringMatching(/rollout of model .* is under way/),
      expect.stringMatching(/part of a rollout under way/),
    ]);
    expect(await aws.channelModel()).toBe(aws.new);
  });

  it("let the one abort what the other drives, which then stops", async () => {
    const [error, record] = (await midway(() =>
      abortRollout("production", aws.ports, { who: "ben" }),
    )) as unknown[];
    expect(error).toBeInstanceOf(TakenOverError);
    expect(record).toMatchObject({ phase: "gone-back", reason: "aborted by ben" });
    await expectOld();
  });

  it("do not take up what somebody drives", async () => {
    // A driver that lives writes while it is watched: here, whenever anybody sleeps.
    aws.fault = { at: 40, after: false, crash: true };
    await expect(start()).rejects.toThrow();
    aws.revive();
    const { ports } = aws;
    const clock = {
      ...aws.clock,
      sleep: async (milliseconds: number) => {
        await aws.clock.sleep(milliseconds);
        const found = aws.store.objects.get("channels/production.rollout.json")!;
        aws.store.objects.set("channels/production.rollout.json", { ...found, etag: "written meanwhile" });
      },
    };
    await expect(resumeRollout("production", { ...ports, clock }, { who: "ben" })).rejects.toThrow(
      /is driven by anna/,
    );
    expect(await resumeRollout("production", ports, { who: "ben" })).toMatchObject({ phase: "live" });
  });
});

describe("an interruption", () => {
  it("lays the rollout down in order, to be taken up without waiting", async () => {
    const controller = new AbortController();
    const reason = new Error("Ctrl-C");
    aws.onCall = () => {
      if (aws.live.weights["2"] === 0.5) controller.abort(reason);
    };
    await expect(startRollout(orderOf(), aws.ports, { ...driver, signal: controller.signal })).rejects.toBe(
      reason,
    );
    const record = await aws.registry.rollout("production");
    expect(record).toMatchObject({ phase: "shift", step: 1 });
    expect(record?.driver).toBeUndefined();
    const from = aws.clock.now().getTime();
    expect(await resumeRollout("production", aws.ports, driver)).toMatchObject({ phase: "live" });
    expect((aws.clock.now().getTime() - from) / 1000).toBeLessThanOrEqual(60);
  });

  it("finds nothing to take up or to undo where all rests", async () => {
    await expect(resumeRollout("production", aws.ports, driver)).rejects.toThrow(/no rollout is under way/);
    await start();
    await expect(abortRollout("production", aws.ports, driver)).rejects.toThrow(/no rollout is under way/);
    expect(await aws.channelModel()).toBe(aws.new);
  });

  it("of the registry at the very end is taken up, not undone", async () => {
    const { ports } = aws;
    const promote = aws.registry.promote.bind(aws.registry);
    ports.registry.promote = () => Promise.reject(new RegistryError("the bucket does not answer"));
    await expect(startRollout(orderOf(), ports, driver)).rejects.toThrow(/does not answer/);
    expect(await aws.registry.rollout("production")).toMatchObject({ phase: "move-channel" });
    ports.registry.promote = promote;
    expect(await resumeRollout("production", ports, driver)).toMatchObject({ phase: "live" });
  });
});
