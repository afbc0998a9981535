import { isPurchase } from "../interactions/event-weights.ts";
import type { Model } from "../model/model.ts";

/** What popularity may be counted by, as Amazon Personalize tells it apart. */
export type PopularKind = "views" | "purchases";

const viewNames = new Set([
  "view",
  "viewed",
  "viewitem",
  "itemview",
  "detailpageview",
  "productview",
  "click",
]);

/** The model's own event type of this kind; undefined where its data has none. */
export function eventTypeOf({ header }: Model, kind: PopularKind): string | undefined {
  const isMeant =
    kind === "purchases"
      ? isPurchase
      : (type: string) => viewNames.has(type.toLowerCase().replace(/[\s_-]/g, ""));
  return header.confidence.bitTypes.flat().find(isMeant);
}
