import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import {
  addRegistryOptions,
  openRegistry,
  print,
  printJson,
  type RegistryFlags,
} from "./registry-options.ts";

interface ReportFlags extends RegistryFlags {
  readonly out: string;
}

export function define(command: Command): void {
  command
    .argument("[run]", "which run; the last one unless said")
    .option("--out <file>", "the page, one file that needs nothing else", "report.html");
  addRegistryOptions(command);
  command.action(report);
}

async function report(run: string | undefined, { out, channel, json, ...flags }: ReportFlags): Promise<void> {
  // The library of plots takes longer to load than any other command to run: only this one does.
  const [{ gatherReport }, { renderReport }] = await Promise.all([
    import("../report/gather.ts"),
    import("../report/render.ts"),
  ]);
  const data = await gatherReport(openRegistry(flags), run, { channel });
  const page = renderReport(data);
  await writeFile(out, page);
  const byteLength = Buffer.byteLength(page);
  if (json) return printJson({ run: data.run.run, model: data.result?.model, out, byteLength });
  print(`${out}: run ${data.run.run}, ${Math.ceil(byteLength / 1024)} KB, for any browser`);
}
