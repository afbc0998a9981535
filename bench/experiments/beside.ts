import { scoreRanking } from "../../src/evaluation/metrics.ts";
import { groupBaskets, orderRule } from "../../src/interactions/baskets.ts";
import { Random } from "../../src/math/random.ts";
import type { SparseRows } from "../../src/math/sparse.ts";
import {
  basketCosine,
  type CompanionRule,
  type Companions,
  findCompanions,
  logLikelihoodRatio,
  type PairCounts,
  shrunkenLift,
} from "../../src/model/companions.ts";
import { similarities } from "../../src/model/header.ts";
import { fitRecipe } from "../../src/training/fit.ts";
import { judgeSimilar, type VisitQuestion, visitQuestions } from "../../src/training/similarity.ts";
import { table } from "../comparison.ts";
import { laboratories } from "./laboratory.ts";
import { chosenAgainst, chosenHead, referenceOf, told } from "./paired.ts";

const shops = ["Online Retail", "demo shop"];
const ordersMax = 2000;

/** The ways to find similar items that a model may serve, as training compares them: the other items of a visit by one. */
export async function measureBeside(): Promise<string> {
  const lines: string[][] = [];
  for await (const lab of laboratories(shops)) {
    const { recipe, interactions } = await referenceOf(lab);
    const questions = visitQuestions(lab.split.validation, interactions.items);
    const judged: Record<string, Float32Array> = {};
    for (const similarity of similarities) {
      const { model } = await fitRecipe(lab.split.train, { ...recipe, similarity });
      judged[similarity] = judgeSimilar(model, questions);
    }
    for (const name of ["cosine", "shared-visits"]) {
      const candidate = { name, values: judged[name] };
      lines.push(told([lab.name, `${questions.length}`, ...chosenAgainst(judged["fold-in"], [candidate])]));
    }
  }
  return table(["data", "visits", "way", "fold-in", ...chosenHead.slice(2)], lines);
}

const lift = ({ both, item, other, baskets }: PairCounts): number => (both * baskets) / (item * other);
const shrunkenBy =
  (prior: number) =>
  ({ both, item, other, baskets }: PairCounts): number =>
    (both + prior) / ((item * other) / baskets + prior);

const served: CompanionRule = { score: shrunkenLift, supportMin: 3, falsePerItem: 0.01, width: 10 };

const rules: Record<string, CompanionRule> = {
  "shrunken lift, prior 20, as served": served,
  "prior 1": { ...served, score: shrunkenBy(1) },
  "prior 5": { ...served, score: shrunkenBy(5) },
  "prior 100": { ...served, score: shrunkenBy(100) },
  lift: { ...served, score: lift },
  "log-likelihood ratio": { ...served, score: logLikelihoodRatio },
  cosine: { ...served, score: basketCosine },
  support: { ...served, score: ({ both }) => both },
  "as served, .1 false companions an item": { ...served, falsePerItem: 0.1 },
  "as served, 1 false companion an item": { ...served, falsePerItem: 1 },
  "as served, no threshold": { score: shrunkenLift, supportMin: 3, width: 10 },
};

/** Orders of what is bought together: the other items of a held-out order, by one of them. */
export async function measureTogether(): Promise<string> {
  const lines: string[][] = [];
  for await (const { name, split } of laboratories(shops)) {
    const random = new Random("orders");
    const baskets = groupBaskets(split.train, split.train.items, orderRule(split.train));
    const shuffled = shuffledBaskets(baskets, random);
    const hidden = groupBaskets(split.validation, split.train.items, orderRule(split.validation));
    const orders = Array.from({ length: hidden.rowCount }, (_, at) =>
      hidden.columns.subarray(hidden.starts[at], hidden.starts[at + 1]),
    ).filter((order) => order.length > 1);
    const questions = random
      .shuffle(orders)
      .slice(0, ordersMax)
      .map((order): VisitQuestion => {
        const itemRow = order[random.integer(order.length)];
        return { itemRow, others: new Set(order.filter((row) => row !== itemRow)) };
      });
    for (const [variant, rule] of Object.entries(rules)) {
      const found = findCompanions(baskets, rule);
      const byChance = findCompanions(shuffled, rule).rows.length;
      const figures = judgeCompanions(found, questions).map((value) => value.toFixed(4));
      lines.push(
        told([name, `${questions.length}`, variant, ...figures, `${found.rows.length}`, `${byChance}`]),
      );
    }
  }
  const head = ["data", "orders", "companions", "ndcg@10", "answered", "kept", "kept of shuffled orders"];
  return table(head, lines);
}

/** The mean NDCG@10, and the share of questions with any answer. */
function judgeCompanions({ starts, rows }: Companions, questions: readonly VisitQuestion[]): number[] {
  let sum = 0;
  let answered = 0;
  for (const { itemRow, others } of questions) {
    const list = Array.from(rows.subarray(starts[itemRow], starts[itemRow + 1]));
    sum += scoreRanking(list, others, [10])["ndcg@10"];
    if (list.length > 0) answered++;
  }
  return [sum / questions.length, answered / questions.length];
}

/** Orders of the same sizes, of items as often, dealt anew: what goes together there does so by chance. */
function shuffledBaskets(baskets: SparseRows, random: Random): SparseRows {
  const columns = random.shuffle(baskets.columns.slice());
  for (let at = 0; at < baskets.rowCount; at++) {
    columns.subarray(baskets.starts[at], baskets.starts[at + 1]).sort();
  }
  return { ...baskets, columns };
}
