import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RecentEvent } from "../../src/model/history.ts";
import { explain } from "../../src/ranking/explain.ts";
import { type Hide, rank } from "../../src/ranking/rank.ts";
import { modelOf, smallContents, smallLog } from "../model/small-shop.ts";

const contents = await smallContents();
const model = modelOf(contents);
const popularOnly = modelOf({ interactions: contents.interactions });
const folding = modelOf({ ...contents, userFactors: false });
const { purchaseBits } = model.header.confidence;

test("a known user gets the top of the stored factors", () => {
  const { source, items } = rank(model, { userRow: 4, k: 5, hide: "none" });
  const { rows, scores } = model.topK(model.userVector(4)!, 5);
  expect(source).toBe("als");
  expect(items).toEqual(Array.from(rows, (row, at) => ({ row, score: scores[at], source: "als" })));
});

test("even users are offered even items, odd users odd ones", () => {
  let own = 0;
  for (let user = 0; user < model.userCount; user++) {
    const camp = Number(model.users.id(user).slice("user ".length)) % 2;
    for (const { row } of rank(model, { userRow: user, k: 5, hide: "none" }).items) {
      own += Number(model.items.id(row).slice("ítem ".length)) % 2 === camp ? 1 : 0;
    }
  }
  expect(own / (5 * model.userCount)).toBeGreaterThan(0.85);
});

test("without stored factors the same user is folded in, to the same rows", () => {
  for (let userRow = 0; userRow < model.userCount; userRow++) {
    const stored = rank(model, { userRow, k: 8, hide: "purchased" });
    const folded = rank(folding, { userRow, k: 8, hide: "purchased" });
    expect(folded.source).toBe("fold-in");
    expect(folded.items.map(({ row }) => row)).toEqual(stored.items.map(({ row }) => row));
  }
});

test("recent events are folded in with what the user did before", () => {
  const before = model.history(2);
  const recent: RecentEvent[] = [{ itemRow: 5, eventType: "Purchase" }];
  const history = model.withRecent(before, recent);
  const { source, items } = rank(model, { history, userRow: 2, k: 40, hide: "purchased" });
  expect(source).toBe("fold-in");
  expect(items.map(({ row }) => row)).not.toContain(5);
  expect(items[0].score).toBe(
    model.topK(model.foldIn(history)!.vector, 40).scores.find((score) => score === items[0].score),
  );
});

describe("hide", () => {
  const userRow = 1;
  const { items, typeBits } = model.history(userRow);
  const bought = [...items].filter((_, at) => typeBits[at] & purchaseBits);
  const answered = (hide: Hide, asked = model) =>
    rank(asked, { userRow, k: asked.itemCount, hide }).items.map(({ row }) => row);

  test("purchased hides what one bought and only that", () => {
    expect(bought.length).toBeGreaterThan(0);
    expect(bought.length).toBeLessThan(items.length);
    const shown = answered("purchased");
    expect(shown.length).toBe(model.itemCount - bought.length);
    expect(shown.filter((row) => bought.includes(row))).toEqual([]);
  });

  test("interacted hides all of one's past, none nothing", () => {
    expect(answered("interacted").filter((row) => items.includes(row))).toEqual([]);
    expect(answered("none").length).toBe(model.itemCount);
  });

  test("where the data has no purchases, purchased means interacted", async () => {
    const browsed = modelOf(await smallContents({ log: smallLog({ purchases: false }) }));
    expect(browsed.header.confidence.purchaseBits).toBe(0);
    expect(answered("purchased", browsed)).toEqual(answered("interacted", browsed));
    expect(answered("purchased", browsed).length).toBeLessThan(browsed.itemCount);
  });

  test("nothing of one ranking is left in the next", () => {
    const first = rank(model, { userRow: 7, k: 10, hide: "none" });
    rank(model, { userRow: 7, k: 10, hide: "interacted", hidden: new Uint8Array(model.itemCount).fill(1) });
    expect(rank(model, { userRow: 7, k: 10, hide: "none" })).toEqual(first);
  });
});

