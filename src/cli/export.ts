import { type Command, Option } from "commander";
import { type ExportFormat, exportFactors, exportFormats } from "../exchange/export-factors.ts";
import { recipeFromJson } from "../training/grid.ts";
import { modelSource } from "./model-source.ts";
import {
  addRegistryOptions,
  liveVersion,
  openRegistry,
  print,
  printJson,
  type RegistryFlags,
} from "./registry-options.ts";

interface ExportFlags extends RegistryFlags {
  readonly to: ExportFormat;
  readonly out?: string;
}

export function define(command: Command): void {
  command
    .argument("[version]", "which model; the live one unless said")
    .addOption(
      new Option("--to <format>", "safetensors, or the npz that the Python library implicit loads")
        .choices([...exportFormats])
        .makeOptionMandatory(),
    )
    .option("--out <file>", "where to; VERSION.FORMAT in this folder unless said");
  addRegistryOptions(command);
  command.action(run);
}

async function run(asked: string | undefined, flags: ExportFlags): Promise<void> {
  const registry = openRegistry(flags);
  const version = asked ?? (await liveVersion(registry, flags, "say which version to export"));
  const { recipe } = await registry.manifest(version);
  const { model } = await modelSource(flags).loadModel(version);
  const path = flags.out ?? `${version}.${flags.to}`;
  const alpha = recipeFromJson(recipe).imported?.alpha ?? 1;
  await exportFactors(model, { version, alpha }, { format: flags.to, path });
  const { userCount: users, itemCount: items, rank: factors } = model;
  if (flags.json) printJson({ version, path, format: flags.to, users, items, factors });
  else print(`${path}: ${users} users and ${items} items of ${version}, ${factors} factors each`);
}
