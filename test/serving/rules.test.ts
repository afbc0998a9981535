import { beforeAll, describe, expect, it } from "vitest";
import { parseRules, type Rules } from "../../src/registry/rules.ts";
import { checkRules } from "../../src/serving/check-rules.ts";
import type { Query, QueryError } from "../../src/serving/query.ts";
import { Serving } from "../../src/serving/serving.ts";
import { busySource } from "./busy-shop.ts";
import { items, logged, smallSource } from "./small-shop.ts";

const odd = 'INCLUDE ItemID WHERE Items.CATEGORY IN ("odd")';
const itemOf = (id: string) => items.find(({ itemId }) => itemId === id);

/** A server with the small shop's model and catalogue, and these rules. */
async function servingWith(rules: Partial<Rules>, source = smallSource()): Promise<Serving> {
  const parsed = parseRules(rules, "rules");
  Object.assign(source, { loadRules: async () => parsed });
  source.state = { etag: "1", model: "v1", catalog: "c1", rules: "r1" };
  return Serving.start({ source });
}

const idsOf = (serving: Serving, query: Query) => serving.answer(query).items.map(({ itemId }) => itemId);

describe("a query's filter", () => {
  let serving: Serving;
  beforeAll(async () => {
    serving = await servingWith({
      filters: {
        "below-price": "INCLUDE ItemID WHERE Items.PRICE < $PRICE",
        bought: 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase")',
      },
    });
  });

  it("leaves what it says, by its text or its name, new items too", () => {
    const byText = serving.answer({ userId: "user 2", filter: odd, numResults: 10 });
    expect(byText.source).toBe("als");
    expect(byText.items.map(({ item }) => item?.category)).toEqual(new Array(10).fill("odd"));
    const cheap = serving.answer({
      userId: "user 2",
      filterName: "below-price",
      filterValues: { PRICE: "9" },
    });
    expect(cheap.items.length).toBeGreaterThan(4);
    for (const { item } of cheap.items) expect(item?.price).toBeLessThan(9);
    // "new" has no category: it is not among the odd, and not excluded with them.
    expect(idsOf(serving, { filter: odd, numResults: 500 })).not.toContain("new");
    expect(idsOf(serving, { filter: odd.replace("INCLUDE", "EXCLUDE"), numResults: 500 })).toContain("new");
  });

  it("knows what the user did, the session's last events too, and everything goes together", () => {
    const again = idsOf(serving, { userId: "user 2", filterName: "bought", hide: "none", numResults: 500 });
    const hidden = idsOf(serving, { userId: "user 2", numResults: 500 });
    expect(again.length).toBeGreaterThan(0);
    for (const id of again) expect(hidden).not.toContain(id);
    expect(
      idsOf(serving, { filterName: "bought", hide: "none", recent: ["ítem 3:Purchase", "ítem 5"] }),
    ).toEqual(["ítem 3"]);
    const narrow = idsOf(serving, {
      filter: odd,
      maxPrice: 9,
      exclude: ["ítem 1"],
      hide: "none",
      numResults: 500,
    });
    expect(narrow.every((id) => itemOf(id)?.category === "odd" && (itemOf(id)?.price ?? 99) <= 9)).toBe(true);
    expect(narrow).not.toContain("ítem 1");
    expect(
      idsOf(serving, {
        filter: `${odd} IF CurrentUser.AGE < 18`,
        userAttributes: { age: 12 },
        numResults: 5,
      }).every((id) => itemOf(id)?.category === "odd"),
    ).toBe(true);
  });

  it("says what is wrong with it", () => {
    const faultsOf = (query: Query) => {
      try {
        serving.answer(query);
      } catch (error) {
        return (error as QueryError).faults.map(({ parameter, detail }) => `${parameter} ${detail}`);
      }
      return [];
    };
    expect(faultsOf({ filter: "INCLUDE" })).toEqual([
      "filter at character 8: expected ItemID, the filter ends",
    ]);
    expect(faultsOf({ filter: "INCLUDE ItemID WHERE Items.SIZE = 1" })[0]).toMatch(
      /^filter at character 28: items have no field SIZE; they have price/,
    );
    expect(faultsOf({ filterName: "x", filter: odd })).toEqual(["filterName cannot be given beside filter"]);
    expect(faultsOf({ filterName: "toString" })).toEqual([
      'filterName there is no filter "toString" among the rules',
    ]);
    expect(faultsOf({ filterValues: { A: "1" } })).toEqual([
      "filterValues are of no filter: give filter or filterName",
    ]);
    expect(faultsOf({ filterName: "below-price" })).toEqual([
      "filterName at character 36: the parameter $PRICE of an INCLUDE needs a value",
    ]);
    expect(faultsOf({ filterName: "below-price", filterValues: { PRICE: "1", COST: "2" } })[0]).toMatch(
      /^filterValues the filter has no parameter \$COST/,
    );
    expect(faultsOf({ promotions: [{ name: "p", percentPromotedItems: 5, filterName: "x" }] })[0]).toMatch(
      /^promotions filterName there is no filter "x"/,
    );
  });
});

