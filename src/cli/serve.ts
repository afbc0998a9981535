import { userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import { type Command, Option } from "commander";
import type { Config } from "../config.ts";
import { drawImage } from "../demo/draw-image.ts";
import type { Host } from "../http/host.ts";
import { openKeys } from "../keys/open-keys.ts";
import type { VersionNote } from "../local/inside.ts";
import { type LocalOptions, type LocalServer, startLocal } from "../local/server.ts";
import { log } from "../log.ts";
import type { Registry } from "../registry/registry.ts";
import { Serving } from "../serving/serving.ts";
import { UnknownRunError } from "../tracking/run-store.ts";
import { readShoppers } from "./demo-shoppers.ts";
import { UsageError } from "./failures.ts";
import { interruption } from "./interruption.ts";
import { openLocalActivity } from "./local-activity.ts";
import { modelSource } from "./model-source.ts";
import { currencyCode, wholeFrom } from "./option-values.ts";
import { addRegistryOptions, openRegistry, print, type RegistryFlags } from "./registry-options.ts";

export interface ServeFlags extends RegistryFlags {
  readonly port: number;
  readonly host: string;
  readonly auth?: "open" | "keys";
  readonly log?: boolean;
  readonly currency?: string;
}

/** Beside the program, where the build puts it. */
export const storefront = fileURLToPath(new URL("web/", import.meta.url));

/** What every command that listens takes. */
export function addServeOptions(command: Command): Config {
  const config = addRegistryOptions(command);
  command
    .option("--port <number>", "where to listen (PORT)", wholeFrom(0, 65_535), config.port)
    .option("--host <address>", "which address to bind; others than loopback need keys", "127.0.0.1")
    .addOption(
      new Option("--auth <mode>", "open: whoever asks; keys: see aisle keys (AUTH)")
        .choices(["open", "keys"])
        .default(config.auth),
    )
    .addOption(
      new Option("--currency <code>", "what the storefront's prices are in, ISO 4217").argParser(
        currencyCode,
      ),
    )
    .option("--log", "one JSON line per request on stderr; done anyway where that is no terminal");
  return config;
}

export function define(command: Command): void {
  const config = addServeOptions(command);
  command
    .option("--model <version>", "serve this version whatever the channel says (BEST_MODEL)")
    .action(async (flags: ServeFlags & { model?: string }) => {
      const pinned = flags.model ?? (config.mode === "pinned" ? config.bestModel : undefined);
      const serving = await openServing(flags, config, pinned);
      const server = await listen(serving, flags, config);
      print(
        `serving ${serving.snapshot ? `model ${serving.snapshot.parts.version}` : "nothing yet"} on ${server.url}`,
      );
      print(`try:  curl '${server.url}/recommendations?numResults=5'`);
      printMerchant(server);
      if (serving.failure) process.stderr.write(`! ${serving.failure}\n`);
      await untilInterrupted(server);
    });
}

export async function openServing(
  flags: RegistryFlags,
  config: Config,
  pinnedModel?: string,
): Promise<Serving> {
  return Serving.start({
    activity: await openLocalActivity(flags.registry, config),
    source: modelSource(flags),
    modelTtlSeconds: config.modelTtlSeconds,
    catalogTtlSeconds: config.catalogTtlSeconds,
    ...(pinnedModel && { pinnedModel }),
  });
}

/** Listens with whatever the registry offers: a demo's shoppers and pictures where there are any. */
export async function listen(
  serving: Serving,
  { port, host, auth, registry, channel, currency, log: isLogged = !process.stderr.isTTY }: ServeFlags,
  { keysFile, allowedOrigins, scoreTemperature }: Config,
  live: Pick<Host, "shoppers" | "training"> & Pick<LocalOptions, "ownShop"> = {},
): Promise<LocalServer> {
  if (auth === "keys" && keysFile === undefined) {
    throw new UsageError(
      "--auth keys needs AISLE_KEYS: make one with  AISLE_KEYS=keys.json aisle keys create --role server",
    );
  }
  const shoppers = live.shoppers ?? (await readShoppers(openRegistry({ registry }).store));
  const isDemo = (): boolean => live.ownShop?.state().live?.isDemo ?? Boolean(shoppers?.length);
  return startLocal({
    serving,
    port,
    hostname: host,
    auth,
    allowedOrigins,
    scoreTemperature,
    images: drawImage,
    storefront,
    // The demo's own; of another shop nobody can tell, and numbers alone are never wrong.
    pageSettings: () => ({ currency: currency ?? (isDemo() ? "USD" : "") }),
    shoppers,
    ...(keysFile !== undefined && { keys: await openKeys(keysFile) }),
    training: live.training,
    admin: {
      ...{ registry: openRegistry({ registry }), channel, who: userInfo().username },
      report: () => lastReport(openRegistry({ registry }), channel),
    },
    ownShop: live.ownShop,
    listVersions: () => listVersions(openRegistry({ registry })),
    ...(isLogged && { onAnswered: (record) => log.request({ ...record }) }),
  });
}

/** Of the last run, if there is any; the library of plots takes a while to load, so only who asks waits for it. */
async function lastReport(registry: Registry, channel: string): Promise<string | undefined> {
  const [{ gatherReport }, { renderReport }] = await Promise.all([
    import("../report/gather.ts"),
    import("../report/render.ts"),
  ]);
  try {
    return renderReport(await gatherReport(registry, undefined, { channel }));
  } catch (error) {
    if (error instanceof UnknownRunError) return undefined;
    throw error;
  }
}

/** The address holds the key of this start: whoever sees this terminal may open it. */
export function printMerchant({ merchantUrl }: LocalServer): void {
  if (merchantUrl !== undefined) print(`for the merchant:  ${merchantUrl}`);
}

async function listVersions(registry: Registry): Promise<VersionNote[]> {
  const manifests = await registry.manifests();
  return manifests.map(({ version, createdAt, rank, data }) => ({
    version,
    createdAt,
    factors: rank,
    source: data.source,
  }));
}

/** Serves until Ctrl-C, then lets requests in flight end. */
export async function untilInterrupted(server: LocalServer, onInterrupt?: () => void): Promise<void> {
  const { signal, release } = interruption();
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  onInterrupt?.();
  await server.stop();
  release();
}
