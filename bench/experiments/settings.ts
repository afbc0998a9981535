import type { AlsSettings } from "../../src/als/objective.ts";
import { type EventLog, selectEvents } from "../../src/interactions/event-log.ts";
import { isPurchase } from "../../src/interactions/event-weights.ts";
import type { Recipe } from "../../src/training/grid.ts";
import { table } from "../comparison.ts";
import { type Laboratory, laboratories } from "./laboratory.ts";
import {
  type Candidate,
  chosenAgainst,
  chosenHead,
  fitOn,
  judgeModel,
  type Reference,
  referenceOf,
  told,
} from "./paired.ts";

interface Variant {
  readonly name: string;
  readonly recipe?: Recipe;
  readonly train?: EventLog;
}

/** Groups of variants of the reference: of each group the best by even users, judged on odd ones. */
async function measure(
  shops: readonly string[],
  groupsOf: (reference: Reference, lab: Laboratory) => Record<string, Variant[]>,
): Promise<string> {
  const lines: string[][] = [];
  for await (const lab of laboratories(shops)) {
    const reference = await referenceOf(lab);
    const { task, target } = lab.criterion;
    const before = judgeModel(reference, task);
    for (const [group, variants] of Object.entries(groupsOf(reference, lab))) {
      const candidates: Candidate[] = [];
      for (const { name, recipe = reference.recipe, train = lab.split.train } of variants) {
        const fitted = await fitOn(train, lab.split.validation, recipe, target);
        // Which items are new is the whole train part's to say, so that variants are judged by the same lists.
        candidates.push({ name, values: judgeModel({ ...fitted, truth: reference.truth }, task) });
      }
      lines.push(told([`${lab.name}, ${group}`, ...chosenAgainst(before, candidates)]));
    }
  }
  return table(["data, setting", ...chosenHead], lines);
}

/** Popularity in the weights of unseen and of seen pairs, and in what is served. */
export async function measurePopularity(): Promise<string> {
  return measure(["Online Retail", "demo shop", "Complete Journey", "Gowalla"], ({ recipe }) => {
    const als = (name: keyof AlsSettings, symbol: string): Variant[] =>
      [-0.5, -0.25, 0.25, 0.5].map((value) => ({
        name: `${symbol} ${value}`,
        recipe: { ...recipe, als: { ...recipe.als, [name]: value } },
      }));
    return {
      κ: als("popularityExponent", "κ"),
      ρ: als("observedPopularityExponent", "ρ"),
      serving: [-0.2, -0.1, 0.1, 0.2].map((popularityExponent) => ({
        name: `e ${popularityExponent}`,
        recipe: { ...recipe, popularityExponent },
      })),
    };
  });
}

/** A half-life for each event type: only the demo shop has more than one. */
export async function measureDecay(): Promise<string> {
  return measure(["demo shop"], ({ recipe }, { split }) => {
    const days = [7, 20, 60, 180];
    const types = split.train.eventTypes;
    const halves = days.flatMap((seen) =>
      days.map((bought) => Object.fromEntries(types.map((type) => [type, isPurchase(type) ? bought : seen]))),
    );
    return {
      "half-life by type": halves.map((halfLifeDays) => ({
        name: JSON.stringify(halfLifeDays),
        recipe: { ...recipe, confidence: { ...recipe.confidence, halfLifeDays } },
      })),
    };
  });
}

/** Bulk buyers and bots: what one pair may count, and how many of a user's events, the latest, count at all. */
export async function measureCaps(): Promise<string> {
  return measure(["Online Retail", "demo shop", "Complete Journey"], ({ recipe }, { split }) => ({
    "cap on r": [1, 2, 5, 10, 30].map((most) => ({
      name: `min(r, ${most})`,
      recipe: { ...recipe, confidence: { ...recipe.confidence, formula: `min(r, ${most})` } },
    })),
    "cap on a user's events": [100, 300, 1000].map((most) => ({
      name: `the last ${most}`,
      train: lastEvents(split.train, most),
    })),
  }));
}

function lastEvents(log: EventLog, most: number): EventLog {
  const order = Uint32Array.from(log.time.keys()).sort((a, b) => log.time[b] - log.time[a] || b - a);
  const counts = new Uint32Array(log.users.count);
  return selectEvents(log, order.filter((row) => ++counts[log.user[row]] <= most).sort());
}