describe("rules", () => {
  it("promote their share, whatever the query's filter says, and repeat themselves", async () => {
    const serving = await servingWith({
      promotions: [{ name: "odd ones".replace(" ", "-"), filter: odd, percentPromotedItems: 30 }],
    } as never);
    const query: Query = {
      userId: "user 2",
      numResults: 10,
      filter: 'INCLUDE ItemID WHERE Items.CATEGORY IN ("even")',
    };
    const { items: rows } = serving.answer(query);
    const promoted = rows.filter(({ source }) => source === "promoted");
    expect(promoted.length).toBe(3);
    for (const { item, promotionName } of promoted)
      expect([item?.category, promotionName]).toEqual(["odd", "odd-ones"]);
    for (const { item } of rows.filter(({ source }) => source !== "promoted"))
      expect(item?.category).toBe("even");
    expect(promoted.map(({ score }) => score)).toEqual(
      promoted.map(({ score }) => score).sort((a, b) => b! - a!),
    );
    expect(idsOf(serving, query)).toEqual(rows.map(({ itemId }) => itemId));
    expect(
      serving.answer({ ...query, exclude: [promoted[0].itemId] }).items.map(({ itemId }) => itemId),
    ).not.toContain(promoted[0].itemId);
    // The query's own promotions stand instead.
    const own = serving.answer({ ...query, promotions: [{ name: "mine", percentPromotedItems: 10 }] });
    expect(
      own.items.filter(({ source }) => source === "promoted").map(({ promotionName }) => promotionName),
    ).toEqual(["mine"]);
    expect(serving.answer({ itemId: "ítem 2" }).items.some(({ source }) => source === "promoted")).toBe(
      false,
    );
  });

  it("pin what may be shown, at its place", async () => {
    const serving = await servingWith({
      pins: [
        { itemId: "ítem 31", position: 2 },
        { itemId: "new", position: 4 },
        { itemId: "ítem 6", position: 1 },
        { itemId: "ítem 8", position: 3 },
        { itemId: "ítem 33", position: 5, until: "2020-01-01T00:00:00Z" },
      ],
    });
    const { items: rows } = serving.answer({ userId: "user 2", numResults: 6 });
    expect(rows.flatMap(({ source, itemId, rank }) => (source === "pinned" ? [[rank, itemId]] : []))).toEqual(
      [
        [2, "ítem 31"],
        [4, "new"],
      ],
    );
    expect(rows[1].item?.title).toBe("Product number 31");
    // Not on a page that it does not belong to, nor to who has bought it.
    expect(idsOf(serving, { category: "even", numResults: 5 })).not.toContain("ítem 31");
    expect(idsOf(serving, { recent: ["ítem 31:Purchase"], numResults: 5 })).not.toContain("ítem 31");
  });

  it("boost and bury what is ranked by a score, and tell the score itself", async () => {
    const plain = await servingWith({});
    const query: Query = { userId: "user 2", numResults: 8, hide: "none" };
    const raw = new Map(
      plain.answer({ ...query, numResults: 500 }).items.map(({ itemId, score }) => [itemId, score]),
    );
    const boosted = await servingWith({ boosts: [{ name: "up", filter: odd, by: 5 }] } as never);
    const buried = await servingWith({
      boosts: [{ name: "down", filter: odd.replace("odd", "even"), by: -5 }],
    } as never);
    for (const serving of [boosted, buried]) {
      const { items: rows } = serving.answer(query);
      expect(rows.map(({ item }) => item?.category)).toEqual(new Array(8).fill("odd"));
      for (const { itemId, score } of rows) expect(score).toBe(raw.get(itemId));
    }
  });

  it("boost and bury among rows that something bends, and new items by what they are", async () => {
    const query: Query = { userId: "user 2", numResults: 500, explorationItemAgeCutOff: 365 };
    const plain = await servingWith({}, busySource());
    const raw = new Map(plain.answer(query).items.map(({ itemId, score }) => [itemId, score]));
    const boosted = await servingWith(
      { boosts: [{ name: "up", filter: odd, by: 5 }] } as never,
      busySource(),
    );
    for (const bent of [{ diversity: 0.1 }, { popularityInfluence: 0.1 }, { explorationWeight: 0.1 }]) {
      const { items: rows } = boosted.answer({ ...query, ...bent, numResults: 8 });
      const odds = rows.filter(({ item }) => item?.category === "odd");
      expect(odds.length).toBeGreaterThan(6);
      for (const { itemId, score, source } of rows) if (source === "als") expect(score).toBe(raw.get(itemId));
    }
    const explored = boosted.answer({ ...query, explorationWeight: 1, numResults: 30 }).items;
    expect(explored.filter(({ score }) => score !== undefined).length).toBeGreaterThan(20);
    for (const { itemId, score } of explored) expect(score).toBe(raw.get(itemId));
    // As much as the others of its category, so that it stands before the rest, and where it scores among them.
    const placeOf = (serving: Serving) => idsOf(serving, query).indexOf("late");
    expect(placeOf(plain)).toBeGreaterThanOrEqual(0);
    const rows = boosted.answer(query).items;
    const lastOdd = rows
      .filter(({ source }) => source !== "popular")
      .findLastIndex(({ item }) => item?.category === "odd");
    expect(placeOf(boosted)).toBeLessThanOrEqual(lastOdd);
    expect(rows[placeOf(boosted)].item?.category).toBe("odd");
    const buried = await servingWith(
      { boosts: [{ name: "down", filter: odd, by: -9 }] } as never,
      busySource(),
    );
    expect(placeOf(buried)).toBeGreaterThan(placeOf(boosted));
  });

  it("promote in the order of scores, whatever bends and explores the rest", async () => {
    const promotions = [{ name: "odd", filter: odd, percentPromotedItems: 40 }];
    const serving = await servingWith({ promotions } as never, busySource());
    const promotedOf = (query: Query) =>
      serving
        .answer({ userId: "user 2", numResults: 10, ...query })
        .items.filter(({ source }) => source === "promoted");
    const plain = promotedOf({}).map(({ itemId, score }) => [itemId, score]);
    expect(plain.length).toBe(4);
    const bent = promotedOf({ explorationWeight: 0.9, diversity: 0.9 });
    expect(bent.map(({ itemId, score }) => [itemId, score])).toEqual(plain);
    for (const row of bent) expect(row.propensity).toBeUndefined();
  });

  it("that the catalogue cannot bear are left out, and the others hold", async () => {
    const rules = {
      filters: { broken: "INCLUDE ItemID WHERE Items.SIZE = 1" },
      promotions: [
        { name: "broken", filterName: "broken", percentPromotedItems: 50 },
        { name: "whole", filter: odd, percentPromotedItems: 20 },
      ],
      boosts: [
        { name: "personal", filter: 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("view")', by: 1 },
      ],
      pins: [{ itemId: "ítem 99", position: 1 }],
    };
    const serving = await servingWith(rules as never);
    expect(
      serving.answer({ numResults: 10 }).items.filter(({ source }) => source === "promoted").length,
    ).toBe(2);
    expect(logged).toContain("warn: rule left out");
    const { faults, rules: checked } = await checkRules(parseRules(rules, "rules"), smallSource());
    expect(faults.map(({ rule }) => rule)).toEqual([
      "filters.broken",
      "promotions.broken",
      "boosts.personal",
      "pins.ítem 99",
    ]);
    expect(checked.find(({ rule }) => rule === "promotions.whole")).toEqual({
      rule: "promotions.whole",
      needs: [],
      itemCount: 20,
    });
  });
});
