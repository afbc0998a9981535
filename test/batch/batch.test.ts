import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BatchThreads } from "../../src/batch/batch-threads.ts";
import type { BatchLine } from "../../src/batch/lines.ts";
import { allUsers, readUsers } from "../../src/batch/users.ts";
import { type BatchOrder, writeAnswers } from "../../src/batch/write-answers.ts";
import type { Answer } from "../../src/serving/query.ts";
import type { Snapshot } from "../../src/serving/snapshot.ts";
import { openTables } from "../../src/tables/open-tables.ts";
import { type Stored, storedServing } from "../serving/stored-serving.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-batch-"));
let shop: Stored;
let snapshot: Snapshot;
let threads: BatchThreads;
let users: string[];

beforeAll(async () => {
  shop = await storedServing();
  const event = { sessionId: "s", eventType: "Purchase", time: Date.now() / 1000 };
  await shop.activity.putEvents([
    { ...event, eventId: "1", userId: "user 3", itemId: "ítem 2" },
    { ...event, eventId: "2", userId: "came later", sessionId: "t", itemId: "ítem 10" },
  ]);
  await shop.serving.eraseUser("user 5");
  snapshot = shop.serving.loaded as Snapshot;
  threads = new BatchThreads(snapshot, 2);
  users = [...allUsers(snapshot, shop.source.erasures), "user 5", "came later", "a stranger"];
});

afterAll(async () => {
  await threads.close();
  rmSync(folder, { recursive: true });
});

function run(out: string, changes: Partial<BatchOrder> = {}) {
  const order = { users, question: { numResults: 12 }, out, ...changes };
  return writeAnswers({ serving: shop.serving, snapshot }, threads, order);
}

const linesOf = (path: string): BatchLine[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as BatchLine);

async function routeAnswer(userId: string): Promise<Answer> {
  return shop.serving.answer(await shop.serving.recall({ userId, numResults: 12 }));
}

describe("a batch", () => {
  it("gives everybody the answer of the route, in order", async () => {
    const out = join(folder, "all.jsonl");
    expect(await run(out)).toEqual({ users: users.length, resumed: 0 });
    const lines = linesOf(out);
    expect(lines.map(({ userId }) => userId)).toEqual(users);
    for (const line of lines) {
      const { recommendationId: _, items, ...answer } = await routeAnswer(line.userId as string);
      expect(line).toEqual({ ...answer, items: items.map(({ item: _, ...row }) => row) });
    }
    expect(new Set(lines.map(({ source }) => source))).toEqual(new Set(["als", "fold-in", "popular"]));
    for (const rest of [".partial", ".partial.json"]) expect(existsSync(`${out}${rest}`)).toBe(false);
  });

  it("asks nobody who was erased, unless named", () => {
    expect(allUsers(snapshot, shop.source.erasures)).not.toContain("user 5");
    expect(allUsers(snapshot, undefined)).toContain("user 5");
  });

  it("goes on where it was interrupted, wherever that was, and ends with the same bytes", async () => {
    const whole = join(folder, "whole.jsonl");
    await run(whole);
    const bytes = readFileSync(whole);
    const out = join(folder, "resumed.jsonl");
    const stop = new AbortController();
    const onProgress = (done: number) => done === 0 && stop.abort(new Error("stopped"));
    await expect(run(out, { signal: stop.signal, onProgress })).rejects.toThrow("stopped");
    for (const cut of [0, 1, 700, bytes.length - 1, bytes.length]) {
      await expect(run(out, { signal: stop.signal })).rejects.toThrow("stopped");
      writeFileSync(`${out}.partial`, bytes.subarray(0, cut));
      const { resumed } = await run(out);
      expect(resumed).toBe(bytes.subarray(0, cut).filter((byte) => byte === 10).length);
      expect(readFileSync(out).equals(bytes)).toBe(true);
    }
  });

  it("goes on with nothing that was begun about something else, unless told to begin anew", async () => {
    const out = join(folder, "other.jsonl");
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(run(out, { signal })).rejects.toThrow("stopped");
    appendFileSync(`${out}.partial`, "{}\n");
    const other = { question: { numResults: 3 } };
    await expect(run(out, other)).rejects.toThrow(
      /question was \{"numResults":12\}, is \{"numResults":3\}.*--restart/,
    );
    expect((await run(out, { ...other, restart: true })).resumed).toBe(0);
    expect(linesOf(out)[0].items).toHaveLength(3);
  });

  it("writes Parquet of the same rows", async () => {
    const out = join(folder, "all.parquet");
    await run(join(folder, "rows.jsonl"));
    await run(out);
    const expected = linesOf(join(folder, "rows.jsonl")).flatMap(({ userId, model, items }) =>
      items.map(({ rank, itemId, score, source }) => [userId, rank, itemId, score, source, model.version]),
    );
    const found: unknown[] = [];
    for await (const { columns, batches } of openTables([out])) {
      expect(columns).toEqual(["user_id", "rank", "item_id", "score", "source", "model"]);
      for await (const rows of batches)
        found.push(...rows.map(({ cells }) => cells.map((cell) => cell ?? undefined)));
    }
    expect(found).toEqual(expected);
    for (const rest of ["", ".json", ".parquet"]) expect(existsSync(`${out}.partial${rest}`)).toBe(false);
  });

  it("tells what is wrong with the question, by its name", async () => {
    const question = { filter: "EXCLUDE ItemID WHERE Items.NOPE = 3" };
    await expect(run(join(folder, "wrong.jsonl"), { question })).rejects.toMatchObject({
      ...{ name: "QueryError", message: expect.stringMatching(/NOPE/i) },
    });
  });
});

describe("the users of a batch", () => {
  it("come from lines or a table, each once", async () => {
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    expect(await readUsers(write("a.txt", "\ufeffu 1\r\nü\n\nu 1\n"))).toEqual(["u 1", "ü"]);
    expect(await readUsers(write("b.csv", "country,user_id\nDE,7\nFR,8\nDE,7\n"))).toEqual(["7", "8"]);
    expect(await readUsers(write("c.jsonl", '{"userId":"x"}\n'))).toEqual(["x"]);
    await expect(readUsers(write("d.csv", "country\nDE\n"))).rejects.toThrow(
      /no column user_id, only country/,
    );
    await expect(readUsers(write("e.jsonl", '{"userId":"x"}\n{"userId":""}\n'))).rejects.toThrow(
      /e\.jsonl:2/,
    );
  });
});
