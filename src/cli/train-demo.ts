import { userInfo } from "node:os";
import type { Command } from "commander";
import type { DemoShop } from "../demo/shop.ts";
import { makeDemoShop, purchaseProbabilities } from "../demo/shop.ts";
import type { Baseline } from "../evaluation/baselines/baseline.ts";
import { fromScores } from "../evaluation/baselines/oracle.ts";
import type { Shop } from "../pipeline.ts";
import { type ReleaseOrder, releasePopularity } from "../release.ts";
import { defaultRecipe } from "../training/defaults.ts";
import { fitPopularity } from "../training/fit.ts";
import { programVersion } from "../version.ts";
import { keepShoppers } from "./demo-shoppers.ts";
import { demoSource } from "./demo-source.ts";
import { type Job, runJob } from "./job-process.ts";
import { LiveProgress } from "./live-progress.ts";
import { trainRecorded } from "./recorded-training.ts";
import { addRegistryOptions, openRegistry, type RegistryFlags } from "./registry-options.ts";
import { addTrainingOptions, type TrainingFlags, trainingOrder } from "./training-options.ts";

/** The part of `start` that computes, in a process of its own so that answers never wait for it. */
export function define(command: Command): void {
  addTrainingOptions(command);
  addRegistryOptions(command);
  command.action((flags: RegistryFlags & TrainingFlags) => runJob((job) => trainDemo(flags, job)));
}

async function trainDemo(
  flags: RegistryFlags & TrainingFlags,
  { terminal, signal, tell }: Job,
): Promise<void> {
  const live = new LiveProgress((progress) => tell({ kind: "progress", progress }));
  const shop = makeDemoShop({ onProgress: (share) => terminal.progress("making the demo shop", share, 1) });
  const to: ReleaseOrder = {
    registry: openRegistry(flags),
    channel: flags.channel,
    who: userInfo().username,
    source: demoSource,
    program: programVersion,
    items: shop.items,
  };
  await keepShoppers(to.registry.store, shop.shoppers);
  if (!(await to.registry.channel(to.channel))?.model) {
    await releasePopularity(fitPopularity(shop.events, defaultRecipe), defaultRecipe, to);
  }
  tell({ kind: "published" });
  const note = `\n${oracleNote}`;
  await trainRecorded(learnable(shop), trainingOrder(flags, signal), to, { terminal, live, note });
  tell({ kind: "published" });
}

const oracleNote =
  "The shop is synthetic, which flatters factor models; the oracle knows the probabilities it was drawn from.";

function learnable(shop: DemoShop): Shop {
  return { events: shop.events, oracle: oracleOf(shop) };
}

/** The ceiling: the very probabilities that the generator drew from, at the end of what may be learnt. */
function oracleOf({ truth, events }: DemoShop): Baseline {
  return {
    slug: "oracle",
    name: "oracle",
    fit(interactions, log) {
      const fill = (userId: string, into: Float64Array): void => {
        purchaseProbabilities(truth, events.users.row(userId), interactions.now, into);
      };
      return fromScores("oracle", fill, events.items).fit(interactions, log);
    },
  };
}
