import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findTitles } from "../../src/serving/title-search.ts";
import { smallCatalog } from "./small-shop.ts";

const catalogOf = (titles: readonly string[]) =>
  smallCatalog(titles.map((title, row) => ({ itemId: String(row), title, available: true, attributes: {} })));
const found = (titles: readonly string[], q: string) => {
  const marks = findTitles(catalogOf(titles), q);
  return marks && titles.filter((_, row) => marks[row] === 1);
};

describe("a search in titles", () => {
  it("wants every word, in any order, whatever its case and accents", () => {
    const titles = ["Café au lait", "cafe", "Lait\nd'amande", "tea"];
    expect(found(titles, "CAFE")).toEqual(["Café au lait", "cafe"]);
    expect(found(titles, "lait  café ")).toEqual(["Café au lait"]);
    expect(found(titles, "lait d")).toEqual(["Lait\nd'amande"]);
    expect(found(titles, "fete")).toEqual([]);
    expect(found(titles, " ")).toBeUndefined();
  });

  it("finds what looking at one title after another finds", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "é"), minLength: 1, maxLength: 3 });
    const title = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(" "));
    const plain = (text: string) => text.replaceAll("é", "e");
    fc.assert(
      fc.property(fc.array(title, { minLength: 1, maxLength: 8 }), title, (titles, q) => {
        const words = plain(q).split(" ");
        const expected = titles.filter((each) => words.every((part) => plain(each).includes(part)));
        expect(found(titles, q)).toEqual(expected);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
