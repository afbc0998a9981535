import { defaultGrid, defaultHalfLives, defaultRecipe } from "../../src/training/defaults.ts";
import { expandGrid, type Recipe, withoutTimes } from "../../src/training/grid.ts";
import type { SearchMethod } from "../../src/training/halving.ts";
import { bestTrial, sweep } from "../../src/training/sweep.ts";
import { table } from "../comparison.ts";
import { type Laboratory, laboratories } from "./laboratory.ts";

/** What the default grid finds when every trial runs to its end, and what halving finds of it, in what time. */
export async function measureSearch(): Promise<string> {
  const lines: string[][] = [];
  for await (const lab of laboratories(["Online Retail", "demo shop", "Gowalla"])) {
    const grid = await timed(lab, "grid");
    const halving = await timed(lab, "halving");
    const line = [
      lab.name,
      `${grid.count}`,
      `${grid.value.toFixed(4)} <sub>${grid.settings}</sub>`,
      `${halving.value.toFixed(4)} <sub>${halving.settings}</sub>`,
      `${((halving.value / grid.value - 1) * 100).toFixed(2)} %`,
      `${grid.seconds.toFixed(1)} s`,
      `${halving.seconds.toFixed(1)} s`,
      (halving.seconds / grid.seconds).toFixed(3),
    ];
    lines.push(line);
    // The next shop may take a quarter of an hour, and what is known should survive it.
    console.error(line.join("  "));
  }
  const head = ["data", "recipes", "best of the grid", "halving's", "difference", "grid", "halving", "ratio"];
  return table(head, lines);
}

function recipesFor(hasTime: boolean): Recipe[] {
  const confidence = defaultHalfLives.map((halfLifeDays) => ({ ...defaultRecipe.confidence, halfLifeDays }));
  const recipes = expandGrid({ ...defaultGrid, confidence }, defaultRecipe);
  return hasTime ? recipes : withoutTimes(recipes);
}

/** On one thread, its start included: seconds of the processor, which other work beside it does not lengthen. */
async function timed({ split, criterion }: Laboratory, search: SearchMethod) {
  const recipes = recipesFor(split.train.hasTime);
  const began = process.cpuUsage();
  const outcomes = await sweep(recipes, split.train, split.validation, {
    ...{ criterion, search, threads: 1, memoryBytes: 2 ** 32 },
  });
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  const { recipe, best } = bestTrial(outcomes);
  const { unobservedWeight, regularization } = recipe.als;
  const settings = `α₀ ${unobservedWeight}, λ ${regularization}, half-life ${recipe.confidence.halfLifeDays}`;
  return { value: best.value, settings, seconds, count: recipes.length };
}
