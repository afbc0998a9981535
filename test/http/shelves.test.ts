import { beforeAll, describe, expect, it } from "vitest";
import type { App } from "../../src/http/host.ts";
import type { PairExplanation } from "../../src/serving/explain-pair.ts";
import type { Answer } from "../../src/serving/query.ts";
import { Serving } from "../../src/serving/serving.ts";
import type { BecauseAnswer, TrendAnswer } from "../../src/serving/shelves.ts";
import { busySource, end } from "../serving/busy-shop.ts";
import { getJson, smallApp } from "./small-app.ts";

let app: App;
beforeAll(async () => {
  app = await smallApp({ auth: "open", serving: await Serving.start({ source: busySource() }) });
});

const get = async <T = Answer>(path: string): Promise<T> => {
  const { status, body } = await getJson<T>(app, path);
  expect(status).toBe(200);
  return body;
};
const ids = (answer: Answer) => answer.items.map(({ itemId }) => itemId);

describe("bought together", () => {
  it("names what was, with its orders, and says why there is no more", async () => {
    const answer = await get("/items/%C3%ADtem%203/bought-together");
    expect(answer.items).toMatchObject([{ itemId: "ítem 5", source: "bought-together", rank: 1 }]);
    expect(answer.items[0].support).toBeGreaterThanOrEqual(40);
    expect(answer.reason).toBe(
      "only 1 item was bought together with this one more often than chance explains",
    );
  });

  it("is empty, with the reason, where nothing was", async () => {
    const alone = await get("/items/%C3%ADtem%201/bought-together");
    expect([alone.items, alone.source]).toEqual([[], "bought-together"]);
    expect(alone.reason).toMatch(/^nothing was bought together/);
    expect((await get("/items/unheard-of/bought-together")).reason).toBe("this item has no events");
    const hidden = await get("/items/%C3%ADtem%203/bought-together?exclude=%C3%ADtem+5");
    expect(hidden.reason).toMatch(/what is not here may not be shown$/);
  });
});

describe("also viewed", () => {
  it("is what visits share, then what is similar, every row labelled and none twice", async () => {
    const answer = await get("/items/%C3%ADtem%201/also-viewed?numResults=20");
    expect(ids(answer).slice(0, 2).sort()).toEqual(["ítem 3", "ítem 5"]);
    expect(answer.items[0]).toMatchObject({ source: "also-viewed" });
    expect(answer.items[2].source).toBe("similar");
    expect(new Set(ids(answer)).size).toBe(20);
  });

  it("leaves out what the user bought", async () => {
    const answer = await get("/items/%C3%ADtem%201/also-viewed?userId=visitor+7&numResults=500");
    expect(ids(answer)).not.toContain("ítem 3");
    expect(ids(answer)).not.toContain("ítem 5");
  });
});

describe("because you viewed", () => {
  it("goes by the last item looked at and not bought, in words", async () => {
    const answer = await get<BecauseAnswer>("/because-you-viewed?userId=visitor+7&numResults=5");
    expect(answer.seed).toEqual({ itemId: "ítem 1", words: "Because you viewed Product number 1" });
    expect(answer.source).toBe("similar");
    expect(ids(answer).filter((id) => ["ítem 1", "ítem 3", "ítem 5"].includes(id))).toEqual([]);
  });

  it("has nothing to go by for a stranger", async () => {
    const answer = await get<BecauseAnswer>("/because-you-viewed?userId=nobody");
    expect([answer.seed, answer.source]).toEqual([undefined, "popular"]);
  });
});

