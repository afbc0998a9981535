import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Channel, earlierModels, moved, PromotionConflictError } from "../../src/registry/channel.ts";
import { Registry } from "../../src/registry/registry.ts";
import { newPlaces, type Places, withPut } from "./places.ts";
import { change, modelBytes, parts } from "./small-registry.ts";

let places: Places;
let registry: Registry;
let time: Date;
beforeEach(async () => {
  places = await newPlaces();
  time = new Date("2026-11-23T20:15:00Z");
  registry = new Registry(places.open("first"), () => time);
});
afterEach(() => places.remove());

async function publish(seed: number): Promise<string> {
  time = new Date(time.getTime() + 1000);
  return (await registry.publish(modelBytes(50, seed), parts)).version;
}

async function promote(model: string, catalog?: string): Promise<void> {
  await registry.promote(
    "production",
    { model, catalog },
    change,
    (await registry.channel("production"))?.etag,
  );
}

const live = async (): Promise<string | undefined> => (await registry.channel("production"))?.model;

describe("a channel", () => {
  it("says what is live, since when, on whose word and why", async () => {
    const model = await publish(1);
    const gate = { decision: "promote", reason: "it beats popularity" } as const;
    await registry.promote("production", { model }, { ...change, gate }, undefined);
    expect(await registry.channel("production")).toMatchObject({
      model,
      history: [{ at: time.toISOString(), action: "promote", model, who: "anna", why: "because", gate }],
    });
    expect(await registry.channelNames()).toEqual(["production"]);
    expect(await registry.channel("staging")).toBeUndefined();
  });

  it("is named so that nothing else can be meant", async () => {
    const model = await publish(1);
    for (const name of ["", "a.b", "../x", "a/b", "production.rollout", "x".repeat(65)]) {
      await expect(registry.channel(name)).rejects.toThrow("is no channel");
      await expect(registry.promote(name, { model }, change, undefined)).rejects.toThrow("is no channel");
    }
    await registry.store.put("channels/production.rollout.json", new Uint8Array(2));
    expect(await registry.channelNames()).toEqual([]);
  });

  it("takes no model and no catalogue that is not there", async () => {
    await expect(promote("none")).rejects.toThrow("there is no model none");
    await expect(promote(await publish(1), "none")).rejects.toThrow("there is no catalogue none");
    await expect(registry.setCatalog("production", "none", change)).rejects.toThrow(
      "there is no catalogue none",
    );
    expect(await registry.channel("production")).toBeUndefined();
  });

  it("refuses a promotion that was decided on something older, saying who came first", async () => {
    const [one, two, three] = [await publish(1), await publish(2), await publish(3)];
    await promote(one);
    const seen = (await registry.channel("production"))?.etag;
    await registry.promote("production", { model: two }, { who: "berta", why: "faster" }, seen);
    const late = registry.promote("production", { model: three }, change, seen);
    await expect(late).rejects.toThrow(PromotionConflictError);
    await expect(late).rejects.toThrow(new RegExp(`berta moved it to model ${two} at 2026`));
    await expect(registry.promote("production", { model: three }, change, undefined)).rejects.toThrow(
      "berta",
    );
    expect(await live()).toBe(two);
  });

  it("moves model and catalogue independently", async () => {
    const [one, two] = [await publish(1), await publish(2)];
    const shelf = await registry.publishCatalog(new Uint8Array([1]));
    const newShelf = await registry.publishCatalog(new Uint8Array([2]));
    await registry.setCatalog("production", shelf, change);
    expect(await registry.channel("production")).toMatchObject({ catalog: shelf });
    await promote(one);
    await promote(two, newShelf);
    await registry.setCatalog("production", shelf, change);
    expect(await registry.channel("production")).toMatchObject({ model: two, catalog: shelf });
    await registry.rollback("production", change);
    expect(await registry.channel("production")).toMatchObject({ model: one, catalog: shelf });
    const { etag } = (await registry.channel("production"))!;
    await registry.setCatalog("production", shelf, change);
    expect((await registry.channel("production"))?.etag).toBe(etag);
  });

  it("gives a catalogue its way although the model moves meanwhile", async () => {
    const [one, two] = [await publish(1), await publish(2)];
    const shelf = await registry.publishCatalog(new Uint8Array([1]));
    await promote(one);
    let interruptions = 0;
    const { store } = registry;
    // Somebody else promotes between the look and the write.
    const busy = withPut(store, async (key, bytes, condition) => {
      if (interruptions++ === 0) await promote(two);
      return store.put(key, bytes, condition);
    });
    await new Registry(busy).setCatalog("production", shelf, change);
    expect(interruptions).toBe(2);
    expect(await registry.channel("production")).toMatchObject({ model: two, catalog: shelf });
  });
});

