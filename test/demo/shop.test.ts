import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { categories, productTypes } from "../../src/demo/departments.ts";
import { discountPersonas, storePersonas, webPersonas } from "../../src/demo/personas.ts";
import { type DemoShop, endTime, makeDemoShop } from "../../src/demo/shop.ts";
import { packTruth } from "../../src/demo/truth-file.ts";

let shop: DemoShop;
const typeCounts = () => {
  const counts = Object.fromEntries(shop.events.eventTypes.map((name) => [name, 0]));
  for (const type of shop.events.type) counts[shop.events.eventTypes[type]]++;
  return counts;
};

beforeAll(() => {
  shop = makeDemoShop();
});

/** Of everything in the shop; a change of the generator changes it, a change of machine must not. */
function digestOf(made: DemoShop): string {
  const hash = createHash("sha256");
  const { user, item, type, time, value, basket } = made.events;
  for (const column of [user, item, type, time, value, basket ?? new Uint32Array(0)]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  hash.update(JSON.stringify([made.items, made.shoppers])).update(packTruth(made.truth));
  return hash.digest("hex");
}

describe("the demo shop", () => {
  it("is the same, byte for byte, wherever it is made", () => {
    expect(digestOf(shop)).toBe("97849a502620970662b7161a89da65aaa61684db49878347bc5e9eb9eabb985c");
  });

  it("is another with another seed", () => {
    const other = makeDemoShop({ seed: 2 });
    expect(digestOf(other)).not.toBe(digestOf(shop));
    expect(other.events.length).toBeGreaterThan(600_000);
  });

  it("tells how far it is", () => {
    const shares: number[] = [];
    makeDemoShop({ seed: 1, onProgress: (share) => shares.push(share) });
    expect(shares.length).toBe(10);
    expect(shares.at(-1)).toBe(1);
  });

  it("has the shoppers it promises, each persona well covered", () => {
    expect(shop.shoppers.map((shopper) => shopper.id)).toEqual(
      Array.from({ length: 10_000 }, (_, i) => String(i + 1)),
    );
    const web = shop.shoppers.filter((shopper) => shopper.channel === "web");
    expect(web.length).toBe(9_000);
    const counted = Map.groupBy(shop.shoppers, (shopper) => `${shopper.channel} ${shopper.persona}`);
    expect(counted.size).toBe(25);
    for (const group of counted.values()) expect(group.length).toBeGreaterThan(60);
    expect(new Set(shop.shoppers.map((shopper) => shopper.discountPersona))).toEqual(
      new Set(discountPersonas),
    );
    expect(new Set(shop.shoppers.map((shopper) => shopper.label)).size).toBe(10_000);
  });

  it("has personas of three different preferences that together cover every category", () => {
    const personas = [...webPersonas, ...storePersonas];
    expect([webPersonas.length, storePersonas.length]).toEqual([16, 9]);
    for (const { preferences } of personas) expect(new Set(preferences).size).toBe(3);
    expect(new Set(personas.flatMap((persona) => persona.preferences))).toEqual(new Set(categories));
  });

  it("has 2,465 products in 20 categories, every one with all that a card shows", () => {
    expect(shop.items.length).toBe(2_465);
    expect(new Set(shop.items.map((item) => item.category)).size).toBe(20);
    expect(new Set(shop.items.map((item) => item.attributes.type)).size).toBe(productTypes.length);
    expect(new Set(shop.items.map((item) => item.title)).size).toBe(2_465);
    expect(new Set(shop.items.map((item) => item.image)).size).toBe(2_465);
    for (const { itemId, title, description, price, installments } of shop.items) {
      expect(itemId).toMatch(/^[a-z-]+-\d+$/);
      expect(title).toMatch(/^[A-Z][a-z]+ [A-Z]/);
      expect(description).toMatch(/^[A-Z].{30,220}\.$/);
      expect(price).toBeGreaterThan(1);
      expect(Math.round((price ?? 0) * 100)).toBeCloseTo((price ?? 0) * 100, 6);
      expect([1, 3, 6, 12]).toContain(installments);
    }
  });

  it("names only types that there are as complements", () => {
    const names = new Set(productTypes.map((type) => type.name));
    expect(productTypes.flatMap((type) => type.complements).filter((name) => !names.has(name))).toEqual([]);
  });

  it("holds about 650,000 events of 90 days in order of time", () => {
    const { time, length, hasTime } = shop.events;
    expect(hasTime).toBe(true);
    expect(length).toBeGreaterThan(630_000);
    expect(length).toBeLessThan(670_000);
    expect(time.every((at, row) => row === 0 || at >= time[row - 1])).toBe(true);
    expect(time[0]).toBeGreaterThanOrEqual(endTime - 90 * 86_400);
    expect(time[length - 1]).toBeLessThan(endTime);
    expect(new Set(shop.events.user).size).toBe(10_000);
  });

  it("has the funnel's proportions per session and 30,000 purchase lines", () => {
    const counts = typeCounts();
    const last = new Float64Array(10_000);
    let sessions = 0;
    shop.events.user.forEach((user, row) => {
      if (shop.events.time[row] - last[user] > 3600) sessions++;
      last[user] = shop.events.time[row];
    });
    const orders = new Set(shop.events.basket).size - 1;
    expect(counts.AddToCart / sessions).toBeCloseTo(0.8, 0);
    expect(counts.ViewCart / sessions / 0.5).toBeCloseTo(1, 0);
    expect(counts.StartCheckout / sessions / 0.2).toBeCloseTo(1, 0);
    expect(orders / sessions / 0.1).toBeCloseTo(1, 0);
    expect(counts.Purchase).toBeGreaterThan(30_000);
    expect(counts.View).toBeGreaterThan(counts.AddToCart * 5);
  });

  it("has orders of 1 to 6 lines, each item on one line, worth something, bought at once", () => {
    const { basket, type, time, value, item, user, eventTypes } = shop.events;
    const orders = new Map<number, number[]>();
    type.forEach((code, row) => {
      const number = basket?.[row] ?? 0;
      if (number > 0 !== (eventTypes[code] === "Purchase")) expect.fail(`row ${row} has basket ${number}`);
      if (number > 0) orders.set(number, [...(orders.get(number) ?? []), row]);
    });
    for (const rows of orders.values()) {
      expect(rows.length).toBeLessThanOrEqual(6);
      expect(new Set(rows.map((row) => item[row])).size).toBe(rows.length);
      expect(new Set(rows.map((row) => `${user[row]} ${time[row]}`)).size).toBe(1);
      expect(rows.every((row) => value[row] > 0)).toBe(true);
    }
  });

  it("sells a long tail, and new products only after their launch", () => {
    const sold = new Float64Array(shop.items.length);
    const seen = new Float64Array(shop.items.length).fill(Number.POSITIVE_INFINITY);
    shop.events.item.forEach((item, row) => {
      if (shop.events.eventTypes[shop.events.type[row]] === "Purchase") sold[item]++;
      seen[item] = Math.min(seen[item], shop.events.time[row]);
    });
    const falling = sold.toSorted().reverse();
    const total = falling.reduce((sum, count) => sum + count);
    const head = falling.subarray(0, 247).reduce((sum, count) => sum + count) / total;
    expect(head).toBeGreaterThan(0.35);
    expect(head).toBeLessThan(0.7);
    const late = shop.items.filter((item) => (item.createdAt ?? 0) > endTime - 90 * 86_400);
    expect(late.length).toBeGreaterThan(150);
    shop.items.forEach((item, row) => {
      expect(seen[row]).toBeGreaterThanOrEqual(item.createdAt ?? 0);
    });
  });
});
