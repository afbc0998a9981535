import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GateQuestion, judge, type MeasuredDifference, testUsersMin } from "../../src/registry/gate.ts";

const measured = (low: number, value: number, high: number, champion = 0.1): MeasuredDifference => ({
  value,
  low,
  high,
  relative: { value: value / champion, low: low / champion, high: high / champion },
});
const better = measured(0.001, 0.004, 0.007);
const unclear = measured(-0.004, 0.001, 0.006);
const worse = measured(-0.009, -0.005, -0.001);

/** A first model that beats popularity; what a case changes is laid over it. */
const first: GateQuestion = {
  metric: "ndcg@10",
  testUserCount: 1000,
  overPopularity: better,
  channelIsEmpty: true,
  eventCount: 100_000,
  faults: [],
};
const champion = { version: "v1", isRefresh: false, difference: better, eventCount: 100_000 };
const second: GateQuestion = { ...first, channelIsEmpty: false, champion };
const shape = { byteLength: 1000, coverage: 0.4 };
const refresh = (over: Partial<typeof champion> & { shape?: typeof shape }): Partial<GateQuestion> => ({
  champion: { ...champion, isRefresh: true, difference: measured(0, 0, 0), shape, ...over },
  shape,
});

type Case = readonly [
  name: string,
  base: GateQuestion,
  change: Partial<GateQuestion>,
  decision: string,
  reason: RegExp,
];

const cases: readonly Case[] = [
  ["a first model that beats popularity", first, {}, "promote", /beats popularity: ndcg@10 \+0\.0040/],
  [
    "a first model not shown to beat it",
    first,
    { overPopularity: unclear },
    "promote",
    /permissive while the channel/,
  ],
  [
    "the same, cautiously",
    first,
    { overPopularity: unclear, policy: "cautious" },
    "hold",
    /the policy is cautious$/,
  ],
  [
    "a first model below popularity",
    first,
    { overPopularity: worse },
    "hold",
    /worse than the popularity baseline/,
  ],
  [
    "the same, permissively",
    first,
    { overPopularity: worse, policy: "permissive" },
    "hold",
    /worse than the pop/,
  ],
  [
    "where popularity is live, one that beats it",
    first,
    { channelIsEmpty: false },
    "promote",
    /beats popularity/,
  ],
  [
    "where popularity is live, an unclear one",
    first,
    { channelIsEmpty: false, overPopularity: unclear },
    "hold",
    /not shown to beat popularity/,
  ],
  [
    "too few test users, empty channel",
    first,
    { testUserCount: 199 },
    "promote",
    /199 test users cannot tell \(200 .*permissive while/,
  ],
  [
    "just enough test users",
    first,
    { testUserCount: 200, overPopularity: worse },
    "hold",
    /worse than the popularity/,
  ],
  [
    "too few to tell that it is worse",
    first,
    { testUserCount: 199, overPopularity: worse },
    "promote",
    /cannot tell/,
  ],
  [
    "nothing held out, empty channel",
    first,
    { overPopularity: undefined, testUserCount: 0 },
    "promote",
    /nothing was held out/,
  ],
  [
    "nothing held out, by default",
    second,
    { overPopularity: undefined },
    "hold",
    /nothing was held out.*cautious by default/,
  ],
  [
    "too few test users, by default",
    second,
    { testUserCount: 10 },
    "hold",
    /10 test users cannot tell.*cautious by default/,
  ],
  [
    "too few test users, permissively",
    second,
    { testUserCount: 10, policy: "permissive" },
    "promote",
    /the policy is permissive$/,
  ],

  [
    "new settings that are better",
    second,
    {},
    "promote",
    /new settings, better: .*\+0\.0010 to \+0\.0070\) against v1/,
  ],
  [
    "new settings, unclear",
    second,
    { champion: { ...champion, difference: unclear } },
    "hold",
    /not shown to be better/,
  ],
  [
    "new settings exactly alike",
    second,
    { champion: { ...champion, difference: measured(0, 0, 0) } },
    "hold",
    /not shown to be better/,
  ],
  [
    "new settings that are worse",
    second,
    { champion: { ...champion, difference: worse } },
    "hold",
    /not shown to be better/,
  ],
  [
    "new settings below popularity",
    second,
    { overPopularity: worse },
    "hold",
    /worse than the popularity baseline/,
  ],
  [
    "not on the same cut",
    second,
    { champion: { ...champion, difference: undefined } },
    "hold",
    /not measured on the same cut/,
  ],
  [
    "not on the same cut, permissively",
    second,
    { champion: { ...champion, difference: undefined }, policy: "permissive" },
    "promote",
    /same cut/,
  ],

  ["a refresh that is alike", second, refresh({}), "promote", /a refresh, not worse/],
  [
    "a refresh 1.9 % down at worst",
    second,
    refresh({ difference: measured(-0.0019, -0.001, 0) }),
    "promote",
    /a refresh, not worse/,
  ],
  [
    "a refresh 2 % down at worst",
    second,
    refresh({ difference: measured(-0.002, -0.001, 0) }),
    "hold",
    /more than 2 % worse/,
  ],
  [
    "a refresh against nothing scored",
    second,
    refresh({ difference: { value: 0, low: 0, high: 0 } as never }),
    "promote",
    /not worse/,
  ],

  ["half of the data", second, { eventCount: 50_000 }, "promote", /better/],
  [
    "less than half of the data",
    second,
    { eventCount: 49_999 },
    "hold",
    /not sane: 49999 events .* 100000.*missing or doubled/,
  ],
  ["half as much data again", second, { eventCount: 150_000 }, "promote", /better/],
  ["more than that", second, { eventCount: 150_001 }, "hold", /not sane: 150001 events/],
  ["data where there was none", second, { champion: { ...champion, eventCount: 0 } }, "hold", /not sane/],
  [
    "a refresh with a shrunken file",
    second,
    { ...refresh({}), shape: { ...shape, byteLength: 400 } },
    "hold",
    /400 bytes in the model file where .* 1000/,
  ],
  [
    "a refresh that covers far less",
    second,
    { ...refresh({}), shape: { ...shape, coverage: 0.1 } },
    "hold",
    /0\.1 of the items/,
  ],
  [
    "a refresh whose coverage is not known",
    second,
    { ...refresh({}), shape: { byteLength: 1000 } },
    "promote",
    /not worse/,
  ],
  [
    "new settings with a larger file",
    second,
    { champion: { ...champion, shape }, shape: { byteLength: 9000 } },
    "promote",
    /better/,
  ],
  ["faults", first, { faults: ["it is empty", "it is odd"] }, "hold", /not sane: it is empty; it is odd/],
];

