import { noCategory } from "../../src/catalog/catalog.ts";
import { makeDemoShop } from "../../src/demo/shop.ts";
import { evaluate, type Recommend } from "../../src/evaluation/evaluate.ts";
import { figureValue } from "../../src/evaluation/metrics.ts";
import { secondsPerDay } from "../../src/interactions/pair-sums.ts";
import type { Model } from "../../src/model/model.ts";
import type { Categories } from "../../src/ranking/diversity.ts";
import { ageCutOffDefault, explore } from "../../src/ranking/exploration.ts";
import { type Knobs, rank } from "../../src/ranking/rank.ts";
import { table } from "../comparison.ts";
import { laboratories } from "./laboratory.ts";
import { type Reference, referenceOf, told } from "./paired.ts";

interface Setting extends Knobs {
  readonly name: string;
  readonly explorationWeight?: number;
}

const settings: readonly Setting[] = [
  { name: "none" },
  ...[0.1, 0.3, 0.5].map((value) => ({ name: `popularityInfluence ${value}`, popularityInfluence: value })),
  ...[0.1, 0.3, 0.5].map((value) => ({ name: `freshnessInfluence ${value}`, freshnessInfluence: value })),
  ...[0.1, 0.3, 0.5].map((value) => ({ name: `diversity ${value}`, diversity: value })),
  ...[0.2, 0.5, 1].map((value) => ({ name: `rotationRate ${value}`, rotationRate: value })),
  ...[0.1, 0.3].map((value) => ({ name: `explorationWeight ${value}`, explorationWeight: value })),
];

/** What each knob costs in NDCG@10 of new items on validation, and what it buys in coverage and novelty. */
export async function measureKnobs(): Promise<string> {
  const lines: string[][] = [];
  for await (const lab of laboratories(["Online Retail", "demo shop"])) {
    const reference = await referenceOf(lab);
    const category = lab.name === "demo shop" ? demoCategories(reference.model) : undefined;
    for (const { name, ...setting } of settings) {
      const likeness: number[] = [];
      const recommend = watched(
        recommendWith(reference, { ...setting, category }),
        reference.model,
        likeness,
      );
      const options = { ks: [10], tasks: ["new" as const], resamples: 0, seed: 1 };
      const { figures = {} } = evaluate(recommend, reference.truth, options).tasks.new ?? {};
      const value = (metric: string, digits: number) => figureValue(figures[metric]).toFixed(digits);
      lines.push(
        told([
          ...[lab.name, name, value("ndcg@10", 4), value("coverage@10", 3), value("novelty@10", 2)],
          mean(likeness).toFixed(3),
        ]),
      );
    }
  }
  return table(
    ["data", "knob", "ndcg@10, new items", "coverage@10", "novelty@10, bits", "cosine within a list"],
    lines,
  );
}

/** Rotation is asked for by somebody who was shown the plain list once and clicked nothing of it. */
function recommendWith({ model }: Reference, setting: Omit<Setting, "name">): Recommend {
  const ids = [...model.items];
  const { explorationWeight: weight = 0, ...knobs } = setting;
  return (userId, k) => {
    const userRow = model.users.row(userId);
    const query = { ...(userRow >= 0 && { userRow }), k, hide: "purchased" as const };
    const before = knobs.rotationRate ? rank(model, query).items : [];
    const shown = new Map(before.map(({ row }) => [row, 1]));
    const youngSince = model.now - ageCutOffDefault * secondsPerDay;
    const { items, young = [] } = rank(model, { ...query, knobs: { ...knobs, shown }, youngSince });
    const placed =
      weight > 0 ? explore(items, young, { weight, seed: userId, k }) : items.map((item) => ({ item }));
    return placed.map(({ item }) => ids[item.row]);
  };
}

/** The same, noting the mean cosine of two rows of each list. */
function watched(recommend: Recommend, model: Model, likeness: number[]): Recommend {
  return (userId, k, task) => {
    const list = recommend(userId, k, task);
    const vectors = list.map((id) => model.itemVector(model.items.row(id)));
    const pairs = vectors.flatMap((a, at) => vectors.slice(at + 1).map((b) => cosine(a, b)));
    if (pairs.length > 0) likeness.push(mean(pairs));
    return list;
  };
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, k) => sum + value * y[k], 0);
  return dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function demoCategories(model: Model): Categories {
  const codes = new Uint32Array(model.itemCount).fill(noCategory);
  const names = new Map<string, number>();
  for (const { itemId, category } of makeDemoShop().items) {
    const row = model.items.row(itemId);
    if (row < 0 || category === undefined) continue;
    if (!names.has(category)) names.set(category, names.size);
    codes[row] = names.get(category)!;
  }
  return { codes, none: noCategory };
}