describe("fallbacks", () => {
  test("nobody in particular gets what is popular", () => {
    const { source, items } = rank(model, { k: 6, hide: "purchased" });
    expect(source).toBe("popular");
    expect(items.map(({ row }) => row)).toEqual([...model.popularRows.subarray(0, 6)]);
    expect(items.every((item) => item.source === "popular" && item.score === undefined)).toBe(true);
  });

  test("so does who asks for an unknown item, or comes with an empty history", () => {
    const popular = rank(model, { k: 6, hide: "none" });
    expect(rank(model, { itemRow: -1, k: 6, hide: "none" })).toEqual(popular);
    expect(rank(model, { history: model.withRecent(undefined, []), k: 6, hide: "none" })).toEqual(popular);
  });

  test("a model of rank 0 answers everybody, with their purchases hidden", () => {
    const { source, items } = rank(popularOnly, { userRow: 1, k: 50, hide: "interacted" });
    expect(source).toBe("popular");
    expect(items.length).toBe(popularOnly.itemCount - popularOnly.history(1).items.length);
    expect(rank(popularOnly, { itemRow: 3, k: 2, hide: "none" }).source).toBe("popular");
  });

  test("similar items come first, then what is trending, then what is popular", () => {
    // Like item 3 are only some: half of the items point nowhere.
    const { factors } = contents.fitted!;
    const directed = factors.items.slice().fill(0, 8 * 20);
    const half = modelOf({
      ...contents,
      fitted: { ...contents.fitted!, factors: { ...factors, items: directed } },
    });
    const { source, items } = rank(half, { itemRow: 3, k: model.itemCount, hide: "none" });
    expect(source).toBe("similar");
    const order = ["similar", "trending", "popular"];
    const places = items.map((item) => order.indexOf(item.source));
    expect(places).toEqual([...places].sort());
    expect(new Set(places).size).toBe(3);
    expect(items.length).toBe(model.itemCount - 1);
    expect(items.map(({ row }) => row)).not.toContain(3);
  });
});

describe("because", () => {
  test("names past items whose shares are of all that speaks for the row", () => {
    const userRow = 0;
    const past = model.history(userRow).items;
    const { items } = rank(model, { userRow, k: 5, hide: "interacted", why: true });
    for (const { row, source, because } of items) {
      expect(source).toBe("als");
      expect(because!.length).toBeGreaterThan(0);
      expect(because!.length).toBeLessThanOrEqual(3);
      const solution = model.foldIn(model.history(userRow))!;
      const contributions = solution.contributions(row);
      const positive = contributions.filter((c) => c > 0).reduce((a, b) => a + b, 0);
      for (const reason of because!) {
        expect(past).toContain(reason.row);
        expect(reason.share).toBeCloseTo(contributions[solution.items.indexOf(reason.row)] / positive, 9);
      }
      expect(because!.map(({ share }) => share)).toEqual(
        because!.map(({ share }) => share).sort((a, b) => b - a),
      );
    }
  });

  test("is empty where nothing speaks for a row", () => {
    const against = { items: new Uint32Array([4]), contributions: () => new Float64Array([-1]) };
    expect(explain(against, 0)).toEqual([]);
  });
});