describe("trending and popular", () => {
  it("tell the window and its end, and are filled up by what is popular", async () => {
    const answer = await get<TrendAnswer>("/trending?window=1d&numResults=30");
    expect([answer.window, answer.until]).toEqual(["1d", new Date(end * 1000 - 10_000).toISOString()]);
    expect(answer.note).toBeUndefined();
    const sources = answer.items.map(({ source }) => source);
    expect(sources[0]).toBe("trending");
    expect(sources.at(-1)).toBe("popular");
    expect(new Set(ids(answer)).size).toBe(30);
    expect((await getJson(app, "/trending?window=2d")).status).toBe(400);
  });

  it("count one event type", async () => {
    const [first, second] = ids(await get("/popular?eventType=purchase&numResults=2"));
    expect([first, second].sort()).toEqual(["ítem 3", "ítem 5"]);
    const { status, body } = await getJson<{ errors: { parameter: string }[] }>(
      app,
      "/popular?eventType=stare",
    );
    expect([status, body.errors[0].parameter]).toEqual([400, "eventType"]);
  });
});

describe("why", () => {
  it("adds up, to what the answer says of the row", async () => {
    for (const hide of ["purchased", "none"]) {
      const { items } = await get(`/recommendations?userId=user+2&numResults=3&explain=true&hide=${hide}`);
      const path = `/explain?userId=user+2&hide=${hide}&itemId=${encodeURIComponent(items[0].itemId)}`;
      const { score, contributions } = await get<PairExplanation>(path);
      expect(score).toBeCloseTo(items[0].score!, 5);
      expect(contributions.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(score!, 10);
      expect(contributions[0]).toMatchObject({ itemId: items[0].because![0].itemId });
      expect(contributions[0].share).toBeCloseTo(items[0].because![0].share, 10);
      expect(items[0].because![0].words).toMatch(/^Because you (bought|viewed) /);
    }
  });

  it("is told of an item that would never be shown, and of a session", async () => {
    const { contributions, score } = await get<PairExplanation>(
      "/explain?recent=%C3%ADtem+3&itemId=%C3%ADtem+6",
    );
    expect(contributions.map(({ itemId, words }) => [itemId, words])).toEqual([
      ["ítem 3", "Because you viewed Product number 3"],
    ]);
    expect(contributions[0].contribution).toBe(score);
  });

  it("says why it cannot be told", async () => {
    expect((await get<PairExplanation>("/explain?userId=nobody&itemId=%C3%ADtem+3")).reason).toMatch(
      /^nothing is known/,
    );
    expect((await get<PairExplanation>("/explain?userId=user+2&itemId=new")).reason).toMatch(
      /^the model does not know/,
    );
  });
});

describe("items that only the catalogue knows", () => {
  it("have similar ones by category, price and title", async () => {
    const { items } = await get("/items/late/similar?numResults=10");
    expect(items[0]).toMatchObject({ itemId: "ítem 3", source: "content" });
    expect(new Set(items.map(({ item }) => item?.category))).toEqual(new Set(["odd"]));
  });

  it("stand among a user's rows where their content lets expect them, and the list stays as long", async () => {
    const { items } = await get("/recommendations?userId=visitor+7&numResults=39");
    const place = items.findIndex(({ itemId }) => itemId === "late");
    expect(items[place].source).toBe("content");
    const scores = items.flatMap(({ score }) => (score === undefined ? [] : [score]));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(new Set(items.map(({ itemId }) => itemId)).size).toBe(items.length);
  });

  it("get places by exploration, the same for the same request, with the chance of it", async () => {
    const path = "/recommendations?userId=user+2&numResults=10&explorationWeight=0.5";
    const answer = await get(path);
    expect((await get(path)).items).toEqual(answer.items);
    const explored = answer.items.filter(({ source }) => source === "exploration");
    expect(explored.length).toBeGreaterThan(0);
    for (const { propensity } of explored) expect(propensity).toBeLessThanOrEqual(0.5);
    expect(new Set(ids(answer)).size).toBe(10);
    const others = await get("/recommendations?userId=user+4&numResults=10&explorationWeight=0.5");
    expect(others.items.length).toBe(10);
    expect(
      ids(
        await get(
          "/recommendations?userId=user+2&numResults=10&explorationWeight=1&explorationItemAgeCutOff=0",
        ),
      ),
    ).toContain("late");
  });
});
