import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Query } from "../../src/serving/query.ts";
import { QueryError } from "../../src/serving/query.ts";
import { Serving } from "../../src/serving/serving.ts";
import { items, MemorySource, personalModel, shopItems, smallCatalog, smallServing } from "./small-shop.ts";

let serving: Serving;
beforeAll(async () => {
  serving = await smallServing();
});

const ids = (query: Query) => serving.answer(query).items.map((row) => row.itemId);

describe("an answer", () => {
  it("is personal for a known user, with the catalogue's words", () => {
    const answer = serving.answer({ userId: "user 2", numResults: 5, hide: "none" });
    expect(answer.source).toBe("als");
    expect(answer.userId).toBe("user 2");
    expect(answer.model).toEqual({ version: "v1", channel: "production" });
    expect(answer.items.map((row) => row.rank)).toEqual([1, 2, 3, 4, 5]);
    const [first] = answer.items;
    expect(first.item).toEqual(pick(first.itemId));
    // Even users like even items.
    const even = answer.items.filter((row) => Number(row.itemId.slice(5)) % 2 === 0);
    expect(even.length).toBeGreaterThanOrEqual(4);
  });

  it("carries an id of its own each time, and is otherwise the same", () => {
    const { recommendationId: one, ...first } = serving.answer({ userId: "user 1" });
    const { recommendationId: two, ...second } = serving.answer({ userId: "user 1" });
    expect(one).not.toBe(two);
    expect(one).toMatch(/^[0-9a-f-]{36}$/);
    expect(first).toEqual(second);
  });

  it("is what is popular for an unknown user, and for none", () => {
    const unknown = serving.answer({ userId: "nobody" });
    expect(unknown.source).toBe("popular");
    expect(unknown.items.length).toBe(25);
    expect(ids({ userId: "nobody" })).toEqual(ids({}));
    expect(serving.popular({ userId: "user 2", itemId: "ítem 2" }).items.map((row) => row.itemId)).toEqual(
      ids({}),
    );
  });

  it("folds in what a session did", () => {
    const answer = serving.answer({ recent: ["ítem 10", "ítem 12:purchase"], explain: true });
    expect(answer.source).toBe("fold-in");
    expect(answer.items.map((row) => row.itemId)).not.toContain("ítem 12");
    const [{ because }] = answer.items;
    expect(because?.length).toBeGreaterThan(0);
    expect(because?.every(({ itemId }) => ["ítem 10", "ítem 12"].includes(itemId))).toBe(true);
  });

  it("joins recent events to the user's history", () => {
    const before = serving.answer({ userId: "user 2" });
    const after = serving.answer({ userId: "user 2", recent: ["ítem 31:Purchase"] });
    expect(after.source).toBe("fold-in");
    expect(after.items.map((row) => row.itemId)).not.toEqual(before.items.map((row) => row.itemId));
  });

  it("passes over an unknown recent item, but not over an unknown event type", () => {
    expect(serving.answer({ recent: ["unheard of", "un:heard"] }).source).toBe("popular");
    expect(() => serving.answer({ recent: ["ítem 2:Stare"] })).toThrow(QueryError);
    expect(() => serving.answer({ recent: ["ítem 2:Stare"] })).toThrow(/"Stare" is unknown; known are View/);
  });

  it("hides beside an item what this session bought, and checks what it says", () => {
    const [{ itemId: nearest }] = serving.answer({ itemId: "ítem 2", numResults: 1 }).items;
    expect(ids({ itemId: "ítem 2", recent: [`${nearest}:Purchase`], numResults: 500 })).not.toContain(
      nearest,
    );
    expect(() => serving.answer({ itemId: "ítem 2", recent: ["ítem 3:Stare"] })).toThrow(QueryError);
    expect(serving.answer({ itemId: "unheard of", userId: "user 2", recent: ["ítem 3"] }).source).toBe(
      "popular",
    );
  });

  it("shows items like an item, and popular ones for an unknown item", () => {
    const similar = serving.answer({ itemId: "ítem 2", numResults: 4 });
    expect(similar.source).toBe("similar");
    expect(similar.items.map((row) => row.itemId)).not.toContain("ítem 2");
    expect(serving.answer({ itemId: "unheard of" }).source).toBe("popular");
  });

  it("never shows what is out of stock or has left the catalogue", () => {
    for (const query of [{}, { userId: "user 2" }, { itemId: "ítem 2" }, { recent: ["ítem 4"] }]) {
      const shown = ids({ ...query, numResults: 500, hide: "none" });
      expect(shown).not.toContain("ítem 6");
      expect(shown).not.toContain("ítem 8");
    }
  });

  it("says that a category needs a catalogue", async () => {
    const source = new MemorySource();
    source.models.set("v1", async () => ({ model: await personalModel() }));
    source.state = { etag: "1", model: "v1" };
    const bare = await Serving.start({ source });
    expect(() => bare.answer({ category: "even" })).toThrow(QueryError);
    expect(() =>
      bare.answer({ maxPrice: 1, category: "even", recent: ["ítem 2:Stare", "ítem 3:Look"] }),
    ).toThrow(
      /^category needs a catalogue.*; maxPrice needs.*; recent entry 1: event type "Stare".*; recent entry 2: .*"Look"/,
    );
    expect(bare.answer({ exclude: ["ítem 2"] }).items.map((row) => row.itemId)).not.toContain("ítem 2");
    expect(bare.answer({}).items[0].item).toBeUndefined();
    expect(bare.listItems({}).total).toBe(0);
  });
});

