import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Registry } from "../../src/registry/registry.ts";
import { registrySource } from "../../src/serving/registry-source.ts";
import { Serving } from "../../src/serving/serving.ts";
import { type Recorded, readRecorded } from "../../src/shadow/recorded.ts";
import { shadow } from "../../src/shadow/shadow.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { aisle } from "../cli/aisle-process.ts";
import { publishSmallShop } from "../lambda/published-shop.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-shadow-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, lines: readonly unknown[]): string {
  writeFileSync(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return join(folder, name);
}

async function read(path: string): Promise<Recorded[]> {
  const found: Recorded[] = [];
  for await (const each of readRecorded([path])) found.push(each);
  return found;
}

const itemList = (...ids: string[]) => ({ itemList: ids.map((itemId) => ({ itemId, score: 0.1 })) });

describe("a recording", () => {
  it("is asked again as Personalize understood it", async () => {
    const arn = (last: string) => `arn:aws:personalize:eu-west-1:1:${last}`;
    const path = write("a.jsonl", [
      {
        request: {
          ...{ campaignArn: arn("campaign/c"), userId: "u", numResults: 3, context: { DEVICE: "phone" } },
          ...{ filterArn: arn("filter/cheap"), filterValues: { CATS: '"a, b","c\\"d"', PRICE: "5" } },
        },
        response: itemList("x", "y"),
        latencyMs: 31.5,
      },
      { request: { recommenderArn: arn("recommender/popular-items-by-views") }, response: itemList() },
    ]);
    expect(await read(path)).toEqual([
      {
        query: {
          ...{ userId: "u", itemId: undefined, numResults: 3, hide: "none", filterName: "cheap" },
          filterValues: { CATS: ["a, b", 'c"d'], PRICE: ["5"] },
        },
        ...{ isPopular: false, itemIds: ["x", "y"], latencyMs: 31.5 },
      },
      {
        query: { userId: undefined, itemId: undefined, numResults: 25, hide: "purchased" },
        ...{ isPopular: true, itemIds: [], latencyMs: undefined },
      },
    ]);
  });

  it("is refused with file and line where it is none", async () => {
    const wrong = write("b.jsonl", [{ request: {}, response: itemList() }, { request: { numResults: 0 } }]);
    await expect(read(wrong)).rejects.toThrow(/b\.jsonl:2: [\s\S]*at response[\s\S]*at request\.numResults/);
  });
});

describe("a shadow", () => {
  it("counts what both answer among their first K, by hand", async () => {
    async function* recorded(): AsyncGenerator<Recorded> {
      const more = { isPopular: false, latencyMs: 40 };
      yield { ...more, query: { userId: "u" }, itemIds: ["a", "b", "c", "d"] };
      yield { ...more, query: { userId: "v" }, itemIds: ["z"], latencyMs: 10 };
    }
    const items = ["b", "x", "a"].map((itemId, at) => ({ itemId, rank: at + 1, source: "als" as const }));
    const answer = {
      recommendationId: "r",
      source: "als" as const,
      model: { version: "v", channel: "c" },
      items,
    };
    const found = await shadow(recorded(), { ks: [2, 4], ask: async () => answer });
    // At 2: b of {a, b}; nothing of {z}: 1 of 3. At 4: a and b of four, nothing of {z}: 2 of 5.
    expect(found.overlap.map(({ k, share }) => [k, share.value])).toEqual([
      [2, 1 / 3],
      [4, 2 / 5],
    ]);
    expect(found).toMatchObject({ requests: 2, items: { theirs: 5, ours: 3, both: 2 }, sources: { als: 2 } });
    expect(found.theirs).toEqual({ count: 2, p50: 10, p99: 40 });
    expect(found.ours?.count).toBe(2);
  });

  it("of our own answers overlaps wholly, and prints overlap, latency and cost", async () => {
    const registry = join(folder, "registry");
    await publishSmallShop(registry);
    const source = registrySource(new Registry(new FolderStore(registry)), "production");
    const serving = await Serving.start({ source });
    const lines = ["user 1", "user 2", "a stranger"].map((userId) => ({
      request: { recommenderArn: "recommender/recommended-for-you", userId, numResults: 10 },
      response: { itemList: serving.answer({ userId, numResults: 10 }).items },
      latencyMs: 50,
    }));
    const path = write("own.jsonl", lines);
    const { code, stdout } = await aisle(["shadow", path, "--k", "10", "--registry", registry]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^3 requests replayed$/m);
    expect(stdout).toMatch(/^overlap@10 +100\.0 % \[100\.0 %, 100\.0 %\]$/m);
    expect(stdout).toMatch(/^latency, theirs +p50 50\.00 ms, p99 50\.00 ms, recorded$/m);
    expect(stdout).toMatch(/Amazon Personalize \$146\.\d\d, aisle \$\d+\.\d\d/);
  });
});
