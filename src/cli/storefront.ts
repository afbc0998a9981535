import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { withSettings } from "../local/storefront.ts";
import { UsageError } from "./failures.ts";
import { currencyCode } from "./option-values.ts";
import { print } from "./registry-options.ts";
import { storefront } from "./serve.ts";

interface StorefrontFlags {
  readonly out: string;
  readonly api?: string;
  readonly currency?: string;
}

/** What is for whoever sits at the machine that serves. */
const onlyLocal = ["start.html", "merchant.html"];

export function define(command: Command): void {
  command
    .requiredOption("--out <folder>", "a new folder for the files")
    .option(
      "--api <url>",
      "where the API is, with its stage: https://….amazonaws.com/prod (default: beside the files)",
    )
    .option("--currency <code>", "what prices are in, ISO 4217 (default: numbers alone)", currencyCode)
    .action(write);
}

/** The storefront's files for any static host, their pages filled in. */
async function write({ out, api, currency }: StorefrontFlags): Promise<void> {
  if (api !== undefined && !/^https?:\/\/[^\s/]/.test(api)) {
    throw new UsageError(`--api ${api} is no address: it begins with https://`);
  }
  await cp(storefront, out, { recursive: true, force: false, errorOnExist: true }).catch((cause: Error) => {
    throw new UsageError(`${out} holds such files already: name a new folder`, { cause });
  });
  for (const name of onlyLocal) await rm(join(out, name));
  const page = await readFile(join(out, "index.html"), "utf8");
  await writeFile(join(out, "index.html"), withSettings(page, { api, currency }));
  print(
    `written to ${out}: serve index.html for the paths that are no file; docs/deploy.md shows S3 with CloudFront`,
  );
}
