/** A process of its own: trains one shop, publishes the model, and prints what each step took. */
import { trainKernel } from "../src/als/kernel.ts";
import { makeProblem } from "../src/als/objective.ts";
import { aggregate } from "../src/interactions/aggregate-by-formula.ts";
import { type HoldOutOptions, holdOut } from "../src/interactions/holdout.ts";
import { layOutModel, type ModelContents } from "../src/model/layout.ts";
import { Registry } from "../src/registry/registry.ts";
import { FolderStore } from "../src/store/folder-store.ts";
import { ThreadCrew } from "../src/training/crew.ts";
import { defaultRecipe } from "../src/training/defaults.ts";
import { makeScaleEvents, type ScaleShop } from "./scale-shop.ts";

export interface TrainingOrder {
  readonly shop: ScaleShop;
  readonly rank: number;
  readonly threads: number;
  /** the registry to publish to */
  readonly folder: string;
}

export interface Published {
  readonly version: string;
  readonly byteLength: number;
}

export interface ScaleTraining {
  readonly userCount: number;
  readonly itemCount: number;
  readonly pairCount: number;
  /** step → seconds, in their order */
  readonly seconds: Readonly<Record<string, number>>;
  /** step → the process's largest resident set up to its end, in bytes */
  readonly peak: Readonly<Record<string, number>>;
  /** with the users' factors, and without */
  readonly stored: Published;
  readonly folded: Published;
}

const order: TrainingOrder = JSON.parse(process.argv[2]);
const seconds: Record<string, number> = {};
const peak: Record<string, number> = {};

async function step<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  seconds[name] = (performance.now() - began) / 1000;
  peak[name] = process.resourceUsage().maxRSS * 1024;
  console.error(`  ${name}: ${seconds[name].toFixed(2)} s, ${(peak[name] / 2 ** 30).toFixed(2)} GiB`);
  return result;
}

const settings = { ...defaultRecipe.als, factors: order.rank };
const byTime: HoldOutOptions = { seed: 1 };
const contents = await trainModel();
const model = await step("lay out", () => layOutModel({ ...contents, userFactors: true }));
const stored = await step("write", () => publish(model.fileBytes));
const folded = await publish(layOutModel({ ...contents, userFactors: false }).fileBytes);
const { interactions } = contents;
const result: ScaleTraining = {
  userCount: interactions.users.count,
  itemCount: interactions.items.count,
  pairCount: interactions.confidence.columns.length,
  ...{ seconds, peak, stored, folded },
};
console.log(JSON.stringify(result));

/** Nothing of the way is kept: what a step no longer needs may go before the next. */
async function trainModel(): Promise<ModelContents> {
  const interactions = await matrix();
  const problem = await step("problem", () => makeProblem(interactions.confidence, settings));
  const crew = new ThreadCrew(order.threads);
  try {
    const factors = await step("train", () => trainKernel(problem, settings, { crew }));
    const { itemWeights, observedScale } = problem;
    return { interactions, fitted: { factors, settings, itemWeights, observedScale } };
  } finally {
    await crew.close();
  }
}

async function matrix() {
  const events = await step("events", () => makeScaleEvents(order.shop));
  await step("hold out", () => holdOut(events, byTime));
  return step("matrix", () => aggregate(events, defaultRecipe.confidence));
}

async function publish(bytes: Uint8Array): Promise<Published> {
  const { version, model } = await new Registry(new FolderStore(order.folder)).publish(bytes, {
    ...{ program: "bench", rank: order.rank, recipe: null, seed: settings.seed },
    ...{ userCount: order.shop.userCount, itemCount: order.shop.itemCount },
    data: { source: "power-law shop", eventCount: order.shop.eventCount, digest: "", split: "" },
    ...{ fits: [], baselines: {}, golden: [] },
  });
  return { version, byteLength: model.byteLength };
}
