import { popularity } from "../src/evaluation/baselines/popularity.ts";
import { evaluate, type Recommend } from "../src/evaluation/evaluate.ts";
import { figureValue } from "../src/evaluation/metrics.ts";
import { recommendByModel } from "../src/evaluation/model-recommend.ts";
import type { EventLog } from "../src/interactions/event-log.ts";
import { holdOut } from "../src/interactions/holdout.ts";
import { train } from "../src/pipeline.ts";
import { ThreadCrew } from "../src/training/crew.ts";
import { defaultRecipe } from "../src/training/defaults.ts";
import { fitRecipe } from "../src/training/fit.ts";
import { expandGrid, type Recipe } from "../src/training/grid.ts";
import { bestTrial, sweep } from "../src/training/sweep.ts";
import { orderOf } from "./aisle.ts";
import { compare, figure, type Row, table } from "./comparison.ts";
import { gowallaEvents } from "./gowalla.ts";
import { Judge } from "./judge.ts";

const bars = "BARS-Match's leaderboard (Zhu et al. 2022, arXiv 2205.09626)";

/** Recall@20 and NDCG@20 of full rankings on LightGCN's split of Gowalla, as published, and where. */
const published: readonly (readonly [name: string, recall: number, ndcg: number, source: string])[] = [
  ["popularity", 0.0416, 0.0317, "with the split"],
  ["ItemCF", 0.157, 0.1214, bars],
  ["MF-BPR", 0.1627, 0.1378, bars],
  ["EASE", 0.1765, 0.1467, bars],
  ["LightGCN", 0.182, 0.1547, bars],
  ["UltraGCN", 0.1862, 0.158, `${bars}, from Mao et al. 2021, arXiv 2110.15114`],
  ["BSPM-EM", 0.192, 0.1597, "Choi et al. 2023, Blurring-Sharpening Process Models"],
];

const ranks = [64, 128, 256, 512, 768];

/** First how popularity enters, at few factors; then what matters at each number of them. */
const exponents = {
  als: {
    factors: [128],
    unobservedWeight: [0.006],
    regularization: [0.007],
    popularityExponent: [-0.3, 0, 0.3],
    observedPopularityExponent: [-0.2, -0.1, 0],
  },
  popularityExponent: [0, 0.05],
};
const weights = { unobservedWeight: [0.004, 0.006, 0.01], regularization: [0.005, 0.008] };
/** How many of them, the part that chooses says. */
const iterationsMax = 3;

/** Recall@20 and NDCG@20 over everyone in the test part. */
interface Figures {
  readonly recall: number;
  readonly ndcg: number;
}

interface Tuned extends Figures {
  readonly recipe: Recipe;
  /** the part that chose, NDCG@20 of a sample of its users */
  readonly chosenBy: number;
  readonly trainSeconds: number;
  readonly searchSeconds: number;
}

/** The published fixed splits, ranked in full, the training pairs left out; recall is hits ÷ relevant. */
export async function comparePublished(): Promise<{ rows: Row[]; notes: string[] }> {
  const notMeasured = "**Yelp2018**, LightGCN's split: not measured, since the data are not at hand.";
  const [known, test] = [await gowallaEvents("train"), await gowallaEvents("test")];
  if (!known || !test) {
    return {
      rows: [],
      notes: ["**Gowalla**: not measured, since `AISLE_DATA` does not name it.", notMeasured],
    };
  }
  const judge = new Judge(known, test);
  const byPopularity = score(popularity.fit(judge.interactions, known), judge);
  const own = holdOut(known, { testFraction: 0, seed: 1 });
  const onValidation = await tune(own.train, own.validation, judge);
  const onTest = await tune(known, test, judge);
  console.error("Gowalla: aisle train");
  const alone = await train({ events: known }, { ...orderOf(), holdOut: { holdout: test } });
  const byItself = { ...score(recommendByModel(alone.scored.model), judge), recipe: alone.recipe };
  const claims = [
    { how: "tuned on validation", claim: best(onValidation, ({ chosenBy }) => chosenBy) },
    { how: "tuned on test", claim: best(onTest, ({ ndcg }) => ndcg) },
    { how: "aisle train by itself", claim: byItself },
  ];
  return {
    rows: claims.flatMap(({ how, claim }) => rowsOf(how, claim)),
    notes: [
      `**Gowalla**, LightGCN's split: ${judge.truth.users.length} users of the test part, full rankings over ` +
        `${judge.interactions.items.count} items, what was trained on left out, recall = hits ÷ relevant. *Tuned on ` +
        "validation*: settings chosen on a tenth of each user's training items, fitted again on all of them, scored on " +
        "the test part once. *Tuned on test*: settings chosen on the test part itself, as is common among the " +
        "published. Popularity checks the evaluator.",
      table(
        ["recommender", "Recall@20", "NDCG@20", "training, s", "search, s", "settings or source"],
        [
          ...published.map(([name, recall, ndcg, source]) => [
            ...[name, recall.toFixed(4), ndcg.toFixed(4), "", ""],
            `published: ${source}`,
          ]),
          ["popularity, measured", ...cells(byPopularity), "", "", ""],
          ...onValidation.map((tuned) => tunedLine("tuned on validation", tuned)),
          ...onTest.map((tuned) => tunedLine("tuned on test", tuned)),
          ["**aisle train by itself**", ...cells(byItself), "", "", describe(alone.recipe)],
        ],
      ),
      notMeasured,
    ],
  };
}

