import type { Command } from "commander";
import { makeDemoShop } from "../demo/shop.ts";
import { writeDemoShop } from "../demo/write-shop.ts";
import { wholeFrom } from "./option-values.ts";
import { addJsonOption, print, printJson } from "./registry-options.ts";
import { Terminal } from "./terminal.ts";

export function define(command: Command): void {
  command
    .option("--out <folder>", "where to write it", "demo-shop")
    .option("--seed <number>", "another seed is another shop", wholeFrom(0), 1)
    .action(run);
  addJsonOption(command);
}

async function run({ out, seed, json }: { out: string; seed: number; json?: boolean }): Promise<void> {
  const terminal = new Terminal();
  const shop = makeDemoShop({
    seed,
    onProgress: (share) => terminal.progress("making the demo shop", share, 1),
  });
  const files = await writeDemoShop(shop, out);
  terminal.close();
  const counts = { shoppers: shop.shoppers.length, items: shop.items.length, events: shop.events.length };
  if (json) return printJson({ folder: out, seed, ...counts, files });
  print(
    `${counts.events} events of ${counts.shoppers} shoppers with ${counts.items} products, all of them invented, in ${out}\n` +
      `Train on it:  aisle train --events ${out}/events.csv.gz --items ${out}/items.csv`,
  );
}
