import { noCategory } from "../catalog/catalog.ts";
import type { RankingQuery } from "../ranking/rank.ts";
import { bornAt } from "./item-ages.ts";
import type { Query, QueryFault } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";
import { youngSince } from "./with-new-items.ts";

/** What bends the ranking, as the ranking takes it: rows for ids, and columns of the catalogue. */
export function knobsOf(snapshot: Snapshot, query: Query): Pick<RankingQuery, "knobs" | "youngSince"> {
  const { diversity, popularityInfluence, freshnessInfluence, rotationRate } = query;
  const since = youngSince(snapshot, query);
  if (!(diversity || popularityInfluence || freshnessInfluence || rotationRate || since)) return {};
  const { categoryCodes } = snapshot;
  const knobs = {
    ...{ diversity, popularityInfluence, freshnessInfluence, rotationRate },
    shown: rowsShown(snapshot, query.shown),
    category: categoryCodes && { codes: categoryCodes, none: noCategory },
    ...((freshnessInfluence || since) && { bornAt: bornAt(snapshot) }),
  };
  return { knobs, ...(since !== undefined && { youngSince: since }) };
}

export function knobFaults({ rotationRate = 0, shown }: Query): QueryFault[] {
  if (rotationRate === 0 || shown !== undefined) return [];
  const detail = "needs a record of what was shown, and this server keeps none";
  return [{ parameter: "rotationRate", detail }];
}

function rowsShown({ model }: Snapshot, shown: Query["shown"]): ReadonlyMap<number, number> | undefined {
  if (!shown || shown.size === 0) return undefined;
  const rows = [...shown].map(([id, times]): [number, number] => [model.items.row(id), times]);
  return new Map(rows.filter(([row]) => row >= 0));
}
