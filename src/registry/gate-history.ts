import { z } from "zod";
import { ConflictError } from "../store/store.ts";
import { type ChannelEntry, channelKey, gateRecord } from "./channel.ts";
import { onlyOnce, RegistryError, readDocument, toJson } from "./documents.ts";
import type { GateAnswer } from "./gate.ts";
import type { Registry } from "./registry.ts";

/** A model that asked to go live in a channel and was told no: the channel stays as it is, so this lies beside it. */
const heldSchema = z.object({ at: z.iso.datetime(), model: z.string(), who: z.string(), gate: gateRecord });

/** Once that a model went live in a channel, was gone back to, or was held by the gate. */
export interface GateEvent extends Pick<ChannelEntry, "at" | "who" | "why" | "gate"> {
  readonly action: "promote" | "rollback" | "hold";
  readonly model: string;
}

/** Keeps that the gate held a model, and why: `channels/<name>.gate/<time>-<model>.json`. */
export async function keepHeld(
  { store }: Registry,
  channel: string,
  { model, who, gate }: { readonly model: string; readonly who: string; readonly gate: GateAnswer },
  now = new Date(),
): Promise<void> {
  const at = now.toISOString();
  const key = `${folderOf(channel)}${at.slice(0, 19).replace(/[-:]/g, "")}Z-${model}.json`;
  try {
    await store.put(key, toJson(heldSchema.parse({ at, model, who, gate })), onlyOnce);
  } catch (error) {
    // The same model asked twice within a second, and was told the same.
    if (!(error instanceof ConflictError)) throw error;
  }
}

/** What the gate said of every model that asked for a channel, and every step back, oldest first. */
export async function gateHistory(registry: Registry, channel: string): Promise<GateEvent[]> {
  const events: GateEvent[] = [];
  for (const { at, action, model, who, why, gate } of (await registry.channel(channel))?.history ?? []) {
    if ((action !== "promote" && action !== "rollback") || model === undefined) continue;
    events.push({ at, action, model, who, why, ...(gate && { gate }) });
  }
  for (const key of await registry.store.list(folderOf(channel))) {
    const held = (await readDocument(registry.store, key, heldSchema))?.value;
    if (!held) throw new RegistryError(`${registry.store.describe(key)} went while it was looked for`);
    const { at, model, who, gate } = held;
    events.push({ at, action: "hold", model, who, why: gate.reason, gate });
  }
  return events.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

function folderOf(channel: string): string {
  return `${channelKey(channel).replace(/\.json$/, "")}.gate/`;
}
