import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { TooManyEventTypesError } from "../../src/interactions/event-log.ts";
import { UnknownEventTypeError } from "../../src/interactions/event-weights.ts";
import { BadRowsError, type ReadEventsOptions, readEvents } from "../../src/interactions/read-events.ts";
import { assessReadiness } from "../../src/interactions/readiness.ts";
import { MissingColumnError } from "../../src/tables/columns.ts";
import { eventsOf, makeLog } from "./made-log.ts";

const folder = mkdtempSync(join(tmpdir(), "events-"));
afterAll(() => rmSync(folder, { recursive: true }));
let fileCount = 0;

function write(content: string | Uint8Array, extension = "csv"): string {
  const path = join(folder, `${fileCount++}.${extension}`);
  writeFileSync(path, content);
  return path;
}

async function read(content: string, options?: ReadEventsOptions) {
  return readEvents([write(content)], options);
}

describe("readEvents", () => {
  it("recognises Personalize's names", async () => {
    const { log, columns } = await read(
      "USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,TIMESTAMP\n1,a,View,,1700000000\n2,b,purchase,9.5,1700000001000\n",
    );
    expect(columns).toEqual({
      ...{ user: "USER_ID", item: "ITEM_ID", event: "EVENT_TYPE", value: "EVENT_VALUE", time: "TIMESTAMP" },
    });
    expect(eventsOf(log)).toEqual([
      { user: "1", item: "a", type: "View", time: 1_700_000_000, value: 0 },
      { user: "2", item: "b", type: "purchase", time: 1_700_000_001, value: 9.5 },
    ]);
  });

  it("recognises the names of a shop's export, and its orders as baskets", async () => {
    const { log } = await read(
      "user_id,product_id,event_type,timestamp,invoice_no\nu,a,purchase,2024-01-01T00:00:00Z,7\nu,b,purchase,2024-01-01,7\nu,c,purchase,2024-01-02,8\nu,d,purchase,2024-01-03,\n",
    );
    expect(log.basket).toEqual(Uint32Array.of(1, 1, 2, 0));
    expect(log.hasTime).toBe(true);
  });

  it("takes columns by the names that are given", async () => {
    const text = "who,what,when,how,worth,item_id\nu,a,2024-01-01,buy,3,x\n";
    const columns = { user: "who", item: "What", time: "when", event: "how", value: "worth" };
    const { log } = await read(text, { columns, weights: { buy: 1 } });
    expect(eventsOf(log)).toEqual([{ user: "u", item: "a", type: "buy", time: 1_704_067_200, value: 3 }]);
    await expect(read(text, { columns: { user: "nobody" } })).rejects.toThrow(
      /no column "nobody" for the user/,
    );
    await expect(read("a,b\n1,2\n")).rejects.toThrow(MissingColumnError);
    await expect(read("user,b\n1,2\n")).rejects.toThrow(
      /item: name it, as in --columns item=NAME. .* user, b/,
    );
  });

  it("reads several files and kinds of them as one log", async () => {
    const paths = [
      write("user,item\nu,a\n"),
      write(gzipSync('{"user":1,"item":"a"}\n{"item":2.5,"user":"u"}\n'), "jsonl.gz"),
      write(""),
      new URL("../tables/fixtures/events.parquet", import.meta.url).pathname,
    ];
    const { log, rowCount } = await readEvents(paths.slice(0, 3));
    expect(rowCount).toBe(3);
    expect(eventsOf(log).map(({ user, item, type }) => [user, item, type])).toEqual([
      ["u", "a", "interaction"],
      ["1", "a", "interaction"],
      ["u", "2.5", "interaction"],
    ]);
    expect(log.hasTime).toBe(false);
    const parquet = (await readEvents(paths.slice(3))).log;
    expect([...parquet.items]).toEqual(["9007199254740993", "2", "3"]);
    expect(parquet.eventTypes).toEqual(["view", "Purchase"]);
    await expect(readEvents(paths)).rejects.toThrow(/column of times/);
  });

  it("keeps any id: blanks, Unicode, 256 characters, JavaScript's own names", async () => {
    const ids = [" padded ", "ü", "🛒".repeat(256), "__proto__", "constructor", 'a"b,c\nd', "0", "00"];
    const lines = ids.map((id) => `"${id.replaceAll('"', '""')}",x`);
    const { log } = await read(`user,item\n${lines.join("\n")}\n`);
    expect([...log.users]).toEqual(ids);
  });

  it("counts bad rows with file, line and reason, and stops beyond the share that is allowed", async () => {
    const good = "u,a,2024-01-01,1\n".repeat(5);
    const bad = [
      ",a,2024-01-01,1",
      "u,,2024-01-01,1",
      "u,a,yesterday,1",
      "u,a,,1",
      "u,a,2024-01-01,£5",
      `${"x".repeat(257)},a,2024-01-01,1`,
      "u,a",
      "u,a,-5,1",
    ];
    const text = `user,item,time,value\n${good}${bad.join("\n")}\n`;
    const result = await read(text, { maxBadShare: 0.7 });
    expect(result.rowCount).toBe(13);
    expect(result.log.length).toBe(5);
    expect(result.bad.count).toBe(8);
    expect(result.bad.examples.map(({ line, reason }) => `${line} ${reason.slice(0, 28)}`)).toEqual([
      "7 has no user id",
      "8 has no item id",
      '9 the time "yesterday" is neit',
      '10 the time "" is neither ISO 8',
      '11 the value "£5" is not a numb',
      "12 the user id has more than 25",
      "13 has 2 cells, the header 4",
      '14 the time "-5" is neither ISO',
    ]);
    await expect(read(text)).rejects.toThrow(BadRowsError);
    await expect(read(text)).rejects.toThrow(
      /8 of 13 rows are bad, more than 1 %:\n.*csv: line 7: has no user id/,
    );
  });

  it("shows the first twenty of many", async () => {
    const failure = read(`user,item\n${",\n".repeat(50)}`);
    await expect(failure).rejects.toThrow(/50 of 50 rows are bad, more than 1 %, the first 20 of them/);
  });

  it("stops at event types that nobody has weighed, unless there is only one", async () => {
    const text = "user,item,event\nu,a,View\nu,a,wish\n";
    await expect(read(text)).rejects.toThrow(UnknownEventTypeError);
    expect((await read(text, { weights: { WISH: 2, view: 1 } })).log.eventTypes).toEqual(["View", "wish"]);
    expect((await read("user,item,event\nu,a,wish\n")).log.length).toBe(1);
    const many = Array.from({ length: 257 }, (_, place) => `u,a,type ${place}`).join("\n");
    await expect(read(`user,item,event\n${many}`)).rejects.toThrow(TooManyEventTypesError);
  });

  it("gives an empty log for no rows", async () => {
    for (const text of ["", "\n\n", "user,item\n"]) {
      const { log, rowCount } = await read(text);
      expect([log.length, rowCount, log.users.count]).toEqual([0, 0, 0]);
    }
  });

  it("marks lists as without order", async () => {
    const { log } = await readEvents([write("u a b\nv a\n", "txt")], { format: "lists" });
    expect(log.unordered).toBe(true);
    expect(eventsOf(log).map(({ user, item }) => `${user}${item}`)).toEqual(["ua", "ub", "va"]);
  });

  it("tells how far it is", async () => {
    const seen: number[] = [];
    await read(`user,item\n${"u,a\n".repeat(3)}`, { onProgress: (rowCount) => seen.push(rowCount) });
    expect(seen.at(-1)).toBe(3);
  });
});

