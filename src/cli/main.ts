#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { programVersion } from "../version.ts";
import { exitCodeOf, explain } from "./failures.ts";

interface CommandModule {
  define(command: Command): void;
}

/** Each command's own module is loaded only when it is called: the training code would slow every `--help`. */
const commands: Record<string, [summary: string, load: () => Promise<CommandModule>]> = {
  start: ["make the demo shop, train on it and serve it", () => import("./start.ts")],
  demo: ["write the demo shop as files", () => import("./demo.ts")],
  init: ["write into a shop's own repository what it needs to go live", () => import("./init.ts")],
  flow: ["from events to live: train, gate, publish, deploy or roll out", () => import("./flow.ts")],
  cost: ["what it costs on AWS, beside Amazon Personalize", () => import("./cost.ts")],
  train: ["from events to an evaluated, registered model", () => import("./train.ts")],
  import: ["make a model of factors that Spark or implicit fitted", () => import("./import.ts")],
  export: ["a model's factors for Python: safetensors, npz", () => import("./export.ts")],
  evaluate: ["measure a registered model on events that it has not seen", () => import("./evaluate.ts")],
  runs: ["list, show, compare and export what was tried", () => import("./runs.ts")],
  monitor: ["score the live model on what happened since", () => import("./monitor.ts")],
  recommend: ["answer for a user, from the registry", () => import("./recommend.ts")],
  similar: ["items like one item, from the registry", () => import("./similar.ts")],
  batch: ["everybody's answers as a file", () => import("./batch.ts")],
  segment: ["the users who would want an item most", () => import("./segment.ts")],
  attribution: ["what came of the rows that answers showed", () => import("./attribution.ts")],
  shadow: ["recorded answers of Amazon Personalize, held against ours", () => import("./shadow.ts")],
  serve: ["answer over HTTP", () => import("./serve.ts")],
  storefront: ["write the storefront's files for a static host", () => import("./storefront.ts")],
  models: ["list, show, promote, roll back, copy and remove models", () => import("./models.ts")],
  report: ["a run as a page to look at", () => import("./report.ts")],
  rollout: ["put a model behind an alias step by step, watched", () => import("./rollout.ts")],
  deploy: ["build, make the image and deploy it with the model that is served", () => import("./deploy.ts")],
  catalog: ["put a new catalogue live without training", () => import("./catalog.ts")],
  rules: ["named filters, promotions, pins and boosts, without training", () => import("./rules.ts")],
  retention: ["rewrite what still holds erased users, drop what is too old", () => import("./retention.ts")],
  // What `start` runs beside itself.
  "own-shop": ["", () => import("./own-shop-job.ts")],
  "train-demo": ["", () => import("./train-demo.ts")],
  keys: ["issue, list and revoke keys", () => import("./keys.ts")],
};

async function main(args: readonly string[]): Promise<void> {
  const program = new Command("aisle")
    .description("A recommender that a shop owns: from its events to answers behind an HTTP route.")
    .version(programVersion)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  const called = args[0] === "help" ? args[1] : args[0];
  for (const [name, [summary, load]] of Object.entries(commands)) {
    const command = program
      .command(name, { hidden: summary === "" })
      .description(summary)
      .exitOverride();
    if (name === called) (await load()).define(command);
  }
  await program.parseAsync(args, { from: "user" });
}

// Whoever reads has seen enough, as in `aisle recommend | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  // Help and the version end here too, with code 0 and their text already printed.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
