import type { Answer, AnswerItem } from "../serving/query.ts";
import type { PredictedItem } from "./dialect-bodies.ts";

/** What stands beside the ids of an answer's rows. */
export interface RowParts {
  /** aligned with the rows; empty where the use case tells none */
  readonly scores: readonly (number | undefined)[];
  /** by item id */
  readonly metadata?: ReadonlyMap<string, Record<string, string>> | undefined;
  readonly hasReasons?: boolean;
}

/** Rows as Amazon Personalize writes them. */
export function predictedItems({ items }: Answer, parts: RowParts): PredictedItem[] {
  return items.map((item, at) => {
    const score = parts.scores[at];
    const metadata = parts.metadata?.get(item.itemId);
    const reason = parts.hasReasons ? reasonOf(item) : undefined;
    return {
      itemId: item.itemId,
      ...(score !== undefined && { score }),
      ...(item.promotionName !== undefined && { promotionName: item.promotionName }),
      ...(metadata !== undefined && { metadata }),
      ...(reason !== undefined && { reason: [reason] }),
    };
  });
}

/** In Personalize's words: only rows that are not simply the user's own have one. */
function reasonOf({ source }: AnswerItem): string | undefined {
  switch (source) {
    case "promoted":
      return "Promoted item";
    case "exploration":
      return "Exploration";
    case "trending":
    case "popular":
      return "Popular item";
    default:
      return undefined;
  }
}