describe("assessReadiness", () => {
  const many = Array.from({ length: 1200 }, (_, place) => ({
    user: `u${place % 300}`,
    item: `i${place % 7}`,
    type: place % 5 === 0 ? "Purchase" : "View",
    time: place * 3600,
  }));

  it("counts what is there, and is content with enough", () => {
    const readiness = assessReadiness(makeLog(many));
    expect(readiness).toMatchObject({
      users: 300,
      items: 7,
      events: 1200,
      purchases: 240,
      usersWithTwoEvents: 300,
    });
    expect(readiness).toMatchObject({ pairs: 1200, repeatShare: 0, meetsPersonalize: true, warnings: [] });
    expect(readiness.days).toBeCloseTo(1199 / 24, 10);
  });

  it("counts repeats", () => {
    const log = makeLog(["a", "a", "b", "a"].map((item) => ({ user: "u", item })));
    expect(assessReadiness(log)).toMatchObject({
      pairs: 2,
      repeatShare: 0.5,
      users: 1,
      usersWithTwoEvents: 1,
    });
  });

  it("says what is thin, and names no id", () => {
    const few = makeLog([{ user: "secret", item: "a" }]);
    const { warnings, meetsPersonalize } = assessReadiness(few);
    expect(meetsPersonalize).toBe(false);
    for (const word of ["1,000", "25", "one item", "one user", "no times", "No event is a purchase"]) {
      expect(warnings.join(" ")).toContain(word);
    }
    expect(warnings.join(" ")).not.toContain("secret");
    expect(assessReadiness(makeLog([])).warnings).toEqual([expect.stringContaining("no events")]);
    const bot = makeLog([
      ...many,
      ...many.map((event) => ({ ...event, user: "bot" })),
      { user: "bot", item: "x", time: 1 },
    ]);
    expect(assessReadiness(bot).warnings).toEqual([expect.stringContaining("One user made 50 %")]);
  });
});
