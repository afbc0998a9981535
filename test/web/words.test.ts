import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { categoryPath, idOf, productPath } from "../../web/src/shop/addresses.ts";
import { factsOf } from "../../web/src/shop/facts.ts";
import { headingOf, reasonsOf } from "../../web/src/shop/heading.ts";
import { formCount, sizeOf, toneOf } from "../../web/src/tones.ts";

const row = (...because: [string, number][]) => ({
  because: because.map(([itemId, share]) => ({ itemId, share })),
});

describe("the first row's heading", () => {
  const items = [row(["lamp", 0.6], ["rug", 0.4]), row(["rug", 0.7]), row()];

  it("says what the row is", () => {
    const words = (source: string, isKnown: boolean, isActive: boolean) =>
      headingOf({ source, items }, { isKnown, isActive }).words;
    expect(words("trending", false, false)).toBe("Trending products");
    expect(words("popular", true, false)).toBe("Popular right now");
    expect(words("als", true, false)).toBe("Inspired by your shopping trends");
    expect(words("fold-in", false, true)).toBe("For you, because of");
  });

  it("names the two items that the row owes most to", () => {
    expect(headingOf({ source: "fold-in", items }, { isKnown: false, isActive: true }).because).toEqual([
      "rug",
      "lamp",
    ]);
    expect(reasonsOf({ source: "als", items: [{}] })).toEqual([]);
    expect(headingOf({ source: "als", items: [] }, { isKnown: true, isActive: true }).words).toBe("For you");
  });
});

describe("the line of facts", () => {
  it("says what was measured, and nothing of what was not", () => {
    const measured = { source: "als", scoringMilliseconds: 0.42, milliseconds: 3, catalogSize: 2465 };
    expect(factsOf({ ...measured, hosts: ["localhost", "127.0.0.1", "[::1]"] }, "en").join(" · ")).toBe(
      "0.4 ms · exact over 2,465 products · no request left this machine",
    );
    expect(factsOf({ source: "trending", milliseconds: 12.3, hosts: ["localhost"] }, "en")).toEqual([
      "12 ms there and back",
      "no request left this machine",
    ]);
  });

  it("names whoever else was asked", () => {
    const hosts = ["localhost", "api.shop.example", "cdn.example", "localhost.evil.example"];
    expect(factsOf({ source: "als", hosts }, "en").at(-1)).toBe(
      "asked of api.shop.example, cdn.example, localhost.evil.example",
    );
  });
});

describe("a product's address", () => {
  it("gives back every id that there is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (id) => {
        for (const path of [productPath(id), categoryPath(id)]) {
          const { pathname } = new URL(path, "http://shop.example");
          expect(pathname).toBe(path);
          const segment = path.slice(path.lastIndexOf("/") + 1);
          expect(segment).not.toBe("");
          expect(idOf(segment)).toBe(id);
        }
      }),
    );
    for (const id of [".", "..", "", "~", "~a", "a/b", "%", "%2F", "?#"])
      expect(idOf(productPath(id).slice(9))).toBe(id);
    expect(idOf("%E0%A4%A")).toBeUndefined();
  });
});

describe("the look of an item without a picture", () => {
  it("follows from its id, and differs between neighbours", () => {
    expect(toneOf("mug-1")).toEqual(toneOf("mug-1"));
    const tones = Array.from({ length: 400 }, (_, n) => toneOf(`850${n}`));
    expect(tones.every(({ hue, form }) => hue >= 0 && hue < 360 && form >= 0 && form < formCount)).toBe(true);
    for (let form = 0; form < formCount; form++) {
      expect(tones.filter((tone) => tone.form === form).length).toBeGreaterThan(60);
    }
    for (let hue = 0; hue < 360; hue += 60) {
      expect(tones.filter((tone) => tone.hue >= hue && tone.hue < hue + 60).length).toBeGreaterThan(30);
    }
  });

  it("sets long titles smaller", () => {
    expect(sizeOf("MUG")).toBe("xl");
    expect(sizeOf("WHITE HANGING HEART")).toBe("l");
    expect(sizeOf("WHITE HANGING HEART T-LIGHT HOLDER")).toBe("m");
    expect(sizeOf("x".repeat(200))).toBe("s");
  });
});