/**
 * Chooses on `chooser`, having learnt from `learnt`; then fits to all that the judge's part knows, and scores. One for
 * each number of factors.
 */
async function tune(learnt: EventLog, chooser: EventLog, judge: Judge): Promise<Tuned[]> {
  const base = { ...defaultRecipe, als: { ...defaultRecipe.als, iterations: iterationsMax } };
  const { recipe: found } = await search(expandGrid(exponents, base), learnt, chooser);
  const searched = { ...found, als: { ...found.als, iterations: iterationsMax } };
  const tuned: Tuned[] = [];
  for (const rank of ranks) {
    console.error(`Gowalla at ${rank} factors`);
    const recipes = expandGrid({ als: { factors: [rank], ...weights } }, searched);
    const { recipe, value, seconds } = await search(recipes, learnt, chooser);
    tuned.push({ ...(await refit(recipe, judge)), recipe, chosenBy: value, searchSeconds: seconds });
  }
  return tuned;
}

async function search(recipes: readonly Recipe[], learnt: EventLog, chooser: EventLog) {
  const { threads, memoryBytes } = orderOf();
  const criterion = { task: "new", metric: "ndcg", k: 20, target: "any" } as const;
  const began = performance.now();
  const { recipe, best } = bestTrial(
    await sweep(recipes, learnt, chooser, { criterion, threads, memoryBytes }),
  );
  const seconds = (performance.now() - began) / 1000;
  return {
    recipe: { ...recipe, als: { ...recipe.als, iterations: best.iteration } },
    value: best.value,
    seconds,
  };
}

async function refit(recipe: Recipe, judge: Judge): Promise<Figures & { trainSeconds: number }> {
  const crew = new ThreadCrew(orderOf().threads);
  try {
    const began = performance.now();
    const { model } = await fitRecipe(judge.log, recipe, crew);
    const trainSeconds = (performance.now() - began) / 1000;
    return { ...score(recommendByModel(model), judge), trainSeconds };
  } finally {
    await crew.close();
  }
}

function score(recommend: Recommend, { truth }: Judge): Figures {
  const report = evaluate(recommend, truth, { ks: [20], tasks: ["new"], resamples: 0, seed: 1 });
  const figures = report.tasks.new?.figures ?? {};
  return { recall: figureValue(figures["recall@20"]), ndcg: figureValue(figures["ndcg@20"]) };
}

function best<T>(values: readonly T[], worth: (value: T) => number): T {
  return values.reduce((one, other) => (worth(other) > worth(one) ? other : one));
}

function rowsOf(how: string, { recall, ndcg }: Figures): Row[] {
  return published.flatMap(([name, theirRecall, theirNdcg]) => [
    compare(`Gowalla, ${how}`, `${name} (published)`, "Recall@20", recall, theirRecall),
    compare(`Gowalla, ${how}`, `${name} (published)`, "NDCG@20", ndcg, theirNdcg),
  ]);
}

function tunedLine(how: string, tuned: Tuned): (string | number)[] {
  const { recipe, trainSeconds, searchSeconds } = tuned;
  const seconds = [figure(trainSeconds), figure(searchSeconds)];
  return [`aisle, ${recipe.als.factors} factors, ${how}`, ...cells(tuned), ...seconds, describe(recipe)];
}

function cells({ recall, ndcg }: Figures): string[] {
  return [recall.toFixed(4), ndcg.toFixed(4)];
}

function describe({ als, popularityExponent }: Recipe): string {
  const { unobservedWeight, regularization, iterations } = als;
  return (
    `α₀ ${unobservedWeight}, λ ${regularization}, κ ${als.popularityExponent}, ρ ${als.observedPopularityExponent}, ` +
    `serving ${popularityExponent}, ${iterations} iterations`
  );
}
