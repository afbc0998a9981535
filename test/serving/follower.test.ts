import { describe, expect, it } from "vitest";
import { NoModelError } from "../../src/serving/query.ts";
import { Serving } from "../../src/serving/serving.ts";
import type { LoadedModel } from "../../src/serving/source.ts";
import { type MemorySource, personalModel, smallCatalog, smallSource } from "./small-shop.ts";

/** A clock that a test turns, ms. */
function clock() {
  let time = 1_000_000;
  return { now: () => time, turn: (seconds: number) => (time += seconds * 1000) };
}

/** Lets the look beside a request come to its end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const versionOf = (serving: Serving) => serving.answer({}).model.version;

describe("following a channel", () => {
  it("swaps to what the channel names, at most every TTL and beside a request", async () => {
    const source = smallSource();
    const { now, turn } = clock();
    const serving = await Serving.start({ source, now });
    source.state = { etag: "2", model: "v0", catalog: "c1" };
    turn(29);
    versionOf(serving);
    await settled();
    expect(source.channelReads).toBe(1);
    turn(2);
    // The request that finds the look due is still answered by what was there.
    expect(versionOf(serving)).toBe("v1");
    await settled();
    expect(versionOf(serving)).toBe("v0");
    expect(source.channelReads).toBe(2);
  });

  it("looks once, however many ask meanwhile", async () => {
    const source = smallSource();
    const { now, turn } = clock();
    const serving = await Serving.start({ source, now });
    turn(31);
    for (let request = 0; request < 50; request++) versionOf(serving);
    await settled();
    expect(source.channelReads).toBe(2);
    expect(source.modelLoads).toBe(1);
  });

  it("takes a new catalogue without loading the model again", async () => {
    const source = smallSource();
    const { now, turn } = clock();
    const serving = await Serving.start({ source, now, modelTtlSeconds: 600, catalogTtlSeconds: 10 });
    const model = serving.snapshot?.model;
    source.catalogs.set("c2", async () => smallCatalog([]));
    source.state = { etag: "2", model: "v0", catalog: "c2" };
    turn(11);
    versionOf(serving);
    await settled();
    expect(serving.snapshot?.parts).toMatchObject({ version: "v1", catalogVersion: "c2" });
    expect(serving.snapshot?.model).toBe(model);
    // An empty catalogue sells nothing.
    expect(serving.answer({}).items).toEqual([]);
  });

  it("keeps a pinned model whatever the channel says, and follows its catalogue", async () => {
    const source = smallSource();
    const serving = await Serving.start({ source, pinnedModel: "v0" });
    expect(versionOf(serving)).toBe("v0");
    source.state = { etag: "2", model: "v1" };
    await serving.refresh();
    expect(versionOf(serving)).toBe("v0");
    expect(serving.snapshot?.catalog).toBeUndefined();
  });

  it("swaps at once when asked to", async () => {
    const source = smallSource();
    const serving = await Serving.start({ source });
    source.state = { etag: "2", model: "v0", catalog: "c1" };
    await Promise.all([serving.refresh(), serving.refresh()]);
    expect(versionOf(serving)).toBe("v0");
  });
});

describe("a store that fails", () => {
  const failures: Record<string, (source: MemorySource) => void> = {
    "cannot be reached": (source) => {
      source.channelFailure = new Error("connection refused");
    },
    "has a damaged model": (source) => {
      source.models.set("v2", () => Promise.reject(new Error("digest differs")));
      source.state = { etag: "2", model: "v2", catalog: "c1" };
    },
    "lost its model": (source) => {
      source.state = { etag: "2", model: "gone", catalog: "c1" };
    },
    "lost its channel": (source) => {
      source.state = undefined;
    },
  };

  it.each(Object.entries(failures))("that %s leaves the last good model serving", async (_, break_) => {
    const source = smallSource();
    const serving = await Serving.start({ source });
    const before = serving.answer({ userId: "user 2" });
    break_(source);
    await serving.refresh();
    const after = serving.answer({ userId: "user 2" });
    expect({ ...after, recommendationId: "" }).toEqual({ ...before, recommendationId: "" });
  });

  it("swaps the model even where the new catalogue is damaged, and says so", async () => {
    const source = smallSource();
    const serving = await Serving.start({ source });
    source.catalogs.set("c2", () => Promise.reject(new Error("catalogue c2: digest differs")));
    source.state = { etag: "2", model: "v0", catalog: "c2" };
    await serving.refresh();
    expect(serving.snapshot?.parts).toMatchObject({ version: "v0", catalogVersion: "c1" });
    expect(serving.failure).toMatch(/c2: digest differs/);
  });

  it("is asked less and less often for a model that cannot be loaded", async () => {
    const source = smallSource();
    const { now, turn } = clock();
    const serving = await Serving.start({ source, now });
    let loads = 0;
    source.models.set("v2", async () => {
      loads++;
      throw new Error("digest differs");
    });
    source.state = { etag: "2", model: "v2", catalog: "c1" };
    for (let minute = 0; minute < 60; minute++) {
      turn(60);
      versionOf(serving);
      await settled();
    }
    expect(source.channelReads).toBeLessThan(75);
    expect(loads).toBeLessThan(15);
    expect(serving.failure).toBe("digest differs");
  });

  it("recovers by itself when a first model appears", async () => {
    const source = smallSource();
    const first = source.state;
    source.state = undefined;
    const { now, turn } = clock();
    const serving = await Serving.start({ source, now });
    expect(() => serving.answer({})).toThrow(NoModelError);
    expect(serving.failure).toMatch(/"production" names no model: publish/);
    source.state = first;
    turn(2);
    expect(() => serving.answer({})).toThrow(NoModelError);
    await settled();
    expect(versionOf(serving)).toBe("v1");
  });

  it("lets a first request wait for the model, but not each one", async () => {
    const source = smallSource();
    const first = source.state;
    source.state = undefined;
    const { now, turn } = clock();
    const serving = await Serving.start({ source, now });
    source.state = first;
    await serving.recover();
    expect(serving.snapshot).toBeUndefined();
    turn(2);
    await serving.recover();
    expect(versionOf(serving)).toBe("v1");
  });
});

describe("memory", () => {
  it("refuses a model that does not fit beside the one in use, before fetching it", async () => {
    const source = smallSource();
    const { buffer } = await personalModel();
    const serving = await Serving.start({ source, memoryBytesMax: buffer.fileBytes.byteLength + 100 });
    expect(versionOf(serving)).toBe("v1");
    source.state = { etag: "2", model: "v0", catalog: "c1" };
    await serving.refresh();
    expect(versionOf(serving)).toBe("v1");
    expect(source.modelLoads).toBe(1);
    expect(serving.failure).toMatch(/model v0 of \d+ bytes is refused/);
  });
});

describe("a swap under load", () => {
  it("answers every request from one version", async () => {
    const source = smallSource();
    const expected = new Map<string, string>();
    for (const version of ["v0", "v1"]) {
      const serving = await Serving.start({ source, pinnedModel: version });
      expected.set(version, JSON.stringify(serving.answer({ userId: "user 2" }).items));
    }
    const serving = await Serving.start({ source });
    const seen = new Set<string>();
    for (let round = 0; round < 40; round++) {
      source.state = { etag: String(round), model: round % 2 === 0 ? "v0" : "v1", catalog: "c1" };
      const swap = serving.refresh();
      for (let request = 0; request < 5; request++) {
        const { model, items } = serving.answer({ userId: "user 2" });
        expect(JSON.stringify(items)).toBe(expected.get(model.version));
        seen.add(model.version);
        await Promise.resolve();
      }
      await swap;
    }
    expect([...seen].sort()).toEqual(["v0", "v1"]);
  });

  it("drops nothing while a slow model loads", async () => {
    const source = smallSource();
    const serving = await Serving.start({ source });
    let deliver: (loaded: LoadedModel) => void = () => {};
    const slow = new Promise<LoadedModel>((resolve) => {
      deliver = resolve;
    });
    source.models.set("v2", () => slow);
    source.state = { etag: "2", model: "v2", catalog: "c1" };
    const swap = serving.refresh();
    expect(versionOf(serving)).toBe("v1");
    deliver({ model: await personalModel() });
    await swap;
    expect(versionOf(serving)).toBe("v2");
  });
});

describe("a look that takes long", () => {
  /** A first model that comes when the test says so. */
  function slowStart(options: { waitMsMax?: number } = {}) {
    const source = smallSource();
    const load = source.models.get("v1")!;
    let deliver = () => {};
    const gate = new Promise<void>((resolve) => {
      deliver = resolve;
    });
    source.models.set("v1", () => gate.then(load));
    return { source, deliver, starting: Serving.start({ source, ...options }) };
  }

  it("is waited for so long and no longer, and goes on all the same", async () => {
    const { deliver, starting } = slowStart({ waitMsMax: 1 });
    const serving = await starting;
    expect(serving.snapshot).toBeUndefined();
    expect(serving.isLooking).toBe(true);
    await serving.recover();
    expect(() => serving.answer({})).toThrow(NoModelError);
    deliver();
    await serving.linger(10_000);
    expect(versionOf(serving)).toBe("v1");
    expect(serving.isLooking).toBe(false);
    await serving.linger(10_000);
  });

  it("is waited for to its end where nobody sets a limit", async () => {
    const { deliver, starting } = slowStart();
    setImmediate(deliver);
    expect(versionOf(await starting)).toBe("v1");
  });
});
