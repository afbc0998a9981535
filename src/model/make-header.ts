import { sum } from "../als/objective.ts";
import { largestNorm } from "./codes.ts";
import { formatVersion, type ModelHeader, plainVersion } from "./header.ts";
import type { FittedFactors, ModelContents } from "./layout.ts";

/** What a file of these contents says of itself; `items` is (items, rank), as they are stored. */
export function makeHeader(
  { interactions, fitted, popularityExponent, repeatWeight, similarity, itemTables }: ModelContents,
  items?: Float32Array,
): ModelHeader {
  const { halfLifeDays, program, weights, bitTypes, purchaseBits } = interactions;
  const finiteOrNull = (days: number) => (Number.isFinite(days) ? days : null);
  return {
    formatVersion: fitted?.observedTerms ? formatVersion : plainVersion,
    rank: fitted?.factors.rank ?? 0,
    itemCount: interactions.items.count,
    userCount: interactions.users.count,
    now: interactions.now,
    dataDigest: interactions.digest,
    largestNorm: items ? largestNorm(items, fitted?.factors.rank ?? 0) : 0,
    popularityExponent: popularityExponent ?? 0,
    ...(repeatWeight && { repeatWeight }),
    ...(similarity && { similarity }),
    ...(itemTables && { timeResolution: itemTables.timeResolution }),
    confidence: {
      program,
      weights,
      halfLifeDays:
        typeof halfLifeDays === "number"
          ? finiteOrNull(halfLifeDays)
          : Object.fromEntries(
              Object.entries(halfLifeDays).map(([type, days]) => [type, finiteOrNull(days)]),
            ),
      bitTypes: bitTypes.map((types) => [...types]),
      purchaseBits,
    },
    objective: fitted ? objectiveOf(fitted) : null,
  };
}

function objectiveOf({ settings, itemWeights, observedTerms }: FittedFactors) {
  return observedTerms
    ? { settings, itemWeightSum: 0, observedTerms }
    : { settings, itemWeightSum: sum(itemWeights) };
}
