import { type AlsSettings, makeProblem } from "../../src/als/objective.ts";
import { trainReadable } from "../../src/als/readable.ts";
import type { Interactions } from "../../src/interactions/aggregate.ts";
import { aggregate } from "../../src/interactions/aggregate-by-formula.ts";
import { type ConfidenceSettings, defaultConfidence } from "../../src/interactions/confidence.ts";
import { type EventLog, EventLogBuilder } from "../../src/interactions/event-log.ts";
import { Random } from "../../src/math/random.ts";
import { layOutModel, type ModelContents } from "../../src/model/layout.ts";
import { type Model, openModel } from "../../src/model/model.ts";

export const endTime = 1_700_000_000;
const day = 86_400;

export const settings: AlsSettings = {
  factors: 8,
  unobservedWeight: 0.05,
  regularization: 0.02,
  regularizationExponent: 0.9,
  popularityExponent: 0.25,
  observedPopularityExponent: -0.2,
  iterations: 3,
  solver: "cg",
  cgSteps: 3,
  seed: 7,
};

/** 60 users in two camps: even users like even items, odd users odd ones. Views, some of which end in a purchase. */
export function smallLog({ purchases = true, timed = true } = {}): EventLog {
  const random = new Random(3);
  const log = new EventLogBuilder();
  for (let step = 0; step < 900; step++) {
    const user = random.integer(60);
    const item =
      2 * random.integer(1 + random.integer(20)) + (random.integer(8) === 0 ? 1 - (user % 2) : user % 2);
    const eventType = purchases && random.integer(4) === 0 ? "Purchase" : "View";
    const time = timed ? endTime - (900 - step) * (day / 10) : Number.NaN;
    log.add({ userId: `user ${user}`, itemId: `ítem ${item}`, eventType, time, value: step % 7 });
  }
  return log.build();
}

export async function smallContents(
  changes: { confidence?: Partial<ConfidenceSettings>; log?: EventLog } = {},
): Promise<ModelContents & { interactions: Interactions }> {
  const interactions = aggregate(changes.log ?? smallLog(), { ...defaultConfidence, ...changes.confidence });
  const problem = makeProblem(interactions.confidence, settings);
  const { itemWeights, observedScale } = problem;
  const factors = await trainReadable(problem, settings);
  return { interactions, fitted: { factors, settings, itemWeights, observedScale } };
}

export function modelOf(contents: ModelContents): Model {
  return openModel(layOutModel(contents), "small shop");
}
