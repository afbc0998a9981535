import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { activityBill, bill, gateways, personalizeMonth, usual } from "../../src/cost/bill.ts";
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

  it("with events agrees with one worked by hand, after what the rest leaves of what is free", () => {
    const added = (name: string) => activityBill(usual).items.find((each) => each.name === name)!;
    // 2,000,000 units for events, in the table and its index, and as many for exposures, at $0.625 a million
    expect(added("tableWrites").charged).toBeCloseTo(2.5, 10);
    // 2,000,000 records, each counted as 5 KiB: 10.24 GB at $0.029
    expect(added("firehose").charged).toBeCloseTo(0.297, 3);
    // 4 shards, 4 times a second: 42,048,000 looks, of which 2,500,000 are free
    expect(added("streamReads").charged).toBeCloseTo(7.9096, 4);
    // the 10 alarms that are free are taken
    expect(added("alarms").listed).toBeCloseTo(0.5, 10);
    expect(added("alarms").charged).toBeCloseTo(0.5, 10);
    expect(added("functionRequests").charged).toBeCloseTo(0.02, 10);
    const idle = activityBill({ ...usual, requests: 0, events: 0 });
    expect(idle.items.filter(({ listed }) => listed > 0).map(({ name }) => name)).toEqual([
      "streamReads",
      "alarms",
    ]);
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
    const withEvents = count(/Type: AWS::CloudWatch::Alarm\n {4}Condition: HasActivity$/gm);
    // Scheduled training brings one of its own, for $0.10 a month.
    const withSchedule = count(/Type: AWS::CloudWatch::Alarm\n {4}Condition: TrainsBySchedule$/gm);
    const always = count(/Type: AWS::CloudWatch::Alarm$/gm) - withEvents - withSchedule;
    expect(always).toBeLessThanOrEqual(usual.alarms);
    const metrics = count(/Type: AWS::CloudWatch::Alarm\n {4}Condition: HasActivity[^@]*?Metrics:\n/g);
    const { quantity } = activityBill(usual).items.find(({ name }) => name === "alarms")!;
    expect(quantity).toBe(withEvents + metrics);
    expect(count(/Type: AWS::CloudWatch::Dashboard$/gm)).toBeLessThanOrEqual(usual.dashboards);
    expect(usual.metrics).toBeLessThanOrEqual(prices.metrics.allowance);
  });
});
