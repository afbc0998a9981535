import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfidenceError } from "../../src/interactions/aggregate.ts";
import { aggregate } from "../../src/interactions/aggregate-by-formula.ts";
import { type ConfidenceSettings, defaultConfidence } from "../../src/interactions/confidence.ts";
import { type EventLog, selectEvents } from "../../src/interactions/event-log.ts";
import { EventWeightError, UnknownEventTypeError } from "../../src/interactions/event-weights.ts";
import { eventsOf, type MadeEvent, makeLog } from "./made-log.ts";

const day = 86_400;

function settings(changes: Partial<ConfidenceSettings> = {}): ConfidenceSettings {
  return { ...defaultConfidence, ...changes };
}

/** The pairs of `aggregate` by their ids. */
function pairsOf(log: EventLog, by: ConfidenceSettings = defaultConfidence) {
  const result = aggregate(log, by);
  const pairs = new Map<
    string,
    { c: number; r: number; n: number; value: number; last: number; bits: number }
  >();
  const { starts, columns, values } = result.confidence;
  for (let user = 0; user < result.users.count; user++) {
    for (let k = starts[user]; k < starts[user + 1]; k++) {
      pairs.set(`${result.users.id(user)} ${result.items.id(columns[k])}`, {
        c: values[k],
        r: result.strength[k],
        n: result.count[k],
        value: result.value[k],
        last: result.lastTime[k],
        bits: result.typeBits[k],
      });
    }
  }
  return { result, pairs };
}

