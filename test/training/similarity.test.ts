import { describe, expect, it } from "vitest";
import { holdOut } from "../../src/interactions/holdout.ts";
import { Random } from "../../src/math/random.ts";
import { fitRecipe } from "../../src/training/fit.ts";
import { sameSettings } from "../../src/training/grid.ts";
import { judgeSimilar, visitQuestions, withSimilarity } from "../../src/training/similarity.ts";
import { type Line, logOf } from "../evaluation/shops.ts";
import { tinyRecipe } from "./tiny-shop.ts";

/** Visits of three: two items that always go together, and one of no account, by users without any taste. */
function visitors(visits: number) {
  const random = new Random(8);
  const lines = Array.from({ length: visits }, (_, visit): Line[] => {
    const user = `u${random.integer(60)}`;
    const pair = random.integer(40);
    const day = visit / 20;
    return [
      [user, `a${pair}`, "View", day],
      [user, `b${pair}`, "View", day + 1e-4],
      [user, `c${random.integer(40)}`, "View", day + 2e-4],
    ];
  });
  return holdOut(logOf(lines.flat()), { seed: 1 });
}

const once = { threads: 1 };

describe("how similar items are found", () => {
  it("is by shared visits where these tell more, and ends up in the model", async () => {
    const split = visitors(3000);
    const chosen = await withSimilarity(tinyRecipe, split, once);
    expect(chosen.similarity).toBe("shared-visits");
    expect(sameSettings(chosen, tinyRecipe)).toBe(true);
    const { model, interactions } = await fitRecipe(split.train, chosen);
    expect(model.similarity).toBe("shared-visits");
    const values = judgeSimilar(model, visitQuestions(split.validation, interactions.items));
    // Of each visit one of two others can be known, and two thirds of the items given have one.
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeGreaterThan(0.35);
  });

  it("is by fold-in where validation holds too few visits to tell", async () => {
    expect((await withSimilarity(tinyRecipe, visitors(300), once)).similarity).toBe("fold-in");
  });

  it("is not looked for once it is interrupted", async () => {
    const signal = AbortSignal.abort(new Error("interrupted"));
    await expect(withSimilarity(tinyRecipe, visitors(3000), { ...once, signal })).rejects.toThrow(
      "interrupted",
    );
  });
});
