import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aggregate } from "../../src/interactions/aggregate-by-formula.ts";
import { defaultConfidence } from "../../src/interactions/confidence.ts";
import { holdOut } from "../../src/interactions/holdout.ts";
import { joinLogs } from "../../src/interactions/joined-log.ts";
import { fitReference } from "../exchange/reference-als.ts";
import { sparkJob, writeSpark } from "../exchange/write-spark.ts";
import { tinyLog } from "../training/tiny-shop.ts";
import { aisle } from "./aisle-process.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-exchange-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const events = at("events.csv");
const registry = ["--registry", at("registry")];

beforeAll(async () => {
  const log = tinyLog();
  const lines = Array.from({ length: log.length }, (_, row) =>
    [
      log.users.id(log.user[row]),
      log.items.id(log.item[row]),
      log.eventTypes[log.type[row]],
      log.time[row],
    ].join(","),
  );
  writeFileSync(events, `user_id,item_id,event_type,timestamp\n${lines.join("\n")}\n`);
  const { train, validation, testFrom } = holdOut(log, { seed: 1 });
  const confidence = { ...defaultConfidence, halfLifeDays: 30 };
  const factors = fitReference("spark", aggregate(joinLogs(train, validation), confidence));
  const job = { ...sparkJob, confidence: { ...confidence, halfLifeDays: 30 }, testFrom };
  await writeSpark(at("factors"), factors, job);
});

describe("aisle import and export", () => {
  it("take a model of Spark's over by what its job says, measured and live, and out and in as npz", async () => {
    const spark = await aisle(["import", "spark", at("factors"), "--events", events, ...registry, "--json"]);
    expect([spark.code, spark.stderr]).toEqual([
      0,
      expect.stringContaining("folding a history in gives the stored row"),
    ]);
    const { promoted, metrics, settings, version } = JSON.parse(spark.stdout);
    expect(promoted).toBe(true);
    expect(metrics.all["ndcg@10"].value).toBeGreaterThan(0);
    expect(settings).toMatchObject({ confidence: { halfLifeDays: 30 }, imported: { by: "spark", alpha: 2 } });

    const npz = at("model.npz");
    const out = await aisle(["export", "--to", "npz", "--out", npz, ...registry]);
    expect([out.code, out.stdout]).toEqual([
      0,
      `${npz}: 400 users and 100 items of ${version}, 6 factors each\n`,
    ]);
    // What it holds is Spark's equation, which is not implicit's: the import says how far its rows are off.
    const back = await aisle(["import", "implicit", npz, "--events", events, "--registry", at("other")]);
    expect([back.code, back.stdout]).toEqual([
      0,
      expect.stringMatching(/^imported from implicit: 6 factors, α 2, λ 0\.05/m),
    ]);
    expect(back.stderr).toMatch(
      /the rows of 100 items differ from the equation's by [\d.]+ % \(median\).*weighed otherwise/,
    );
  });

  it("say what is wrong with a call, and end with 2", async () => {
    const wrong = await aisle([
      "import",
      "spark",
      at("factors"),
      "--alpha",
      "9",
      "--events",
      events,
      ...registry,
    ]);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining("not what Spark's equation gives"),
    ]);
  });
});
