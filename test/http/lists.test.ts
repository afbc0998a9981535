import { beforeEach, describe, expect, it } from "vitest";
import type { App } from "../../src/http/host.ts";
import type { PairExplanation } from "../../src/serving/explain-pair.ts";
import type { Answer } from "../../src/serving/query.ts";
import type { BecauseAnswer } from "../../src/serving/shelves.ts";
import { busySource } from "../serving/busy-shop.ts";
import { type Stored, storedServing } from "../serving/stored-serving.ts";
import { getJson, smallApp } from "./small-app.ts";

let stored: Stored;
let app: App;
let now: number;
beforeEach(async () => {
  now = Date.now();
  stored = await storedServing(undefined, () => now, busySource);
  app = await smallApp({ auth: "open", serving: stored.serving });
});

const get = async <T = Answer>(path: string, status = 200): Promise<T> => {
  const answered = await getJson<T>(app, path);
  expect(answered.status).toBe(status);
  return answered.body;
};
const ids = ({ items }: Answer) => items.map(({ itemId }) => itemId);
let count = 0;
const did = (eventType: string, itemId: string, who: { userId?: string; sessionId?: string }) =>
  stored.activity.putEvents([
    { eventId: `e${count++}`, sessionId: "s", eventType, itemId, time: now / 1000, ...who },
  ]);

/** Each way to a list, all of them long enough to hold what must not be in them. */
const lists = [
  ...["", "&diversity=0.5", "&popularityInfluence=0.5", "&freshnessInfluence=0.5", "&rotationRate=0.5"].map(
    (knob) => `/recommendations?userId=user+2${knob}`,
  ),
  "/recommendations?userId=user+2&explorationWeight=0.5&explorationItemAgeCutOff=365",
  "/recommendations?sessionId=s1&explorationWeight=1",
  "/items/%C3%ADtem%201/similar?",
  "/items/late/similar?",
  "/items/%C3%ADtem%201/also-viewed?userId=user+2",
  "/items/late/also-viewed?",
  "/because-you-viewed?userId=visitor+7",
  "/trending?window=1d",
  "/popular?",
  "/popular?eventType=view",
];

