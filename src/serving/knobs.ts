import { noCategory } from "../catalog/catalog.ts";
import { ageCutOffDefault } from "../ranking/exploration.ts";
import type { AskedRanking, Exploration } from "./asked.ts";
import { bornAt } from "./item-ages.ts";
import type { Query, QueryFault } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";

/** What bends the ranking, as the ranking takes it: rows for ids, and columns of the catalogue. */
export function knobsOf(
  snapshot: Snapshot,
  query: Query,
): Pick<AskedRanking, "knobs" | "youngSince" | "exploration"> {
  const { diversity, popularityInfluence, freshnessInfluence, rotationRate } = query;
  const exploration = explorationOf(snapshot, query);
  if (!(diversity || popularityInfluence || freshnessInfluence || rotationRate || exploration)) return {};
  const { categoryCodes, model } = snapshot;
  const knobs = {
    ...{ diversity, popularityInfluence, freshnessInfluence, rotationRate },
    shown: rowsShown(snapshot, query.shown),
    category: categoryCodes && { codes: categoryCodes, none: noCategory },
    ...((freshnessInfluence || exploration) && { bornAt: bornAt(snapshot) }),
  };
  if (!exploration) return { knobs };
  const youngSince = model.now - (query.explorationItemAgeCutOff ?? ageCutOffDefault) * 86_400;
  return { knobs, youngSince, exploration };
}

/** Beside an item nothing is explored: what is there is there for being like it. */
function explorationOf({ parts }: Snapshot, query: Query): Exploration | undefined {
  const { userId, sessionId, itemId, recent, explorationWeight: weight = 0 } = query;
  if (weight === 0 || itemId !== undefined) return undefined;
  // The same request to the same model gets the same answer.
  return { weight, seed: JSON.stringify([parts.version, userId, sessionId, recent, weight]) };
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
