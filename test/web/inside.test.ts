import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  askerOf,
  askersOf,
  besideQuery,
  type Call,
  rowsBeside,
  seedOf,
  titlesOf,
} from "../../web/src/inside/asked.ts";
import {
  deedWords,
  doneWords,
  percent,
  reasonWords,
  routeWords,
  sourceWords,
  took,
} from "../../web/src/inside/plain-words.ts";

const sources = [
  ...["als", "fold-in", "similar", "bought-together", "trending", "popular", "content", "also-viewed"],
  ...["promoted", "pinned", "exploration"],
];

function answerOf(...itemIds: string[]) {
  const items = itemIds.map((itemId, at) => ({
    ...{ itemId, rank: at + 1, source: "als" as const, item: { title: `Title of ${itemId}` } },
  }));
  return { recommendationId: "r", source: "als" as const, model: { version: "v", channel: "c" }, items };
}

function callTo(path: string, answer: unknown = answerOf("a"), body?: unknown): Call {
  return { path, answer, ...(body !== undefined && { body }) };
}

describe("what a request says of who asked", () => {
  it("is read from the address, or from the body", () => {
    const asker = { userId: "a b&c", sessionId: "s", recent: ["x,y", "z:Purchase"] };
    const query = new URLSearchParams({ userId: asker.userId, sessionId: asker.sessionId, numResults: "3" });
    for (const item of asker.recent) query.append("recent", item);
    expect(askerOf({ path: `/recommendations?${query}` })).toEqual(asker);
    expect(askerOf({ path: "/recommendations", body: { ...asker, numResults: 3 } })).toEqual(asker);
    expect(askerOf({ path: "/popular" })).toEqual({});
  });

  it("is who asked last, each once, and nobody where nobody in particular asked", () => {
    const calls = [
      callTo("/recommendations?sessionId=s1"),
      callTo("/recommendations?userId=42&sessionId=s1"),
      callTo("/popular"),
      callTo("/recommendations?userId=7&sessionId=s1"),
      callTo("/recommendations?userId=42&sessionId=s1&recent=a"),
      callTo("/users/9?userId=9", { title: "no rows" }),
    ];
    expect(askersOf(calls).map(({ userId, sessionId }) => userId ?? sessionId)).toEqual(["42", "7", "s1"]);
    expect(askersOf(calls)[0].recent).toEqual(["a"]);
  });

  it("names the item that a row is beside, whatever its id", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: "grapheme" }).filter((id) => id.isWellFormed()),
        (itemId) => {
          const segment = encodeURIComponent(itemId);
          expect(seedOf(callTo(`/items/${segment}/similar?numResults=3`))).toBe(itemId);
          expect(seedOf(callTo(`/recommendations?itemId=${segment}`))).toBe(itemId);
        },
      ),
    );
    expect(seedOf(callTo("/because-you-viewed", { ...answerOf("a"), seed: { itemId: "s" } }))).toBe("s");
    expect(seedOf(callTo("/recommendations?userId=1"))).toBeUndefined();
  });

  it("gives items the names that any answer had for them", () => {
    const page = { items: [{ itemId: "p", title: "Of a page" }], total: 1 };
    const titles = titlesOf([
      callTo("/a", answerOf("a")),
      callTo("/items", page),
      callTo("/x", { items: 3 }),
      callTo("/y", null),
    ]);
    expect(Object.fromEntries(titles)).toEqual({ a: "Title of a", p: "Of a page" });
  });
});

describe("two lists side by side", () => {
  it("each say where the other has their items", () => {
    const [left, right] = [answerOf("a", "b", "c"), answerOf("c", "d", "a")];
    expect(rowsBeside(left, right).map(({ elsewhere }) => elsewhere)).toEqual([3, undefined, 1]);
    expect(rowsBeside(right, left).map(({ elsewhere }) => elsewhere)).toEqual([3, undefined, 1]);
    expect(rowsBeside(left, undefined).every(({ elsewhere }) => elsewhere === undefined)).toBe(true);
  });

  it("ask of the same shopper, by another model where one is chosen", () => {
    const asker = { userId: "1", recent: ["a"] };
    expect(besideQuery(asker, { kind: "personal" })).toEqual({ ...asker, numResults: 10 });
    expect(besideQuery(asker, { kind: "model", version: "v2" })).toMatchObject({ model: "v2" });
  });
});

describe("plain words", () => {
  it("are there for every source of the contract", () => {
    for (const source of sources) {
      expect(sourceWords(source)).not.toBe(source);
      expect(reasonWords(source)).not.toContain(source === "popular" ? "“" : `“${source}”`);
    }
    expect(sourceWords("of tomorrow")).toBe("of tomorrow");
  });

  it("say what was done", () => {
    expect(deedWords("Purchase")).toBe("Bought");
    expect(deedWords("wishlisted")).toBe("wishlisted:");
    expect(doneWords("Because you bought Oak desk")).toBe("Bought Oak desk");
    expect([took(0.04), took(8.26), took(123.4)]).toEqual(["0.1 ms", "8.3 ms", "123 ms"]);
    expect([percent(0.004), percent(0.41), percent(0)]).toEqual(["under 1 %", "41 %", "0 %"]);
  });

  it("say what a request is for", () => {
    expect(routeWords("/recommendations?userId=1")).toBe("Rows for the shopper");
    expect(routeWords("/recommendations?itemId=1")).toBe("Items like one item");
    expect(routeWords("/items/a%2Fb/similar?numResults=3")).toBe("Similar items");
    expect(routeWords("/items?page=2")).toBe("A page of products");
    expect(routeWords("/elsewhere?x=1")).toBe("/elsewhere");
  });
});