describe("every list", () => {
  it("holds what filter, exclusions and stock leave, all of it, each once", async () => {
    await did("View", "ítem 9", { sessionId: "s1" });
    await stored.activity.putItems([{ itemId: "ítem 5", properties: { available: false } }]);
    const filter = encodeURIComponent('INCLUDE ItemID WHERE Items.CATEGORY IN ("odd") AND Items.PRICE < 30');
    const kept = `&filter=${filter}&exclude=%C3%ADtem+3&numResults=500`;
    for (const list of lists) {
      const { items } = await get(list + kept);
      const found = items.map(({ itemId }) => itemId);
      expect(found.length, list).toBeGreaterThan(5);
      expect(new Set(found).size).toBe(found.length);
      for (const { item } of items) {
        expect(item?.category, list).toBe("odd");
        expect(item?.price, list).toBeLessThan(30);
      }
      for (const gone of ["ítem 3", "ítem 5"]) expect(found, list).not.toContain(gone);
      // An item that only the catalogue knows goes by the same filter, but stands in no list beside itself.
      expect(found.includes("late"), list).toBe(!list.includes("late"));
      expect(ids(await get(`${list}${kept}&exclude=late`)), list).not.toContain("late");
    }
    const together = "/items/%C3%ADtem%203/bought-together?numResults=5";
    expect(ids(await get(together))).toEqual([]);
  });

  it("keeps what is bought together to what may be shown, and says why it is less", async () => {
    const path = "/items/%C3%ADtem%203/bought-together?numResults=5";
    expect(ids(await get(path))).toEqual(["ítem 5"]);
    const even = encodeURIComponent('EXCLUDE ItemID WHERE Items.CATEGORY IN ("odd")');
    const filtered = await get(`${path}&filter=${even}`);
    expect([filtered.items, filtered.reason]).toEqual([[], expect.stringMatching(/may not be shown$/)]);
  });

  it("is moved by what was just done, and without anything of it once the user is erased", async () => {
    await did("View", "ítem 9", { userId: "visitor 7" });
    const seed = async () =>
      (await get<BecauseAnswer>("/because-you-viewed?userId=visitor+7&numResults=5")).seed?.itemId;
    expect(await seed()).toBe("ítem 9");
    await did("View", "ítem 2", { sessionId: "s9" });
    expect((await get<BecauseAnswer>("/because-you-viewed?sessionId=s9")).seed?.itemId).toBe("ítem 2");
    const pair = "/explain?userId=visitor+7&itemId=%C3%ADtem+11";
    expect((await get<PairExplanation>(pair)).contributions.map(({ itemId }) => itemId)).toContain("ítem 9");
    await stored.serving.eraseUser("visitor 7");
    expect(await seed()).toBeUndefined();
    expect(await get<PairExplanation>(pair)).toMatchObject({
      contributions: [],
      reason: expect.stringMatching(/^nothing/),
    });
    for (const path of ["/because-you-viewed?", "/items/%C3%ADtem%201/also-viewed?", "/recommendations?"]) {
      const [erased, stranger] = await Promise.all(
        ["visitor+7", "nobody"].map((user) => get(`${path}userId=${user}&numResults=500`)),
      );
      expect(erased.items).toEqual(stranger.items);
    }
  });

  it("is kept with what it showed, and with the chance of what was explored", async () => {
    const answer = await get("/recommendations?userId=user+2&numResults=10&explorationWeight=0.5");
    await get("/because-you-viewed?userId=user+2&numResults=4");
    await get("/items/%C3%ADtem%201/also-viewed?userId=user+2&numResults=4");
    await get("/products?user_id=user+2");
    const { exposures } = await stored.activity.exportUser("user 2");
    expect(exposures.map(({ rows }) => rows.length).sort((a, b) => a - b)).toEqual([4, 4, 10, 20]);
    const kept = exposures.find(({ recommendationId }) => recommendationId === answer.recommendationId)!;
    expect(kept.rows.map(({ itemId, propensity }) => [itemId, propensity])).toEqual(
      answer.items.map(({ itemId, propensity }) => [itemId, propensity]),
    );
    expect(kept.rows.some(({ propensity }) => propensity !== undefined)).toBe(true);
  });

  it("explores by the session", async () => {
    const drawn = ["a", "b", "c", "d"].map(async (session) =>
      ids(
        await get(`/recommendations?sessionId=${session}&explorationWeight=0.5&explorationItemAgeCutOff=365`),
      ),
    );
    expect(new Set((await Promise.all(drawn)).map(String)).size).toBeGreaterThan(1);
  });
});

describe("rotation", () => {
  const path = "/recommendations?userId=user+2&numResults=3";
  const shown = async () => (await stored.serving.recall({ userId: "user 2", rotationRate: 0.5 })).shown;

  it("sinks what was shown and not clicked, more each time, and says the score all the same", async () => {
    const first = await get(path);
    expect(ids(await get(path))).toEqual(ids(first));
    expect(await shown()).toEqual(new Map(ids(first).map((id) => [id, 2])));
    const rotated = await get(`${path}&rotationRate=1`);
    expect(ids(rotated).filter((id) => ids(first).includes(id))).toEqual([]);
    const mild = await get("/recommendations?userId=user+2&numResults=40&rotationRate=0.3");
    const plain = await get("/recommendations?userId=user+2&numResults=40");
    expect(ids(mild)).not.toEqual(ids(plain));
    const scores = new Map(plain.items.map(({ itemId, score }) => [itemId, score]));
    for (const { itemId, score, source } of mild.items)
      if (source === "als") expect(score).toBe(scores.get(itemId));
  });

  it("lets an item rise again that was clicked, and forgets within a week", async () => {
    const [first, ...others] = ids(await get(path));
    now += 60_000;
    await did("View", first, { userId: "user 2" });
    expect(await shown()).toEqual(new Map(others.map((id) => [id, 1])));
    now += 7 * 86_400_000;
    expect(await shown()).toEqual(new Map());
  });

  it("is no matter to somebody who cannot be told apart, nor while the store cannot be read", async () => {
    await get("/recommendations?numResults=3");
    expect(ids(await get("/recommendations?numResults=3&rotationRate=1"))).toEqual(
      ids(await get("/recommendations?numResults=3")),
    );
    stored.activity.close();
    expect((await get(`${path}&rotationRate=1`)).source).toBe("als");
  });
});
