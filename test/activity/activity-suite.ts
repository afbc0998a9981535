import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  ActivityEvent,
  ActivityRecords,
  ActivityStore,
  Exposure,
} from "../../src/activity/activity-store.ts";

export const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const seconds = now / 1000;

export function event(changes: Partial<ActivityEvent> & { eventId: string }): ActivityEvent {
  return { sessionId: "s1", eventType: "View", itemId: "mug", time: seconds, ...changes };
}

export function exposure(changes: Partial<Exposure> = {}): Exposure {
  const rows = [{ itemId: "mug", position: 1, source: "als" }];
  return {
    recommendationId: "r1",
    time: seconds,
    model: "v1",
    channel: "production",
    source: "als",
    rows,
    ...changes,
  };
}

interface Opened {
  /** two servers on the same store */
  readonly here: ActivityStore;
  readonly there: ActivityStore;
  close(): Promise<void> | void;
}

const ids = (events: readonly ActivityEvent[]) => events.map(({ eventId }) => eventId);

/** What every store of activity promises. */
export function describeActivity(name: string, open: (now: () => number) => Promise<Opened>): void {
  describe(name, () => {
    let opened: Opened;
    let here: ActivityStore;
    let there: ActivityStore;
    let clock: number;
    beforeEach(async () => {
      clock = now;
      opened = await open(() => clock);
      ({ here, there } = opened);
    });
    afterEach(() => opened.close());

    it("keeps an event as it was posted, and another server reads it at once", async () => {
      const posted = event({
        ...{ eventId: "e1", userId: "ü 1", value: 2.5, recommendationId: "r1", impression: ["mug", "cup"] },
        ...{ properties: { device: "phone" }, attributionSource: "mail" },
      });
      expect(await here.putEvents([posted])).toBe(1);
      const { userId, events } = await there.read({ userId: "ü 1" });
      expect(userId).toBe("ü 1");
      expect(events).toEqual([posted]);
      expect((await there.read({ userId: "another" })).events).toEqual([]);
    });

    it("ignores a second event of the same id, whatever it says", async () => {
      const first = event({ eventId: "e1", userId: "u" });
      expect(await here.putEvents([first, first])).toBe(1);
      expect(await there.putEvents([{ ...first, time: seconds + 5, itemId: "cup" }])).toBe(0);
      expect((await here.read({ userId: "u" })).events).toEqual([first]);
      // Somebody else's event of the same id is another one: nobody can take an id away from others.
      expect(await there.putEvents([event({ eventId: "e1", userId: "v", sessionId: "s2" })])).toBe(1);
    });

    it("gives events in the order of their times, across a user's sessions", async () => {
      for (const [at, eventId] of ["c", "a", "b"].entries()) {
        const time = seconds + { a: 1, b: 2, c: 3 }[eventId]!;
        await here.putEvents([event({ eventId, userId: "u", sessionId: `s${at}`, time })]);
      }
      expect(ids((await there.read({ userId: "u" })).events)).toEqual(["a", "b", "c"]);
    });

    it("joins a session to its user at login", async () => {
      await here.putEvents([
        event({ eventId: "before" }),
        event({ eventId: "before too", time: seconds + 1 }),
      ]);
      await here.putExposure(exposure({ sessionId: "s1" }));
      const anonymous = await there.read({ sessionId: "s1" });
      expect(anonymous.userId).toBeUndefined();
      expect(ids(anonymous.events)).toEqual(["before", "before too"]);
      await here.putEvents([event({ eventId: "login", userId: "u", time: seconds + 2 })]);
      await there.putEvents([event({ eventId: "after", time: seconds + 3 })]);
      const joined = ["before", "before too", "login", "after"];
      const byUser = await there.read({ userId: "u" });
      expect(ids(byUser.events)).toEqual(joined);
      expect(new Set(byUser.events.map(({ userId }) => userId))).toEqual(new Set(["u"]));
      const bySession = await there.read({ sessionId: "s1" });
      expect(bySession.userId).toBe("u");
      expect(ids(bySession.events)).toEqual(joined);
      // What was posted before the login and is sent again is no new event.
      expect(await here.putEvents([event({ eventId: "before" })])).toBe(0);
      expect((await here.exportUser("u")).exposures).toEqual([exposure({ sessionId: "s1", userId: "u" })]);
    });

    it("gives a request's session and user together, even before the session is joined", async () => {
      await here.putEvents([event({ eventId: "a", userId: "u", sessionId: "s0" }), event({ eventId: "b" })]);
      expect(ids((await there.read({ userId: "u", sessionId: "s1" })).events).sort()).toEqual(["a", "b"]);
      expect(ids((await there.read({ userId: "u" })).events)).toEqual(["a"]);
    });

    it("hands a session over to whoever logs in next, without the earlier user's events", async () => {
      await here.putEvents([event({ eventId: "a", userId: "u" })]);
      await here.putEvents([event({ eventId: "b", userId: "v" }), event({ eventId: "c" })]);
      expect(ids((await there.read({ userId: "u" })).events)).toEqual(["a"]);
      expect(ids((await there.read({ sessionId: "s1" })).events).sort()).toEqual(["b", "c"]);
    });

    it("merges what is said of an item, and tells what changed since", async () => {
      await here.putItems([{ itemId: "mug", properties: { price: 5, title: "Mug" } }]);
      clock += 1000;
      await here.putItems([
        { itemId: "mug", properties: { available: false } },
        { itemId: "cup", properties: { price: 1 } },
      ]);
      const properties = { price: 5, title: "Mug", available: false };
      const changes = await there.itemChanges(0);
      expect(changes.find(({ itemId }) => itemId === "mug")).toEqual({
        itemId: "mug",
        properties,
        changedAt: clock,
      });
      expect(changes).toHaveLength(2);
      expect(await there.itemChanges(clock + 1)).toEqual([]);
      expect(await there.itemChanges(clock)).toHaveLength(2);
    });

    it("keeps attributes of users", async () => {
      await here.putUsers([{ userId: "u", properties: { plan: "gold" } }]);
      await here.putUsers([{ userId: "u", properties: { age: 41 } }]);
      expect((await there.read({ userId: "u" })).attributes).toEqual({ plan: "gold", age: 41 });
      expect((await there.read({ userId: "v" })).attributes).toBeUndefined();
    });

    it("exports a user, and erases one so that nothing is left but the erasure's key", async () => {
      await here.putEvents([event({ eventId: "a" }), event({ eventId: "b", userId: "u" })]);
      await here.putEvents([event({ eventId: "c", userId: "v", sessionId: "s2" })]);
      await here.putUsers([{ userId: "u", properties: { plan: "gold" } }]);
      await here.putExposure(exposure({ userId: "u", sessionId: "s1" }));
      const record = await there.exportUser("u");
      expect(ids(record.events).sort()).toEqual(["a", "b"]);
      expect(record).toMatchObject({ sessions: ["s1"], attributes: { plan: "gold" } });
      expect(record.exposures).toEqual([exposure({ userId: "u", sessionId: "s1" })]);

      await here.eraseUser("u", "a key", seconds + 9);
      const gone = { events: [], exposures: [], sessions: [], attributes: undefined };
      expect(await there.exportUser("u")).toEqual(gone);
      const after = await there.read({ userId: "u", sessionId: "s1", erasureKey: "a key" });
      expect(after).toEqual({ userId: "u", events: [], attributes: undefined, erasedAt: seconds + 9 });
      expect((await there.read({ sessionId: "s1" })).userId).toBeUndefined();
      expect((await there.read({ userId: "v", erasureKey: "another" })).erasedAt).toBeUndefined();
      expect(ids((await there.read({ userId: "v" })).events)).toEqual(["c"]);
    });

    it("tells what a user and a session were shown last, newest first, joined at login", async () => {
      const shown = (recommendationId: string, at: number, whose: Partial<Exposure>) =>
        here.putExposure(exposure({ recommendationId, time: seconds + at, ...whose }));
      await shown("a", 3, { userId: "u" });
      await shown("b", 1, { userId: "u", sessionId: "s1" });
      await shown("c", 2, { sessionId: "s1" });
      await shown("d", 4, { sessionId: "s2" });
      await shown("e", 5, {});
      const told = async (whose: object, count = 9) =>
        (await there.exposures(whose, count)).map(({ recommendationId }) => recommendationId);
      expect(await told({ userId: "u" })).toEqual(["a", "b"]);
      expect(await told({ userId: "u", sessionId: "s1" })).toEqual(["a", "c", "b"]);
      expect(await told({ userId: "u", sessionId: "s1" }, 2)).toEqual(["a", "c"]);
      expect(await told({ userId: "v" })).toEqual([]);
      await here.putEvents([event({ eventId: "x", userId: "u" })]);
      expect(await told({ userId: "u" })).toEqual(["a", "c", "b"]);
    });

    it("keeps an answer to nobody without mixing it with others", async () => {
      await here.putExposure(exposure());
      await here.putExposure(exposure({ recommendationId: "r2" }));
      expect((await there.exportUser("undefined")).exposures).toEqual([]);
      expect((await there.read({ sessionId: "undefined" })).events).toEqual([]);
    });

    it("gives training every event of a user, and none of a session alone", async () => {
      const mine = Array.from({ length: 7 }, (_, at) =>
        event({ eventId: `e${at}`, userId: `u${at % 3}`, sessionId: `s${at % 3}` }),
      );
      await here.putEvents([...mine, event({ eventId: "x", sessionId: "nobody's" })]);
      const read: ActivityEvent[] = [];
      for await (const events of there.userEvents()) read.push(...events);
      expect(ids(read).sort()).toEqual(ids(mine));
    });

    it("tells all that was done and shown, nobody's too", async () => {
      await here.putEvents([
        event({ eventId: "a", userId: "u" }),
        event({ eventId: "b", sessionId: "nobody's" }),
      ]);
      const shown = [exposure({ userId: "u" }), exposure({ recommendationId: "r2" })];
      for (const each of shown) await here.putExposure(each);
      const found: ActivityRecords = { events: [], exposures: [] };
      for await (const { events, exposures } of there.records()) {
        (found.events as ActivityEvent[]).push(...events);
        (found.exposures as Exposure[]).push(...exposures);
      }
      expect(ids(found.events).sort()).toEqual(["a", "b"]);
      expect(found.exposures.toSorted((a, b) => (a.recommendationId < b.recommendationId ? -1 : 1))).toEqual(
        shown,
      );
    });
  });
}
