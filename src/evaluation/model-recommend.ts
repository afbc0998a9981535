import type { Model } from "../model/model.ts";
import { rank } from "../ranking/rank.ts";
import type { Recommend } from "./evaluate.ts";

/**
 * The model's own answers, by the very function that serving calls: a known user through the stored factors,
 * a stranger through the fallbacks. *New items* hides what serving hides by default.
 */
export function recommendByModel(model: Model): Recommend {
  const ids = [...model.items];
  return (userId, k, task) => {
    const userRow = model.users.row(userId);
    const { items } = rank(model, {
      ...(userRow >= 0 && { userRow }),
      k,
      hide: task === "new" ? "purchased" : "none",
    });
    return items.map((item) => ids[item.row]);
  };
}
