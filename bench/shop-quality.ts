import { comparePaired, type PairedDifference } from "../src/evaluation/compare.ts";
import type { Recommend } from "../src/evaluation/evaluate.ts";
import { evaluate } from "../src/evaluation/evaluate.ts";
import { type Task, tasks } from "../src/evaluation/held-out.ts";
import { figureValue } from "../src/evaluation/metrics.ts";
import { recommendByModel } from "../src/evaluation/model-recommend.ts";
import { joinLogs } from "../src/interactions/joined-log.ts";
import { type Trained, train } from "../src/pipeline.ts";
import { ThreadCrew } from "../src/training/crew.ts";
import { fitRecipe } from "../src/training/fit.ts";
import { orderOf } from "./aisle.ts";
import { compare, type Row, table } from "./comparison.ts";
import { type Candidate, type Contender, contenders } from "./contenders.ts";
import { Judge } from "./judge.ts";
import type { Peer } from "./peer.ts";
import type { BenchShop } from "./shops.ts";

const seeds = [1, 2, 3, 4, 5];
const metrics = ["ndcg@10", "recall@20"] as const;
type Metric = (typeof metrics)[number];

/** One line of a task's table, its figures per user being means over the training seeds. */
interface Standing {
  readonly name: string;
  readonly label: string;
  /** (users) each, aligned with every other standing of the task */
  readonly perUser: Readonly<Record<Metric, Float32Array>>;
  /** NDCG@10 of each training seed; one where no seed plays a part */
  readonly bySeed: readonly number[];
}

type Standings = Record<Task, Standing[]>;

/** Everyone on the test part of one shop, tuned on its validation part. */
export async function compareOn({ name, events }: BenchShop, peer: Peer, keep: string) {
  const order = orderOf();
  console.error(`${name}: aisle train`);
  const trained = await train({ events }, order);
  const { split, contest, criterion } = trained;
  const target = contest.heldOut.target;
  const tuning = new Judge(split.train, split.validation, { target: criterion.target });
  const judge = new Judge(joinLogs(split.train, split.validation), split.test, { target });
  const standings: Standings = { all: [], new: [] };
  for (const contender of contenders(peer, keep, order.threads)) {
    console.error(`${name}: ${contender.name}`);
    const chosen = await tune(contender, tuning);
    for (const task of tasks) standings[task].push(await score(contender, chosen[task], judge, task));
  }
  const byNew = await train({ events }, orderOf("--select-by", "new:ndcg@10"));
  for (const task of tasks) standings[task].push(await scoreOurs(trained, judge, task, "**aisle**"));
  standings.new.push(await scoreOurs(byNew, judge, "new", "aisle, chosen by new items"));
  const { users, items, confidence } = judge.interactions;
  const notes = [
    `**${name}**: ${users.count} users × ${items.count} items, ${confidence.values.length} pairs before the test part. ` +
      `${split.sentence} ${contest.heldOut.sentence}`,
    ...tasks.flatMap((task) => taskNotes(task, standings[task])),
  ];
  return { rows: tasks.flatMap((task) => taskRows(name, task, standings[task])), notes };
}

type Choice = Pick<Candidate, "label" | "again">;

/** The setting that validation likes most, for each task of its own. */
async function tune(contender: Contender, part: Judge): Promise<Record<Task, Choice>> {
  const best: Partial<Record<Task, Choice & { value: number }>> = {};
  for await (const { label, recommend, again } of contender.candidates(part)) {
    const report = evaluate(recommend, part.truth, { ks: [10], resamples: 0, seed: 1 });
    for (const task of tasks) {
      const value = figureValue(report.tasks[task]?.figures["ndcg@10"] ?? 0);
      if (value > (best[task]?.value ?? -1)) best[task] = { label, again, value };
    }
  }
  if (!best.all || !best.new) throw new Error(`${contender.name} has no setting to try`);
  return { all: best.all, new: best.new };
}

