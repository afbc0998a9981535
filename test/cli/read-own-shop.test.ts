import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { readingOfEvents, readingOfItems } from "../../src/cli/read-own-shop.ts";
import type { ReadingSettings } from "../../src/local/own-shop-state.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-reading-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array, settings: ReadingSettings = {}) {
  const path = join(folder, `kept-${name}`);
  writeFileSync(path, content);
  return { path, name, ...settings };
}

const events =
  "who,what,did,when\nanna,desk,View,2026-05-01T09:00:00Z\nben,lamp,Purchase,2026-05-03T09:00:00Z\n";

describe("a dropped file of events", () => {
  it("is reported with its columns, what was understood of them, and what it can carry", async () => {
    const named = events.replace("who,what,did,when", "customer,sku,action,date");
    const reading = await readingOfEvents(file("events.csv", named));
    expect(reading.problem).toBeUndefined();
    expect(reading.understood).toEqual({ user: "customer", item: "sku", event: "action", time: "date" });
    expect(reading.columns[0]).toEqual({ name: "customer", samples: ["anna", "ben"] });
    expect(reading.rowCount).toBe(2);
    expect(reading.eventTypes).toEqual([
      { name: "View", count: 1 },
      { name: "Purchase", count: 1 },
    ]);
    expect(reading.readiness).toMatchObject({ events: 2, users: 2, items: 2, days: 2, purchases: 1 });
    expect(reading.readiness?.warnings.length).toBeGreaterThan(0);
  });

  it("asks which column is what where that cannot be told, and goes by the answer", async () => {
    const asking = await readingOfEvents(file("events.csv", events));
    expect(asking.problem).toMatchObject({ about: "columns", names: ["user", "item"] });
    expect(asking.problem?.message).toMatch(/who did it and which item it was/);
    expect(asking.columns.map(({ name }) => name)).toEqual(["who", "what", "did", "when"]);
    const columns = { user: "who", item: "what", event: "did", time: "when" };
    const told = await readingOfEvents(file("events.csv", events, { columns }));
    expect(told.problem).toBeUndefined();
    expect(told.understood).toEqual(columns);
  });

  it("leaves a column alone that somebody says has no role", async () => {
    const named = "user,item,date\nanna,desk,today\nben,lamp,tomorrow\n";
    expect((await readingOfEvents(file("e.csv", named))).problem?.about).toBe("rows");
    const told = await readingOfEvents(file("e.csv", named, { columns: { time: "" } }));
    expect(told.problem).toBeUndefined();
    expect(told.understood).toEqual({ user: "user", item: "item" });
  });

  it("asks what events are worth whose names nobody knows", async () => {
    const odd = "user,item,event\na,x,View\na,y,wishlisted\nb,x,shared\n";
    const asking = await readingOfEvents(file("e.csv", odd));
    expect(asking.problem).toMatchObject({ about: "event types", names: ["wishlisted", "shared"] });
    const told = await readingOfEvents(file("e.csv", odd, { weights: { wishlisted: 2, shared: 0 } }));
    expect(told.problem).toBeUndefined();
  });

  it("names the lines that cannot be used, and leaves them out when told to", async () => {
    const broken = "user,item,event\na,x,View\n,y,View\nb,x\n";
    const asking = await readingOfEvents(file("e.csv", broken));
    expect(asking.problem).toMatchObject({
      about: "rows",
      message: expect.stringMatching(/^2 of 3 rows are bad/),
    });
    expect(asking.bad?.examples).toEqual([
      { line: 3, reason: "has no user id" },
      { line: 4, reason: "has 2 cells, the header 3" },
    ]);
    const told = await readingOfEvents(file("e.csv", broken, { allowsBadRows: true }));
    expect(told.problem).toBeUndefined();
    expect(told).toMatchObject({ rowCount: 3, bad: { count: 2 }, readiness: { events: 1 } });
  });

  it("says of rubbish what it is, by the name that it was dropped by", async () => {
    const cases: [name: string, content: string | Uint8Array, message: RegExp][] = [
      [
        "photo.csv",
        Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 10, 0xff),
        /^photo\.csv: line 1 is not UTF-8; save/,
      ],
      ["cut.csv.gz", gzipSync(events.repeat(50)).subarray(0, 40), /^cut\.csv\.gz: the gzip data are cut off/],
      ["e.csv", 'user,item\na,"x\n', /^e\.csv: from line 2 on this is not CSV: a quote is not closed/],
      ["e.parquet", "PAR1 and nothing more PAR1", /^e\.parquet: the Parquet data are damaged/],
      ["poem.txt", "Roses are red\nviolets are blue\n", /no table of events/],
      ["e.csv", "user,item,event\n", /^e\.csv has a header and no rows\.$/],
    ];
    for (const [name, content, message] of cases) {
      const { problem } = await readingOfEvents(file(name, content));
      expect(problem).toMatchObject({ about: "file", message: expect.stringMatching(message) });
      expect(problem?.message).not.toContain(folder);
    }
  });

  it("may be JSON Lines, gzipped too", async () => {
    const lines = `${JSON.stringify({ user: "a", item: "x", note: { deep: true } })}\n${JSON.stringify({ user: "b", item: "y" })}\n`;
    const reading = await readingOfEvents(file("e.jsonl.gz", gzipSync(lines)));
    expect(reading.problem).toBeUndefined();
    expect(reading.readiness).toMatchObject({ events: 2, users: 2 });
  });

  it("says that a column of a hundred kinds of events is none", async () => {
    const rows = Array.from({ length: 300 }, (_, at) => `u,i${at},kind ${at}`);
    const { problem } = await readingOfEvents(file("e.csv", `user,item,event\n${rows.join("\n")}\n`));
    expect(problem).toMatchObject({ about: "columns", names: ["event"] });
  });
});

describe("a dropped file of items", () => {
  it("is reported with what cards will show and what can be filtered on", async () => {
    const content =
      "sku,name,price,colour,photo\ndesk,Oak desk,349,oak,d.jpg\nlamp,Lamp,39.5,black,\ndesk,Oak desk 2,350,oak,\n";
    const reading = await readingOfItems(file("items.csv", content, { columns: { image: "photo" } }));
    expect(reading.problem).toBeUndefined();
    expect(reading.understood).toEqual({ itemId: "sku", title: "name", price: "price", image: "photo" });
    expect(reading.items).toEqual({
      ...{ count: 2, duplicates: 1, withPrice: 2, withImage: 0, categories: 0 },
      ...{ attributes: ["colour"], titles: ["Oak desk 2", "Lamp"] },
    });
  });

  it("asks for the ids where no column is known to hold them", async () => {
    const content = "number,title\n1,Desk\n";
    const asking = await readingOfItems(file("items.csv", content));
    expect(asking.problem).toMatchObject({ about: "columns", names: ["itemId"] });
    const told = await readingOfItems(file("items.csv", content, { columns: { itemId: "number" } }));
    expect(told.items).toMatchObject({ count: 1, titles: ["Desk"] });
  });

  it("names the line of a price that is none", async () => {
    const { problem, bad } = await readingOfItems(file("items.csv", "id,price\n1,cheap\n2,3\n"));
    expect(problem?.about).toBe("rows");
    expect(bad?.examples).toEqual([{ line: 2, reason: 'the price "cheap" is not a number of at least 0' }]);
  });
});
