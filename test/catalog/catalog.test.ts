import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Catalog, CatalogError, noCategory, packCatalog } from "../../src/catalog/catalog.ts";
import type { CatalogItem } from "../../src/catalog/catalog-item.ts";
import { readItems } from "../../src/catalog/read-items.ts";
import { BadRowsError } from "../../src/tables/bad-rows.ts";
import { MissingColumnError } from "../../src/tables/columns.ts";
import { packTensors, TensorFileError } from "../../src/tensors/safetensors.ts";

const folder = mkdtempSync(join(tmpdir(), "items-"));
afterAll(() => rmSync(folder, { recursive: true }));

const mug: CatalogItem = {
  itemId: "mug-1",
  title: "Mug",
  description: 'Holds "0.3 l"\n<script>alert(1)</script>',
  price: 7.5,
  category: "kitchen",
  image: "mug.svg",
  installments: 3,
  available: true,
  createdAt: 1_700_000_000,
  attributes: { material: "clay", weight: 0.3 },
};
const lamp: CatalogItem = { itemId: "ü🛒", title: "Lamp", available: false, attributes: {} };
const cup: CatalogItem = { ...lamp, itemId: "cup", category: "kitchen", price: 0, available: true };

describe("packCatalog and Catalog", () => {
  it("give back every item, and columns to filter on", () => {
    const catalog = Catalog.open(packCatalog([mug, lamp, cup]), "items");
    expect([0, 1, 2].map((row) => catalog.item(row))).toEqual([mug, lamp, cup]);
    expect([...catalog.ids]).toEqual(["mug-1", "ü🛒", "cup"]);
    expect(catalog.ids.row("ü🛒")).toBe(1);
    expect(catalog.available).toEqual(Uint8Array.of(1, 0, 1));
    expect(catalog.price).toEqual(Float64Array.of(7.5, Number.NaN, 0));
    expect(catalog.createdAt).toEqual(Float64Array.of(1_700_000_000, Number.NaN, Number.NaN));
    expect(catalog.categories).toEqual(["kitchen"]);
    expect(catalog.category).toEqual(Uint32Array.of(0, noCategory, 0));
    expect(() => catalog.item(3)).toThrow(RangeError);
  });

  it("round-trip any text, at any place of a larger buffer, and nothing at all", () => {
    const item = fc.record(
      {
        itemId: fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }),
        title: fc.string({ unit: "grapheme" }),
        category: fc.constantFrom("a", "b", "__proto__"),
        price: fc.double({ min: 0, max: 1e6, noNaN: true }).map((price) => price + 0),
        available: fc.boolean(),
        attributes: fc.dictionary(fc.constantFrom("size", "colour"), fc.oneof(fc.string(), fc.integer()), {
          noNullPrototype: true,
        }),
      },
      { requiredKeys: ["itemId", "title", "available", "attributes"] },
    );
    const items = fc.uniqueArray(item, { selector: ({ itemId }) => itemId, maxLength: 12 });
    const law = (list: CatalogItem[], shift: number) => {
      const packed = packCatalog(list);
      const shifted = new Uint8Array(packed.length + shift);
      shifted.set(packed, shift);
      const catalog = Catalog.open(shifted.subarray(shift), "items");
      expect(catalog.count).toBe(list.length);
      expect(list.map((_, row) => catalog.item(row))).toEqual(list);
      expect(packCatalog(list)).toEqual(packed);
    };
    fc.assert(fc.property(items, fc.nat(9), law), { seed: 1, numRuns: 100 });
  });

  it("refuse an id given twice", () => {
    expect(() => packCatalog([mug, lamp, mug])).toThrow(/"mug-1" comes twice/);
  });

  it("refuse another file, a shorter column, and damaged JSON, naming the file", () => {
    expect(() => Catalog.open(Uint8Array.of(1, 2, 3), "bits")).toThrow(TensorFileError);
    const other = packTensors(
      { price: { data: Float64Array.of(1) } },
      { format: "other", formatVersion: "1" },
    );
    expect(() => Catalog.open(other, "other file")).toThrow(
      /other file: the format is other 1, not aisle.catalog 1/,
    );
    const packed = packCatalog([mug, lamp]);
    const text = Buffer.from(packed).toString("latin1").replace('"count":"2"', '"count":"3"');
    expect(() => Catalog.open(Buffer.from(text, "latin1"), "short")).toThrow(
      /short: .* 2 rows, the header says 3/,
    );
    const broken = Buffer.from(
      Buffer.from(packed).toString("latin1").replace('{"itemId":"mug-1"', '["itemId":"mug-1"'),
      "latin1",
    );
    const catalog = Catalog.open(broken, "broken");
    expect(catalog.item(1)).toEqual(lamp);
    expect(() => catalog.item(0)).toThrow(CatalogError);
    expect(() => catalog.item(0)).toThrow(/broken: item 0 is damaged/);
  });
});

