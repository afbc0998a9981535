import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { parseShopConfig } from "../init/shop-config.ts";
import { type FileState, type ShopFile, writeShopFiles } from "../init/shop-files.ts";
import { programVersion } from "../version.ts";
import { addJsonOption, print, printJson } from "./registry-options.ts";

interface InitFlags {
  readonly diff?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Beside the program, where the build puts them. */
const packageFiles = fileURLToPath(new URL("init/", import.meta.url));

export function define(command: Command): void {
  command
    .argument("[folder]", "the shop's repository", ".")
    .option("--diff", "show what differs from this version's files, and write nothing")
    .option("--force", "replace what differs; aisle.json, package.json and .gitignore stay the shop's")
    .action(run);
  addJsonOption(command);
}

async function run(folder: string, flags: InitFlags): Promise<void> {
  const isDry = flags.diff ?? false;
  const files = await writeShopFiles({ from: packageFiles, folder, isDry, force: flags.force && !isDry });
  const isIncomplete = files.some(({ state }) => state === "differs" || (isDry && state === "created"));
  if (isDry && isIncomplete) process.exitCode = 1;
  if (flags.json) return printJson({ version: programVersion, files });
  if (isDry) return showDifferences(files);
  for (const { path, state } of files) print(`${words[state].padEnd(10)} ${path}`);
  await advise(folder, files);
}

const words: Record<FileState, string> = {
  created: "created",
  unchanged: "unchanged",
  kept: "kept",
  differs: "differs",
  replaced: "replaced",
};

function showDifferences(files: readonly ShopFile[]): void {
  for (const { path, state, diff } of files) {
    if (state === "created") print(`missing: ${path}`);
    if (diff !== "") process.stdout.write(`--- ${path}\n+++ ${path} of aisle ${programVersion}\n${diff}`);
  }
  if (files.every(({ state }) => state === "unchanged" || state === "kept")) {
    print(`everything is as aisle ${programVersion} delivers it`);
  }
}

/** What a person has to do next, and nothing where that is nothing. */
async function advise(folder: string, files: readonly ShopFile[]): Promise<void> {
  const at = (name: string): string => join(folder, name);
  const differing = files.filter(({ state }) => state === "differs").map(({ path }) => path);
  if (differing.length > 0) {
    print(
      `\nleft as they are: ${differing.join(", ")}\n` +
        "aisle init --diff shows what this version would change; --force replaces them",
    );
  }
  parseShopConfig(await readFile(at("aisle.json"), "utf8"), at("aisle.json"));
  const { dependencies, devDependencies } = JSON.parse(await readFile(at("package.json"), "utf8"));
  const isInstalled = "aisle" in { ...dependencies, ...devDependencies };
  if (!isInstalled) print(`\n${at("package.json")} does not name aisle: npm install aisle@${programVersion}`);
  if (files.every(({ state }) => state !== "created")) return;
  print(
    "\nnext: name your events in aisle.json, then  npm install  and  npx aisle flow --stage local\n" +
      "to go live: aisle-sign-in.yaml and .github/workflows/aisle.yml say what they need, in their heads",
  );
}
