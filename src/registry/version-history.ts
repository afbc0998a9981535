import { z } from "zod";
import { channelEntry } from "./channel.ts";
import { keys, readDocument } from "./documents.ts";
import type { Registry } from "./registry.ts";

/** When a version was made live, where, by whom and why. */
export const versionHistorySchema = z.array(
  channelEntry.extend({
    channel: z.string(),
    /** the registry that it happened in, where that is another one */
    registry: z.string().optional(),
  }),
);

export type VersionHistory = z.infer<typeof versionHistorySchema>;

/** Every time that a version was made live, oldest first: here, and wherever it was copied from. */
export async function historyOf(registry: Registry, version: string): Promise<VersionHistory> {
  const { store } = registry;
  const carried = (await readDocument(store, keys.history(version), versionHistorySchema))?.value ?? [];
  const own: VersionHistory = [];
  for (const channel of await registry.channelNames()) {
    const { history = [] } = (await registry.channel(channel)) ?? {};
    for (const entry of history) if (entry.model === version) own.push({ channel, ...entry });
  }
  return [...carried, ...own].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}
