import { describe, expect, it } from "vitest";
import { askerOf, isNewcomer } from "../../web/src/shop/questions.ts";
import {
  asKept,
  type Deed,
  readVisit,
  untoldItems,
  type VisitState,
  withDeeds,
} from "../../web/src/shop/visit-state.ts";

const deed = (eventId: string, itemId: string, isKept = false): Deed => ({
  ...{ eventId, itemId, isKept, eventType: "View", at: 1 },
});
const visit = (...deeds: Deed[]): VisitState => ({ sessionId: "s", deeds });

describe("a visit", () => {
  it("tells with a question only what the server has not been told, newest last", () => {
    const state = visit(deed("1", "a"), deed("2", "b"), deed("3", "a"), deed("4", "c", true));
    expect(untoldItems(state)).toEqual(["b", "a"]);
    expect(askerOf("42", state)).toEqual({ userId: "42", sessionId: "s", recent: ["b", "a"] });
    const told = asKept(state, new Set(["1", "2", "3"]));
    expect(askerOf(undefined, told)).toEqual({ sessionId: "s" });
  });

  it("is a newcomer's until something is done in it, and never a known shopper's", () => {
    expect(isNewcomer(undefined, visit())).toBe(true);
    expect(isNewcomer(undefined, visit(deed("1", "a")))).toBe(false);
    expect(isNewcomer("42", visit())).toBe(false);
  });

  it("comes out of storage as it went in, without whatever else is there", () => {
    const state = withDeeds(visit(deed("1", "a")), [deed("2", "b")]);
    expect(readVisit(JSON.parse(JSON.stringify(state)))).toEqual(state);
    expect(readVisit({ sessionId: "s", deeds: [null, { eventId: 3 }, deed("1", "a")] })).toEqual(
      visit(deed("1", "a")),
    );
    for (const wrong of [undefined, null, "s", { sessionId: "", deeds: [] }, { sessionId: "s" }]) {
      expect(readVisit(wrong)).toBeUndefined();
    }
  });

  it("remembers the latest only", () => {
    const many = withDeeds(
      visit(),
      Array.from({ length: 100 }, (_, n) => deed(String(n), `item ${n}`)),
    );
    expect(many.deeds).toHaveLength(60);
    expect(untoldItems(many).at(-1)).toBe("item 99");
    expect(untoldItems(many)).toHaveLength(30);
  });
});
