import { type ChildProcess, fork } from "node:child_process";
import type { Command } from "commander";
import { readConfig } from "../config.ts";
import type { ShopperCard, TrainingProgress } from "../http/host.ts";
import type { LocalServer } from "../local/server.ts";
import { log } from "../log.ts";
import type { Registry } from "../registry/registry.ts";
import type { Serving } from "../serving/serving.ts";
import { RunStore } from "../tracking/run-store.ts";
import { readShoppers } from "./demo-shoppers.ts";
import { demoSource } from "./demo-source.ts";
import { UsageError } from "./failures.ts";
import { interruptedCode } from "./interruption.ts";
import { openRegistry, print } from "./registry-options.ts";
import {
  addServeOptions,
  listen,
  openServing,
  printMerchant,
  type ServeFlags,
  untilInterrupted,
} from "./serve.ts";
import type { DemoMessage } from "./train-demo.ts";

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
  const { store } = registry;
  const config = readConfig();
  const clear = flags.fresh ? await planClearing(registry) : undefined;
  // That there is no model yet is what this command is about to mend.
  const speak = log.hush();
  const serving = await openServing(flags, config);
  const shoppers: ShopperCard[] = (await readShoppers(store)) ?? [];
  let training: TrainingProgress | undefined =
    isTrained(serving) && !clear ? undefined : { step: "making the demo shop" };
  const server = await listen(serving, flags, config, { shoppers, training: () => training });
  // Only now: a port that is taken costs nobody a model. What was live serves on until the new shop's events exist.
  await clear?.();
  print(`aisle on ${server.url}`);
  printMerchant(server);
  if (training === undefined) {
    speak();
    return untilStopped(server, serving, flags);
  }

  const child = trainInChild(flags, async (message) => {
    if (message.kind === "progress") training = message.progress;
    if (message.kind === "published") {
      speak();
      await serving.refresh();
      shoppers.splice(0, shoppers.length, ...((await readShoppers(store)) ?? []));
      if (isTrained(serving)) training = undefined;
      if (isTrained(serving)) announce(server, serving);
    }
  });
  let stopping = false;
  child.once("exit", (code) => {
    speak();
    // Ctrl-C may end the child before this process has heard of it.
    if (code === 0 || code === interruptedCode || stopping) return;
    training = { step: "training failed", failure: `training ended with code ${code}` };
    process.stderr.write("! training failed; what is popular is served on. See above, then start again\n");
  });
  await untilInterrupted(server, () => {
    stopping = true;
  });
  // At a terminal Ctrl-C has reached the child too; from a service manager it has not.
  child.kill("SIGTERM");
}

function untilStopped(server: LocalServer, serving: Serving, { registry }: StartFlags): Promise<void> {
  print(`the model in ${registry} serves on; --fresh starts over`);
  announce(server, serving);
  return untilInterrupted(server);
}

function announce({ url }: LocalServer, serving: Serving): void {
  print(
    `\nready: model ${serving.snapshot?.parts.version}\ntry:  curl '${url}/recommendations?userId=42&numResults=5'`,
  );
}

function isTrained(serving: Serving): boolean {
  return (serving.snapshot?.parts.model.rank ?? 0) > 0;
}

function trainInChild(
  { registry, channel }: StartFlags,
  onMessage: (message: DemoMessage) => Promise<void>,
): ChildProcess {
  const args = ["train-demo", "--registry", registry, "--channel", channel];
  const child = fork(process.argv[1], args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  child.on("message", (message) => void onMessage(message as DemoMessage));
  return child;
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