async function score(
  { name, isSeeded }: Contender,
  { label, again }: Choice,
  judge: Judge,
  task: Task,
): Promise<Standing> {
  const runs = isSeeded ? seeds : [1];
  const found = [];
  for (const seed of runs) found.push(measure(await again(judge, seed), judge, task));
  return { name, label, ...meanOf(found) };
}

/** The recipe that was chosen, trained anew with each seed. */
async function scoreOurs({ recipe }: Trained, judge: Judge, task: Task, name: string): Promise<Standing> {
  const { threads } = orderOf();
  const crew = new ThreadCrew(threads);
  const found = [];
  try {
    for (const seed of seeds) {
      const { model } = await fitRecipe(judge.log, { ...recipe, als: { ...recipe.als, seed } }, crew);
      found.push(measure(recommendByModel(model), judge, task));
    }
  } finally {
    await crew.close();
  }
  const { unobservedWeight, regularization, factors, iterations } = recipe.als;
  const halfLife = recipe.confidence.halfLifeDays;
  const label = `α₀ ${unobservedWeight}, λ ${regularization}, half-life ${halfLife} days, ${factors} factors, ${iterations} iterations`;
  return { name, label, ...meanOf(found) };
}

type PerUser = Record<Metric, Float32Array>;

function measure(recommend: Recommend, judge: Judge, task: Task): PerUser {
  const report = evaluate(recommend, judge.truth, { ks: [10, 20], tasks: [task], resamples: 0, seed: 1 });
  const perUser = report.tasks[task]?.perUser;
  if (!perUser) throw new Error("nobody in the test part has anything to find");
  return { "ndcg@10": perUser["ndcg@10"], "recall@20": perUser["recall@20"] };
}

function meanOf(found: readonly PerUser[]): Pick<Standing, "perUser" | "bySeed"> {
  const average = (metric: Metric): Float32Array =>
    found[0][metric].map((_, user) => mean(found.map((run) => run[metric][user])));
  return {
    perUser: { "ndcg@10": average("ndcg@10"), "recall@20": average("recall@20") },
    bySeed: found.map((run) => mean(run["ndcg@10"])),
  };
}

function mean(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at];
  return total / values.length;
}

function ours(standings: readonly Standing[]): Standing {
  const found = standings.find(({ name }) => name === "**aisle**");
  if (!found) throw new Error("aisle is missing from its own table");
  return found;
}

function taskRows(shop: string, task: Task, standings: readonly Standing[]): Row[] {
  const aisle = mean(ours(standings).bySeed);
  return standings
    .filter(({ name }) => !name.includes("aisle"))
    .map(({ name, bySeed }) => compare(`${shop}, ${task} items`, name, "NDCG@10", aisle, mean(bySeed)));
}

function taskNotes(task: Task, standings: readonly Standing[]): string[] {
  const aisle = ours(standings);
  const userCount = aisle.perUser["ndcg@10"].length;
  const lines = standings.map(({ name, label, perUser, bySeed }) => {
    const difference = comparePaired(perUser["ndcg@10"], aisle.perUser["ndcg@10"], { seed: 1 });
    const range = bySeed.length > 1 ? `${four(Math.min(...bySeed))} to ${four(Math.max(...bySeed))}` : "";
    return [
      ...[name, four(mean(perUser["ndcg@10"])), range, four(mean(perUser["recall@20"]))],
      name === aisle.name ? "" : interval(difference),
      label,
    ];
  });
  const head = ["recommender", "NDCG@10", "five seeds", "Recall@20", "aisle − it, NDCG@10, 95 %", "chosen"];
  return [`*${task} items*, ${userCount} users:`, table(head, lines)];
}

function interval({ value, low, high }: PairedDifference): string {
  return `${signed(value)} [${signed(low)}, ${signed(high)}]`;
}

function four(value: number): string {
  return value.toFixed(4);
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${four(Math.abs(value))}`;
}
