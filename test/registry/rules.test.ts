import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { prune } from "../../src/registry/prune.ts";
import { Registry } from "../../src/registry/registry.ts";
import { parseRules, RulesError } from "../../src/registry/rules.ts";
import { openStore } from "../../src/store/open-store.ts";

const folder = mkdtempSync(join(tmpdir(), "rules-"));
afterAll(() => rmSync(folder, { recursive: true }));
const change = { who: "ann", why: "spring" };
const rulesOf = (price: number) =>
  parseRules({ filters: { cheap: `INCLUDE ItemID WHERE Items.PRICE < ${price}` } }, "rules");

describe("rules", () => {
  it("are versions that a channel makes live beside its model and catalogue", async () => {
    let second = 0;
    const registry = new Registry(openStore(folder), () => new Date(Date.UTC(2026, 0, 1, 0, 0, second++)));
    const first = await registry.publishRules(rulesOf(1));
    expect(await registry.publishRules(rulesOf(1))).toBe(first);
    expect(await registry.readRules(first)).toEqual(rulesOf(1));
    await registry.setRules("production", first, change, "none");
    expect(await registry.channel("production")).toMatchObject({
      rules: first,
      history: [{ action: "rules", rules: first, ...change }],
    });

    const later = await registry.publishRules(rulesOf(2));
    await expect(registry.setRules("production", later, change, "none")).rejects.toThrow(
      /are 2026.* by now, not none/,
    );
    await registry.setRules("production", later, change, first);
    await registry.setRules("production", later, change, first);
    expect((await registry.channel("production"))?.history.length).toBe(2);
    expect(await prune(registry, { keep: 0 })).toMatchObject({ rules: [first] });
    await expect(registry.setRules("production", first, change)).rejects.toThrow(/there are no rules/);
    await expect(registry.readRules(first)).rejects.toThrow(/there are no rules/);

    const file = join(folder, "rules", `${later}.json`);
    writeFileSync(file, readFileSync(file, "utf8").replace("< 2", "< 3"));
    await expect(registry.readRules(later)).rejects.toThrow(/is damaged/);
  });

  it("are refused with everything that is wrong", () => {
    const filter = "INCLUDE ItemID WHERE Items.PRICE < 1";
    const wrong = {
      filters: { "a b": filter },
      promotions: [{ name: "p", filter, percentPromotedItems: 0 }],
      pins: [{ itemId: "x", position: 0 }],
      boost: [],
    };
    expect(() => parseRules(wrong, "rules.json")).toThrow(RulesError);
    for (const part of [
      /^rules.json: these are no rules/,
      /a b/,
      /promotions\[0\]\.percentPromotedItems/,
      /pins\[0\]\.position/,
      /"boost"/,
    ]) {
      expect(() => parseRules(wrong, "rules.json")).toThrow(part);
    }
    const apart = {
      promotions: [
        { name: "p", filterName: "none", percentPromotedItems: 1 },
        { name: "p", percentPromotedItems: 1 },
      ],
      pins: [
        { itemId: "x", position: 1 },
        { itemId: "x", position: 2 },
      ],
    };
    for (const part of [
      /there is no filter "none"/,
      /needs one of filter and filterName/,
      /"p" comes twice/,
      /"x" is pinned twice/,
    ]) {
      expect(() => parseRules(apart, "rules.json")).toThrow(part);
    }
  });
});