describe("aggregate", () => {
  it("sums the seed's weights by pair", () => {
    const log = makeLog([
      { user: "u", item: "a", type: "View", time: 10 },
      { user: "v", item: "a", type: "purchase", time: 20, value: 2.5 },
      { user: "u", item: "a", type: "VIEW", time: 5 },
      { user: "u", item: "b", type: "AddToCart", time: 30 },
      { user: "u", item: "a", type: "Purchase", time: 7, value: 4 },
    ]);
    const { result, pairs } = pairsOf(log);
    expect(result.bitTypes).toEqual([["purchase"], ["AddToCart"], ["View"]]);
    expect(result.purchaseBits).toBe(1);
    expect(result.now).toBe(30);
    expect([...result.users]).toEqual(["u", "v"]);
    expect(pairs.get("u a")).toEqual({ c: 7, r: 7, n: 3, value: 4, last: 10, bits: 0b101 });
    expect(pairs.get("v a")).toEqual({ c: 5, r: 5, n: 1, value: 2.5, last: 20, bits: 0b001 });
    expect(pairs.get("u b")).toEqual({ c: 2, r: 2, n: 1, value: 0, last: 30, bits: 0b010 });
  });

  it("halves by age, each event type by its own half-life", () => {
    const log = makeLog([
      { user: "u", item: "a", type: "View", time: 0 * day },
      { user: "u", item: "a", type: "Purchase", time: 20 * day },
      { user: "u", item: "b", type: "View", time: 40 * day },
    ]);
    expect(pairsOf(log, settings({ halfLifeDays: 20 })).pairs.get("u a")?.r).toBe(0.25 + 2.5);
    expect(pairsOf(log, settings({ halfLifeDays: { view: 20 } })).pairs.get("u a")?.r).toBe(0.25 + 5);
    expect(pairsOf(log, settings({ halfLifeDays: { PURCHASE: 10 } })).pairs.get("u a")?.r).toBe(1 + 1.25);
  });

  it("gives the formula the days since the pair's last event", () => {
    const log = makeLog([
      { user: "u", item: "a", time: 2 * day },
      { user: "u", item: "b", time: 9 * day },
    ]);
    const { pairs } = pairsOf(log, settings({ formula: "1 + age + 100 * n" }));
    expect([pairs.get("u a")?.c, pairs.get("u b")?.c]).toEqual([108, 101]);
  });

  it("lets nothing decay where there are no times", () => {
    const { pairs, result } = pairsOf(makeLog([{ user: "u", item: "a" }]), settings({ halfLifeDays: 1 }));
    expect(result.now).toBe(0);
    expect(pairs.get("u a")).toMatchObject({ r: 1, last: 0 });
  });

  it("agrees with sums in a plain map, columns ascending", () => {
    const event = fc.record({
      user: fc.constantFrom("a", "b", "c", "ü"),
      item: fc.constantFrom("1", "2", "3", "4", "5"),
      type: fc.constantFrom("View", "view", "AddToCart", "Purchase"),
      time: fc.integer({ min: 1, max: 5 * day }),
      value: fc.integer({ min: 0, max: 50 }),
    });
    const law = (events: MadeEvent[]) => {
      const { result, pairs } = pairsOf(makeLog(events), settings({ halfLifeDays: 2 }));
      const now = Math.max(...events.map(({ time = 0 }) => time));
      const expected = new Map<string, { r: number; n: number; value: number; last: number }>();
      for (const { user, item, type = "", time = 0, value = 0 } of events) {
        const sum = expected.get(`${user} ${item}`) ?? { r: 0, n: 0, value: 0, last: 0 };
        const weight = { view: 1, addtocart: 2, purchase: 5 }[type.toLowerCase()] ?? 0;
        sum.r += weight * 2 ** (-(now - time) / day / 2);
        sum.n++;
        sum.value += value;
        sum.last = Math.max(sum.last, time);
        expected.set(`${user} ${item}`, sum);
      }
      expect(pairs.size).toBe(expected.size);
      for (const [pair, sum] of expected) {
        expect(pairs.get(pair)).toMatchObject({ ...sum, r: Math.fround(sum.r) });
      }
      expect([...result.users]).toEqual([...new Set(events.map(({ user }) => user))]);
      const { starts, columns } = result.confidence;
      for (let k = 1; k < columns.length; k++) {
        if (!starts.includes(k)) expect(columns[k]).toBeGreaterThan(columns[k - 1]);
      }
    };
    fc.assert(fc.property(fc.array(event, { minLength: 1, maxLength: 40 }), law), { seed: 1, numRuns: 100 });
  });

  it("keeps only the users and items of a part, and digests the part as if it had been read alone", () => {
    const whole = makeLog([
      { user: "u", item: "a", time: 1 },
      { user: "v", item: "b", time: 2 },
      { user: "w", item: "a", time: 3 },
    ]);
    const part = selectEvents(whole, Uint32Array.of(2, 1));
    const result = aggregate(part, defaultConfidence);
    expect([...result.users, ...result.items]).toEqual(["w", "v", "a", "b"]);
    const alone = aggregate(makeLog(eventsOf(part)), defaultConfidence);
    expect(result.digest).toBe(alone.digest);
    expect(result.digest).not.toBe(aggregate(whole, defaultConfidence).digest);
  });

  it("leaves out event types that weigh nothing", () => {
    const log = makeLog([
      { user: "seen", item: "a", type: "View" },
      { user: "u", item: "a", type: "Purchase" },
    ]);
    const { result } = pairsOf(log, settings({ weights: { view: 0, purchase: 1 } }));
    expect([...result.users]).toEqual(["u"]);
    expect(result.bitTypes).toEqual([["Purchase"]]);
  });

  it("lets the lightest types share the eighth bit, never a purchase", () => {
    const types = ["Purchase", ..."abcdefghi"];
    const weights = Object.fromEntries(types.map((type, place) => [type, place + 1]));
    const log = makeLog(types.map((type) => ({ user: "u", item: "x", type })));
    const { result, pairs } = pairsOf(log, settings({ weights }));
    expect(result.bitTypes.slice(0, 2)).toEqual([["Purchase"], ["i"]]);
    expect(result.bitTypes[7]).toEqual(["c", "b", "a"]);
    expect(pairs.get("u x")?.bits).toBe(255);
  });

  it("takes the only type of a log at weight 1, and asks for the weights of several", () => {
    expect(pairsOf(makeLog([{ user: "u", item: "a", type: "listen" }])).pairs.get("u a")?.c).toBe(1);
    const several = makeLog([
      { user: "u", item: "a", type: "listen" },
      { user: "u", item: "a", type: "view" },
    ]);
    expect(() => aggregate(several, defaultConfidence)).toThrow(UnknownEventTypeError);
    expect(() => aggregate(several, defaultConfidence)).toThrow(/"listen".*--weights listen=1/);
    expect(pairsOf(several, settings({ weights: { Listen: 3, View: 1 } })).pairs.get("u a")?.c).toBe(4);
    expect(() => aggregate(several, settings({ weights: { listen: -1, view: 1 } }))).toThrow(
      EventWeightError,
    );
    expect(() => aggregate(several, settings({ weights: { listen: 1, view: 1 }, halfLifeDays: 0 }))).toThrow(
      EventWeightError,
    );
  });

  it("refuses a confidence that is no positive number, naming formula and values", () => {
    const log = makeLog([{ user: "u", item: "a" }]);
    for (const formula of ["r - 1", "-r", "log(-r)", "1 / (r - 1)", "r * 1e39", "r * 1e-50"]) {
      expect(() => aggregate(log, settings({ formula })), formula).toThrow(ConfidenceError);
    }
    expect(() => aggregate(log, settings({ formula: "r - n" }))).toThrow(/"r - n" gives 0 .* r = 1, n = 1/);
  });

  it("is empty for an empty log", () => {
    const result = aggregate(makeLog([]), defaultConfidence);
    expect(result.confidence).toMatchObject({ rowCount: 0, columnCount: 0 });
    expect(result.confidence.starts).toEqual(Uint32Array.of(0));
  });
});
