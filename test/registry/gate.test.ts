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
const against = (over: object): Partial<GateQuestion> => ({ champion: { ...champion, ...over } });
const refresh = (over: object = {}): Partial<GateQuestion> => ({
  champion: { ...champion, isRefresh: true, difference: measured(0, 0, 0), shape, ...over },
  shape,
});

type Case = readonly [name: string, base: GateQuestion, change: Partial<GateQuestion>, answer: RegExp];

/** The answer is matched as `decision: reason`. */
const cases: readonly Case[] = [
  ["a first model that beats popularity", first, {}, /^promote: it beats popularity: ndcg@10 \+0\.0040/],
  [
    "one not shown to beat it",
    first,
    { overPopularity: unclear },
    /^promote: .*permissive while the channel/,
  ],
  ["the same, cautiously", first, { overPopularity: unclear, policy: "cautious" }, /^hold: .*is cautious$/],
  ["a first model below popularity", first, { overPopularity: worse }, /^hold: it is worse than the pop/],
  ["the same, permissively", first, { overPopularity: worse, policy: "permissive" }, /^hold: it is worse/],
  ["one that beats what is popular and live", first, { channelIsEmpty: false }, /^promote: it beats/],
  ["an unclear one there", first, { channelIsEmpty: false, overPopularity: unclear }, /^hold: .*not shown/],
  ["too few test users", first, { testUserCount: 199 }, /^promote: 199 test users cannot tell \(200 /],
  ["just enough of them", first, { testUserCount: 200, overPopularity: worse }, /^hold: it is worse than/],
  ["too few to see it is worse", first, { testUserCount: 199, overPopularity: worse }, /^promote: 199 test/],
  ["nothing held out at first", first, { overPopularity: undefined }, /^promote: nothing was held out/],
  ["nothing held out later", second, { overPopularity: undefined }, /^hold: nothing .*cautious by default$/],
  ["too few later", second, { testUserCount: 10 }, /^hold: 10 test users .*cautious by default$/],
  ["the same, permissively", second, { testUserCount: 10, policy: "permissive" }, /^promote: .*permissive$/],

  ["new settings that are better", second, {}, /^promote: new settings, better: .*\+0\.0070\) against v1$/],
  ["new settings, unclear", second, against({ difference: unclear }), /^hold: .*not shown to be better/],
  ["new settings, alike", second, against({ difference: measured(0, 0, 0) }), /^hold: .*not shown to be/],
  ["new settings that are worse", second, against({ difference: worse }), /^hold: .*not shown to be better/],
  ["new settings below popularity", second, { overPopularity: worse }, /^hold: it is worse than the popul/],
  ["another cut", second, against({ difference: undefined }), /^hold: .*same cut.*cautious by default$/],
  [
    "another cut, permissively",
    second,
    { ...against({ difference: undefined }), policy: "permissive" },
    /^promote: .*same cut/,
  ],

  ["a refresh that is alike", second, refresh(), /^promote: a refresh, not worse/],
  ["1.9 % down at worst", second, refresh({ difference: measured(-0.0019, -0.001, 0) }), /^promote: a refr/],
  ["2 % down at worst", second, refresh({ difference: measured(-0.002, -0.001, 0) }), /^hold: .*2 % worse/],
  ["where nothing scored", second, refresh({ difference: { value: 0, low: 0, high: 0 } }), /^promote: a re/],

  ["half of the data", second, { eventCount: 50_000 }, /^promote/],
  ["less than half of it", second, { eventCount: 49_999 }, /^hold: it is not sane: 49999 events .* 100000,/],
  ["half as much again", second, { eventCount: 150_000 }, /^promote/],
  ["more than that", second, { eventCount: 150_001 }, /^hold: .*150001 events.*missing or doubled/],
  ["data where there was none", second, against({ eventCount: 0 }), /^hold: it is not sane/],
  ["a shrunken file", second, { ...refresh(), shape: { byteLength: 400 } }, /^hold: .*400 bytes .* 1000,/],
  [
    "far fewer items",
    second,
    { ...refresh(), shape: { ...shape, coverage: 0.1 } },
    /^hold: .*0\.1 of the it/,
  ],
  ["coverage not measured", second, { ...refresh(), shape: { byteLength: 1000 } }, /^promote: a refresh/],
  ["new settings, larger", second, { ...against({ shape }), shape: { byteLength: 9000 } }, /^promote: new/],
  [
    "faults",
    first,
    { faults: ["it is empty", "it is odd"] },
    /^hold: it is not sane: it is empty; it is odd$/,
  ],
];

describe("the gate", () => {
  it.each(cases)("judges %s", (_, base, change, expected) => {
    const { decision, reason } = judge({ ...base, ...change });
    expect(`${decision}: ${reason}`).toMatch(expected);
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
