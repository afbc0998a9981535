import { describe, expect, it } from "vitest";
import { productTypes } from "../../src/demo/departments.ts";
import { drawImage } from "../../src/demo/draw-image.ts";
import { finishes } from "../../src/demo/finishes.ts";
import { makeDemoShop } from "../../src/demo/shop.ts";
import { silhouettes } from "../../src/demo/silhouettes.ts";

const images = makeDemoShop().items.map((item) => /^\/images\/(.+)\.svg$/.exec(item.image ?? "")?.[1] ?? "");

/** The drawing without its name, which would tell any two apart. */
function drawing(name: string): string {
  return (drawImage(name) ?? "").replace(/<title>.*?<\/title>/, "");
}

describe("drawImage", () => {
  it("has a silhouette of its own for each of at least 120 types of product", () => {
    expect([...silhouettes.keys()].sort()).toEqual(productTypes.map(({ name }) => name).sort());
    expect(silhouettes.size).toBeGreaterThanOrEqual(120);
    const shapes = [...silhouettes.values()].map(({ parts }) => parts.map(({ shape }) => shape).join());
    expect(new Set(shapes).size).toBe(silhouettes.size);
  });

  it("draws every product, no two alike", () => {
    expect(new Set(images.map(drawing)).size).toBe(2_465);
  });

  it("draws whole SVG: every shape is complete, every reference is defined, and nothing runs or is fetched", () => {
    const used = new Set<string>();
    for (const name of images) {
      const svg = drawImage(name) ?? "";
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 100 100">.*<\/svg>$/s);
      expect(svg).not.toMatch(/undefined|NaN|script|href/);
      const ids = new Set([...svg.matchAll(/ id="(\w+)"/g)].map(([, id]) => id));
      for (const [, id] of svg.matchAll(/url\(#(\w+)\)/g)) {
        expect(ids).toContain(id);
        used.add(id);
      }
      for (const [, path] of svg.matchAll(/ d="([^"]*)"/g))
        expect(path).toMatch(/^M[-\d. MmLlHhVvQqTtAaCcZz]+$/);
    }
    expect([...used].sort()).toEqual(["lamp", "light", "print", "shadow", "surface"]);
  });

  it("paints each style from its own palette, and each material with its own pattern", () => {
    const fills = (name: string) =>
      new Set([...drawing(name).matchAll(/fill="(#\w+)"/g)].map(([, hex]) => hex));
    expect(fills("mug-nordic-porcelain-1")).not.toEqual(fills("mug-retro-porcelain-1"));
    const surface = (name: string) => /<pattern id="surface".*?<\/pattern>/s.exec(drawing(name))?.[0];
    expect(surface("mug-nordic-porcelain-1")).not.toBe(surface("mug-nordic-stoneware-1"));
    for (const { materials } of productTypes)
      for (const material of materials) expect(finishes.has(material)).toBe(true);
  });

  it.each([
    ...[
      "mug",
      "mug-nordic",
      "mug-nordic-oak-1",
      "mug-baroque-enamel-1",
      "boat-nordic-oak-1",
      "mug-nordic-enamel-0",
    ],
    ...[
      "mug-nordic-enamel-100",
      "mug-nordic-enamel-01",
      "constructor-nordic-oak-1",
      "../mug-nordic-enamel-1",
      "",
    ],
  ])("knows no %j", (name) => {
    expect(drawImage(name)).toBeUndefined();
  });
});
