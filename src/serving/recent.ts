import type { RecentEvent } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import type { QueryFault } from "./query.ts";

/**
 * The events that `recent` names: an item id (a view), or `id:EventType`. Ids may hold colons, so an entry that
 * is itself a known id is that item. An unknown item is passed over: it may be newer than the model. Known items with
 * an event type that the model has no weight for go to `faults`.
 */
export function readRecent(model: Model, entries: readonly string[], faults: QueryFault[]): RecentEvent[] {
  const { weights } = model.header.confidence;
  const types = Object.keys(weights);
  return entries.flatMap((entry, index) => {
    const whole = model.items.row(entry);
    if (whole >= 0) return [{ itemRow: whole, eventType: viewOf(weights) }];
    const colon = entry.lastIndexOf(":");
    if (colon < 0) return [];
    const itemRow = model.items.row(entry.slice(0, colon));
    if (itemRow < 0) return [];
    const eventType = entry.slice(colon + 1);
    if (!types.some((type) => type.toLowerCase() === eventType.toLowerCase())) {
      const detail = `entry ${index + 1}: event type "${eventType}" is unknown; known are ${types.join(", ")}`;
      faults.push({ parameter: "recent", detail });
      return [];
    }
    return [{ itemRow, eventType }];
  });
}

/** The type that stands for a view: the one of that name, else the one that weighs least. */
function viewOf(weights: Readonly<Record<string, number>>): string {
  const types = Object.keys(weights).sort((a, b) => weights[a] - weights[b]);
  return types.find((type) => type.toLowerCase() === "view") ?? types[0];
}
