import { describe, expect, it } from "vitest";
import { type HeldOut, holdOutTruth, type Task } from "../../src/evaluation/held-out.ts";
import { interactionsOfLines, type Line, logOf } from "./shops.ts";

/** user → relevant item ids */
function truthOf({ relevant, users, items }: HeldOut, task: Task): Record<string, string[]> {
  const { starts, items: rows } = relevant[task];
  return Object.fromEntries(
    users.map((user, at) => [
      user,
      Array.from(rows.subarray(starts[at], starts[at + 1]), (row) => items.id(row)),
    ]),
  );
}

const before: Line[] = [
  ["ann", "tea"],
  ["ann", "milk", "View"],
  ["ben", "milk"],
  ["cat", "tea", "View"],
];
const after: Line[] = [
  ["dan", "tea"],
  ["ann", "milk"],
  ["ann", "tea"],
  ["ann", "tea"],
  ["ann", "plum"],
  ["ben", "milk"],
  ["cat", "tea", "View"],
];

describe("holdOutTruth", () => {
  it("counts each hidden pair once, and drops from new what was bought but not what was viewed", () => {
    const truth = holdOutTruth(interactionsOfLines(before), logOf(after));
    expect(truth.users).toEqual(["dan", "ann", "ben", "cat"]);
    expect(truthOf(truth, "all")).toEqual({
      dan: ["tea"],
      ann: ["tea", "milk", "plum"],
      ben: ["milk"],
      cat: ["tea"],
    });
    expect(truthOf(truth, "new")).toEqual({ dan: ["tea"], ann: ["milk", "plum"], ben: [], cat: ["tea"] });
  });

  it("knows warm from cold users, and keeps items that the fitted part never saw", () => {
    const truth = holdOutTruth(interactionsOfLines(before), logOf(after));
    expect([...truth.warm]).toEqual([0, 1, 1, 1]);
    expect(truth.fittedItemCount).toBe(2);
    expect([...truth.items]).toEqual(["tea", "milk", "plum"]);
    expect([...truth.userCounts]).toEqual([2, 2]);
  });

  it("aims at purchases where enough are hidden, else at every event, and says which", () => {
    const fitted = interactionsOfLines(before);
    const few = holdOutTruth(fitted, logOf(after));
    expect(few.target).toBe("any");
    expect(few.sentence).toBe(
      "Relevant is what a user interacted with (any event type) in the hidden part; " +
        "new is what the user had not bought before.",
    );
    const enough = holdOutTruth(fitted, logOf(after), { purchasesMin: 6 });
    expect(enough.target).toBe("purchase");
    expect(enough.users).not.toContain("cat");
    const bought = Array.from({ length: 1000 }, (_, at): Line => ["ann", `i${at % 7}`]);
    expect(holdOutTruth(fitted, logOf(bought)).target).toBe("purchase");
    expect(holdOutTruth(fitted, logOf(bought.slice(1))).target).toBe("any");
    expect(holdOutTruth(fitted, logOf(bought), { target: "any" }).target).toBe("any");
  });

  it("takes any interaction as owned where nothing was ever bought", () => {
    const views = (lines: Line[]) => lines.map(([user, item]): Line => [user, item, "View"]);
    const truth = holdOutTruth(interactionsOfLines(views(before)), logOf(views(after)));
    expect(truthOf(truth, "new")).toEqual({ dan: ["tea"], ann: ["plum"], ben: [], cat: [] });
    expect(truth.sentence).toMatch(/new is what the user had not interacted with before/);
  });

  it("is empty for an empty hidden part", () => {
    const truth = holdOutTruth(interactionsOfLines(before), logOf([]));
    expect(truth.users).toEqual([]);
    expect([...truth.relevant.all.starts]).toEqual([0]);
  });
});
