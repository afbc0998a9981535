import { describe, expect, it } from "vitest";
import { holdOut } from "../../src/interactions/holdout.ts";
import { Random } from "../../src/math/random.ts";
import type { Criterion } from "../../src/training/criterion.ts";
import { fitRecipe } from "../../src/training/fit.ts";
import { sameSettings } from "../../src/training/grid.ts";
import { withRepeatWeight } from "../../src/training/repeat.ts";
import { type Line, logOf } from "../evaluation/shops.ts";
import { tinyRecipe } from "./tiny-shop.ts";

const criterion: Criterion = { task: "all", metric: "ndcg", k: 10, target: "any" };
const once = { threads: 1 };

/** Everybody tries something of everything, and comes back for what is their own: no taste is shared. */
function regulars() {
  const random = new Random(5);
  const lines = Array.from({ length: 8000 }, (_, at): Line => {
    const user = random.integer(200);
    const item = random.next() < 0.5 ? random.integer(150) : (user * 37 + random.integer(3) * 11) % 150;
    return [`u${user}`, `i${item}`, "Purchase", at / 100];
  });
  return holdOut(logOf(lines), { seed: 1 });
}

/** Nobody takes anything twice. */
function passersBy() {
  const random = new Random(6);
  const all = Uint32Array.from({ length: 60 }, (_, item) => item);
  const lines = Array.from({ length: 100 }, (_, user) =>
    Array.from(random.shuffle(all.slice()), (item): Line => [`u${user}`, `i${item}`, "Purchase", 1]),
  );
  const order = random.shuffle(Uint32Array.from({ length: 3000 }, (_, at) => at));
  const drawn = Array.from(order, (at) => lines[at % 100][Math.floor(at / 100)]);
  return holdOut(logOf(drawn.map(([user, item], at): Line => [user, item, "Purchase", at / 100])), {
    seed: 1,
  });
}

describe("the weight of repeats", () => {
  it("is above 0 where people come back for their own, ends up in the model, and is found again", async () => {
    const split = regulars();
    const chosen = await withRepeatWeight(tinyRecipe, split, criterion, once);
    expect(chosen.repeatWeight).toBeGreaterThan(0);
    expect(await withRepeatWeight(tinyRecipe, split, criterion, { threads: 2 })).toEqual(chosen);
    const { model } = await fitRecipe(split.train, chosen);
    expect(model.header.repeatWeight).toBe(chosen.repeatWeight);
    expect(sameSettings(chosen, tinyRecipe)).toBe(true);
  });

  it("is none where validation cannot tell, or where lists hold new items only", async () => {
    expect(await withRepeatWeight(tinyRecipe, passersBy(), criterion, once)).toBe(tinyRecipe);
    expect(await withRepeatWeight(tinyRecipe, regulars(), { ...criterion, task: "new" }, once)).toBe(
      tinyRecipe,
    );
  });

  it("is not looked for once it is interrupted", async () => {
    const signal = AbortSignal.abort(new Error("interrupted"));
    await expect(withRepeatWeight(tinyRecipe, regulars(), criterion, { ...once, signal })).rejects.toThrow(
      "interrupted",
    );
  });
});