describe("the gate", () => {
  it.each(cases)("%s", (_, base, change, decision, reason) => {
    const answer = judge({ ...base, ...change });
    expect(answer.decision).toBe(decision);
    expect(answer.reason).toMatch(reason);
  });

  it("is overruled by a reason, which it keeps beside its own", () => {
    const answer = judge({ ...first, faults: ["it is empty"], force: "a demonstration" });
    expect(answer).toMatchObject({ decision: "promote", forced: "a demonstration" });
    expect(answer.reason).toMatch(/forced \("a demonstration"\) although: it is not sane: it is empty/);
  });

  it("does not call forced what it promotes anyway", () => {
    expect(judge({ ...first, force: "to be sure" })).toEqual(judge(first));
  });

  it("reports the difference that it went by", () => {
    expect(judge(first).difference).toEqual(better);
    expect(judge({ ...second, champion: { ...champion, difference: unclear } }).difference).toEqual(unclear);
  });

  it("never promotes on its own what it can tell is worse than popularity, or not sane", () => {
    const difference = fc
      .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([value, half]) => measured(value - half, value, value + half));
    const question = fc.record({
      metric: fc.constant("ndcg@10"),
      testUserCount: fc.nat(1000),
      overPopularity: fc.option(difference, { nil: undefined }),
      champion: fc.option(
        fc.record({
          version: fc.constant("v1"),
          isRefresh: fc.boolean(),
          difference: fc.option(difference, { nil: undefined }),
          eventCount: fc.nat(1000),
        }),
        { nil: undefined },
      ),
      channelIsEmpty: fc.boolean(),
      eventCount: fc.nat(1000),
      faults: fc.array(fc.constant("odd"), { maxLength: 1 }),
      policy: fc.constantFrom("cautious", "permissive", undefined),
    });
    fc.assert(
      fc.property(question, (asked) => {
        const { decision, reason } = judge(asked);
        expect(reason.length).toBeGreaterThan(10);
        const isShownWorse = asked.testUserCount >= testUsersMin && (asked.overPopularity?.high ?? 0) < 0;
        if (isShownWorse || asked.faults.length > 0) expect(decision).toBe("hold");
        expect(judge({ ...asked, force: "because" }).decision).toBe("promote");
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
