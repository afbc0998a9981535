import { userInfo } from "node:os";
import type { Command } from "commander";
import type { DemoShop } from "../demo/shop.ts";
import { makeDemoShop, purchaseProbabilities } from "../demo/shop.ts";
import type { Baseline } from "../evaluation/baselines/baseline.ts";
import { fromScores } from "../evaluation/baselines/oracle.ts";
import type { TrainingProgress } from "../http/host.ts";
import { type Shop, train } from "../pipeline.ts";
import { RunRecorder } from "../recording/recorder.ts";
import { type ReleaseOrder, release, releasePopularity } from "../release.ts";
import { defaultRecipe } from "../training/defaults.ts";
import { fitPopularity } from "../training/fit.ts";
import { programVersion } from "../version.ts";
import { keepShoppers } from "./demo-shoppers.ts";
import { demoSource } from "./demo-source.ts";
import { InterruptedError, interruptedCode, interruption } from "./interruption.ts";
import { addRegistryOptions, openRegistry, print, type RegistryFlags } from "./registry-options.ts";
import { Terminal } from "./terminal.ts";
import { addTrainingOptions, type TrainingFlags, trainingOrder } from "./training-options.ts";
import { describeResult, watchTraining } from "./watch-training.ts";

/** What the process that trains tells the one that serves. */
export type DemoMessage =
  | { readonly kind: "progress"; readonly progress: TrainingProgress }
  | { readonly kind: "published" };

/** The part of `start` that computes, in a process of its own so that answers never wait for it. */
export function define(command: Command): void {
  addTrainingOptions(command);
  addRegistryOptions(command);
  command.action(run);
}

async function run(flags: RegistryFlags & TrainingFlags): Promise<void> {
  const terminal = new Terminal();
  const stop = interruption();
  // Whoever started this is gone, by whatever death: nobody waits for the model.
  const orphaned = (): void => void process.kill(process.pid, "SIGTERM");
  process.on("disconnect", orphaned);
  const tell = (message: DemoMessage): void => void process.send?.(message);
  const progress = (step: string, done?: number): void =>
    tell({ kind: "progress", progress: { step, done } });
  let recorder: RunRecorder | undefined;
  try {
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
    const begun = performance.now();
    const { registry, channel, who, program, source } = to;
    const about = { store: registry.store, who, program, source };
    recorder = await RunRecorder.open({ ...about, say: (line) => terminal.say(line) });
    const plain = trainingOrder(flags, stop.signal);
    const order = { ...plain, journal: recorder.journal(shop.events, plain) };
    const trained = await train(learnable(shop), order, watchTraining(terminal, progress));
    const released = await release(trained, order, { ...to, run: recorder.run });
    await recorder.finish(trained, released, { channel, seconds: (performance.now() - begun) / 1000 });
    terminal.close();
    print(`${describeResult(trained, released)}\n${oracleNote}`);
    tell({ kind: "published" });
  } catch (error) {
    // Whoever interrupted this was at the process that serves, which says what there is to say.
    if (!(error instanceof InterruptedError)) throw error;
    process.exitCode = interruptedCode;
  } finally {
    stop.release();
    await recorder?.settle();
    terminal.close();
    process.off("disconnect", orphaned);
    if (process.connected) process.disconnect();
  }
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
