import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Catalog, packCatalog } from "../../../src/catalog/catalog.ts";
import type { CatalogItem } from "../../../src/catalog/catalog-item.ts";
import { Random } from "../../../src/math/random.ts";
import type { History } from "../../../src/model/history.ts";
import { FilterCache } from "../../../src/ranking/filter/filter-cache.ts";
import { convenienceFilter, itemFilter } from "../../../src/ranking/filter/item-filter.ts";
import type { UserAttributes } from "../../../src/ranking/filter/user-tests.ts";

const random = new Random("items");
const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)];
const items: CatalogItem[] = Array.from({ length: 60 }, (_, row) => ({
  itemId: `item ${row}`,
  title: "",
  available: true,
  ...(row % 7 ? { price: random.integer(10) } : {}),
  ...(row % 5 ? { category: pick(["a", "b", "a|b", "c"]) } : {}),
  attributes: {
    ...(row % 3 ? { weight: random.integer(4) } : {}),
    ...(row % 4 ? { Style: pick(["old", "7", "new"]) } : {}),
  },
}));
const catalog = Catalog.open(packCatalog(items), "items");
const bitTypes = [["View"], ["Purchase"], ["Like", "Share"]];
/** The model knows the items in another order, some of them not, and one that the catalogue does not have. */
const modelItems = [...Array.from({ length: 50 }, (_, row) => (row * 7) % 60), 60];
const hiddenAlways = Uint8Array.from(modelItems, (row) => Number(row === 60 || row === 14));
const target = {
  itemCount: modelItems.length,
  items: catalog,
  catalogRows: Uint32Array.from(modelItems, (row) => (row === 60 ? 0xffffffff : row)),
  hidden: hiddenAlways,
  bitTypes,
  maskPlaces: () => undefined,
};

interface Condition {
  field: string;
  operator: string;
  values: (string | number)[];
}
interface Written {
  keeps: boolean;
  interactions: boolean;
  conditions: Condition[];
  joins: ("AND" | "OR")[];
  user: Condition[];
}

const texts = fc.array(fc.constantFrom("a", "b", "c", "old", "7", "3"), { minLength: 1, maxLength: 3 });
const itemCondition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    field: fc.constantFrom("PRICE", "WEIGHT"),
    operator: fc.constantFrom("=", "<", "<=", ">", ">="),
    values: fc.tuple(fc.integer({ min: 0, max: 9 })),
  }),
  fc.record({
    field: fc.constantFrom("CATEGORY", "STYLE", "PRICE"),
    operator: fc.constantFrom("IN", "NOT IN"),
    values: texts,
  }),
);
const eventCondition: fc.Arbitrary<Condition> = fc.record({
  field: fc.constant("EVENT_TYPE"),
  operator: fc.constantFrom("IN", "NOT IN"),
  values: fc.array(fc.constantFrom("view", "PURCHASE", "share", "stare", "*"), {
    minLength: 1,
    maxLength: 2,
  }),
});
const userCondition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    field: fc.constant("AGE"),
    operator: fc.constantFrom("<", ">=", "="),
    values: fc.tuple(fc.integer({ min: 15, max: 25 })),
  }),
  fc.record({ field: fc.constant("CITY"), operator: fc.constantFrom("IN", "NOT IN"), values: texts }),
);
const written: fc.Arbitrary<Written> = fc.boolean().chain((interactions) =>
  fc.record({
    keeps: fc.boolean(),
    interactions: fc.constant(interactions),
    conditions: fc.array(interactions ? eventCondition : itemCondition, { minLength: 1, maxLength: 3 }),
    joins: fc.array(fc.constantFrom("AND" as const, "OR" as const), { minLength: 3, maxLength: 3 }),
    user: fc.array(userCondition, { maxLength: 2 }),
  }),
);

function write({ keeps, interactions, conditions, joins, user }: Written): string {
  const one =
    (data: string) =>
    ({ field, operator, values }: Condition) => {
      const quoted = values.map((value) => JSON.stringify(value));
      return `${data}.${field} ${operator} ${operator.endsWith("IN") ? `(${quoted.join(", ")})` : quoted[0]}`;
    };
  const tests = conditions.map(one(interactions ? "Interactions" : "Items"));
  const chain = tests.map((test, at) => (at === 0 ? test : `${joins[at - 1]} ${test}`)).join(" ");
  const condition = user.length > 0 ? ` IF ${user.map(one("CurrentUser")).join(" AND ")}` : "";
  return `${keeps ? "INCLUDE" : "EXCLUDE"} ItemID WHERE ${chain}${condition}`;
}

/** One comparison, as one would do it by hand. */
function compare({ operator, values }: Condition, found: string | number | undefined): boolean {
  const isIn =
    found !== undefined &&
    values.some(
      (value) => String(found).split("|").includes(String(value)) || String(found) === String(value),
    );
  if (operator === "IN" || operator === "=") return isIn;
  if (operator === "NOT IN") return !isIn;
  if (typeof found !== "number") return false;
  const [value] = values as number[];
  return (
    { "<": found < value, "<=": found <= value, ">": found > value, ">=": found >= value }[operator] ?? false
  );
}

