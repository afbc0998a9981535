import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressGroup, TokenBuckets } from "../../src/http/rate-limit.ts";
import { bearer, mint, serverKey, smallApp } from "./small-app.ts";

describe("a token bucket", () => {
  it("gives a burst, then a rate, each caller its own", () => {
    let time = 0;
    const buckets = new TokenBuckets({ perSecond: 2, burst: 3 }, () => time);
    expect([1, 2, 3].map(() => buckets.take("a"))).toEqual([0, 0, 0]);
    expect(buckets.take("a")).toBe(0.5);
    expect(buckets.take("b")).toBe(0);
    time = 500;
    expect(buckets.take("a")).toBe(0);
    expect(buckets.take("a")).toBe(0.5);
    time = 1_000_000;
    expect([1, 2, 3, 4].map(() => buckets.take("a"))).toEqual([0, 0, 0, 0.5]);
  });

  it("never lets more through than the burst and the rate allow", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }), (gaps) => {
        let time = 0;
        const buckets = new TokenBuckets({ perSecond: 5, burst: 10 }, () => time);
        let passed = 0;
        for (const gap of gaps) {
          time += gap;
          if (buckets.take("a") === 0) passed++;
        }
        expect(passed).toBeLessThanOrEqual(10 + (5 * time) / 1000);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("forgets whom it has not seen for longest, not whom it slows down", () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, () => 0);
    buckets.take("busy");
    for (let caller = 0; caller < 30_000; caller++) {
      buckets.take(`caller ${caller}`);
      if (caller % 100 === 0) expect(buckets.take("busy")).toBeGreaterThan(0);
    }
    expect(buckets.take("caller 1")).toBe(0);
  });
});

describe("addresses", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["2001:DB8:0:0:ffff::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["", "unknown"],
    [undefined, "unknown"],
  ])("%s counts as %s", (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});

describe("limits", () => {
  it("answer 429 and when to come back, per address and per shopper, but not to servers", async () => {
    let address = "192.0.2.1";
    const limits = { anonymous: { perSecond: 0.25, burst: 2 }, shopper: { perSecond: 1, burst: 3 } };
    const app = await smallApp({ limits, addressOf: () => address });
    const statuses = async (count: number, init?: RequestInit) => {
      const seen: number[] = [];
      for (let request = 0; request < count; request++)
        seen.push((await app.request("/popular", init)).status);
      return seen;
    };
    expect(await statuses(3)).toEqual([200, 200, 429]);
    const response = await app.request("/popular");
    expect(response.headers.get("retry-after")).toBe("4");
    expect(await response.json()).toMatchObject({ type: "urn:aisle:problem:too-many-requests", status: 429 });
    expect(await statuses(4, bearer(await mint("user 2")))).toEqual([200, 200, 200, 429]);
    expect(await statuses(1, bearer(await mint("user 3")))).toEqual([200]);
    expect(await statuses(20, bearer(serverKey))).toEqual(Array(20).fill(200));
    address = "192.0.2.2";
    // Guessing keys costs as much as asking.
    expect(await statuses(3, bearer("guess"))).toEqual([401, 401, 429]);
    expect((await app.request("/health/ready")).status).toBe(200);
  });

  it("hold nobody up where authentication is open", async () => {
    const app = await smallApp({ auth: "open", limits: { anonymous: { perSecond: 1, burst: 1 } } });
    for (let request = 0; request < 5; request++) expect((await app.request("/popular")).status).toBe(200);
  });
});