test("exactly k unique rows wherever what is hidden leaves that many", () => {
  const query = fc.record({
    k: fc.nat(model.itemCount + 5),
    hide: fc.constantFrom<Hide>("purchased", "interacted", "none"),
    hidden: fc.option(fc.uint8Array({ minLength: model.itemCount, maxLength: model.itemCount, max: 1 }), {
      nil: undefined,
    }),
    who: fc.oneof(
      fc.constant({}),
      fc.record({ userRow: fc.nat(model.userCount - 1) }),
      fc.record({ itemRow: fc.integer({ min: -1, max: model.itemCount - 1 }) }),
      fc.record({ userRow: fc.nat(model.userCount - 1), itemRow: fc.nat(model.itemCount - 1) }),
    ),
    which: fc.constantFrom(model, popularOnly, folding),
  });
  fc.assert(
    fc.property(query, ({ k, hide, hidden, who, which }) => {
      const asked: { userRow?: number; itemRow?: number } = who;
      const { items } = rank(which, { ...asked, k, hide, ...(hidden && { hidden }) });
      const own = asked.userRow === undefined ? undefined : which.history(asked.userRow);
      const forbidden = new Set<number>();
      hidden?.forEach((value, row) => {
        if (value) forbidden.add(row);
      });
      own?.items.forEach((row, at) => {
        if (hide === "interacted" || (hide === "purchased" && own.typeBits[at] & purchaseBits))
          forbidden.add(row);
      });
      if (asked.itemRow !== undefined && asked.itemRow >= 0) forbidden.add(asked.itemRow);
      expect(items.length).toBe(Math.min(k, which.itemCount - forbidden.size));
      expect(new Set(items.map(({ row }) => row)).size).toBe(items.length);
      expect(items.filter(({ row }) => forbidden.has(row))).toEqual([]);
    }),
    { seed: 1, numRuns: 200 },
  );
});

describe("repeats", () => {
  const repeatWeight = 0.2;
  const repeating = modelOf({ ...contents, repeatWeight });
  /** Everything scored, then sorted: what the fast way must equal. */
  const plainly = (userRow: number, k: number, hidden: Uint8Array) => {
    const { items, strength } = repeating.history(userRow);
    const every = Uint32Array.from({ length: repeating.itemCount }, (_, row) => row);
    const scores = repeating.scores(repeating.userVector(userRow)!, every);
    items.forEach((row, at) => {
      scores[row] += repeatWeight * Math.log1p(strength[at]);
    });
    return Array.from(every, (row) => ({ row, score: scores[row], source: "als" }))
      .filter(({ row }) => hidden[row] === 0)
      .sort((a, b) => b.score - a.score || a.row - b.row)
      .slice(0, k);
  };

  test("add β log(1 + r) to the user's own items, and the answer is exact under any mask", () => {
    fc.assert(
      fc.property(
        fc.nat(repeating.userCount - 1),
        fc.integer({ min: 1, max: repeating.itemCount }),
        fc.uint8Array({ minLength: repeating.itemCount, maxLength: repeating.itemCount, max: 1 }),
        (userRow, k, hidden) => {
          const { items } = rank(repeating, { userRow, k, hide: "none", hidden });
          expect(items.filter(({ source }) => source === "als")).toEqual(plainly(userRow, k, hidden));
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  test("change the order, and only where nothing is hidden", () => {
    const rows = (asked: typeof model, hide: Hide) =>
      Array.from({ length: model.userCount }, (_, userRow) =>
        rank(asked, { userRow, k: 10, hide }).items.map(({ row, score }) => [row, score]),
      );
    expect(rows(repeating, "none")).not.toEqual(rows(model, "none"));
    for (const hide of ["purchased", "interacted"] as const) {
      expect(rows(repeating, hide)).toEqual(rows(model, hide));
    }
  });

  test("are among the reasons: an item of the past speaks more for itself", () => {
    const userRow = 4;
    const own = new Set(model.history(userRow).items);
    const shareOf = (asked: typeof model, wanted: number): number => {
      const { items } = rank(asked, { userRow, k: asked.itemCount, hide: "none", why: true });
      const because = items.find(({ row }) => row === wanted)?.because ?? [];
      return because.find(({ row }) => row === wanted)?.share ?? 0;
    };
    for (const row of own) expect(shareOf(repeating, row)).toBeGreaterThan(shareOf(model, row));
  });

  test("leave a file without them as it was, byte for byte", () => {
    const none = modelOf({ ...contents, repeatWeight: 0 });
    expect(none.buffer.fileBytes).toEqual(model.buffer.fileBytes);
    expect([model.header.repeatWeight, repeating.header.repeatWeight]).toEqual([undefined, repeatWeight]);
  });
});