describe("what narrows an answer", () => {
  const narrowing = fc.record(
    {
      category: fc.constantFrom("even", "odd", "no such"),
      minPrice: fc.integer({ min: 0, max: 40 }),
      maxPrice: fc.integer({ min: 0, max: 40 }),
      exclude: fc.array(fc.constantFrom("new", ...items.map((item) => item.itemId)), { maxLength: 10 }),
      numResults: fc.integer({ min: 1, max: 60 }),
      userId: fc.constantFrom("user 2", "user 7", "nobody"),
    },
    { requiredKeys: ["numResults"] },
  );

  it("leaves exactly the items that a filter by hand leaves, as many as asked for", () => {
    fc.assert(
      fc.property(narrowing, (query) => {
        const byPrice = query.minPrice !== undefined || query.maxPrice !== undefined;
        const allowed = shopItems.filter(
          ({ itemId, available, category, price = Number.NaN }) =>
            available &&
            (query.category === undefined || category === query.category) &&
            (!byPrice || (price >= (query.minPrice ?? 0) && price <= (query.maxPrice ?? Infinity))) &&
            !query.exclude?.includes(itemId),
        );
        const shown = ids({ ...query, hide: "none" });
        expect(new Set(shown).size).toBe(shown.length);
        expect(shown.length).toBe(Math.min(query.numResults, allowed.length));
        expect(shown.every((id) => allowed.some((item) => item.itemId === id))).toBe(true);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("keeps the order of what it leaves", () => {
    const all = ids({ userId: "user 2", numResults: 500 });
    const even = new Set(items.filter((item) => item.category === "even").map((item) => item.itemId));
    const narrowed = serving.answer({ userId: "user 2", category: "even", numResults: 500 });
    const personal = narrowed.items.filter((row) => row.source === "als").map((row) => row.itemId);
    expect(personal).toEqual(all.filter((id) => even.has(id)));
  });
});

describe("what only the catalogue knows", () => {
  it("fills up where the model's items do not suffice, and says so", () => {
    const { items: rows } = serving.answer({ userId: "user 2", numResults: 500, hide: "none" });
    expect(rows.length).toBe(39);
    expect(rows.at(-1)).toEqual({
      ...{ itemId: "new", rank: 39, source: "content", item: { title: "Árrived today" } },
    });
    expect(ids({ userId: "user 2", numResults: 38, hide: "none" })).not.toContain("new");
    expect(ids({ itemId: "new", numResults: 500 })).not.toContain("new");
    expect(ids({ exclude: ["new"], numResults: 500 })).not.toContain("new");
    expect(ids({ maxPrice: 1e9, numResults: 500 })).not.toContain("new");
  });

  it("is the whole answer in a category of new items", async () => {
    const fresh = ["b", "a", "gone"].map((itemId) => ({
      ...{ itemId, title: itemId, category: "fresh", price: 5, available: itemId !== "gone", attributes: {} },
    }));
    const source = new MemorySource();
    source.models.set("v1", async () => ({ model: await personalModel() }));
    source.catalogs.set("c2", async () => smallCatalog([...shopItems, ...fresh]));
    source.state = { etag: "1", model: "v1", catalog: "c2" };
    const answer = (await Serving.start({ source })).answer({ userId: "user 2", category: "fresh" });
    expect(answer.source).toBe("content");
    expect(answer.items.map((row) => row.itemId)).toEqual(["b", "a"]);
  });
});

describe("the catalogue's lists", () => {
  it("page through what is on sale, the most popular first", () => {
    const first = serving.listItems({});
    expect(first).toMatchObject({ page: 1, pageSize: 24, total: 39 });
    expect(first.items.map((item) => item.itemId).slice(0, 5)).toEqual(ids({ numResults: 5 }));
    const second = serving.listItems({ page: 2 });
    expect(second.items.length).toBe(15);
    // Unknown to the model: after all that it knows.
    expect(second.items.at(-1)?.itemId).toBe("new");
    expect(serving.listItems({ page: 99 }).items).toEqual([]);
  });

  it("narrow by category and by words without case or accents", () => {
    expect(serving.listItems({ category: "odd" }).items.every((item) => item.category === "odd")).toBe(true);
    expect(serving.listItems({ q: "NUMBER 13" }).items.map((item) => item.itemId)).toEqual(["ítem 13"]);
    expect(serving.listItems({ q: "arrived" }).items.map((item) => item.itemId)).toEqual(["new"]);
  });

  it("find one item on sale", () => {
    expect(serving.findItem("new")?.title).toBe("Árrived today");
    expect(serving.findItem("ítem 6")).toBeUndefined();
    expect(serving.findItem("unheard of")).toBeUndefined();
    expect(serving.categories()).toEqual(["even", "odd"]);
  });

  it("give the storefront its twenty products", () => {
    const products = serving.products(serving.answer({ userId: "user 2", numResults: 20 }));
    expect(products.length).toBe(20);
    expect(Object.keys(products[0])).toEqual([
      "id",
      "description",
      "price",
      "category",
      "installments",
      "image",
    ]);
    expect(products.map((product) => product.id)).toEqual(ids({ userId: "user 2", numResults: 20 }));
  });
});

function pick(itemId: string) {
  const { title, price, category, image } = items.find((item) => item.itemId === itemId)!;
  return { title, price, category, image };
}