describe("readItems", () => {
  async function read(content: string, options?: Parameters<typeof readItems>[1]) {
    const path = join(folder, content.startsWith("{") ? "items.jsonl" : "items.csv");
    writeFileSync(path, content);
    return readItems([path], options);
  }

  it("reads what is known of an item, and keeps the rest as attributes", async () => {
    const { items, rowCount, duplicates } = await read(
      "product_id,name,description,Price,category,image,in stock,created_at,installments,colour,code,weight\n" +
        '1,Mug,"A ""mug""\nfor tea",7.50,kitchen,mug.svg,yes,2023-11-14T22:13:20Z,3,red,007,0.3\n' +
        "2,,,,,,0,,,,,\n",
    );
    expect(items).toEqual([
      {
        ...{ itemId: "1", title: "Mug", description: 'A "mug"\nfor tea', price: 7.5, category: "kitchen" },
        ...{ image: "mug.svg", installments: 3, available: true, createdAt: 1_700_000_000 },
        attributes: { colour: "red", code: "007", weight: 0.3 },
      },
      { itemId: "2", title: "2", available: false, attributes: {} },
    ]);
    expect([rowCount, duplicates]).toEqual([2, 0]);
  });

  it("recognises Personalize's names, and JSON's own types", async () => {
    const { items } = await read(
      '{"ITEM_ID":"a","CREATION_TIMESTAMP":1700000000,"CATEGORY_L1":"x","CATEGORY_L2":"y","PRICE":5}\n' +
        '{"ITEM_ID":7,"available":false,"tags":["a"],"sale":true}\n',
    );
    expect(items).toEqual([
      {
        ...{ itemId: "a", title: "a", price: 5, category: "x", available: true, createdAt: 1_700_000_000 },
        attributes: { CATEGORY_L2: "y" },
      },
      { itemId: "7", title: "7", available: false, attributes: { tags: '["a"]', sale: "true" } },
    ]);
  });

  it("lets the last row of an id count", async () => {
    const { items, duplicates } = await read("item_id,title\na,old\nb,B\na,new\n");
    expect(items.map(({ itemId, title }) => `${itemId} ${title}`)).toEqual(["a new", "b B"]);
    expect(duplicates).toBe(1);
  });

  it("counts bad rows and stops beyond the share that is allowed", async () => {
    const text =
      "item_id,price,available,created\n,1,,\na,cheap,,\nb,-1,,\nc,1,perhaps,\nd,1,,someday\ne,1,,\n";
    const { items, bad } = await read(text, { maxBadShare: 0.9 });
    expect(items.map(({ itemId }) => itemId)).toEqual(["e"]);
    expect(bad.examples.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      "2 has no item id",
      '3 the price "cheap" is not a number of at least 0',
      '4 the price "-1" is not a number of at least 0',
      '5 cannot tell whether "perhaps" is available',
      '6 the time "someday" is neither ISO 8601 nor epoch seconds or milliseconds',
    ]);
    await expect(read(text)).rejects.toThrow(BadRowsError);
    await expect(read("title,price\nx,1\n")).rejects.toThrow(MissingColumnError);
    await expect(read("")).resolves.toMatchObject({ items: [], rowCount: 0 });
  });
});