function naive(
  expressions: readonly Written[],
  item: CatalogItem,
  events: readonly string[],
  user: UserAttributes,
): boolean {
  const active = expressions.filter((each) =>
    each.user.every(
      (test) => user[test.field] !== undefined && compare(test, user[test.field] as string | number),
    ),
  );
  const holds = (each: Written) => {
    const result = each.conditions.map((condition) => {
      if (!each.interactions) {
        const fields = {
          PRICE: item.price,
          CATEGORY: item.category,
          WEIGHT: item.attributes.weight,
          STYLE: item.attributes.Style,
        };
        return compare(condition, fields[condition.field as keyof typeof fields]);
      }
      const any = condition.values.includes("*")
        ? events.length > 0
        : events.some((type) =>
            condition.values.some((value) => String(value).toLowerCase() === type.toLowerCase()),
          );
      return any === (condition.operator === "IN");
    });
    const groups: boolean[][] = [[]];
    result.forEach((value, at) => {
      if (at > 0 && each.joins[at - 1] === "OR") groups.push([]);
      groups[groups.length - 1].push(value);
    });
    return groups.some((group) => group.every(Boolean));
  };
  const includes = active.filter(({ keeps }) => keeps);
  const isIncluded = includes.length === 0 || includes.some(holds);
  return isIncluded && !active.some((each) => !each.keeps && holds(each));
}

function historyOf(bits: ReadonlyMap<number, number>): History {
  const rows = [...bits.keys()].sort((a, b) => a - b);
  const zeros = new Uint32Array(rows.length);
  return {
    items: Uint32Array.from(rows),
    strength: new Float32Array(rows.length),
    lastTime: zeros,
    typeBits: Uint8Array.from(rows, (row) => bits.get(row) ?? 0),
  };
}

const typesOf = (bits: number): string[] =>
  bitTypes.flatMap((types, bit) => ((bits >> bit) & 1 ? types : []));

describe("filters applied", () => {
  it("leave what a naive evaluation leaves", () => {
    const bits = fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 7 })), { maxLength: 8 });
    const user = fc.record(
      { AGE: fc.integer({ min: 15, max: 25 }), CITY: fc.constantFrom("a", "b", "x") },
      { requiredKeys: [] },
    );
    const filters = fc.array(fc.array(written, { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 2,
    });
    const cache = new FilterCache(target, 10_000);
    fc.assert(
      fc.property(filters, bits, user, (lists, pairs, attributes) => {
        const done = new Map(pairs);
        const bound = lists.map((list) => itemFilter(list.map(write).join(" | ")));
        const { hidden, visible } = cache.apply(bound, { history: historyOf(done), attributes });
        const allow = (item: CatalogItem, events: string[]) =>
          lists.every((list) => naive(list, item, events, attributes));
        const expected = modelItems.map((row, at) =>
          hiddenAlways[at] === 1 || !allow(items[row], typesOf(done.get(at) ?? 0)) ? 1 : 0,
        );
        expect([...hidden]).toEqual(expected);
        expect([...(visible ?? [])]).toEqual(items.map((item) => Number(allow(item, []))));
        expect(cache.byteLength).toBeLessThan(15_000);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("mean the same as the parameters for category and price", () => {
    const cache = new FilterCache(target);
    const convenient = cache.apply([convenienceFilter({ category: "a|b", minPrice: 2, maxPrice: 7.5 })!]);
    const spelt = itemFilter(
      'INCLUDE ItemID WHERE Items.CATEGORY IN ("a|b") AND Items.PRICE >= 2 AND Items.PRICE <= 7.5',
    );
    expect(convenient.hidden).toEqual(cache.apply([spelt]).hidden);
    expect(convenient.hidden).not.toEqual(hiddenAlways);
    expect(convenienceFilter({})).toBeUndefined();
    expect(convenienceFilter({ category: '"a", \\' })?.expressions[0].anyOf[0][0].texts).toEqual(['"a", \\']);
  });

  it("may name items by their ids", () => {
    const { hidden } = new FilterCache(target).apply([
      itemFilter('INCLUDE ItemID WHERE Items.ITEM_ID IN ("item 7", "nothing")'),
    ]);
    expect([...hidden.keys()].filter((row) => hidden[row] === 0)).toEqual([1]);
  });

  it("are refused where the items cannot bear them", () => {
    const cache = new FilterCache(target);
    expect(() => cache.apply([itemFilter("EXCLUDE ItemID WHERE Items.COLOUR = 1")])).toThrow(
      "at character 28: items have no field COLOUR; they have price, category, creation_timestamp, weight, Style",
    );
    expect(() => cache.apply([itemFilter("EXCLUDE ItemID WHERE Items.STYLE < 1")])).toThrow(
      /STYLE holds texts, which have no order: use IN/,
    );
    const bare = new FilterCache({ itemCount: 3, bitTypes, maskPlaces: () => undefined });
    expect(() => bare.apply([itemFilter("EXCLUDE ItemID WHERE Items.PRICE < 1")])).toThrow(
      /this server has no catalogue/,
    );
    expect([
      ...bare.apply([itemFilter("INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)")], {
        history: historyOf(new Map([[1, 1]])),
      }).hidden,
    ]).toEqual([1, 0, 1]);
  });
});
