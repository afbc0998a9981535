import type { Interactions } from "../../interactions/aggregate.ts";
import type { EventLog } from "../../interactions/event-log.ts";
import { isPurchase } from "../../interactions/event-weights.ts";
import type { Recommend } from "../evaluate.ts";
import type { FittedPart } from "../held-out.ts";
import { type Baseline, recommendByScores } from "./baseline.ts";

const secondsPerDay = 86_400;

/** What most users bought, and among equals (all, where nothing is bought) what most users interacted with. */
export const popularity: Baseline = {
  slug: "popularity",
  name: "popularity",
  fit: recommendPopular,
};

/** The same of whatever keeps who did what with which item, a model too. */
export function recommendPopular(fitted: FittedPart): Recommend {
  return recommendByScores(fitted, rankByPopularity(fitted), () => {});
}

/** The same within the log's last days; items without events there follow by their popularity of all time. */
export function recentPopularity({ days = 28 }: { readonly days?: number } = {}): Baseline {
  return {
    slug: "recent-popularity",
    name: "recent popularity",
    fit(interactions, log) {
      const counts = countRecentUsers(interactions, log, days);
      const order = rankByPopularity(interactions);
      const place = new Uint32Array(order.length);
      order.forEach((item, at) => {
        place[item] = at;
      });
      const recent = order.sort((a, b) => counts[b] - counts[a] || place[a] - place[b]);
      return recommendByScores(interactions, recent, () => {});
    },
  };
}

/** (items): rows by falling number of buyers, then of users, then by row. */
export function rankByPopularity({ items, confidence, typeBits, purchaseBits }: FittedPart): Uint32Array {
  const users = new Uint32Array(items.count);
  const buyers = new Uint32Array(items.count);
  confidence.columns.forEach((item, pair) => {
    users[item]++;
    if ((typeBits[pair] & purchaseBits) !== 0) buyers[item]++;
  });
  return Uint32Array.from(users.keys()).sort((a, b) => buyers[b] - buyers[a] || users[b] - users[a] || a - b);
}

/** (items): distinct users with an event in the last days (a purchase, where the log has any); 0 without times. */
function countRecentUsers(
  { items, purchaseBits, now }: Interactions,
  log: EventLog,
  days: number,
): Uint32Array {
  const counts = new Uint32Array(items.count);
  if (!log.hasTime) return counts;
  const counted = log.eventTypes.map((type) => purchaseBits === 0 || isPurchase(type));
  const from = now - days * secondsPerDay;
  const itemOf = new Int32Array(log.items.count).fill(-1);
  const seen = new Set<number>();
  for (let row = 0; row < log.length; row++) {
    if (!(log.time[row] > from) || !counted[log.type[row]]) continue;
    const item = log.item[row];
    const pair = log.user[row] * log.items.count + item;
    if (seen.has(pair)) continue;
    seen.add(pair);
    if (itemOf[item] < 0) itemOf[item] = items.row(log.items.id(item));
    counts[itemOf[item]]++;
  }
  return counts;
}
