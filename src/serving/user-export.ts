import type { UserRecord } from "../activity/activity-store.ts";
import { knownRow } from "./past.ts";
import type { Query } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";

/** What the model and the store hold of one user. */
export interface UserExport extends UserRecord {
  readonly userId: string;
  /** what the model was fitted on; empty for one whom it does not know */
  readonly history: readonly PastItem[];
}

interface PastItem {
  readonly itemId: string;
  /** the sum of the events' weights, faded by their age */
  readonly strength: number;
  /** ISO 8601, where the data has times */
  readonly lastEvent?: string;
  /** where several types share a place in the model, all of them */
  readonly eventTypes: readonly string[];
}

/** A user's history in the model, as it may be shown to the user. */
export function historyOf({ model }: Snapshot, query: Query): PastItem[] {
  const row = knownRow(model, query);
  if (row < 0) return [];
  const { items, strength, lastTime, typeBits } = model.history(row);
  const { bitTypes } = model.header.confidence;
  return Array.from(items, (item, at) => ({
    itemId: model.items.id(item),
    strength: strength[at],
    ...(lastTime[at] > 0 && { lastEvent: new Date(lastTime[at] * 1000).toISOString() }),
    eventTypes: bitTypes.filter((_, bit) => (typeBits[at] >> bit) & 1).flat(),
  }));
}
