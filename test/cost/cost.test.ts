import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bill, gateways, personalizeMonth, usual } from "../../src/cost/bill.ts";
import { prices } from "../../src/cost/prices.ts";
import { costTables } from "../../src/cost/table.ts";

const item = (requests: number, name: string) =>
  bill({ ...usual, requests }).items.find((each) => each.name === name)!;

describe("a bill", () => {
  it("agrees with one worked by hand", () => {
    // 1,000,000 × (5 ms + 0.005 × 400 ms) × 1769 / 1024 GB = 12,092.8 GB-s at $0.0000166667
    expect(item(1e6, "functionSeconds").quantity).toBeCloseTo(12_092.77, 1);
    expect(item(1e6, "functionSeconds").listed).toBeCloseTo(0.2015, 4);
    expect(item(1e6, "functionSeconds").charged).toBe(0);
    expect(item(1e6, "restRequests").charged).toBe(3.5);
    // 1.5 GB of lines at $0.50
    expect(item(1e6, "logs").listed).toBeCloseTo(0.75, 10);
    // Below one request a second the default rule traces each of them; 100,000 are free.
    expect(item(1e6, "traces").charged).toBeCloseTo(4.5, 10);
    // 2,628,000 seconds, and a twentieth of the other 7,372,000
    expect(item(1e7, "traces").quantity).toBe(2_628_000 + 368_600);
  });

  it("is the sum of its items, never above the list, and falls nowhere with more requests", () => {
    for (const gateway of gateways) {
      let before = { listed: 0, charged: 0 };
      for (const requests of [0, 1, 1e3, 1e6, 1e8]) {
        const now = bill({ ...usual, gateway, requests });
        expect(now.items.reduce((sum, { charged }) => sum + charged, 0)).toBeCloseTo(now.charged, 10);
        expect(now.charged).toBeLessThanOrEqual(now.listed);
        expect(now.charged).toBeGreaterThanOrEqual(before.charged);
        before = now;
      }
    }
  });

  it("of an idle month stays below a dollar on every gateway, with nothing for requests", () => {
    for (const gateway of gateways) {
      const idle = bill({ ...usual, gateway, requests: 0 });
      expect(idle.charged).toBeLessThanOrEqual(1);
      const standing = idle.items.filter(({ listed }) => listed > 0).map(({ name }) => name);
      expect(standing).toEqual(["alarms", "dashboards", "modelStorage", "imageStorage", "secret"]);
    }
  });

  it("lies beside Personalize's, whose floor is a request a second", () => {
    expect(personalizeMonth(0)).toBeCloseTo(146.12, 2);
    expect(personalizeMonth(1e6)).toBe(personalizeMonth(0));
    expect(personalizeMonth(1e7)).toBeCloseTo(556, 10);
  });
});

describe("docs/cost.md", () => {
  const page = readFileSync(new URL("../../docs/cost.md", import.meta.url), "utf8");

  it("holds the calculator's tables (npx aisle cost)", () => {
    const [, shown] = /<!-- cost: begin -->\n([\s\S]*?)\n<!-- cost: end -->/.exec(page) ?? [];
    expect(shown).toBe(costTables());
  });

  it("counts the alarms, dashboards and metrics that the template has", () => {
    const template = readFileSync(new URL("../../template.yaml", import.meta.url), "utf8");
    const count = (pattern: RegExp): number => template.match(pattern)?.length ?? 0;
    expect(count(/Type: AWS::CloudWatch::Alarm$/gm)).toBeLessThanOrEqual(usual.alarms);
    expect(count(/Type: AWS::CloudWatch::Dashboard$/gm)).toBeLessThanOrEqual(usual.dashboards);
    expect(usual.metrics).toBeLessThanOrEqual(prices.metrics.allowance);
  });
});
