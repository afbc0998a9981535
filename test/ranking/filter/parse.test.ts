import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bindFilter } from "../../../src/ranking/filter/bind.ts";
import { FilterError } from "../../../src/ranking/filter/expression.ts";
import { itemFilter } from "../../../src/ranking/filter/item-filter.ts";
import { parseFilter } from "../../../src/ranking/filter/parse.ts";

const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(FilterError);
    return (error as Error).message;
  }
  return "no error";
};

describe("a filter", () => {
  it("is read as Personalize's own examples are written", () => {
    const examples = [
      'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase")',
      'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
      "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)",
      "INCLUDE ItemID WHERE Items.PRICE <= $PRICE | EXCLUDE ItemID WHERE Items.CATEGORY IN ($CATS)",
      'EXCLUDE ItemID WHERE Items.CATEGORY_L1 IN ("shoe") AND Items.CATEGORY_L2 NOT IN ("boot")',
      "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > 1700000000",
      'EXCLUDE ItemID WHERE Items.GENRE IN ("Comedy") IF CurrentUser.AGE < 18 AND CurrentUser.SEX IN ("f")',
      "INCLUDE ItemID WHERE Items.VALUE > ($VALUE) IF CurrentUser.MEMBERSHIP = $PREMIUM",
    ];
    for (const example of examples) expect(parseFilter(example).text).toBe(example);
  });

  it("binds AND closer than OR", () => {
    const { expressions } = parseFilter("INCLUDE ItemID WHERE Items.A = 1 OR Items.B = 2 AND Items.C = 3");
    expect(expressions[0].anyOf.map((all) => all.map(({ field }) => field))).toEqual([["A"], ["B", "C"]]);
  });

  it.each([
    ["", "at character 1: expected INCLUDE or EXCLUDE, the filter ends"],
    ["INCLUDE ItemID Items.A = 1", 'at character 16: expected WHERE, found "Items"'],
    ['INCLUDE ItemID WHERE Items.A IN ("a"', "at character 37: expected ), the filter ends"],
    ['INCLUDE ItemID WHERE Items.A IN ("a', 'at character 34: this text never ends: a closing " is missing'],
    ["INCLUDE ItemID WHERE Items.A IN ('a')", "at character 34: texts stand between double quotes"],
    ["INCLUDE ItemID WHERE Items.A ~ 1", 'at character 30: "~" has no meaning here'],
    ['INCLUDE ItemID WHERE Items.A < "1"', "at character 32: < compares numbers, and texts are none"],
    ["INCLUDE ItemID WHERE Items.A IN (*)", "at character 34: * stands for event types only"],
    [
      "INCLUDE ItemID WHERE Interactions.DEVICE IN (1)",
      "at character 35: of interactions only EVENT_TYPE is known",
    ],
    [
      'INCLUDE ItemID WHERE Items.A = 1 AND Interactions.EVENT_TYPE IN ("x")',
      'at character 38: one expression looks at one data set, this one at Items: join two expressions with "|"',
    ],
    [
      "INCLUDE ItemID WHERE Items.A = 1 IF CurrentUser.B = 1 OR CurrentUser.C = 2",
      "at character 55: after IF only AND joins conditions",
    ],
    ["INCLUDE ItemID WHERE CurrentUser.B = 1", "at character 22: CurrentUser may only stand after IF"],
    [
      "INCLUDE ItemID WHERE Items.A = CurrentItem.A",
      "at character 32: CurrentItem is not offered: give its value as a parameter",
    ],
    ["INCLUDE ItemID WHERE (Items.A = 1)", 'at character 22: expected Items or Interactions, found "("'],
    [`INCLUDE ItemID WHERE Items.A = ${"1".repeat(400)}`, "at character 32: this number is too large"],
  ])("%s is refused where it goes wrong", (text, message) => {
    expect(messageOf(() => parseFilter(text))).toBe(message);
  });

  it("has at most 2,500 characters, and whatever they are it is read or refused within the test's time", () => {
    const pieces = [
      "INCLUDE ItemID WHERE ",
      "Items.A IN (",
      '"',
      "\\",
      "$A",
      ",",
      "(",
      " ",
      "OR Items.B = 1 ",
      "9".repeat(50),
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 400 }),
        (parts) => {
          const text = parts.join("").slice(0, 2600);
          const message = messageOf(() => parseFilter(text));
          if (text.length > 2500) expect(message).toMatch(/^a filter has at most 2500 characters/);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe("a filter's parameters", () => {
  const filter = parseFilter(
    "INCLUDE ItemID WHERE Items.PRICE <= $PRICE | EXCLUDE ItemID WHERE Items.CATEGORY IN ($CATS)",
  );

  it("take one value, several, or Personalize's quoted list", () => {
    const texts = (CATS: string | string[]) => bindFilter(filter, { PRICE: "5", CATS })[1].anyOf[0][0].texts;
    expect(texts("a, b")).toEqual(["a, b"]);
    expect(texts(["a", "b"])).toEqual(["a", "b"]);
    expect(texts('"a","b, \\"c\\""')).toEqual(["a", 'b, "c"']);
    expect(messageOf(() => texts('"a",b'))).toBe(
      'the value of $CATS is not a list such as "a","b" from character 5 on',
    );
  });

  it("may be left out of an EXCLUDE, and not of an INCLUDE", () => {
    expect(bindFilter(filter, { PRICE: "5" }).map(({ keeps }) => keeps)).toEqual([true]);
    expect(messageOf(() => bindFilter(filter, { CATS: "a" }))).toBe(
      "at character 37: the parameter $PRICE of an INCLUDE needs a value",
    );
  });

  it("are checked", () => {
    expect(messageOf(() => bindFilter(filter, { PRICE: "cheap" }))).toMatch(
      /<= compares numbers, and "cheap" is none/,
    );
    expect(messageOf(() => bindFilter(filter, { PRICE: ["1", "2"] }))).toMatch(
      /compares with one value, and 2 were given/,
    );
    expect(messageOf(() => itemFilter(filter.text, { PRICE: "1", CAT: "x" }))).toBe(
      "the filter has no parameter $CAT: it has $PRICE, $CATS",
    );
  });
});
