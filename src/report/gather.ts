import type { ChannelEntry } from "../registry/channel.ts";
import { gateHistory } from "../registry/gate-history.ts";
import type { Manifest } from "../registry/manifest.ts";
import { findManifest } from "../registry/model-versions.ts";
import type { Registry } from "../registry/registry.ts";
import { RunStore, UnknownRunError, type WholeRun } from "../tracking/run-store.ts";
import { findShoppers, type Shoppers } from "./shoppers.ts";

/** A change of a channel, or a model that the gate kept out of it. */
export type Move = Omit<ChannelEntry, "action"> & { readonly action: ChannelEntry["action"] | "hold" };

/** All that a report shows. It names no user. */
export interface ReportData extends WholeRun {
  /** ISO 8601 */
  readonly madeAt: string;
  /** of the model that the run published; absent where there is none, or it was removed */
  readonly model?: Manifest | undefined;
  readonly channel: {
    readonly name: string;
    /** the version that is live now */
    readonly live?: string | undefined;
    /** oldest first */
    readonly history: readonly Move[];
  };
  /** of what is live now, whichever run made it */
  readonly shoppers: Shoppers;
}

export interface GatherOptions {
  /** whose history and shoppers are shown; the one that the run asked to go live in, unless said */
  readonly channel?: string | undefined;
  readonly now?: () => Date;
}

/**
 * Reads what is known of a run, the last one unless it is named, and asks the live model for examples.
 * @throws UnknownRunError; RegistryError where a document is damaged
 */
export async function gatherReport(
  registry: Registry,
  run?: string,
  { channel, now = () => new Date() }: GatherOptions = {},
): Promise<ReportData> {
  const runs = new RunStore(registry.store);
  const whole = await runs.whole(run ?? (await lastRun(runs)));
  const { result } = whole;
  const name = channel ?? result?.gate?.channel ?? "production";
  const state = await registry.channel(name);
  return {
    ...whole,
    madeAt: now().toISOString(),
    model: result && (await findManifest(registry.store, result.model)),
    channel: { name, live: state?.model, history: await movesOf(registry, name, state?.history ?? []) },
    shoppers: await findShoppers(registry, name),
  };
}

async function lastRun(runs: RunStore): Promise<string> {
  const last = (await runs.names()).at(-1);
  if (last !== undefined) return last;
  throw new UnknownRunError(
    `there is no run in ${runs.store.location} yet: "aisle train" keeps one of every training`,
  );
}

/** Everything that moved the channel, and every model that the gate kept out of it, oldest first. */
async function movesOf(
  registry: Registry,
  channel: string,
  history: readonly ChannelEntry[],
): Promise<Move[]> {
  const held = (await gateHistory(registry, channel)).filter(({ action }) => action === "hold");
  return [...history, ...held].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}
