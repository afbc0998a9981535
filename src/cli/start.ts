import { join } from "node:path";
import type { Command } from "commander";
import { readConfig } from "../config.ts";
import type { ShopperCard } from "../http/host.ts";
import type { TrainingProgress } from "../http/training-progress.ts";
import { isLoopbackName } from "../local/loopback.ts";
import type { LiveShop } from "../local/own-shop-state.ts";
import type { LocalServer } from "../local/server.ts";
import { log } from "../log.ts";
import type { Registry } from "../registry/registry.ts";
import type { Serving } from "../serving/serving.ts";
import { RunStore } from "../tracking/run-store.ts";
import { ChildJob, type JobMessage } from "./child-job.ts";
import { demoSource } from "./demo-source.ts";
import { UsageError } from "./failures.ts";
import { lookAtShop } from "./live-shop.ts";
import { isUrl } from "./local-activity.ts";
import { DroppedShop, type Stage } from "./own-shop.ts";
import { openRegistry, print } from "./registry-options.ts";
import {
  addServeOptions,
  listen,
  openServing,
  printMerchant,
  type ServeFlags,
  untilInterrupted,
} from "./serve.ts";

interface StartFlags extends ServeFlags {
  readonly fresh?: boolean;
}

export function define(command: Command): void {
  addServeOptions(command);
  command.option("--fresh", "make the shop and its models anew").action((flags: StartFlags) => start(flags));
}

/** Listens first, so that the page is there while a child process makes the shop and trains on it. */
async function start(flags: StartFlags): Promise<void> {
  const registry = openRegistry(flags);
  const config = readConfig();
  const clear = flags.fresh ? await planClearing(registry) : undefined;
  // That there is no model yet is what this command is about to mend.
  const speak = log.hush();
  const serving = await openServing(flags, config);
  const stage = new ShopStage(serving, registry, flags);
  stage.onLook = speak;
  await stage.look();
  const trains = stage.lacksDemo || clear !== undefined;
  if (trains) stage.show(beginning);
  const ownShop = isUrl(flags.registry) ? undefined : new DroppedShop(stage, join(flags.registry, "uploads"));
  await ownShop?.open();
  const { shoppers } = stage;
  const server = await listen(serving, flags, config, {
    shoppers,
    training: () => stage.training(),
    ownShop,
  });
  // Only now: a port that is taken costs nobody a model. What was live serves on until the new shop's events exist.
  await clear?.();
  print(`aisle on ${server.url}`);
  printMerchant(server);
  stage.onReady = () => announce(server, serving);
  if (trains) stage.trainDemo();
  else {
    speak();
    print(`the model in ${flags.registry} serves on; --fresh starts over`);
    stage.onReady();
  }
  await untilInterrupted(server, () => stage.close());
  await Promise.all([stage.close(), ownShop?.close()]);
}

const beginning: TrainingProgress = { step: "making the demo shop" };

function announce({ url }: LocalServer, serving: Serving): void {
  print(
    `\nready: model ${serving.snapshot?.parts.version}\ntry:  curl '${url}/recommendations?userId=42&numResults=5'`,
  );
}

/** What is served, what is trained, and the one process that trains the demo. */
class ShopStage implements Stage {
  readonly registry: Registry;
  readonly channel: string;
  readonly flags: readonly string[];
  readonly isOwnMachine: boolean;
  /** whom a visitor may pretend to be; its entries change with what is served */
  readonly shoppers: ShopperCard[] = [];
  readonly #serving: Serving;
  #live: LiveShop | undefined;
  #progress: TrainingProgress | undefined;
  #demo: ChildJob | undefined;
  #isClosing = false;
  /** called before a look at what has gone live, and when the demo's training ends without */
  onLook: () => void = () => {};
  /** called when the demo's trained model serves */
  onReady: () => void = () => {};

  constructor(serving: Serving, registry: Registry, flags: StartFlags) {
    this.registry = registry;
    this.channel = flags.channel;
    this.isOwnMachine = isLoopbackName(flags.host);
    this.flags = ["--registry", flags.registry, "--channel", flags.channel];
    this.#serving = serving;
  }

  /** Is the demo shop to be served, and without a trained model? A shop of other data never makes way for it. */
  get lacksDemo(): boolean {
    return this.#live === undefined || (this.#live.isDemo && !this.#live.isPersonal);
  }

  live(): LiveShop | undefined {
    // Others may move the channel too; the answer to this question is soon enough the next time it is asked.
    if (this.#serving.loaded?.parts.version !== this.#live?.version) void this.look();
    return this.#live;
  }

  training(): TrainingProgress | undefined {
    return this.#progress;
  }

  show(progress: TrainingProgress | undefined): void {
    this.#progress = progress;
  }

  async refresh(): Promise<void> {
    this.onLook();
    await this.#serving.refresh();
    await this.look();
  }

  /** Finds out whose shop is served. Never throws: where that cannot be told, what was known of it stays. */
  async look(): Promise<void> {
    try {
      const { live, shoppers } = await lookAtShop(this.#serving, this);
      this.#live = live;
      this.shoppers.splice(0, this.shoppers.length, ...shoppers);
    } catch (error) {
      log.warn("the shop that is served cannot be described", { error });
    }
  }

  trainDemo(): void {
    this.show(beginning);
    const hear = async (message: JobMessage) => {
      if (message.kind === "progress") this.show(message.progress);
      if (message.kind !== "published") return;
      await this.refresh();
      if (!this.#live?.isPersonal) return;
      this.show(undefined);
      this.onReady();
    };
    const job = new ChildJob(["train-demo", ...this.flags], (message) => void hear(message));
    this.#demo = job;
    void job.ended.then(({ kind, reason }) => {
      if (this.#demo === job) this.#demo = undefined;
      this.onLook();
      if (kind !== "failed" || this.#isClosing) return;
      this.show({ step: "training failed", failure: `training failed: ${reason}` });
      process.stderr.write("! training failed; what is popular is served on. See above, then start again\n");
    });
  }

  async pauseDemo(): Promise<void> {
    await this.#demo?.stop();
  }

  resumeDemo(): void {
    if (this.lacksDemo && this.#demo === undefined && !this.#isClosing) this.trainDemo();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    // At a terminal Ctrl-C has reached the child too; from a service manager it has not.
    await this.#demo?.stop();
  }
}

/**
 * What deletes what an earlier start made, and never anything else.
 * @throws UsageError where the registry holds models of other data
 */
async function planClearing(registry: Registry): Promise<() => Promise<void>> {
  const { store } = registry;
  const manifests = await registry.manifests();
  const others = manifests.filter(({ data }) => data.source !== demoSource);
  if (others.length > 0) {
    throw new UsageError(
      `${store.location} holds models of other data (${others[0].version}): --fresh deletes demo models only. ` +
        "Name another folder with --registry",
    );
  }
  return async () => {
    // Channels first: nobody is led to a model that is going.
    for (const prefix of ["channels/", "models/", "catalogs/", "demo/"]) {
      for (const key of await store.list(prefix)) await store.delete(key);
    }
    const runs = new RunStore(store);
    for (const { run, data } of await Promise.all((await runs.names()).map((name) => runs.run(name)))) {
      if (data.source === demoSource) await runs.remove(run);
    }
  };
}
