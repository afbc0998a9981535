import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { adminShop } from "../http/admin/admin-shop.ts";
import { aisle } from "./aisle-process.ts";

const rules = {
  boosts: [{ name: "bury", filter: 'INCLUDE ItemID WHERE Items.CATEGORY IN ("odd")', by: -5 }],
  pins: [{ itemId: "ítem 9", position: 1 }],
};

describe("aisle rules cost", () => {
  it("tells what rules cost together and each alone, on last visits or on events that lie apart", async () => {
    const { registry } = await adminShop();
    const { location } = registry.store;
    const file = join(location, "rules.json");
    const events = join(location, "later.csv");
    writeFileSync(file, JSON.stringify(rules));
    const lines = Array.from(
      { length: 60 },
      (_, user) => `user ${user},ítem ${(user * 3) % 40},View,1700100000`,
    );
    writeFileSync(events, ["user_id,item_id,event_type,timestamp", ...lines].join("\n"));
    const call = ["rules", "cost", file, "--registry", location];
    const [visits, apart] = await Promise.all([aisle(call), aisle([...call, "--holdout", events, "--json"])]);
    expect(visits).toMatchObject({ code: 0, stderr: "" });
    expect(visits.stdout).toMatch(/last visit was taken out/);
    expect(visits.stdout).toMatch(/all of them +−\d+\.\d %/);
    expect(visits.stdout).toMatch(/boosts\.bury[\s\S]*pins/);
    expect(apart.code).toBe(0);
    const told = JSON.parse(apart.stdout) as { measuredOn: string; userCount: number };
    expect(told.measuredOn).not.toMatch(/last visit/);
    // Whoever takes again what was bought before has nothing new to be found.
    expect(told.userCount).toBeGreaterThan(50);
    expect(told.userCount).toBeLessThan(60);
  });
});
