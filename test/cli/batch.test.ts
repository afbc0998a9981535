import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withLock } from "../../src/store/folder-lock.ts";
import { publishSmallShop } from "../lambda/published-shop.ts";
import { AisleProcess, aisle } from "./aisle-process.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-batch-cli-"));
const registry = join(folder, "registry");
beforeAll(() => publishSmallShop(registry));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function batch(out: string, ...more: string[]): string[] {
  return ["batch", "--registry", registry, "--k", "5", "--out", out, ...more];
}

describe("aisle batch", () => {
  it("answers everybody into a file, and prints nothing else", async () => {
    const out = join(folder, "recs.jsonl");
    const { code, stdout } = await aisle(batch(out, "--users", "all", "--json"));
    const { users } = JSON.parse(stdout) as { users: number };
    expect([code, JSON.parse(stdout)]).toEqual([0, { out, users, resumed: 0 }]);
    const lines = readFileSync(out, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(users);
    const first = JSON.parse(lines[0]) as { userId: string; items: unknown[] };
    expect(first.items).toHaveLength(5);
    const args = ["recommend", "--user", first.userId, "-n", "5", "--registry", registry, "--json"];
    const single = JSON.parse((await aisle(args)).stdout) as { items: { item: unknown }[] };
    expect(first.items).toEqual(single.items.map(({ item: _, ...row }) => row));
  });

  it("is interrupted by Ctrl-C without half a file, and goes on from there", async () => {
    const ids = Array.from({ length: 8_000 }, (_, number) => `user ${number % 60} ${number}`);
    const users = write("many.txt", ids.join("\n"));
    const out = join(folder, "many.jsonl");
    const running = new AisleProcess(batch(out, "--users", users, "--threads", "1"));
    await waitFor(() => existsSync(`${out}.partial`) && readFileSync(`${out}.partial`).length > 0);
    running.kill("SIGINT");
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/the same call goes on from .*many\.jsonl\.partial/);
    expect(existsSync(out)).toBe(false);
    const { stdout } = await aisle(batch(out, "--users", users, "--json"));
    expect((JSON.parse(stdout) as { resumed: number }).resumed).toBeGreaterThan(0);
    const answered = readFileSync(out, "utf8").trimEnd().split("\n");
    expect(answered.map((line) => (JSON.parse(line) as { userId: string }).userId)).toEqual(ids);
  });

  it("is refused while another writes to the same file", async () => {
    const out = join(folder, "shared.jsonl");
    const second = await withLock(`${out}.lock`, { purpose: "the first" }, () =>
      aisle(batch(out, "--users", "all")),
    );
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/--out .*shared\.jsonl has been locked by process .*remove .*\.lock/);
    expect((await aisle(batch(out, "--users", "all"))).code).toBe(0);
    expect(existsSync(`${out}.lock`)).toBe(false);
  });

  it("says what is wrong with a call", async () => {
    const wrong = await aisle(batch(join(folder, "recs.csv"), "--users", "all"));
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/ends in \.jsonl or \.parquet/)]);
    const filter = ["--filter", "nonsense"];
    const refused = await aisle(batch(join(folder, "no.jsonl"), "--users", "all", ...filter));
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(existsSync(join(folder, "no.jsonl.partial"))).toBe(false);
  });
});

describe("aisle segment", () => {
  it("prints who would want an item, or writes it", async () => {
    const call = ["segment", "--registry", registry, "--item", "ítem 4", "--k", "3"];
    const { code, stdout } = await aisle([...call, "--json"]);
    const { users } = JSON.parse(stdout) as { users: { rank: number; score: number }[] };
    expect([code, users.map(({ rank }) => rank)]).toEqual([0, [1, 2, 3]]);
    const out = join(folder, "segment.jsonl");
    expect((await aisle([...call, "--out", out])).stdout).toBe(`${out}: 3 users\n`);
    const lines = readFileSync(out, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      users.map((user) => ({ itemId: "ítem 4", ...user })),
    );
    const unknown = await aisle(["segment", "--registry", registry, "--item", "nowhere"]);
    expect([unknown.code, unknown.stdout]).toEqual([2, ""]);
  });
});

/** Looks whenever other work has had its turn. */
async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