describe("going back", () => {
  it("goes further back each time, and never to what was gone back from", async () => {
    const [one, two, three] = [await publish(1), await publish(2), await publish(3)];
    for (const model of [one, two, three]) await promote(model);
    expect(await registry.rollback("production", change)).toBe(two);
    expect(await registry.rollback("production", change)).toBe(one);
    await expect(registry.rollback("production", change)).rejects.toThrow(/nothing to go back to/);
    expect(await live()).toBe(one);
    expect((await registry.channel("production"))?.history.map(({ action }) => action)).toEqual([
      ...["promote", "promote", "promote", "rollback", "rollback"],
    ]);
  });

  it("goes to any version that is named, if it is there and not live already", async () => {
    const [one, two, three] = [await publish(1), await publish(2), await publish(3)];
    await promote(one);
    await promote(two);
    expect(await registry.rollback("production", change, three)).toBe(three);
    await expect(registry.rollback("production", change, three)).rejects.toThrow("is live in channel");
    await expect(registry.rollback("production", change, "none")).rejects.toThrow("there is no model none");
    expect(await registry.rollback("production", change)).toBe(two);
  });

  it("passes over what was removed", async () => {
    const [one, two, three] = [await publish(1), await publish(2), await publish(3)];
    for (const model of [one, two, three]) await promote(model);
    await registry.remove(two);
    expect(await registry.rollback("production", change)).toBe(one);
  });

  it("says so where there is no channel, or nothing before", async () => {
    await expect(registry.rollback("production", change)).rejects.toThrow(
      /"production".*nothing to go back to/,
    );
    await promote(await publish(1));
    await expect(registry.rollback("production", change)).rejects.toThrow("nothing to go back to");
  });
});

/** `A B <A` : promote A, promote B, go back to A; `c` moves the catalogue. */
function walk(steps: string): Channel {
  let channel: Channel | undefined;
  for (const step of steps.split(" ")) {
    const action = step === "c" ? "catalog" : step.startsWith("<") ? "rollback" : "promote";
    const named = action === "catalog" ? { catalog: "c" } : { model: step.replace("<", "") };
    channel = moved(channel, { at: "2026-11-23T20:15:00Z", action, who: "anna", why: "", ...named });
  }
  return channel!;
}

describe("a channel's history", () => {
  it.each([
    ["A", ""],
    ["c A c", ""],
    ["A B", "A"],
    ["A B C", "B A"],
    ["A B A", "B"],
    ["A A B B c", "A"],
    ["A B <A", ""],
    ["A B C <B", "A"],
    ["A B C <B <A", ""],
    ["A B C <A", ""],
    ["A B <A C", "A"],
    ["A B <D", "B A"],
    ["A B <A B", "A"],
  ])("of %s can go back to: %s", (steps, expected) => {
    expect(earlierModels(walk(steps)).join(" ")).toBe(expected);
  });

  it("keeps every move of a model, and only the last moves of a catalogue", () => {
    const { history, model, catalog } = walk(`A ${"c ".repeat(150)}B ${"c ".repeat(149)}c`);
    expect(history.filter(({ action }) => action === "promote").map((entry) => entry.model)).toEqual([
      "A",
      "B",
    ]);
    expect(history.filter(({ action }) => action === "catalog")).toHaveLength(100);
    expect({ model, catalog }).toEqual({ model: "B", catalog: "c" });
  });
});
