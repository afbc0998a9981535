import { scoreRanking } from "../../src/evaluation/metrics.ts";
import { groupBaskets, orderRule } from "../../src/interactions/baskets.ts";
import { Random } from "../../src/math/random.ts";
import {
  basketCosine,
  type CompanionRule,
  findCompanions,
  logLikelihoodRatio,
  type PairCounts,
  shrunkenLift,
} from "../../src/model/companions.ts";
import { similarities } from "../../src/model/header.ts";
import { fitRecipe } from "../../src/training/fit.ts";
import { judgeSimilar, visitQuestions } from "../../src/training/similarity.ts";
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

const orders: Record<string, Partial<CompanionRule> & Pick<CompanionRule, "score">> = {
  "shrunken lift, prior 5": { score: shrunkenLift },
  "shrunken lift, prior 1": { score: shrunkenBy(1) },
  "shrunken lift, prior 20": { score: shrunkenBy(20) },
  lift: { score: lift },
  "log-likelihood ratio": { score: logLikelihoodRatio },
  cosine: { score: basketCosine },
  support: { score: ({ both }) => both },
  "shrunken lift, prior 5, no threshold": { score: shrunkenLift, isSignificant: false },
};

/** Orders of what is bought together: the other items of a held-out order, by one of them. */
export async function measureTogether(): Promise<string> {
  const lines: string[][] = [];
  for await (const { name, split } of laboratories(shops)) {
    const { items } = split.train;
    const baskets = groupBaskets(split.train, items, orderRule(split.train));
    const hidden = groupBaskets(split.validation, items, orderRule(split.validation));
    const random = new Random("orders");
    const rows = Array.from({ length: hidden.rowCount }, (_, at) =>
      hidden.columns.subarray(hidden.starts[at], hidden.starts[at + 1]),
    ).filter((order) => order.length > 1);
    const questions = random.shuffle(rows).slice(0, ordersMax);
    const given = questions.map((order) => order[random.integer(order.length)]);
    for (const [order, rule] of Object.entries(orders)) {
      const found = findCompanions(baskets, { supportMin: 3, isSignificant: true, width: 10, ...rule });
      let sum = 0;
      let answered = 0;
      questions.forEach((whole, at) => {
        const list = Array.from(found.rows.subarray(found.starts[given[at]], found.starts[given[at] + 1]));
        const others = new Set(whole.filter((row) => row !== given[at]));
        sum += scoreRanking(list, others, [10])["ndcg@10"];
        if (list.length > 0) answered++;
      });
      const share = (part: number) => (part / questions.length).toFixed(4);
      lines.push(
        told([name, `${questions.length}`, order, share(sum), share(answered), `${found.rows.length}`]),
      );
    }
  }
  return table(["data", "orders", "order of companions", "ndcg@10", "answered", "pairs kept"], lines);
}
