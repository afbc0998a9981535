import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoShop, makeDemoShop, purchaseProbabilities } from "../../src/demo/shop.ts";
import { unpackTruth } from "../../src/demo/truth-file.ts";
import { itemsCsv, writeDemoShop } from "../../src/demo/write-shop.ts";

let folder: string;
let shop: DemoShop;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "demo-"));
  shop = makeDemoShop();
  await writeDemoShop(shop, join(folder, "shop"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (name: string) => readFile(join(folder, "shop", name));

describe("the demo shop's files", () => {
  it("are four, with nothing left aside", async () => {
    expect((await readdir(join(folder, "shop"))).sort()).toEqual([
      "events.csv.gz",
      "items.csv",
      "shoppers.json",
      "truth.json",
    ]);
  });

  it("hold every event in order", async () => {
    const lines = gunzipSync(await read("events.csv.gz"))
      .toString()
      .trimEnd()
      .split("\n");
    expect(lines[0]).toBe("user_id,item_id,event_type,timestamp,value,order_id");
    expect(lines.length).toBe(shop.events.length + 1);
    const { events } = shop;
    for (let row = 0; row < events.length; row += 1009) {
      const [user, item, type, time, value, order] = lines[row + 1].split(",");
      expect(user).toBe(events.users.id(events.user[row]));
      expect(item).toBe(events.items.id(events.item[row]));
      expect(type).toBe(events.eventTypes[events.type[row]]);
      expect(Number(time)).toBe(events.time[row]);
      expect(Number(value)).toBeCloseTo(events.value[row], 3);
      expect(Number(order)).toBe(events.basket?.[row]);
    }
  });

  it("quote what ends a cell", () => {
    const attributes = { type: "mug", style: "nordic", material: "steel" };
    const item = { itemId: "1", title: 'A "B", C', description: "x\ny", available: true, attributes };
    expect(itemsCsv([item]).split("\n").slice(1).join("\n")).toBe(
      '1,"A ""B"", C","x\ny",,,,,true,,mug,nordic,steel\n',
    );
  });

  it("hold shoppers, items and the truth", async () => {
    expect(JSON.parse((await read("shoppers.json")).toString())).toEqual(shop.shoppers);
    expect((await read("items.csv")).toString().split("\n").length).toBe(shop.items.length + 2);
    const truth = unpackTruth((await read("truth.json")).toString(), "truth.json");
    const into = new Float64Array(shop.items.length);
    const again = new Float64Array(shop.items.length);
    purchaseProbabilities(truth, 4711, shop.endTime, into);
    purchaseProbabilities(shop.truth, 4711, shop.endTime, again);
    expect(into).toEqual(again);
  });
});
